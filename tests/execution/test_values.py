"""Values between steps: held while one needs them, then let go."""

import gc
import tracemalloc
import weakref

import numpy as np
import pytest
from factories import calling, increment, numbers, one, ran

from opnb.definitions.graph import graph
from opnb.definitions.in_out import DynamicOut, In, Out
from opnb.definitions.job import job
from opnb.definitions.op import op
from opnb.definitions.type_check import Nothing
from opnb.execution.values import Values
from opnb.model.errors import InvariantViolationError
from opnb.model.events import DynamicOutput

MEGABYTES = 2**20


class Big:
    """Something that tells its size, and can be watched."""

    def __init__(self, megabytes=100):
        self.nbytes = megabytes * MEGABYTES


def _watched(keep_outputs, size):
    """Run a chain of five; return the result and what is alive of each value."""
    alive = []

    @op
    def make():
        value = Big(size)
        alive.append(weakref.ref(value))
        return value

    @op
    def remake(value):
        fresh = Big(size)
        alive.append(weakref.ref(fresh))
        return fresh

    @graph
    def whole():
        value = remake(make())
        return remake(remake(remake(value)))

    result = whole.execute_in_process(keep_outputs=keep_outputs)
    gc.collect()
    return result, [reference() is not None for reference in alive]


@pytest.mark.parametrize(
    ("keep_outputs", "size", "kept"),
    [
        (True, 100, [True] * 5),
        (None, 100, [False] * 4 + [True]),
        (None, 1, [True] * 5),
        (None, 30, [True, True, False, False, True]),
        (False, 1, [False] * 4 + [True]),
        (False, 100, [False] * 4 + [True]),
    ],
    ids=["all", "large", "small", "as-much-as-fits", "none", "none-large"],
)
def test_a_value_is_let_go_when_the_last_step_has_taken_it(keep_outputs, size, kept):
    result, alive = _watched(keep_outputs, size)

    assert alive == kept
    assert result.output_value().nbytes == size * MEGABYTES


def test_a_value_that_was_let_go_is_told_from_one_that_never_came():
    result, _ = _watched(False, 1)

    with pytest.raises(
        InvariantViolationError,
        match=r"'make\.result' was let go.*\n.*keep_outputs=True",
    ):
        result.output_for_node("make")


@pytest.mark.parametrize("keep_outputs", [True, None, False], ids=str)
def test_all_values_go_with_the_result(keep_outputs):
    result, alive = _watched(keep_outputs, 1)
    last = weakref.ref(result.output_value())
    del result
    gc.collect()

    assert any(alive)
    assert last() is None


def test_a_value_is_held_while_another_step_needs_it():
    seen = []

    @op
    def make():
        value = Big()
        seen.append(weakref.ref(value))
        return value

    @op(ins={"after": In(Nothing)})
    def use(value):
        gc.collect()
        return value is not None

    @op(ins={"after": In(Nothing)}, out=Out(Nothing))
    def check():
        gc.collect()
        seen.append(seen[0]() is None)

    @job
    def whole():
        value = make()
        check(
            after=use.alias("last")(value, after=use.alias("first")(value, after=value))
        )

    result = whole.execute_in_process()

    assert result.output_for_node("last")
    assert seen[1]


def test_what_a_failed_step_took_is_let_go():
    seen = []

    @op
    def make():
        value = Big()
        seen.append(weakref.ref(value))
        return value

    @op
    def fail(value):
        raise LookupError

    @job
    def whole():
        fail(make())
        increment.alias("late")(increment(one()))

    result = ran(whole)

    assert result.output_for_node("late") == 3
    # The traceback holds what the op was given, as any traceback does.
    assert seen[0]() is not None
    result.error.with_traceback(None)
    gc.collect()

    assert seen[0]() is None


@pytest.mark.parametrize("keep_outputs", [None, False], ids=str)
def test_values_of_a_dynamic_output_are_let_go_one_by_one(keep_outputs):
    alive = weakref.WeakSet()
    most = []

    @op(out=DynamicOut())
    def spread():
        for number in range(8):
            value = Big()
            alive.add(value)
            yield DynamicOutput(value, f"k{number}")

    @op
    def shrink(value):
        most.append(len(alive))
        return value.nbytes

    @op
    def total(sizes):
        return sum(sizes)

    @graph
    def whole():
        return total(spread().map(shrink).collect())

    result = whole.execute_in_process(keep_outputs=keep_outputs)
    gc.collect()

    assert len(alive) == 0
    assert most == [8, 7, 6, 5, 4, 3, 2, 1]
    assert result.output_value() == 800 * MEGABYTES


@pytest.mark.parametrize("keep_outputs", [True, None, False], ids=str)
def test_the_outputs_of_the_graph_are_kept_whatever_is_chosen(keep_outputs):
    @op(out=DynamicOut())
    def spread():
        for number in range(2):
            yield DynamicOutput(Big(), f"k{number}")

    @op
    def again(value):
        return value

    raw = graph(name="raw")(calling(spread))
    mapped = graph(name="mapped")(lambda: spread().map(again))

    for made in (raw, mapped):
        result = made.execute_in_process(keep_outputs=keep_outputs)
        assert sorted(result.output_value()) == ["k0", "k1"]


def test_an_output_that_nobody_takes_is_kept_unless_the_caller_keeps_none():
    @job
    def whole():
        one()
        numbers().map(increment)

    kept = whole.execute_in_process()
    dropped = whole.execute_in_process(keep_outputs=False)

    assert kept.output_for_node("one") == 1
    assert kept.output_for_node("increment") == {"a": 1, "b": 2}
    for name in ("one", "increment", "numbers"):
        with pytest.raises(InvariantViolationError, match="was let go"):
            dropped.output_for_node(name)


def test_a_chain_of_large_arrays_stays_within_bounds():
    size = 20 * MEGABYTES

    @op
    def make():
        return np.zeros(size // 8)

    @op
    def pass_on(values):
        return values + 1

    @graph
    def whole():
        values = make()
        for _ in range(29):
            values = pass_on(values)
        return values

    tracemalloc.start()
    try:
        result = whole.execute_in_process()
        held, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert result.output_value()[0] == 29
    # Up to 64 MB are kept beyond need; two arrays are needed at once.
    assert held < 64 * MEGABYTES + 2.5 * size
    assert peak < 64 * MEGABYTES + 3.5 * size


def test_a_chain_of_which_nothing_is_kept_needs_two_arrays():
    size = 20 * MEGABYTES

    @op
    def make():
        return np.zeros(size // 8)

    @op
    def pass_on(values):
        return values + 1

    @op
    def count(values):
        return len(values)

    @graph
    def whole():
        values = make()
        for _ in range(29):
            values = pass_on(values)
        return count(values)

    tracemalloc.start()
    try:
        result = whole.execute_in_process(keep_outputs=False)
        held, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert result.output_value() == size // 8
    assert peak < 2.5 * size
    assert held < 0.5 * size


def test_a_value_that_two_inputs_of_a_step_take_is_let_go_once():
    seen = []

    @op
    def make():
        value = Big()
        seen.append(weakref.ref(value))
        return value

    @op
    def use(a, b, more):
        return a is b is more[0] is more[1]

    @op
    def check(n):
        gc.collect()
        return seen[0]() is None

    @job
    def whole():
        value = make()
        check(use(value, value, [value, value]))

    result = whole.execute_in_process()

    assert result.output_for_node("use")
    assert result.output_for_node("check")


def test_an_op_may_change_what_it_was_given_as_in_python():
    @op
    def make():
        return [1]

    @op
    def change(items):
        items.append(2)
        return len(items)

    @job
    def whole():
        items = make()
        change.alias("a")(items)
        change.alias("b")(items)

    result = whole.execute_in_process()

    assert result.output_for_node("make") == [1, 2, 2]
    assert (result.output_for_node("a"), result.output_for_node("b")) == (2, 3)


def test_a_value_that_nobody_asks_for_is_not_taken_in():
    values = Values("r1", keep_outputs=False)
    values.put(("a", "result"), 1)

    assert values.held == {}
    assert values.let_go == {("a", "result")}
