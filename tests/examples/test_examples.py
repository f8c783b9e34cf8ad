"""Every example runs on opnb, and on Dagster with nothing changed but the import."""

from __future__ import annotations

import ast
import logging
import warnings
from functools import cache

import pytest
from examples.libraries import HERE, PAGES, load_page, load_page_on_dagster
from examples.registry import examples_of


def _example_names(page):
    tree = ast.parse((HERE / f"{page}.py").read_text(encoding="utf-8"))
    return [
        function.name
        for function in tree.body
        if isinstance(function, ast.FunctionDef)
        and any(_is_example(mark) for mark in function.decorator_list)
    ]


def _is_example(mark):
    return isinstance(mark, ast.Call) and ast.unparse(mark.func) == "example"


# Read from the source, so that a page which cannot be imported fails in its own tests.
EXAMPLES = [(page, name) for page in PAGES for name in _example_names(page)]


@cache
def _on_dagster(page):
    return examples_of(load_page_on_dagster(page))


@pytest.fixture(name="quiet_dagster")
def _quiet_dagster(monkeypatch):
    """Dagster, without the warnings and the console lines of its own making."""
    monkeypatch.setenv("DAGSTER_DISABLE_TELEMETRY", "1")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pytest.importorskip("dagster", reason="Dagster is not installed")
        logging.disable(logging.CRITICAL)
        yield
        logging.disable(logging.NOTSET)


@pytest.mark.parametrize(("page", "name"), EXAMPLES)
def test_the_example_runs_on_opnb(page, name):
    examples_of(load_page(page))[name]()


@pytest.mark.parametrize(("page", "name"), EXAMPLES)
def test_the_example_means_the_same_on_dagster(page, name, quiet_dagster):
    _on_dagster(page)[name]()
