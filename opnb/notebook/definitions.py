"""The definitions at the top of a body, apart from what it computes."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from opnb.notebook.names import names_of_body

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_DEFINITIONS = (ast.Import, ast.ImportFrom, ast.ClassDef, *_FUNCTIONS)


@dataclass(frozen=True, slots=True)
class Split:
    """A body as definitions and the rest.

    Args:
        definitions: Its imports, functions and classes, to run by themselves.
        made: The names that the rest binds or deletes.
        needed: The names that the definitions read while they run.
    """

    definitions: ast.Module
    made: set[str]
    needed: set[str]


def split_body(tree: ast.Module) -> Split:
    """Split a body into what defines and what computes."""
    found = [node for node in tree.body if isinstance(node, _DEFINITIONS)]
    rest = [node for node in tree.body if not isinstance(node, _DEFINITIONS)]
    return Split(
        ast.Module(list(found), []),
        names_of_body(ast.Module(rest, [])).stores,
        {name for node in found for part in _run_at_once(node) for name in _read(part)},
    )


def _run_at_once(node: ast.AST) -> list[ast.AST]:
    """Return the parts of a definition that run with it; a function's body does not."""
    if isinstance(node, _FUNCTIONS):
        return [
            *node.decorator_list,
            node.args,
            *([node.returns] if node.returns else []),
        ]
    return [node]


def _read(node: ast.AST) -> set[str]:
    return {
        part.id
        for part in ast.walk(node)
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load)
    }
