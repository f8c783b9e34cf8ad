"""What a body visibly puts out by `yield Output(...)`."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OutputYields:
    """The `yield Output(...)`s of a body.

    Args:
        names: The output's name → whether it is sure to be yielded.
        unnamed: Whether a name among them is not a literal.
    """

    names: dict[str, bool]
    unnamed: bool = False


def output_yields(tree: ast.Module, yields: Collection[ast.AST]) -> OutputYields:
    """Return the outputs that a body yields by name.

    Args:
        tree: The body.
        yields: The `yield`s at its top level.
    """
    names: dict[str, bool] = {}
    unnamed = False
    sure = {id(node) for node in _surely_run(tree.body)} if yields else set()
    for node in yields:
        call = _output_call(node)
        if call is None:
            continue
        name = _output_name(call)
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


def _output_call(node: ast.AST) -> ast.Call | None:
    call = node.value if isinstance(node, ast.Yield) else None
    if not isinstance(call, ast.Call):
        return None
    function = call.func
    name = function.attr if isinstance(function, ast.Attribute) else None
    if isinstance(function, ast.Name):
        name = function.id
    return call if name == "Output" else None


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
