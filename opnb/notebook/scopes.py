"""What stands at the top level of a body, outside of any scope within it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

YIELDS = (ast.Yield, ast.YieldFrom)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
SCOPES = (*FUNCTIONS, ast.ClassDef, *COMPREHENSIONS)
_SCOPE_TYPES = frozenset(SCOPES)
_CONTEXTS = frozenset([ast.Load, ast.Store, ast.Del])
_LEAVES = frozenset([ast.Name, ast.Constant, ast.Pass, ast.alias])
_AWAITS = (ast.Await, ast.AsyncFor, ast.AsyncWith)


def children(node: ast.AST) -> list[ast.AST]:
    """Return what `ast.iter_child_nodes` gives, at a third of its cost.

    A cell is walked whenever it runs: whether a name is loaded or stored is not gone
    into, and what has nothing below it is not asked.
    """
    if type(node) in _LEAVES:
        return []
    found: list[ast.AST] = []
    for field in node._fields:
        value = getattr(node, field, None)
        if type(value) is list:
            found += [part for part in value if isinstance(part, ast.AST)]
        elif isinstance(value, ast.AST) and type(value) not in _CONTEXTS:
            found.append(value)
    return found


def top_level(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes that are not within a scope of their own, in their order."""
    waiting = children(tree)[::-1]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += same_scope(node)[::-1]


def same_scope(node: ast.AST) -> list[ast.AST]:
    """Return the children that run where the node itself stands."""
    if type(node) not in _SCOPE_TYPES:
        return children(node)
    if isinstance(node, COMPREHENSIONS):
        return [node.generators[0].iter]
    if isinstance(node, ast.ClassDef):
        return [*node.decorator_list, *node.bases, *node.keywords]
    assert isinstance(node, FUNCTIONS)  # noqa: S101 - there is no other scope
    defaults = [default for default in node.args.kw_defaults if default]
    return [*getattr(node, "decorator_list", []), *node.args.defaults, *defaults]


def awaits(tree: ast.AST) -> bool:
    """Whether the body awaits at its top level."""
    return any(
        isinstance(node, _AWAITS) or _is_async_comprehension(node)
        for node in top_level(tree)
    )


def _is_async_comprehension(node: ast.AST) -> bool:
    # Python takes a generator expression for one, too, though it awaits nothing yet.
    if not isinstance(node, COMPREHENSIONS):
        return False
    return any(generator.is_async for generator in node.generators) or any(
        isinstance(part, ast.Await) or _is_async_comprehension(part)
        for part in ast.walk(node)
        if part is not node
    )


def may_need_await(code: str) -> bool:
    """Whether it is worth to look: what awaits says so in one of two words."""
    return "await" in code or "async" in code


def needs_await(tree: ast.Module) -> bool:
    """Whether a cell must be awaited: its body awaits, or defines what does."""
    return awaits(tree) or isinstance(definition_of(tree), ast.AsyncFunctionDef)


_RETRIES = frozenset(["RetryRequested", "RetryPolicy"])


def may_ask_for_retries(cell: str) -> bool:
    """Whether it is worth to look for what asks for retries."""
    return "retries" in cell or any(name in cell for name in _RETRIES)


def asks_for_retries(line: str, tree: ast.Module) -> bool:
    """Whether a cell may wait before a retry: its first line or its body says so."""
    return "retries" in line or any(
        (isinstance(node, ast.Name) and node.id in _RETRIES)
        or (isinstance(node, ast.Attribute) and node.attr in _RETRIES)
        for node in ast.walk(tree)
    )


def definition_of(
    tree: ast.Module,
) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    """Return the function, if the body is the definition of one and nothing else."""
    if len(tree.body) != 1:
        return None
    only = tree.body[0]
    return only if isinstance(only, ast.FunctionDef | ast.AsyncFunctionDef) else None
