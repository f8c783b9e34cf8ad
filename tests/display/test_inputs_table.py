"""The inputs of a run as a calm table."""

from opnb.display.bundle import render_bundle
from opnb.model.entry import OutputSource, ValueInfo
from opnb.model.op_inputs import OpInputs


def inputs(**values):
    return OpInputs(
        "clean",
        values,
        {"orders": ValueInfo("DataFrame", (3, 2)), "limit": ValueInfo("int")},
        {"orders": OutputSource("load", "orders", "r1"), "limit": None},
        tuple({"orders", "limit"} - values.keys()),
    )


def test_it_tells_type_shape_and_source():
    told = render_bundle(inputs(orders=1, limit=2))[0]

    assert told["text/plain"].splitlines() == [
        "2 inputs of clean",
        "  input   type and shape   from",
        "  orders  DataFrame 3 × 2  load.orders",
        "  limit   int",
        "  a dict: name → value",
    ]
    assert "| orders | DataFrame 3 × 2 | load.orders |" in told["text/markdown"]
    assert "<b>orders</b>" in told["text/html"]


def test_it_tells_what_was_let_go():
    told = render_bundle(inputs(orders=1))[0]["text/plain"].splitlines()

    assert told[3].split() == ["limit", "int", "let", "go"]


def test_an_op_without_inputs_says_so():
    told = render_bundle(OpInputs("load", {}, {}, {}))[0]

    assert told["text/plain"] == "0 inputs of load"
    assert "<table" not in told["text/html"]
