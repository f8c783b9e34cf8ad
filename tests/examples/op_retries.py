"""The page on op retries: policies, where they are set, and retries asked by hand."""

import pytest
from examples.reading import data_of, kinds
from examples.registry import example

from opnb import Backoff, Jitter, RetryPolicy, RetryRequested, job, op
from opnb.dagster import DagsterInvalidDefinitionError, DagsterMaxRetriesExceededError


def flaky(failures):
    """Return a call that raises so many times before it answers."""
    calls = []

    def call():
        calls.append("call")
        if len(calls) <= failures:
            raise ConnectionError(f"call {len(calls)} was refused")
        return len(calls)

    return call


@example("an op without a policy fails at its first error")
def no_policy():
    call = flaky(1)

    @op
    def fetch():
        return call()

    @job
    def fetching():
        fetch()

    result = fetching.execute_in_process(raise_on_error=False)

    assert not result.success
    assert result.retry_attempts_for_node("fetch") == 0


@example("a policy runs the op once more, unless it says another number")
def the_plain_policy():
    call = flaky(1)

    @op(retry_policy=RetryPolicy())
    def fetch():
        return call()

    @job
    def fetching():
        fetch()

    result = fetching.execute_in_process()

    assert result.output_for_node("fetch") == 2
    assert kinds(result, "fetch") == [
        "STEP_START",
        "STEP_UP_FOR_RETRY",
        "STEP_RESTARTED",
        "STEP_OUTPUT",
        "STEP_SUCCESS",
    ]


@example("a policy sets how often, how long to wait, and how the wait grows")
def a_policy_with_a_growing_delay():
    call = flaky(2)

    @op(retry_policy=RetryPolicy(3, delay=0.002, backoff=Backoff.EXPONENTIAL))
    def fetch():
        return call()

    @job
    def fetching():
        fetch()

    result = fetching.execute_in_process()

    assert result.output_for_node("fetch") == 3
    waits = [
        data.seconds_to_wait for data in data_of(result, "fetch", "STEP_UP_FOR_RETRY")
    ]
    assert waits == [0.002, 0.006]


@example("a policy tells the delay of each attempt")
def the_delays_of_a_policy():
    steady = RetryPolicy(max_retries=3, delay=2)
    linear = RetryPolicy(max_retries=3, delay=2, backoff=Backoff.LINEAR)
    growing = RetryPolicy(max_retries=3, delay=2, backoff=Backoff.EXPONENTIAL)

    assert [steady.calculate_delay(n) for n in (1, 2, 3)] == [2, 2, 2]
    assert [linear.calculate_delay(n) for n in (1, 2, 3)] == [2, 4, 6]
    assert [growing.calculate_delay(n) for n in (1, 2, 3)] == [2, 6, 14]


@example("jitter moves the delay within its bounds")
def a_policy_with_jitter():
    spread = RetryPolicy(delay=2, backoff=Backoff.LINEAR, jitter=Jitter.PLUS_MINUS)
    full = RetryPolicy(delay=2, jitter=Jitter.FULL)

    assert all(4 <= spread.calculate_delay(3) <= 8 for _ in range(50))
    assert all(0 <= full.calculate_delay(1) <= 2 for _ in range(50))


@example("a policy without a delay cannot have backoff or jitter")
def a_policy_that_cannot_be():
    for wrong in ({"backoff": Backoff.LINEAR}, {"jitter": Jitter.FULL}):
        with pytest.raises(DagsterInvalidDefinitionError, match="delay"):
            RetryPolicy(**wrong)


@example("an op in a job may have a policy of its own")
def a_policy_on_the_invocation():
    call = flaky(2)

    @op(retry_policy=RetryPolicy(max_retries=1))
    def fetch():
        return call()

    @job
    def fetching():
        fetch.with_retry_policy(RetryPolicy(max_retries=5))()

    result = fetching.execute_in_process()

    assert result.retry_attempts_for_node("fetch") == 2


@example("a job's policy is for the ops that have none")
def a_policy_of_the_job():
    first, second = flaky(1), flaky(1)

    @op
    def fetch_orders():
        return first()

    @op(retry_policy=RetryPolicy(max_retries=0))
    def fetch_customers():
        return second()

    @job(op_retry_policy=RetryPolicy(max_retries=2))
    def fetching():
        fetch_orders()
        fetch_customers()

    result = fetching.execute_in_process(raise_on_error=False)

    assert result.retry_attempts_for_node("fetch_orders") == 1
    assert result.get_failed_step_keys() == {"fetch_customers"}


@example("an op decides by hand which errors deserve a retry")
def a_retry_by_hand():
    errors = iter([TimeoutError("slow"), PermissionError("forbidden")])

    @op
    def fetch():
        try:
            raise next(errors)
        except TimeoutError as error:
            raise RetryRequested(max_retries=5) from error

    @job
    def fetching():
        fetch()

    result = fetching.execute_in_process(raise_on_error=False)

    assert result.retry_attempts_for_node("fetch") == 1
    assert kinds(result, "fetch")[-2:] == ["STEP_RESTARTED", "STEP_FAILURE"]


@example("an attempt knows how many came before it")
def the_number_of_an_attempt():
    numbers = []

    @op(retry_policy=RetryPolicy(max_retries=2))
    def fetch(context):
        numbers.append(context.retry_number)
        if context.retry_number < 2:
            raise ConnectionError("refused")

    @job
    def fetching():
        fetch()

    assert fetching.execute_in_process().success
    assert numbers == [0, 1, 2]


@example("steps after a retried one get the value of the last attempt")
def a_value_after_retries():
    call = flaky(1)

    @op(retry_policy=RetryPolicy())
    def fetch():
        return call() * 10

    @op
    def label(count):
        return f"{count} orders"

    @job
    def fetching():
        label(fetch())

    assert fetching.execute_in_process().output_for_node("label") == "20 orders"


@example("retries that are used up raise the error of the last attempt")
def a_policy_used_up():
    @op(retry_policy=RetryPolicy(max_retries=2))
    def fetch():
        raise ConnectionError("refused")

    @job
    def fetching():
        fetch()

    result = fetching.execute_in_process(raise_on_error=False)

    assert result.retry_attempts_for_node("fetch") == 2
    failed = result.failure_data_for_node("fetch").error
    assert failed.cause.cls_name == "ConnectionError"
    with pytest.raises(DagsterMaxRetriesExceededError, match="max_retries of 2"):
        fetching.execute_in_process()
