"""A body with `yield` or `return` as a function whose frame is like a module's.

Every name that the body binds is declared global, and the function's frame has the
namespace itself for its locals, so that `%time x = 1`, `exec` and `locals()` find and
bind names just as they do in a plain cell.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from types import CodeType
from typing import Any

from opnb.notebook.scopes import SCOPES, YIELDS, awaits, top_level

# Comes first in the pair by which the function hands over a value that is to be shown.
SHOWN = "__opnb_shown__"
_NAME = "<module>"


@dataclass(frozen=True, slots=True)
class Wrapping:
    """What the wrapping function is made of.

    Args:
        body: The statements.
        shown: Those among them whose value is shown.
        stores: The names that the body binds.
    """

    body: Sequence[ast.stmt]
    shown: Sequence[ast.stmt]
    stores: set[str]


def is_shown(value: Any) -> bool:
    """Whether this is a value that the function wants shown."""
    if type(value) is not tuple or len(value) != 2:  # noqa: PLR2004 - a pair
        return False
    return type(value[0]) is str and value[0] == SHOWN


def wrap(wrapping: Wrapping, filename: str, compiler: Any) -> CodeType:
    """Return the code of a function with the body in it, at the body's own lines."""
    tree = ast.Module([*wrapping.body], [])
    futures = [node for node in tree.body if _is_future(node)]
    body = _body(tree, wrapping)
    head: list[ast.stmt] = [ast.Global(sorted(wrapping.stores))]
    kind = ast.AsyncFunctionDef if awaits(tree) else ast.FunctionDef
    # Line 1: IPython counts the lines of a cell from that of its code object.
    function = kind(
        name=_NAME,
        args=ast.arguments([], [], None, [], [], None, []),
        body=(head if wrapping.stores else []) + body,
        decorator_list=[],
        lineno=1,
        col_offset=0,
    )
    if hasattr(function, "type_params"):
        function.type_params = []
    module = ast.fix_missing_locations(ast.Module([*futures, function], []))
    outer = compiler(module, filename, "exec")
    code = next(const for const in outer.co_consts if isinstance(const, CodeType))
    return _like_a_module(code)


def _is_future(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"


def _body(tree: ast.Module, wrapping: Wrapping) -> list[ast.stmt]:
    yields = any(isinstance(node, YIELDS) for node in top_level(tree))
    body: list[ast.stmt] = []
    for node in tree.body:
        if node in wrapping.shown and isinstance(node, ast.Expr):
            body.append(_show(node, yields=yields, last=node is tree.body[-1]))
        else:
            rewritten = _InFunction().visit(node)
            body += rewritten if isinstance(rewritten, list) else [rewritten]
    return body


def _show(node: ast.Expr, *, yields: bool, last: bool) -> ast.stmt:
    """Return the statement that hands over the value of an expression statement."""
    if isinstance(node.value, YIELDS):
        return node
    pair = ast.Tuple([ast.Constant(SHOWN), node.value], ast.Load())
    if yields:
        statement: ast.stmt = ast.Expr(ast.Yield(pair))
    elif last:
        statement = ast.Return(pair)
    else:
        return node
    return ast.copy_location(statement, node)


class _InFunction(ast.NodeTransformer):
    """Rewrites what a module may hold and a function may not."""

    def visit(self, node: ast.AST) -> Any:
        """Leave the scopes within the body as they are."""
        return node if isinstance(node, SCOPES) else super().visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> Any:
        """`x: int = 1` → `x = 1`, and its type is noted as a module does it."""
        if not isinstance(node.target, ast.Name):
            return node
        annotation = f"{node.target.id}: {ast.unparse(node.annotation)}"
        noted = _at(node, f"exec({annotation!r}, globals())")
        if node.value is None:
            return noted
        return [ast.copy_location(ast.Assign([node.target], node.value), node), *noted]

    def visit_Global(self, node: ast.Global) -> Any:
        """`global x` → `pass`: all names are global already."""
        return ast.copy_location(ast.Pass(), node)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> Any:
        """Run at module level what may stand nowhere else."""
        if _is_future(node):
            # The import itself stands before the function; it binds names, too.
            names = [(alias.asname or alias.name, alias.name) for alias in node.names]
            future = "__import__('__future__')"
            return _at(node, *(f"{name} = {future}.{it}" for name, it in names))
        if node.names[0].name != "*":
            return node
        text = f"from {'.' * node.level}{node.module or ''} import *"
        return _at(node, f"exec({text!r}, globals())")


def _at(node: ast.stmt, *codes: str) -> list[ast.stmt]:
    """Return statements that stand where another one stood."""
    statements = ast.parse("\n".join(codes)).body
    for statement in statements:
        for part in ast.walk(statement):
            ast.copy_location(part, node)
    return statements


def _like_a_module(code: CodeType) -> CodeType:
    """Return the function's code as if no function were around it."""
    inner = f"{_NAME}.<locals>."
    code = _renamed(code, inner)
    if code.co_varnames:
        # From Python 3.12 on a comprehension's names are the frame's own: CPython would
        # write them into the namespace.
        return code
    flags = code.co_flags & ~(inspect.CO_OPTIMIZED | inspect.CO_NEWLOCALS)
    return code.replace(co_flags=flags)


def _renamed(code: CodeType, prefix: str) -> CodeType:
    consts = tuple(
        _renamed(const, prefix) if isinstance(const, CodeType) else const
        for const in code.co_consts
    )
    qualname = code.co_qualname.removeprefix(prefix)
    return code.replace(co_consts=consts, co_qualname=qualname)
