import asyncio
import contextvars
from collections import deque

import pytest
from factories import AsEntries, executed, op_that, prepared

from opnb.definitions.in_out import In, Out
from opnb.definitions.op import op
from opnb.definitions.type_check import Nothing
from opnb.execution.drive import drive
from opnb.execution.run import build_op_run
from opnb.execution.step import InputValue
from opnb.model.entry import ErrorSource, EventType, OutputSource
from opnb.model.errors import InvariantViolationError, TypeCheckDidNotPass
from opnb.model.events import (
    AssetMaterialization,
    AssetObservation,
    ExpectationResult,
    Output,
)
from opnb.model.signals import Failure, RetryRequested

EVENTS = [AssetMaterialization("a"), AssetObservation("a"), ExpectationResult(True)]
TYPES = ["ASSET_MATERIALIZATION", "ASSET_OBSERVATION", "STEP_EXPECTATION_RESULT"]
DONE = ["STEP_OUTPUT", "STEP_SUCCESS"]


def test_a_returned_value_is_the_output():
    run = executed(op(name="clean")(lambda: 3))

    assert [e.event_type.value for e in run.entries] == [
        "RUN_START", "STEP_START", *DONE, "RUN_SUCCESS",
    ]  # fmt: skip
    assert run.outputs == {"result": 3}


def test_yielded_events_are_entries_in_their_order():
    run = executed(op_that(yields=EVENTS))

    assert run.types == ["STEP_START", *TYPES, *DONE]


def test_events_after_the_last_output_are_fine():
    @op
    def clean():
        yield Output(1)
        yield AssetObservation("a")
        return "ignored"

    assert executed(clean).types[1:] == ["STEP_OUTPUT", TYPES[1], "STEP_SUCCESS"]


def test_a_returned_generator_of_events_is_followed():
    clean = op(name="clean")(lambda: (event for event in [*EVENTS, Output(1)]))

    assert executed(clean).types[1:] == [*TYPES, *DONE]


@pytest.mark.parametrize("kind", [list, deque])
def test_any_other_iterator_that_is_returned_is_the_value(kind):
    events = iter(kind([*EVENTS, Output(1)]))
    run = executed(op(name="clean")(lambda: events))

    assert run.types[1:] == DONE
    assert run.outputs["result"] is events


def test_an_entry_is_kept_before_the_code_goes_on():
    seen = []

    @op
    def clean():
        yield AssetObservation("a")
        seen.extend(run.types)
        yield Output(1)

    run = prepared(clean)
    drive(run.run.execute(), run.entries.extend)

    assert seen == ["STEP_START"]
    assert run.entries[2].event_type is EventType.ASSET_OBSERVATION


def test_log_event_and_yield_keep_the_order_of_the_program():
    @op
    def clean(context):
        context.log_event(ExpectationResult(True))
        yield AssetObservation("a")
        context.log_event(AssetMaterialization("a"))
        yield Output(1)
        context.log_event(AssetObservation("a"))

    assert executed(clean).types[1:] == [
        TYPES[2], TYPES[1], TYPES[0], "STEP_OUTPUT", TYPES[1], "STEP_SUCCESS",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("event", "hint"),
    [
        (5, "yield Output"),
        ("x", "yield Output"),
        (None, "yield Output"),
        (AssetObservation, "yield Output"),
        (Failure("no"), r"raise Failure\(\.\.\.\)"),
        (RetryRequested(), "raise RetryRequested"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_no_event_may_not_be_yielded(event, hint):
    run = executed(op_that(yields=[AssetObservation("a"), event]))

    assert run.types == ["STEP_START", TYPES[1], "STEP_FAILURE"]
    with pytest.raises(
        InvariantViolationError, match=f"yielded .*, which is no event.\n.*{hint}"
    ):
        raise run.error


def test_a_generator_that_broke_a_rule_is_closed_at_once():
    closed = []

    @op
    def clean():
        try:
            yield 5
        finally:
            closed.append(True)

    run = executed(clean)

    assert closed == [True]
    assert isinstance(run.error, InvariantViolationError)


def test_a_future_that_is_returned_is_a_value():
    class Future:
        def __await__(self):
            raise AssertionError("nobody asked")

    future = Future()

    assert executed(op(name="clean")(lambda: future)).outputs == {"result": future}


def test_an_async_function_is_awaited():
    @op
    async def clean():
        await asyncio.sleep(0)
        return 3

    assert executed(clean).outputs == {"result": 3}


def test_an_async_generator_is_followed_and_keeps_its_context():
    variable = contextvars.ContextVar("variable", default=0)

    @op
    async def clean():
        variable.set(7)
        for event in EVENTS:
            await asyncio.sleep(0)
            yield event
        yield Output(variable.get())

    run = executed(clean)

    assert run.types[1:] == [*TYPES, *DONE]
    assert run.outputs == {"result": 7}


def test_an_async_generator_that_broke_a_rule_is_closed_at_once():
    closed = []

    @op
    async def clean():
        try:
            yield 5
        finally:
            await asyncio.sleep(0)
            closed.append(True)

    run = executed(clean)

    assert (closed, run.types[1:]) == ([True], ["STEP_FAILURE"])
    assert isinstance(run.error, InvariantViolationError)


def test_each_input_is_an_entry_with_type_shape_and_source():
    @op
    def clean(rows: list, limit: int = 3):
        return rows[:limit]

    run = executed(clean, rows=[1, 2])
    first, second = run.data(EventType.STEP_INPUT)

    assert run.types == ["STEP_START", "STEP_INPUT", "STEP_INPUT", *DONE]
    assert (first.input_name, first.value_info.shape) == ("rows", (2,))
    assert (second.input_name, second.type_check_data.label) == ("limit", "Int")
    assert first.source is None


def test_an_input_tells_where_its_value_came_from():
    entries = []
    source = OutputSource("load", "result", "r0")
    clean = op(name="clean")(lambda rows: rows)
    run = build_op_run(
        clean, {"rows": InputValue(1, source)}, AsEntries(entries.extend)
    )
    drive(run.execute(), entries.extend)

    assert entries[2].event_specific_data.source == source


def test_an_input_of_the_wrong_type_fails_the_step_before_the_code_runs():
    @op
    def clean(rows: int):
        raise AssertionError("nobody calls this")

    run = executed(clean, rows="x")

    assert run.types == ["STEP_START", "STEP_INPUT", "STEP_FAILURE"]
    assert run.last.event_specific_data.error_source is ErrorSource.FRAMEWORK_ERROR
    with pytest.raises(TypeCheckDidNotPass, match="input 'rows' of op 'clean'"):
        raise run.error


def test_an_input_of_nothing_passes_no_value():
    clean = op(name="clean", ins={"after": In(Nothing)}, out=Out(int))(lambda: 1)

    assert executed(clean).types == ["STEP_START", *DONE]
    assert executed(clean, after=None).outputs == {"result": 1}
