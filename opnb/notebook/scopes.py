"""What stands at the top level of a body, outside of any scope within it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

YIELDS = (ast.Yield, ast.YieldFrom)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
SCOPES = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.Lambda,
    ast.ClassDef,
    *COMPREHENSIONS,
)
_AWAITS = (ast.Await, ast.AsyncFor, ast.AsyncWith)


def top_level(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes that are not within a scope of their own, in their order."""
    waiting = list(ast.iter_child_nodes(tree))[::-1]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(list(same_scope(node))[::-1])


def same_scope(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the children that run where the node itself stands."""
    if isinstance(node, COMPREHENSIONS):
        yield node.generators[0].iter
    elif isinstance(node, ast.ClassDef):
        yield from [*node.decorator_list, *node.bases, *node.keywords]
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        yield from getattr(node, "decorator_list", [])
        yield from node.args.defaults
        yield from (default for default in node.args.kw_defaults if default)
    else:
        yield from ast.iter_child_nodes(node)


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


def needs_await(tree: ast.Module) -> bool:
    """Whether a cell must be awaited: its body awaits, or defines what does."""
    return awaits(tree) or isinstance(definition_of(tree), ast.AsyncFunctionDef)


_RETRIES = frozenset(["RetryRequested", "RetryPolicy"])


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
