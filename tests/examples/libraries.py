"""Loads a page of examples as it stands, or with Dagster imported in opnb's place."""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path
from types import ModuleType

HERE = Path(__file__).parent
PAGES = (
    *("seed", "ops", "op_events", "op_retries", "op_hooks", "op_jobs"),
    *("graphs", "nested_graphs", "dynamic_graphs", "testing_ops"),
    *("metadata", "op_types"),
)
# Users import most names from the top; some that they catch live further in.
_DAGSTER_HOMES = ("dagster", "dagster._core.errors", "dagster._check")


def load_page(page: str) -> ModuleType:
    """Import a page as it is written."""
    return import_module(f"examples.{page}")


def load_page_on_dagster(page: str) -> ModuleType:
    """Run the page's source with nothing changed but its imports."""
    path = HERE / f"{page}.py"
    tree = ast.parse(path.read_text(encoding="utf-8"))
    tree.body = [line for old in tree.body for line in _import_from_dagster(old)]
    module = ModuleType(f"examples_on_dagster.{page}")
    module.__file__ = str(path)
    code = compile(tree, path, "exec", dont_inherit=True)
    exec(code, vars(module))  # noqa: S102 - our own page
    return module


def _import_from_dagster(line: ast.stmt) -> list[ast.stmt]:
    if not isinstance(line, ast.ImportFrom) or line.module not in {
        "opnb",
        "opnb.dagster",
    }:
        return [line]
    return [
        ast.copy_location(ast.ImportFrom(_home(alias.name), [alias], 0), line)
        for alias in line.names
    ]


def _home(name: str) -> str:
    for home in _DAGSTER_HOMES:
        if hasattr(import_module(home), name):
            return home
    raise ImportError(f"Dagster has no {name}.")
