"""Dagster's rules on what was raised: whether it is tried again, and how it is told."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from opnb.model.entry import ErrorSource, SerializableErrorInfo
from opnb.model.errors import (
    CheckError,
    CheckFailed,
    MaxRetriesExceededError,
    OpnbError,
    TypeCheckError,
)
from opnb.model.signals import Failure, RetryRequested

if TYPE_CHECKING:
    from opnb.definitions.retry_policy import RetryPolicy

INTERRUPTS = (KeyboardInterrupt, asyncio.CancelledError)
_SIGNALS = (Failure, RetryRequested)


class UserCodeRaised(Exception):
    """Carries what the user's code raised through generators.

    Without it a `StopIteration` of the user's would end the generator it passes, and a
    `GeneratorExit` would be taken for the driver's.
    """

    def __init__(self, error: BaseException) -> None:
        super().__init__(error)
        self.error = error


def what(raised: BaseException) -> BaseException:
    """Return the error itself, without what carried it."""
    return raised.error if isinstance(raised, UserCodeRaised) else raised


def seconds_before_next(
    raised: BaseException, policy: RetryPolicy | None, retry_number: int
) -> float | None:
    """Return the seconds to wait before the next attempt; None if there is none."""
    error, policy = what(raised), _policy_that_counts(raised, policy)
    if isinstance(error, RetryRequested):
        allowed, wait = error.max_retries, error.seconds_to_wait or 0.0
    elif policy is not None:
        allowed = policy.max_retries
        wait = policy.calculate_delay(retry_number + 1)
    else:
        return None
    return max(wait, 0.0) if retry_number < allowed else None


def _of_user(raised: BaseException) -> bool:
    """Whether the user's code is to blame, not a rule of opnb's that it broke.

    An argument of a wrong type counts as the code's own fault, as in Dagster.
    """
    if not isinstance(raised, UserCodeRaised):
        return False
    error = raised.error
    return isinstance(error, CheckError) or not isinstance(error, OpnbError)


def _policy_that_counts(
    raised: BaseException, policy: RetryPolicy | None
) -> RetryPolicy | None:
    """Return the policy that counts for what was raised.

    None where the code broke a rule of ops, was interrupted, or says itself whether it
    may be tried again. Data that failed its checks may come better the next time.
    """
    error = what(raised)
    if isinstance(error, CheckFailed):
        return policy if error.allow_retries else None
    if not _of_user(raised) or isinstance(error, RetryRequested):
        return None
    if isinstance(error, Failure) and not error.allow_retries:
        return None
    return policy


def retry_info(
    raised: BaseException, policy: RetryPolicy | None
) -> SerializableErrorInfo:
    """Return what the log keeps of an error after which another attempt follows."""
    info = SerializableErrorInfo.of(what(raised))
    if _policy_that_counts(raised, policy) is None:
        return info
    return SerializableErrorInfo("", (), "RetryRequestedFromPolicy", info)


def error_to_raise(raised: BaseException, policy: RetryPolicy | None) -> BaseException:
    """Return what the caller of the run shall see.

    The user's own exception, also where his check of a type raised it; or
    `MaxRetriesExceededError` from it where retries were used up: Dagster's rule.
    """
    error, policy = what(raised), _policy_that_counts(raised, policy)
    if isinstance(error, RetryRequested):
        allowed, cause = error.max_retries, error.__cause__
    elif policy is not None:
        allowed, cause = policy.max_retries, error
    elif isinstance(raised, TypeCheckError) and error.__cause__ is not None:
        return error.__cause__
    else:
        return error
    exceeded = MaxRetriesExceededError(
        f"Exceeded max_retries of {allowed}",
        hint="The cause is above."
        if cause
        else "Raise RetryRequested(...) from the exception that made you ask.",
    )
    exceeded.__cause__ = cause
    exceeded.__suppress_context__ = True
    return exceeded.with_traceback(error.__traceback__)


def error_info(
    raised: BaseException, policy: RetryPolicy | None, op_name: str
) -> SerializableErrorInfo:
    """Return what the log keeps of an error: wrapped as Dagster wraps it."""
    error, policy = what(raised), _policy_that_counts(raised, policy)
    info = SerializableErrorInfo.of(error)
    if isinstance(error, RetryRequested):
        message = f"Exceeded max_retries of {error.max_retries}"
        return SerializableErrorInfo(message, info.stack, info.cls_name, info.cause)
    if policy is not None:
        message = f"Exceeded max_retries of {policy.max_retries}"
        return SerializableErrorInfo(message, (), "RetryRequestedFromPolicy", info)
    if isinstance(raised, TypeCheckError):
        return info
    if error_source(raised, policy) is ErrorSource.USER_CODE_ERROR:
        message = f"Error occurred while executing op {op_name!r}:"
        return SerializableErrorInfo(message, (), "ExecutionStepExecutionError", info)
    return info


def error_source(raised: BaseException, policy: RetryPolicy | None) -> ErrorSource:
    """Return who is to blame, as Dagster tells it."""
    error = what(raised)
    if _policy_that_counts(raised, policy) is not None:
        return ErrorSource.USER_CODE_ERROR
    if isinstance(error, INTERRUPTS):
        return ErrorSource.INTERRUPT
    if not isinstance(error, Exception):
        return ErrorSource.UNEXPECTED_ERROR
    if _of_user(raised) and not isinstance(error, _SIGNALS):
        return ErrorSource.USER_CODE_ERROR
    of_user = isinstance(error, RetryRequested) or isinstance(raised, TypeCheckError)
    if of_user and error.__cause__ is not None:
        return ErrorSource.USER_CODE_ERROR
    return ErrorSource.FRAMEWORK_ERROR
