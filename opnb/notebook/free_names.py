"""Which names a scope within a body takes from outside."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from opnb.notebook.scopes import COMPREHENSIONS, SCOPES, same_scope

# What captures a name: patterns, and from Python 3.12 on type parameters.
_CAPTURES = (ast.pattern, *filter(None, [getattr(ast, "type_param", None)]))


def free_names(node: ast.AST) -> set[str]:
    """Return the names that a scope takes from outside when it runs.

    Args:
        node: A function, a class, a lambda or a comprehension, of which only what runs
            within counts (no default, no decorator, no first iterable); or an
            expression.
    """
    return Scope(node).free


class Scope:
    """What one scope reads and binds; scopes within it are looked at likewise.

    `walrus` holds the names that a comprehension binds in the scope around it.
    """

    def __init__(self, node: ast.AST) -> None:
        self.walrus: set[str] = set()
        self._walrus_targets: set[ast.Name] = set()
        self._reads: set[str] = set()
        self._reads_within: set[str] = set()
        self._binds: set[str] = set()
        self._globals: set[str] = set()
        self._nonlocals: set[str] = set()
        self._of_module: set[str] = set()
        self._is_class = isinstance(node, ast.ClassDef)
        self._is_comprehension = isinstance(node, COMPREHENSIONS)
        for part in _parts_within(node):
            self._take(part)

    @property
    def free(self) -> set[str]:
        """What it takes from outside."""
        own = self._binds - self._globals - self._nonlocals
        # The methods of a class do not see its names.
        within = self._reads_within - (set() if self._is_class else own)
        return (self._reads - own) | within | self._of_module

    @property
    def of_module(self) -> set[str]:
        """What it reads of the module, whatever the scopes around it bind."""
        return (self._reads & self._globals) | self._of_module

    def _take(self, part: ast.AST) -> None:
        if isinstance(part, ast.Name):
            self._take_name(part)
        elif isinstance(part, ast.NamedExpr) and self._is_comprehension:
            self._walrus_targets.add(part.target)
        elif isinstance(part, ast.AugAssign) and isinstance(part.target, ast.Name):
            self._reads.add(part.target.id)
        elif isinstance(part, ast.Global):
            self._globals.update(part.names)
        elif isinstance(part, ast.Nonlocal):
            self._nonlocals.update(part.names)
        else:
            self._binds |= _bound_by(part)
        if isinstance(part, SCOPES):
            self._take_scope(Scope(part))

    def _take_name(self, name: ast.Name) -> None:
        if name in self._walrus_targets:
            self.walrus.add(name.id)
            return
        # What the walrus of a comprehension has bound is not taken from outside.
        if not isinstance(name.ctx, ast.Store) and name.id not in self.walrus:
            self._reads.add(name.id)
        if not isinstance(name.ctx, ast.Load):
            self._binds.add(name.id)

    def _take_scope(self, inner: Scope) -> None:
        self._reads_within |= inner.free
        self._of_module |= inner.of_module
        (self.walrus if self._is_comprehension else self._binds).update(inner.walrus)


def _parts_within(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of a scope, going into scopes within it only where they begin."""
    waiting = _first_within(node)[::-1]
    while waiting:
        part = waiting.pop()
        yield part
        waiting.extend(_next_within(part, node)[::-1])


def _next_within(part: ast.AST, scope: ast.AST) -> list[ast.AST]:
    """Return the children of a node that run where it stands, in that order."""
    if isinstance(part, ast.arg):  # its annotation is read outside
        return []
    if isinstance(part, ast.NamedExpr):
        return [part.value, part.target]
    if isinstance(part, ast.AnnAssign) and not isinstance(scope, ast.ClassDef):
        return [each for each in (part.value, part.target) if each]
    return [*same_scope(part), *annotations_of(part)]


def _first_within(node: ast.AST) -> list[ast.AST]:
    """Return the children of a scope that run within it."""
    if isinstance(node, COMPREHENSIONS):
        values = (
            [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        )
        first, *rest = node.generators
        return [first.target, *first.ifs, *rest, *values]
    if isinstance(node, ast.Lambda):
        return [*parameters_of(node), node.body]
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        own = type_params_of(node)
        # Where a function has types of its own, its annotations may name them.
        annotations = _annotations(node) if own else []
        return [*own, *annotations, *parameters_of(node), *node.body]
    if isinstance(node, ast.ClassDef):
        return [*type_params_of(node), *node.body]
    return [node]


def parameters_of(
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda,
) -> list[ast.arg]:
    """Return all parameters of a function."""
    given = node.args
    extras = [each for each in (given.vararg, given.kwarg) if each]
    return [*given.posonlyargs, *given.args, *given.kwonlyargs, *extras]


def annotations_of(node: ast.AST) -> list[ast.expr]:
    """Return the annotations that are read where a function is defined."""
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return []
    return [] if type_params_of(node) else _annotations(node)


def _annotations(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.expr]:
    every = [node.returns, *(each.annotation for each in parameters_of(node))]
    return [each for each in every if each]


def type_params_of(node: Any) -> list[Any]:
    """Return the `T` of `def f[T]` and `class A[T]`, which Python 3.12 has."""
    return getattr(node, "type_params", [])


def _bound_by(part: ast.AST) -> set[str]:
    if isinstance(part, ast.arg):
        return {part.arg}
    if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {part.name}
    if isinstance(part, ast.Import | ast.ImportFrom):
        return {alias.asname or alias.name.partition(".")[0] for alias in part.names}
    if isinstance(part, ast.ExceptHandler) and part.name:
        return {part.name}
    return captured_names(part) if isinstance(part, _CAPTURES) else set()


def captured_names(pattern: ast.AST) -> set[str]:
    """Return the names that a pattern of a `match`, or a type parameter, binds."""
    return {
        name
        for part in ast.walk(pattern)
        for name in (getattr(part, "name", None), getattr(part, "rest", None))
        if isinstance(name, str)
    }
