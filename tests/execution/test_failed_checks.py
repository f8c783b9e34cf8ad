"""What follows from checks that failed, by their severity, wherever an op runs."""

import asyncio

import pytest
from factories import executed, op_that, ran

from opnb.definitions.in_out import Out
from opnb.definitions.job import job
from opnb.definitions.op import op
from opnb.definitions.retry_policy import RetryPolicy
from opnb.execution.direct_context import build_op_context
from opnb.execution.failed_checks import raise_failed
from opnb.model.entry import FAILED_CHECKS, EventType
from opnb.model.errors import CheckFailed, MaxRetriesExceededError
from opnb.model.events import ExpectationResult, Output


def expected(label, severity, *, success=False, **metadata):
    return ExpectationResult(success, label, metadata=metadata, severity=severity)


def labels(run):
    told = run.data(EventType.STEP_EXPECTATION_RESULT)
    return [data.expectation_result.label for data in told]


@pytest.mark.parametrize("severity", [None, "warn"])
def test_a_check_that_failed_is_recorded_and_the_op_goes_on(severity):
    run = executed(op_that(yields=[expected("age", severity)]))

    assert run.error is None
    assert labels(run) == ["age"]
    assert run.outputs == {"result": 1}


@pytest.mark.parametrize("severity", ["warn", "error", "fatal", None])
def test_a_check_that_passed_never_fails_the_op(severity):
    assert (
        executed(op_that(yields=[expected("a", severity, success=True)])).error is None
    )


def test_an_error_fails_the_op_after_all_of_its_code():
    checks = [expected("a", "error"), expected("b", "warn"), expected("c", "error")]

    run = executed(op_that(yields=checks))

    assert labels(run) == ["a", "b", "c"]
    assert run.types[-2:] == ["STEP_OUTPUT", "STEP_FAILURE"]
    assert [result.label for result in run.error.checks] == ["a", "c"]


def test_a_fatal_check_ends_the_op_where_it_stands():
    left = []

    @op(name="clean")
    def body():
        try:
            yield expected("a", "error")
            yield expected("b", "fatal")
            left.append("went on")
        finally:
            left.append("closed")

    run = executed(body)

    assert left == ["closed"]
    assert labels(run) == ["a", "b"]
    assert isinstance(run.error, CheckFailed)
    assert not run.error.allow_retries


def test_a_fatal_check_that_is_logged_raises_there_and_fails_the_op_even_if_caught():
    seen = []

    @op(name="clean", out=Out())
    def body(context):
        try:
            context.log_event(expected("a", "fatal"))
        except CheckFailed as error:
            seen.append(error)
        return 1

    run = executed(body)

    assert len(seen) == 1
    assert isinstance(run.error, CheckFailed)
    assert run.last.event_type is EventType.STEP_FAILURE


def test_a_logged_error_fails_an_op_that_returns():
    @op(name="clean")
    def body(context):
        context.log_event(expected("a", "error"))
        return 1

    run = executed(body)

    assert isinstance(run.error, CheckFailed)
    assert run.types[-2:] == ["STEP_OUTPUT", "STEP_FAILURE"]


def test_an_async_op_is_judged_and_closed_likewise():
    left = []

    @op(name="clean")
    async def body():
        try:
            yield expected("a", "fatal")
            left.append("went on")
        finally:
            left.append("closed")

    assert isinstance(executed(body).error, CheckFailed)
    assert left == ["closed"]


def test_what_the_code_raises_comes_before_its_failed_checks():
    run = executed(
        op_that(yields=[expected("a", "error")], raises=ValueError("torn file"))
    )

    assert isinstance(run.error, ValueError)


def test_failed_checks_come_before_an_output_that_is_missing():
    @op(name="clean", out=Out())
    def body():
        yield expected("a", "error")

    assert isinstance(executed(body).error, CheckFailed)


def test_the_error_lists_the_checks_on_one_screen():
    failed = [expected("age ≥ 0", "error", failed=3, rows=1000)]
    failed += [expected(f"check {n}", "fatal") for n in range(14)]

    with pytest.raises(CheckFailed) as raised:
        raise_failed("clean", failed)

    lines = str(raised.value).splitlines()
    assert lines[0] == "15 checks of op 'clean' failed:"
    assert lines[1] == "  ✗ failed 'age ≥ 0' (3 of 1,000 rows)"
    assert lines[2] == "  ✗ fatal  'check 0'"
    assert lines[-2:] == [
        "  and 5 more",
        "Hint: Mend the data; severity='warn' records what failed and goes on.",
    ]
    assert len(lines) < 15


def test_the_log_tells_that_checks_failed_the_step():
    run = executed(op_that(yields=[expected("a", "error")]))

    (data,) = run.data(EventType.STEP_FAILURE)
    assert data.error.cls_name == "CheckFailed"
    assert data.user_failure_data.label == FAILED_CHECKS
    assert data.user_failure_data.description == "A check of op 'clean' failed."


# Retries


@pytest.mark.parametrize(("severity", "attempts"), [("error", 3), ("fatal", 1)])
def test_a_policy_tries_again_what_failed_by_an_error_but_not_by_a_fatal(
    severity, attempts
):
    numbers = []

    @op(name="clean", retry_policy=RetryPolicy(max_retries=2))
    def body(context):
        numbers.append(context.retry_number)
        yield expected("a", severity)
        yield Output(1)

    run = executed(body)

    assert len(numbers) == attempts
    assert isinstance(run.error, CheckFailed)


def test_without_a_policy_nothing_is_tried_again():
    run = executed(op_that(yields=[expected("a", "error")]))

    assert "STEP_UP_FOR_RETRY" not in run.types


def test_data_that_comes_better_the_next_time_passes():
    @op(name="clean", retry_policy=RetryPolicy(max_retries=2))
    def body(context):
        yield expected("a", "error", success=context.retry_number == 1)
        yield Output(1)

    run = executed(body)

    assert run.error is None
    assert run.types.count("STEP_UP_FOR_RETRY") == 1


# In a job


def _job_of(*checks, policy=None):
    taken = []

    @op(retry_policy=policy)
    def load():
        yield Output([1])
        yield from checks

    @op
    def store(rows: list):
        taken.append(rows)

    @job
    def nightly():
        store(load())

    return nightly, taken


@pytest.mark.parametrize("severity", ["error", "fatal"])
def test_no_later_step_takes_data_that_failed_its_checks(severity):
    nightly, taken = _job_of(expected("a", severity))

    result = ran(nightly)

    assert not result.success
    assert taken == []
    assert result.is_node_failed("load")
    assert result.is_node_untouched("store")
    assert [check.label for check in result.expectation_results_for_node("load")] == [
        "a"
    ]


def test_a_warning_does_not_stop_a_job():
    nightly, taken = _job_of(expected("a", "warn"))

    assert ran(nightly).success
    assert taken == [[1]]


def test_a_job_whose_retries_are_used_up_says_so_and_why():
    nightly, _ = _job_of(expected("a", "error"), policy=RetryPolicy(max_retries=1))

    with pytest.raises(MaxRetriesExceededError, match="max_retries of 1") as raised:
        nightly.execute_in_process()

    assert isinstance(raised.value.__cause__, CheckFailed)


# Called as a function


def test_a_called_op_gives_its_events_and_then_fails():
    events = op_that(yields=[expected("a", "error"), expected("b", "warn")])()

    assert [next(events).label for _ in range(2)] == ["a", "b"]
    assert next(events).value == 1
    with pytest.raises(CheckFailed, match="A check of op 'clean' failed"):
        next(events)


def test_a_called_op_ends_at_a_fatal_check():
    events = op_that(yields=[expected("a", "fatal"), expected("b", "warn")])()

    assert next(events).label == "a"
    with pytest.raises(CheckFailed, match="✗ fatal  'a'"):
        next(events)


def test_a_called_async_op_ends_at_a_fatal_check():
    @op(name="clean")
    async def body():
        yield expected("a", "fatal")
        yield Output(1)

    async def take_all():
        return [event async for event in body()]

    with pytest.raises(CheckFailed, match="✗ fatal  'a'"):
        asyncio.run(take_all())


def test_a_called_op_that_logs_an_error_fails_when_it_returns():
    @op(name="clean")
    def body(context):
        context.log_event(expected("a", "error"))
        return 1

    context = build_op_context()
    with pytest.raises(CheckFailed, match="A check of op 'clean' failed"):
        body(context)
    assert [event.label for event in context.get_events()] == ["a"]
