"""The cell compiler: a cell's body as code that runs in any namespace.

A body without top-level `yield` and `return` stays what a cell is: statements that run
in the namespace, the last expression on its own so that its value can be shown. Only a
body that yields or returns is wrapped in a function, whose stored names are declared
global, so that they land where a cell would put them.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from types import CodeType, FunctionType
from typing import Any

from opnb.model.errors import CellError
from opnb.notebook.names import BodyNames, names_of_body

_SCOPES = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.Lambda,
    ast.ClassDef,
    ast.GeneratorExp,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
)
# A parameter of the wrapping function: no name of it reaches the notebook.
_DISPLAY = "__opnb_display__"
_INTERACTIVITIES = ("all", "last", "last_expr", "none", "last_expr_or_assign")


@dataclass(frozen=True, slots=True)
class OutputYields:
    """The `yield Output(...)`s of a body.

    Args:
        names: The output's name → whether it is sure to be yielded.
        unnamed: Whether a name among them is not a literal.
    """

    names: dict[str, bool]
    unnamed: bool = False


@dataclass(frozen=True, slots=True)
class CellCode:
    """A compiled body.

    Args:
        steps: The code of a plain body with how to run it: `exec`, `eval` (a value to
            show) or `single` (shows by itself).
        function: The wrapping function's code, for a body that yields or returns.
        names: What the body reads and binds.
        yields: What it visibly puts out by `yield Output(...)`.
        returns: Whether it returns a value.
        is_async: Whether running it gives a coroutine or an async generator.
        has_value: Whether it ends in an expression.
    """

    steps: tuple[tuple[str, CodeType], ...]
    function: CodeType | None
    names: BodyNames
    yields: OutputYields
    returns: bool
    is_async: bool
    has_value: bool

    def bind(self, ns: dict[str, Any]) -> FunctionType:
        """Return the wrapping function over a namespace."""
        assert self.function is not None  # noqa: S101 - only asked of wrapped bodies
        return FunctionType(self.function, ns)


def compile_body(
    tree: ast.Module,
    *,
    filename: str,
    compiler: Any,
    interactivity: str = "last_expr",
) -> CellCode:
    """Compile a parsed body.

    Args:
        tree: The body; line numbers are those of the cell.
        filename: What tracebacks call it.
        compiler: The shell's, which knows the notebook's `__future__` imports.
        interactivity: The shell's `ast_node_interactivity`.

    Raises:
        SyntaxError: The code cannot be compiled.
        CellError: Nothing can be made of it as an op.
    """
    names = names_of_body(tree)
    yields = [node for node in _top_level(tree) if isinstance(node, _YIELDS)]
    returns = [node for node in _top_level(tree) if isinstance(node, ast.Return)]
    has_value = bool(tree.body) and isinstance(tree.body[-1], ast.Expr)
    with _awaitable(compiler):
        if yields or returns:
            steps: tuple[tuple[str, CodeType], ...] = ()
            function = _wrapped(tree, names, filename, compiler)
            flags = function.co_flags
        else:
            steps = _compiled(tree, filename, compiler, interactivity)
            function = None
            flags = 0
            for _, code in steps:
                flags |= code.co_flags
    is_async = bool(flags & (inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR))
    return CellCode(
        steps,
        function,
        names,
        _output_yields(tree),
        any(node.value is not None for node in returns),
        is_async,
        has_value and not isinstance(_last_value(tree), _YIELDS),
    )


_YIELDS = (ast.Yield, ast.YieldFrom)


def _last_value(tree: ast.Module) -> ast.AST | None:
    last = tree.body[-1] if tree.body else None
    return last.value if isinstance(last, ast.Expr) else None


def _top_level(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes that are not within a scope of their own."""
    waiting = list(ast.iter_child_nodes(tree))[::-1]
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, _SCOPES):
            waiting.extend(list(ast.iter_child_nodes(node))[::-1])


def _awaitable(compiler: Any) -> Any:
    extra_flags = getattr(compiler, "extra_flags", None)
    if extra_flags is None:
        return nullcontext()
    return extra_flags(ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)


def _compiled(
    tree: ast.Module, filename: str, compiler: Any, interactivity: str
) -> tuple[tuple[str, CodeType], ...]:
    quiet, shown = _split(tree.body, interactivity)
    steps: list[tuple[str, CodeType]] = []
    if quiet:
        module = ast.Module(quiet, tree.type_ignores)
        steps.append(("exec", compiler(module, filename, "exec")))
    for node in shown:
        if isinstance(node, ast.Expr):
            code = compiler(ast.Expression(node.value), filename, "eval")
            steps.append(("eval", code))
        else:
            code = compiler(ast.Interactive([node]), filename, "single")
            steps.append(("single", code))
    return tuple(steps)


def _split(
    body: list[ast.stmt], interactivity: str
) -> tuple[list[ast.stmt], list[ast.stmt]]:
    """Split the statements into those that run quietly and those that show."""
    if interactivity not in _INTERACTIVITIES:
        raise CellError(
            f"The shell's ast_node_interactivity is {interactivity!r}.",
            hint="One of " + ", ".join(_INTERACTIVITIES) + ".",
        )
    if interactivity == "none" or not body:
        return body, []
    if interactivity == "all":
        return [], body
    last = body[-1]
    if interactivity == "last_expr_or_assign":
        name = _assigned_name(last)
        if name is not None:
            shown = ast.copy_location(ast.Expr(ast.Name(name, ast.Load())), last)
            return body, [ast.fix_missing_locations(shown)]
    if isinstance(last, ast.Expr) or interactivity == "last":
        return body[:-1], [last]
    return body, []


def _assigned_name(node: ast.stmt) -> str | None:
    target = node.targets[0] if isinstance(node, ast.Assign) else None
    if isinstance(node, ast.AugAssign | ast.AnnAssign):
        target = node.target
    return target.id if isinstance(target, ast.Name) else None


def _wrapped(
    tree: ast.Module, names: BodyNames, filename: str, compiler: Any
) -> CodeType:
    """Return the code of a function with the body in it, at the body's own lines."""
    futures, body = _without_futures(tree.body)
    body = [_InFunction().visit(statement) for statement in body]
    last = body[-1] if body else None
    if isinstance(last, ast.Expr) and not isinstance(last.value, _YIELDS):
        shown = ast.Call(ast.Name(_DISPLAY, ast.Load()), [last.value], [])
        body[-1] = ast.copy_location(ast.Expr(shown), last)
    stores = sorted(names.stores)
    head: list[ast.stmt] = [ast.Global(stores)] if stores else []
    kind = ast.AsyncFunctionDef if _awaits(tree) else ast.FunctionDef
    wrapper = kind(
        name="_",
        args=ast.arguments([], [ast.arg(_DISPLAY)], None, [], [], None, []),
        body=head + body,
        decorator_list=[],
    )
    if hasattr(wrapper, "type_params"):
        wrapper.type_params = []
    for node in [wrapper, *head]:
        ast.copy_location(node, tree.body[0])
    module = ast.fix_missing_locations(ast.Module([*futures, wrapper], []))
    outer = compiler(module, filename, "exec")
    code = next(const for const in outer.co_consts if isinstance(const, CodeType))
    # The frame shows as the cell's own, not as a function nobody wrote.
    return code.replace(co_name="<module>", co_qualname="<module>")


def _without_futures(
    body: list[ast.stmt],
) -> tuple[list[ast.stmt], list[ast.stmt]]:
    futures = [
        node
        for node in body
        if isinstance(node, ast.ImportFrom) and node.module == "__future__"
    ]
    return list(futures), [node for node in body if node not in futures]


def _awaits(tree: ast.Module) -> bool:
    kinds = (ast.Await, ast.AsyncFor, ast.AsyncWith)
    for node in _top_level(tree):
        if isinstance(node, kinds):
            return True
        if isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp) and any(
            generator.is_async for generator in node.generators
        ):
            return True
    return False


class _InFunction(ast.NodeTransformer):
    """Rewrites what a module may hold and a function may not."""

    def visit_AnnAssign(self, node: ast.AnnAssign) -> Any:
        """`x: int = 1` → `x = 1`: a global name cannot be annotated in a function."""
        if not isinstance(node.target, ast.Name):
            return node
        if node.value is None:
            return ast.copy_location(ast.Pass(), node)
        return ast.copy_location(ast.Assign([node.target], node.value), node)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> Any:
        """`from m import *` → the same, run at module level."""
        if node.names[0].name != "*":
            return node
        text = f"from {'.' * node.level}{node.module or ''} import *"
        call = ast.parse(f"exec({text!r}, globals())").body[0]
        for part in ast.walk(call):
            ast.copy_location(part, node)
        return call

    def _leave(self, node: Any) -> Any:
        return node

    visit_FunctionDef = visit_AsyncFunctionDef = visit_ClassDef = visit_Lambda = _leave


def _output_yields(tree: ast.Module) -> OutputYields:
    names: dict[str, bool] = {}
    unnamed = False
    sure = {id(node) for node in _surely_run(tree.body)}
    for node in _top_level(tree):
        if not isinstance(node, ast.Yield) or not _is_output(node.value):
            continue
        assert isinstance(node.value, ast.Call)  # noqa: S101 - `_is_output` looked
        name = _output_name(node.value)
        if name is None:
            unnamed = True
        else:
            names[name] = names.get(name, False) or id(node) in sure
    return OutputYields(names, unnamed)


def _surely_run(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """Yield the nodes that run whenever the body runs to its end."""
    for statement in body:
        if isinstance(statement, ast.With | ast.AsyncWith):
            yield from _surely_run(statement.body)
        elif isinstance(statement, ast.Expr | ast.Assign):
            yield from ast.walk(statement)


def _is_output(node: ast.AST | None) -> bool:
    if not isinstance(node, ast.Call):
        return False
    function = node.func
    name = function.attr if isinstance(function, ast.Attribute) else None
    if isinstance(function, ast.Name):
        name = function.id
    return name == "Output"


def _output_name(call: ast.Call) -> str | None:
    given: ast.expr | None = call.args[1] if len(call.args) > 1 else None
    for keyword in call.keywords:
        if keyword.arg == "output_name":
            given = keyword.value
        elif keyword.arg is None:
            return None
    if given is None:
        return "result"
    if isinstance(given, ast.Constant) and isinstance(given.value, str):
        return given.value
    return None


def needs_await(tree: ast.Module) -> bool:
    """Whether a cell with this body must be awaited: it awaits, or defines one that does."""
    return _awaits(tree) or isinstance(definition_of(tree), ast.AsyncFunctionDef)


def definition_of(
    tree: ast.Module,
) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    """Return the function, if the body is the definition of one and nothing else."""
    if len(tree.body) != 1:
        return None
    only = tree.body[0]
    return only if isinstance(only, ast.FunctionDef | ast.AsyncFunctionDef) else None
