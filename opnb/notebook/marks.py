"""Marks that tell which of the names that a body may bind it did bind.

A branch may bind the very object that the name had before: a small number, `None`, the
frame of an earlier cell. So what binds such a name sets a mark in the namespace, too:
an assignment by a statement that follows it, `for`, `with` and `case` by one at the
start of their block, a walrus by another. The marks are there while the body runs.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import Any, TypeVar

from opnb.notebook.scopes import COMPREHENSIONS, SCOPES, children

_MARK = "__opnb_bound__"
_LOOPS = (ast.For, ast.AsyncFor)
_WITHS = (ast.With, ast.AsyncWith)


def mark_name(name: str) -> str:
    """Return the name of a name's mark."""
    return _MARK + name


def with_marks(statements: Iterable[ast.stmt], names: frozenset[str]) -> list[ast.stmt]:
    """Return the statements with marks for these names; they stay at their lines."""
    if not names:
        return list(statements)
    marker = _Marker(names)
    marked: list[ast.stmt] = []
    for statement in statements:
        result = marker.visit(statement)
        marked += result if isinstance(result, list) else [result]
    return marked


class _Marker(ast.NodeTransformer):
    def __init__(self, names: frozenset[str]) -> None:
        self._names = names

    def visit(self, node: ast.AST) -> Any:
        # A walrus in a comprehension binds where that stands.
        if isinstance(node, SCOPES) and not isinstance(node, COMPREHENSIONS):
            return node
        self.generic_visit(node)
        if isinstance(node, ast.NamedExpr):
            return self._with_mark(node)
        if isinstance(node, ast.Assign):
            return [node, *self._marks(node.targets, node)]
        if isinstance(node, ast.AugAssign | ast.AnnAssign):
            is_bound = node.value is not None  # `a: int` binds nothing
            return [node, *(self._marks([node.target], node) if is_bound else [])]
        if isinstance(node, _LOOPS):
            node.body[:0] = self._marks([node.target], node)
        elif isinstance(node, _WITHS):
            targets = [item.optional_vars for item in node.items if item.optional_vars]
            node.body[:0] = self._marks(targets, node)
        elif isinstance(node, ast.match_case):
            names = _captured(node.pattern) & self._names
            node.body[:0] = [self._mark(name, node.pattern) for name in sorted(names)]
        return node

    def _with_mark(self, node: ast.NamedExpr) -> ast.expr:
        """Return `(name := value, mark := True)[0]` for a walrus."""
        if node.target.id not in self._names:
            return node
        target = ast.Name(mark_name(node.target.id), ast.Store())
        mark = ast.NamedExpr(target, ast.Constant(value=True))
        both = ast.Tuple([node, mark], ast.Load())
        return _at(node, ast.Subscript(both, ast.Constant(value=0), ast.Load()))

    def _marks(self, targets: Iterable[ast.AST], place: ast.stmt) -> list[ast.stmt]:
        """Return statements that mark the names which targets bind."""
        bound: dict[str, None] = {}
        waiting: list[ast.AST] = [*targets]
        while waiting:
            part = waiting.pop()
            if isinstance(part, ast.Name):
                if part.id in self._names and isinstance(part.ctx, ast.Store):
                    bound[part.id] = None
            else:
                waiting += children(part)
        return [self._mark(name, place) for name in bound]

    @staticmethod
    def _mark(name: str, place: ast.stmt | ast.pattern) -> ast.stmt:
        target = ast.Name(mark_name(name), ast.Store())
        return _at(place, ast.Assign([target], ast.Constant(value=True)))


def _captured(pattern: ast.pattern) -> set[str]:
    """Return the names that a pattern binds."""
    parts = list(ast.walk(pattern))
    names = {p.name for p in parts if isinstance(p, ast.MatchAs | ast.MatchStar)}
    rest = {part.rest for part in parts if isinstance(part, ast.MatchMapping)}
    return {name for name in names | rest if name is not None}


N = TypeVar("N", bound=ast.AST)


def _at(place: ast.stmt | ast.expr | ast.pattern, made: N) -> N:
    """Return what was made, all of it at a place of the body but for what has one."""
    for part in ast.walk(made):
        if not hasattr(part, "lineno"):
            ast.copy_location(part, place)
    return made


class Marks:
    """The marks of one run of a body.

    Args:
        ns: The namespace that the body runs in.
        names: The names that have marks.
    """

    def __init__(self, ns: dict[str, Any], names: frozenset[str]) -> None:
        self._ns = ns
        self._names = names
        self.bound: set[str] = set()

    def __enter__(self) -> None:
        self._ns.update(dict.fromkeys(map(mark_name, self._names), False))

    def __exit__(self, *_: object) -> None:
        self.bound = {
            name for name in self._names if self._ns.pop(mark_name(name), False)
        }
