"""Dagster's rules on what was raised."""

import asyncio
import pickle

import pytest

from opnb.definitions.retry_policy import Backoff, RetryPolicy
from opnb.execution.retries import (
    UserCodeRaised,
    error_info,
    error_source,
    error_to_raise,
    retry_info,
    seconds_before_next,
    what,
)
from opnb.model.errors import (
    InvariantViolationError,
    MaxRetriesExceededError,
    ParameterCheckError,
    TypeCheckDidNotPass,
)
from opnb.model.signals import Failure, RetryRequested

TWICE = RetryPolicy(max_retries=2, delay=3, backoff=Backoff.EXPONENTIAL)


def _from(error, cause):
    error.__cause__ = cause
    return error


def _said(error):
    """The error as the user's code raised it."""
    return UserCodeRaised(error)


def test_an_error_is_told_without_what_carried_it():
    error = ValueError()

    assert what(_said(error)) is error
    assert what(error) is error


@pytest.mark.parametrize(
    ("raised", "policy", "waits"),
    [
        (_said(ValueError()), None, [None]),
        (_said(ValueError()), TWICE, [3, 9, None]),
        (_said(ValueError()), RetryPolicy(max_retries=1), [0, None]),
        (_said(Failure()), TWICE, [3, 9, None]),
        (_said(Failure(allow_retries=False)), TWICE, [None]),
        (_said(RetryRequested(1, 0.5)), None, [0.5, None]),
        (_said(RetryRequested(3)), RetryPolicy(1), [0, 0, 0, None]),
        (_said(RetryRequested(1)), TWICE, [0, None]),
        (_said(RetryRequested(1, -2)), None, [0, None]),
        (_said(GeneratorExit()), TWICE, [3, 9, None]),
        (KeyboardInterrupt(), TWICE, [None]),
        (SystemExit(), TWICE, [None]),
        (asyncio.CancelledError(), TWICE, [None]),
        (TypeCheckDidNotPass("no"), TWICE, [None]),
        (InvariantViolationError("no"), TWICE, [None]),
        (_said(InvariantViolationError("no")), TWICE, [None]),
        (_said(ParameterCheckError("no")), TWICE, [3, 9, None]),
    ],
    ids=range(17),
)
def test_the_wait_is_that_of_the_request_or_of_the_policy(raised, policy, waits):
    assert [
        seconds_before_next(raised, policy, number) for number in range(len(waits))
    ] == waits


def test_the_log_keeps_why_another_attempt_was_asked_for():
    cause = KeyError("gone")
    asked = retry_info(_said(_from(RetryRequested(), cause)), None)
    by_policy = retry_info(_said(cause), TWICE)

    assert (asked.cls_name, asked.cause.cls_name) == ("RetryRequested", "KeyError")
    assert by_policy.cls_name == "RetryRequestedFromPolicy"
    assert by_policy.cause.cls_name == "KeyError"


def test_an_ordinary_error_is_raised_as_it_is():
    error = ValueError("mine")

    assert error_to_raise(_said(error), None) is error
    assert error_info(_said(error), None, "clean").cls_name == (
        "ExecutionStepExecutionError"
    )


@pytest.mark.parametrize(
    ("raised", "policy", "allowed", "has_cause"),
    [
        (ValueError("mine"), TWICE, 2, True),
        (Failure("no"), TWICE, 2, True),
        (RetryRequested(5), None, 5, False),
        (RetryRequested(5), TWICE, 5, False),
        (_from(RetryRequested(0), KeyError()), TWICE, 0, True),
    ],
    ids=["error", "failure", "request", "request-under-a-policy", "request-from"],
)
def test_what_is_used_up_is_told_with_its_cause(raised, policy, allowed, has_cause):
    error = error_to_raise(_said(raised), policy)

    assert isinstance(error, MaxRetriesExceededError)
    assert error.message == f"Exceeded max_retries of {allowed}"
    assert error_info(_said(raised), policy, "clean").message == error.message
    assert (error.__cause__ is not None) == has_cause
    assert ("The cause is above" in error.hint) == has_cause
    assert str(pickle.loads(pickle.dumps(error))) == str(error)  # noqa: S301 - our own


@pytest.mark.parametrize(
    ("raised", "policy", "source"),
    [
        (_said(ValueError()), None, "USER_CODE_ERROR"),
        (_said(ValueError()), TWICE, "USER_CODE_ERROR"),
        (_said(Failure()), None, "FRAMEWORK_ERROR"),
        (_said(Failure()), TWICE, "USER_CODE_ERROR"),
        (_said(RetryRequested()), None, "FRAMEWORK_ERROR"),
        (_said(_from(RetryRequested(), KeyError())), None, "USER_CODE_ERROR"),
        (InvariantViolationError("no"), TWICE, "FRAMEWORK_ERROR"),
        (_said(InvariantViolationError("no")), TWICE, "FRAMEWORK_ERROR"),
        (_said(ParameterCheckError("no")), None, "USER_CODE_ERROR"),
        (KeyboardInterrupt(), TWICE, "INTERRUPT"),
        (asyncio.CancelledError(), None, "INTERRUPT"),
        (SystemExit(), None, "UNEXPECTED_ERROR"),
    ],
    ids=range(12),
)
def test_who_is_to_blame_is_told_as_in_dagster(raised, policy, source):
    assert error_source(raised, policy).value == source
