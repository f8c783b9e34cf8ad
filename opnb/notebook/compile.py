"""The cell compiler: a cell's body as code that runs in any namespace.

A body without top-level `yield` and `return` stays what a cell is: statements, each
compiled on its own as IPython does it, that run in the namespace. Only a body that
yields or returns is wrapped in a function.
"""

from __future__ import annotations

import ast
import inspect
from contextlib import nullcontext
from dataclasses import dataclass
from types import CodeType, FunctionType
from typing import Any

from opnb.model.errors import CellError
from opnb.notebook.marks import mark_name, with_marks
from opnb.notebook.name_flow import BodyNames
from opnb.notebook.names import names_of_body
from opnb.notebook.scopes import YIELDS, top_level
from opnb.notebook.wrap import Wrapping, wrap
from opnb.notebook.yields import OutputYields, output_yields

_INTERACTIVITIES = ("all", "last", "last_expr", "none", "last_expr_or_assign")

Steps = tuple[tuple[str, CodeType], ...]


@dataclass(frozen=True, slots=True)
class CellCode:
    """A compiled body.

    Args:
        steps: The code of a plain body with how to run it: `exec`, `eval` (a value to
            show) or `single` (shows by itself).
        function: The wrapping function's code, for a body that yields or returns.
        names: What the body reads and binds.
        marked: The names that the body may bind, and marks when it does.
        yields: What it visibly puts out by `yield Output(...)`.
        returns: Whether it returns a value.
        is_async: Whether running it gives a coroutine or an async generator.
        has_value: Whether it ends in an expression.
    """

    steps: Steps
    function: CodeType | None
    names: BodyNames
    marked: frozenset[str]
    yields: OutputYields
    returns: bool
    is_async: bool
    has_value: bool

    @property
    def marks(self) -> set[str]:
        """The names of the marks."""
        return set(map(mark_name, self.marked))

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
    nodes = list(top_level(tree))
    yields = [node for node in nodes if isinstance(node, ast.Yield | ast.YieldFrom)]
    returns = [node for node in nodes if isinstance(node, ast.Return)]
    returns_value = any(node.value is not None for node in returns)
    _verify_returns(yields=bool(yields), returns_value=returns_value)
    marked = frozenset(name for name, sure in names.assigned.items() if not sure)
    quiet, shown = _split(tree.body, interactivity)
    quiet, shown = with_marks(quiet, marked), with_marks(shown, marked)
    steps: Steps = ()
    function: CodeType | None = None
    with _awaitable(compiler):
        if yields or returns:
            body = [*quiet, *(node for node in shown if node not in quiet)]
            stores = names.stores.union(map(mark_name, marked))
            function = wrap(Wrapping(body, shown, stores), filename, compiler)
        else:
            steps = _compiled(quiet, shown, filename, compiler)
    return CellCode(
        steps,
        function,
        names,
        marked,
        output_yields(tree, yields),
        returns_value,
        _is_async(steps, function),
        _has_value(tree),
    )


def _verify_returns(*, yields: bool, returns_value: bool) -> None:
    if yields and returns_value:
        raise CellError(
            "The body yields, so the value that it returns would be lost.",
            hint="Put it out: yield Output(value). A plain `return` may stay.",
        )


def _is_async(steps: Steps, function: CodeType | None) -> bool:
    codes = [code for _, code in steps] if function is None else [function]
    asynchronous = inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
    return any(code.co_flags & asynchronous for code in codes)


def _has_value(tree: ast.Module) -> bool:
    last = tree.body[-1] if tree.body else None
    return isinstance(last, ast.Expr) and not isinstance(last.value, YIELDS)


def _awaitable(compiler: Any) -> Any:
    extra_flags = getattr(compiler, "extra_flags", None)
    if extra_flags is None:
        return nullcontext()
    return extra_flags(ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)


def _compiled(
    quiet: list[ast.stmt], shown: list[ast.stmt], filename: str, compiler: Any
) -> Steps:
    steps = [
        ("exec", compiler(ast.Module([node], []), filename, "exec")) for node in quiet
    ]
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
    name = _assigned_name(last) if interactivity == "last_expr_or_assign" else None
    if name is not None:
        shown = ast.copy_location(ast.Expr(ast.Name(name, ast.Load())), last)
        return body, [ast.fix_missing_locations(shown)]
    if isinstance(last, ast.Expr) or interactivity == "last":
        return body[:-1], [last]
    return body, []


def _assigned_name(node: ast.stmt) -> str | None:
    target: ast.expr | None = None
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        target = node.targets[0]
    elif isinstance(node, ast.AugAssign | ast.AnnAssign):
        target = node.target
    return target.id if isinstance(target, ast.Name) else None
