"""Which names a scope within a body takes from outside."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field

from opnb.notebook.scopes import SCOPES


@dataclass(slots=True)
class _Scope:
    """What a scope reads, and what is its own."""

    reads: set[str] = field(default_factory=set)
    own: set[str] = field(default_factory=set)

    def take(self, part: ast.AST) -> None:
        """Take in one node of the scope."""
        if isinstance(part, ast.Name):
            self._place(part).add(part.id)
        elif isinstance(part, ast.Global):
            self.own.difference_update(part.names)
            self.reads.update(part.names)
        else:
            self.own |= _bound_by(part)
        if isinstance(part, SCOPES):
            self.reads |= free_names(part)

    def _place(self, name: ast.Name) -> set[str]:
        return self.reads if isinstance(name.ctx, ast.Load) else self.own


def free_names(node: ast.AST) -> set[str]:
    """Return the names that a function, lambda or comprehension takes from outside.

    Its own parameters and what it binds are its own, unless declared global; scopes
    within it are looked at likewise.
    """
    scope = _Scope()
    for part in _own_parts(node):
        scope.take(part)
    return scope.reads - scope.own


def _own_parts(node: ast.AST) -> Iterable[ast.AST]:
    """Yield the nodes of a scope, not going into the scopes within it."""
    waiting = list(ast.iter_child_nodes(node))
    while waiting:
        part = waiting.pop()
        yield part
        if not isinstance(part, SCOPES):
            waiting.extend(ast.iter_child_nodes(part))


def _bound_by(part: ast.AST) -> set[str]:
    if isinstance(part, ast.arg):
        return {part.arg}
    if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {part.name}
    if isinstance(part, ast.Import | ast.ImportFrom):
        return {alias.asname or alias.name.partition(".")[0] for alias in part.names}
    if isinstance(part, ast.ExceptHandler) and part.name:
        return {part.name}
    return captured_names(part) if isinstance(part, ast.pattern) else set()


def captured_names(pattern: ast.AST) -> set[str]:
    """Return the names that a pattern of a `match` binds."""
    return {
        name
        for part in ast.walk(pattern)
        for name in (getattr(part, "name", None), getattr(part, "rest", None))
        if isinstance(name, str)
    }
