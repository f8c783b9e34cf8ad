"""A body as code: in steps as IPython runs a cell, or as a function."""

import ast
import inspect

import pytest

from opnb import CellError
from opnb.notebook.compile import compile_body


def compiled(body, interactivity="last_expr"):
    return compile_body(
        ast.parse(body),
        filename="cell.py",
        compiler=compile,
        interactivity=interactivity,
    )


STEPS = {
    ("last_expr", "x = 1\nx"): ["exec", "eval"],
    ("last_expr", "x\nx = 1"): ["exec", "exec"],
    ("last", "x = 1\nx = 2"): ["exec", "single"],
    ("all", "x\nif x: y"): ["eval", "single"],
    ("none", "x\nx"): ["exec", "exec"],
    ("last_expr_or_assign", "x = 1"): ["exec", "eval"],
    ("last_expr_or_assign", "x += 1"): ["exec", "eval"],
    ("last_expr_or_assign", "x = y = 1"): ["exec"],
    ("last_expr_or_assign", "x"): ["eval"],
}


@pytest.mark.parametrize(("given", "expected"), STEPS.items(), ids=map(str, STEPS))
def test_a_plain_body_runs_in_steps(given, expected):
    interactivity, body = given

    assert [mode for mode, _ in compiled(body, interactivity).steps] == expected


def test_an_interactivity_that_ipython_does_not_know_is_refused():
    with pytest.raises(CellError, match=r"'some'.*\nHint: One of all, last"):
        compiled("x", "some")


@pytest.mark.parametrize(
    ("body", "flag"),
    [
        ("yield 1", inspect.CO_GENERATOR),
        ("await x\nyield 1", inspect.CO_ASYNC_GENERATOR),
        ("await x\nreturn 1", inspect.CO_COROUTINE),
    ],
)
def test_a_body_that_yields_or_returns_is_a_function(body, flag):
    code = compiled(body)

    assert code.steps == ()
    assert code.function.co_flags & flag


@pytest.mark.parametrize("wait", ["", "await x\n"], ids=["plain", "async"])
def test_a_value_cannot_be_returned_by_a_body_that_yields(wait):
    with pytest.raises(CellError, match="yield Output"):
        compiled(f"{wait}yield 1\nreturn 2")


@pytest.mark.parametrize(
    ("body", "has_value"),
    [("x", True), ("x = 1", False), ("yield x", False), ("yield 1\nx", True)],
)
def test_a_body_may_end_in_a_value(body, has_value):
    assert compiled(body).has_value is has_value


@pytest.mark.parametrize("body", ["break", "yield 1\nbreak", "nonlocal x"])
def test_what_python_cannot_compile_is_a_syntax_error(body):
    with pytest.raises(SyntaxError):
        compiled(body)


def test_each_statement_is_compiled_on_its_own_as_in_a_cell():
    assert (
        len(compiled("x = 1\nglobal x\nfrom __future__ import annotations").steps) == 3
    )
