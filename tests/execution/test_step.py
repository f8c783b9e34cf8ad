import asyncio
import time

import pytest
from factories import executed, op_that

from opnb.definitions.in_out import Out
from opnb.definitions.op import op
from opnb.definitions.retry_policy import RetryPolicy
from opnb.model.entry import ErrorSource, EventType
from opnb.model.errors import MaxRetriesExceededError, TypeCheckDidNotPass
from opnb.model.events import AssetObservation, ExpectationResult, Output
from opnb.model.signals import Failure, RetryRequested

RETRY = ["STEP_UP_FOR_RETRY", "STEP_RESTARTED"]


def _trying(*attempts, policy=None, **options):
    """Run an op whose attempts raise these in turn, then return 1."""
    left = list(attempts)

    def clean():
        if left:
            raise left.pop(0)
        return 1

    return executed(op(retry_policy=policy, **options)(clean))


def _error(run):
    return run.last.event_specific_data.error


def test_an_ordinary_exception_is_the_users_and_is_raised_as_it_was():
    raised = ValueError("bad")
    run = executed(op_that(yields=[AssetObservation("a")], raises=raised))
    failure = run.last.event_specific_data

    assert run.types == ["STEP_START", "ASSET_OBSERVATION", "STEP_FAILURE"]
    assert run.error is raised
    assert failure.error_source is ErrorSource.USER_CODE_ERROR
    assert failure.error.cls_name == "ExecutionStepExecutionError"
    assert (failure.error.cause.cls_name, failure.error.cause.message) == (
        "ValueError",
        "bad",
    )
    assert failure.user_failure_data is None


def test_an_exception_after_the_output_still_fails_the_step():
    @op
    def clean():
        yield Output(1)
        raise ValueError

    assert executed(clean).types[1:] == ["STEP_OUTPUT", "STEP_FAILURE"]


def test_a_failure_keeps_its_description_metadata_and_cause():
    raised = Failure("no rows", {"rows": 0})
    raised.__cause__ = KeyError("k")
    run = _trying(raised)
    failure = run.last.event_specific_data

    assert run.types == ["STEP_START", "STEP_FAILURE"]
    assert run.error is raised
    assert (failure.error.cls_name, failure.error.cause.cls_name) == (
        "Failure",
        "KeyError",
    )
    assert failure.user_failure_data.label == "intentional-failure"
    assert failure.user_failure_data.description == "no rows"
    assert run.last.metadata["rows"].value == 0


@pytest.mark.parametrize(
    ("raised", "source"),
    [
        (ValueError(), "USER_CODE_ERROR"),
        (StopIteration("mine"), "USER_CODE_ERROR"),
        (StopAsyncIteration(), "USER_CODE_ERROR"),
        (TypeCheckDidNotPass("mine"), "FRAMEWORK_ERROR"),
        (Failure(), "FRAMEWORK_ERROR"),
        (RetryRequested(0), "FRAMEWORK_ERROR"),
        (KeyboardInterrupt(), "INTERRUPT"),
        (asyncio.CancelledError(), "INTERRUPT"),
        (SystemExit(3), "UNEXPECTED_ERROR"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_entry_tells_who_is_to_blame(raised, source):
    run = _trying(raised)

    assert run.types == ["STEP_START", "STEP_FAILURE"]
    assert run.last.event_specific_data.error_source.value == source


def test_stop_iteration_in_a_generator_is_pythons_runtime_error():
    run = executed(op_that(raises=StopIteration("mine")))

    assert isinstance(run.error, RuntimeError)


@pytest.mark.parametrize(
    ("attempts", "policy", "types"),
    [
        ([RetryRequested()], None, [*RETRY, "STEP_OUTPUT", "STEP_SUCCESS"]),
        ([RetryRequested()] * 2, None, [*RETRY, "STEP_FAILURE"]),
        ([RetryRequested(3)] * 3, None, [*RETRY * 3, "STEP_OUTPUT", "STEP_SUCCESS"]),
        ([RetryRequested(0)], None, ["STEP_FAILURE"]),
        ([RetryRequested(-1)], None, ["STEP_FAILURE"]),
        ([ValueError()], 1, [*RETRY, "STEP_OUTPUT", "STEP_SUCCESS"]),
        ([ValueError()] * 3, 2, [*RETRY * 2, "STEP_FAILURE"]),
        ([ValueError()], 0, ["STEP_FAILURE"]),
        ([Failure()], 1, [*RETRY, "STEP_OUTPUT", "STEP_SUCCESS"]),
        ([Failure(allow_retries=False)], 3, ["STEP_FAILURE"]),
        ([RetryRequested(3)] * 4, 1, [*RETRY * 3, "STEP_FAILURE"]),
        ([RetryRequested(1)] * 2, 3, [*RETRY, "STEP_FAILURE"]),
        ([ValueError(), RetryRequested(1)], 3, [*RETRY, "STEP_FAILURE"]),
        ([KeyboardInterrupt()], 3, ["STEP_FAILURE"]),
    ],
)
def test_a_step_is_tried_again_as_often_as_it_may(attempts, policy, types):
    run = _trying(*attempts, policy=None if policy is None else RetryPolicy(policy))

    assert run.types == ["STEP_START", *types]


def test_a_retry_that_may_not_be_granted_is_an_error_with_the_cause():
    raised = RetryRequested(max_retries=0)
    raised.__cause__ = KeyError("k")
    run = _trying(raised)

    assert (_error(run).cls_name, _error(run).message) == (
        "RetryRequested",
        "Exceeded max_retries of 0",
    )
    assert _error(run).cause.cls_name == "KeyError"
    assert run.error.__cause__ is raised.__cause__
    with pytest.raises(MaxRetriesExceededError, match="Exceeded max_retries of 0"):
        raise run.error


@pytest.mark.parametrize("retries", [0, 1])
def test_an_exhausted_policy_tells_so_and_raises_the_users_exception(retries):
    last = Failure("no rows", {"rows": 0})
    run = _trying(*[ValueError()] * retries, last, policy=RetryPolicy(retries))

    assert run.error is last
    assert _error(run).cls_name == "RetryRequestedFromPolicy"
    assert _error(run).message == f"Exceeded max_retries of {retries}"
    assert _error(run).cause.cls_name == "Failure"
    assert run.last.metadata["rows"].value == 0


@pytest.mark.parametrize(
    ("second", "cls_name"),
    [
        (Failure("no", allow_retries=False), "Failure"),
        (KeyboardInterrupt(), "KeyboardInterrupt"),
    ],
    ids=["failure", "interrupt"],
)
def test_what_a_policy_does_not_count_is_not_blamed_on_it(second, cls_name):
    run = _trying(ValueError(), second, policy=RetryPolicy(1))

    assert _error(run).cls_name == cls_name


def test_a_broken_rule_is_not_tried_again():
    run = executed(op(retry_policy=RetryPolicy(3), out=Out(str), name="a")(lambda: 1))

    assert run.types == ["STEP_START", "STEP_OUTPUT", "STEP_FAILURE"]
    assert _error(run).cls_name == "TypeCheckDidNotPass"


def test_a_wait_is_told_and_kept():
    begin = time.perf_counter()
    run = _trying(RetryRequested(1, seconds_to_wait=0.05))

    assert time.perf_counter() - begin >= 0.05
    assert run.data(EventType.STEP_UP_FOR_RETRY)[0].seconds_to_wait == 0.05
    assert run.entries[2].message.endswith("requested a retry in 0.05 seconds.")


def test_a_policy_waits_its_delay():
    run = _trying(ValueError(), policy=RetryPolicy(1, delay=0.01))

    assert run.data(EventType.STEP_UP_FOR_RETRY)[0].seconds_to_wait == 0.01


def test_a_restart_tells_the_number_of_the_attempt():
    run = _trying(RetryRequested(2), RetryRequested(2))
    restarts = [e for e in run.entries if e.event_type is EventType.STEP_RESTARTED]

    assert ["attempt # 2" in restarts[0].message, "attempt # 3" in restarts[1].message]


def test_inputs_events_and_outputs_come_again_with_each_attempt():
    @op
    def clean(context, rows):
        yield AssetObservation("a")
        context.add_output_metadata({"try": context.retry_number})
        yield Output(rows)
        if not context.retry_number:
            raise RetryRequested

    run = executed(clean, rows=1)
    attempt = ["STEP_INPUT", "ASSET_OBSERVATION", "STEP_OUTPUT"]

    assert run.types == ["STEP_START", *attempt, *RETRY, *attempt, "STEP_SUCCESS"]
    assert run.data(EventType.STEP_OUTPUT)[1].metadata["try"].value == 1


def test_the_end_of_a_step_tells_its_duration():
    @op
    def clean():
        time.sleep(0.02)

    assert 20 <= executed(clean).last.event_specific_data.duration_ms < 2000


@pytest.mark.parametrize("yields", [False, True], ids=["returns", "yields"])
def test_a_generator_exit_of_the_user_s_ends_the_run_as_a_failure(session, yields):
    def leave():
        if yields:
            yield ExpectationResult(True)
        raise GeneratorExit

    with pytest.raises(GeneratorExit):
        session.execute_op(op(leave))

    assert session.log.runs()["status"].tolist() == ["FAILURE"]
