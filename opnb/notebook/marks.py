"""Marks that tell which of the names that a body may bind it did bind.

A branch may bind the very object that the name had before: a small number, `None`, the
frame of an earlier cell. So a statement that binds such a name is followed by one that
sets a mark in the namespace; the marks are there while the body runs.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import Any

from opnb.notebook.scopes import SCOPES, children

_MARK = "__opnb_bound__"
_ASSIGNMENTS = (ast.Assign, ast.AugAssign, ast.AnnAssign)


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
        if isinstance(node, (*SCOPES, ast.expr)):
            return node
        if not isinstance(node, _ASSIGNMENTS):
            return self.generic_visit(node)
        return [node, *(self._mark(name, node) for name in self._bound(node))]

    def _bound(self, node: ast.stmt) -> list[str]:
        if isinstance(node, ast.AnnAssign) and node.value is None:
            return []
        bound: dict[str, None] = {}
        waiting: list[ast.AST] = [node]
        while waiting:
            part = waiting.pop()
            if isinstance(part, ast.Name):
                if part.id in self._names and isinstance(part.ctx, ast.Store):
                    bound[part.id] = None
            else:
                waiting += children(part)
        return list(bound)

    def _mark(self, name: str, node: ast.stmt) -> ast.stmt:
        target = ast.Name(mark_name(name), ast.Store())
        mark = ast.Assign([target], ast.Constant(value=True))
        for part in ast.walk(mark):
            ast.copy_location(part, node)
        return mark


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
