"""Handles: outputs to come, while a graph is being composed."""

import pytest
from factories import both, increment, numbers, one

from opnb.definitions.graph import graph
from opnb.definitions.handles import (
    DynamicFanIn,
    DynamicHandle,
    GraphInputHandle,
    OutputHandle,
)
from opnb.model.errors import (
    CheckError,
    InvalidDefinitionError,
    InvariantViolationError,
)

PLAIN, MANY, INPUT = (
    OutputHandle("a", "x"),
    DynamicHandle("a", "x"),
    GraphInputHandle("n"),
)
HANDLES = {"plain": PLAIN, "dynamic": MANY, "input": INPUT}


@pytest.mark.parametrize("handle", HANDLES.values(), ids=list(HANDLES))
@pytest.mark.parametrize(
    ("use", "what"),
    [(list, "iterated over"), (lambda h: h[0], "indexed"), (bool, "a condition")],
    ids=["iterated", "indexed", "condition"],
)
def test_a_handle_has_no_value_yet(handle, use, what):
    with pytest.raises(InvariantViolationError, match=f"it cannot be {what}"):
        use(handle)


@pytest.mark.parametrize("handle", HANDLES.values(), ids=list(HANDLES))
@pytest.mark.parametrize("method", ["alias", "tag", "with_hooks", "with_retry_policy"])
def test_what_belongs_before_the_call_is_refused_after_it(handle, method):
    with pytest.raises(
        InvariantViolationError, match=rf"It comes before the call: .*\.{method}\("
    ):
        getattr(handle, method)("x")


def test_a_way_out_is_told():
    with pytest.raises(InvariantViolationError, match="Pass it to an op"):
        bool(PLAIN)
    with pytest.raises(InvariantViolationError, match=r"\.map\(op\) for each"):
        bool(MANY)


@pytest.mark.parametrize(
    ("method", "hint"), [("map", r"DynamicOut\(\)"), ("collect", "as it is")]
)
def test_one_value_is_not_many(method, hint):
    arguments = [increment] if method == "map" else []

    with pytest.raises(
        InvalidDefinitionError, match=f"a.x is not dynamic.\nHint: .*{hint}"
    ):
        getattr(PLAIN, method)(*arguments)


def test_all_values_are_collected_from_the_output():
    assert MANY.collect() == DynamicFanIn("a", "x")


def _mapping(fn):
    made = []
    graph(name="g")(lambda: made.append(numbers().map(fn)))
    return made[0]


def test_what_is_mapped_is_dynamic_again():
    assert _mapping(increment) == DynamicHandle("increment", "result")
    assert _mapping(lambda v: increment(increment(v))) == DynamicHandle(
        "increment_2", "result"
    )


def test_what_is_mapped_may_be_several():
    found = _mapping(lambda v: (increment(v), both(v, one())))

    assert found == (
        DynamicHandle("increment", "result"),
        DynamicHandle("both", "result"),
    )


def test_what_is_mapped_may_be_nothing():
    def nothing(value):
        increment(value)

    assert _mapping(nothing) is None


@pytest.mark.parametrize("fn", [5, None, "increment", [increment]])
def test_only_what_can_be_called_is_mapped(fn):
    with pytest.raises(CheckError, match="map takes an op or a function"):
        MANY.map(fn)


@pytest.mark.parametrize(
    "returned", [5, "x", [PLAIN], {"a": PLAIN}, (PLAIN, 5)], ids=str
)
def test_a_mapped_function_returns_what_calls_gave(returned):
    with pytest.raises(CheckError, match="The function mapped over 'a' returned"):
        MANY.map(lambda _: returned)
