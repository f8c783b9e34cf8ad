"""From a cell to an op."""

import ast

import pytest

from opnb import Backoff, CellError, Config, Jitter, RetryPolicy
from opnb.definitions.op_config import resolve_op_config
from opnb.notebook.compile import compile_body
from opnb.notebook.define import (
    CellOptions,
    code_hash,
    near_name,
    op_of_body,
    parse_config,
    policy_of,
)


def op_of(body, session, config=None, **options):
    code = compile_body(ast.parse(body), filename="cell.py", compiler=compile)
    cell = CellOptions("made", **options)
    return op_of_body(code, cell, body, {}, session, config)


def test_options_become_a_retry_policy():
    policy = policy_of(3, 0.5, "exponential", "plus-minus")

    assert policy == RetryPolicy(3, 0.5, Backoff.EXPONENTIAL, Jitter.PLUS_MINUS)
    assert policy_of(None, None, None, None) is None


@pytest.mark.parametrize(
    "options",
    [(None, 1.0, None, None), (None, None, "linear", None), (-1, *[None] * 3)],
)
def test_a_policy_that_cannot_be_is_refused(options):
    with pytest.raises(CellError, match=r"Hint: .*--retries 3"):
        policy_of(*options)


def test_the_hash_is_that_of_the_code_blank_ends_aside():
    assert code_hash("x = 1  \n\n") == code_hash("\nx = 1")
    assert code_hash("x = 1") != code_hash("x = 2")
    assert len(code_hash("x = '\ud800'")) == 12


def test_sure_outputs_are_required(session):
    made = op_of("yield Output(1, 'a')\nif x: yield Output(2, 'b')", session)

    assert {name: out.is_required for name, out in made.outs.items()} == {
        "a": True,
        "b": False,
    }


def test_outputs_without_a_literal_name_must_be_named(session):
    with pytest.raises(CellError, match="not written out"):
        op_of("yield Output(1, name)", session)

    assert list(op_of("yield Output(1, name)", session, outs=("a",)).outs) == ["a"]


def test_a_config_object_declares_its_class(session):
    class Limits(Config):
        rows: int = 1

    limits = Limits(rows=3)

    assert resolve_op_config(op_of("x = 1", session, limits), limits) is limits


def test_config_of_any_other_kind_is_refused(session):
    with pytest.raises(CellError, match="of type int"):
        op_of("x = 1", session, 5)


def test_config_is_a_name_or_json():
    assert parse_config("limits", {"limits": 1}) == 1
    assert parse_config("[1]", {}) == [1]
    assert parse_config(None, {}) is None
    with pytest.raises(CellError, match="'limits' is neither a name"):
        parse_config("limits", {})


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("ordres", "Did you mean 'orders'?"),
        ("pritn", "Did you mean 'print'?"),
        ("len", ""),
        ("q", ""),
    ],
)
def test_the_nearest_name_is_told(name, sentence):
    names = {"orders": 1, "_orders": 2, "In": []}

    assert near_name(name, names, "print") == sentence


def test_a_source_that_was_let_go_is_told(run, session):
    run("import pandas as pd")
    run("%%op load\norders = pd.DataFrame()\nother = 1")
    run("del orders")

    lost = run("%%op clean --in a=load.orders\na")
    unclear = run("%%op clean --in a=load\na")

    assert "Run the cell of 'load' again." in str(lost.error)
    assert "op 'load' has 2 outputs.\nHint: One of orders, other." in str(unclear.error)


def test_outputs_by_hand_must_fit_the_function(run):
    run("from opnb import *")
    two = "@op(out={'a': Out(), 'b': Out()})\ndef f(): return 1, 2"

    renamed, wrong = run(f"%%op --out c d\n{two}"), run(f"%%op --out c\n{two}")

    assert renamed.error is None
    assert "--out names 1 outputs, op 'f' has 2: a, b." in str(wrong.error)


def test_outputs_by_hand_split_a_tuple(run, ns):
    run("%%op --out low high\ndef bounds():\n    return 1, 9")

    assert (ns["low"], ns["high"]) == (1, 9)
