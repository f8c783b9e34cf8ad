"""One step: the attempts at one op within a run, as a generator of entries.

`execute_step` loops over attempts; an attempt (`compute.attempt`) runs the user's code
and yields what it does. What the code raises comes back here as `UserCodeRaised`, what
opnb finds wrong as an `OpnbError`, and `_verdict` says whether another attempt follows.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from opnb.execution.context import build_logger, event_type_and_data
from opnb.execution.instructions import Instructions, Routine, Wait
from opnb.model.checks import verify_type
from opnb.model.entry import (
    ErrorSource,
    EventData,
    EventLogEntry,
    EventType,
    OutputSource,
    SerializableErrorInfo,
    StepFailureData,
    StepRetryData,
    StepStartData,
    StepSuccessData,
    UserFailureData,
)
from opnb.model.errors import (
    InvariantViolationError,
    MaxRetriesExceededError,
    TypeCheckDidNotPass,
    did_you_mean,
)
from opnb.model.signals import Failure, RetryRequested

if TYPE_CHECKING:
    import logging

    from opnb.definitions.op import OpDefinition
    from opnb.definitions.retry_policy import RetryPolicy
    from opnb.model.events import UserEvent

INTERRUPTS = (KeyboardInterrupt, asyncio.CancelledError)
_SIGNALS = (Failure, RetryRequested)


@dataclass(frozen=True, slots=True)
class InputValue:
    """A value for an input, and the output that it came from, if one is known."""

    value: Any
    source: OutputSource | None = None


@dataclass(frozen=True, slots=True)
class RunInfo:
    """What all steps of a run share."""

    run_id: str
    job_name: str
    tags: Mapping[str, str] = field(default_factory=dict)
    partition_key: str | None = None
    resources: Mapping[str, Any] = field(default_factory=dict)


class UserCodeRaised(Exception):
    """Carries what the user's code raised through generators.

    Without it a `StopIteration` of the user's would end the generator it passes, and a
    `GeneratorExit` would be taken for the driver's.
    """

    def __init__(self, error: BaseException) -> None:
        super().__init__(error)
        self.error = error


@dataclass(eq=False)
class StepRun:
    """A step under way.

    Args:
        run: The run it belongs to.
        op: What runs.
        step_key: Its key within the run.
        inputs: The values that go in, by name.
        config: The op's config, fitted to its schema.
        record: Keeps an entry at once; for what the code logs while it runs.
        outputs: The values that came out, by name.
        error: What the step ended with, as it is to be raised.
    """

    run: RunInfo
    op: OpDefinition
    step_key: str
    inputs: Mapping[str, InputValue]
    config: Any
    record: Callable[[EventLogEntry], None]
    retry_number: int = 0
    output_metadata: dict[str, dict[str, Any]] = field(default_factory=dict)
    outputs: dict[str, Any] = field(default_factory=dict)
    error: BaseException | None = None

    @cached_property
    def logger(self) -> logging.Logger:
        """The logger that the context hands out."""
        return build_logger(self)

    def entry(
        self,
        event_type: EventType,
        message: str | None = None,
        data: EventData = None,
        level: int = 10,
    ) -> EventLogEntry:
        """Return an entry of this step, made now."""
        return EventLogEntry(
            event_type,
            self.run.run_id,
            self.run.job_name,
            time.time(),
            self.step_key,
            self.op.name,
            level,
            message,
            data,
        )

    def entry_of(self, event: UserEvent) -> EventLogEntry:
        """Return the entry for an event of the user's.

        Raises:
            CheckError: It is no event that may be logged.
        """
        event_type, data, message = event_type_and_data(event)
        return self.entry(event_type, message, data)

    def name_output(self, output_name: str | None) -> str:
        """Return the output meant, the only one if none is named.

        Raises:
            InvariantViolationError: There are several, none of that name, or it is out.
        """
        outs = self.op.outs
        if output_name is None:
            if len(outs) != 1:
                raise InvariantViolationError(
                    f"Op {self.op.name!r} has {len(outs)} outputs; name the one meant.",
                    hint=f"output_name= one of {', '.join(map(repr, outs)) or 'none'}.",
                )
            output_name = next(iter(outs))
        if verify_type(output_name, str, "output_name") not in outs:
            raise InvariantViolationError(
                f"Op {self.op.name!r} has no output {output_name!r}.",
                hint=did_you_mean(output_name, outs),
            )
        if output_name in self.outputs:
            raise InvariantViolationError(
                f"The output {output_name!r} of op {self.op.name!r} has already been "
                "yielded.",
                hint="Add the metadata before, or give it to the Output.",
            )
        return output_name


def execute_step(
    step: StepRun, attempt: Callable[[StepRun], Instructions]
) -> Instructions:
    """Run a step to its end; `step.outputs` and `step.error` tell how it went."""
    yield step.entry(
        EventType.STEP_START,
        f"Started execution of step {step.step_key!r}.",
        StepStartData(step.op.code_version),
    )
    started = time.perf_counter()
    while True:
        raised = yield from _ended_with(attempt(step))
        if raised is None:
            yield _success(step, time.perf_counter() - started)
            return
        wait = _wait_before_next(step, raised)
        if wait is not None:
            next_attempt = _next_attempt(step, _what(raised), wait)
            raised = yield from _ended_with(next_attempt)
        if raised is not None:
            yield _failure(step, raised)
            return


def _ended_with(part: Instructions) -> Routine[BaseException | None]:
    try:
        yield from part
    except GeneratorExit:
        raise
    except BaseException as raised:  # noqa: BLE001 - recorded, then raised
        return raised
    return None


def _what(raised: BaseException) -> BaseException:
    return raised.error if isinstance(raised, UserCodeRaised) else raised


def _wait_before_next(step: StepRun, raised: BaseException) -> float | None:
    """Return the seconds to wait before the next attempt; None if there is none."""
    error, policy = _what(raised), _policy_for(step, raised)
    if isinstance(error, RetryRequested):
        allowed, wait = error.max_retries, error.seconds_to_wait or 0.0
    elif policy is not None:
        allowed = policy.max_retries
        wait = policy.calculate_delay(step.retry_number + 1)
    else:
        return None
    return max(wait, 0.0) if step.retry_number < allowed else None


def _policy_for(step: StepRun, raised: BaseException) -> RetryPolicy | None:
    """Return the policy that counts for what was raised.

    None where the code broke a rule of ops, was interrupted, or says itself whether it
    may be tried again.
    """
    error = _what(raised)
    if not isinstance(raised, UserCodeRaised) or isinstance(error, RetryRequested):
        return None
    if isinstance(error, Failure) and not error.allow_retries:
        return None
    return step.op.retry_policy


def _next_attempt(step: StepRun, error: BaseException, wait: float) -> Instructions:
    cause = error.__cause__ if isinstance(error, RetryRequested) else error
    yield step.entry(
        EventType.STEP_UP_FOR_RETRY,
        f"Execution of step {step.step_key!r} failed and has requested a retry"
        + (f" in {wait:g} seconds." if wait else "."),
        StepRetryData(SerializableErrorInfo.of(cause or error), wait),
    )
    if wait:
        yield Wait(wait)
    step.retry_number += 1
    step.outputs.clear()
    step.output_metadata.clear()
    yield step.entry(
        EventType.STEP_RESTARTED,
        f"Started re-execution (attempt # {step.retry_number + 1}) of step "
        f"{step.step_key!r}.",
    )


def _success(step: StepRun, seconds: float) -> EventLogEntry:
    return step.entry(
        EventType.STEP_SUCCESS,
        f"Finished execution of step {step.step_key!r}.",
        StepSuccessData(round(seconds * 1000, 3)),
    )


def _failure(step: StepRun, raised: BaseException) -> EventLogEntry:
    error, source = _what(raised), _source(raised)
    step.error = _to_raise(error)
    user = None
    if isinstance(error, Failure):
        user = UserFailureData("intentional-failure", error.description, error.metadata)
    elif isinstance(error, TypeCheckDidNotPass) and error.metadata:
        user = UserFailureData("type-check", error.description, error.metadata)
    return step.entry(
        EventType.STEP_FAILURE,
        f"Execution of step {step.step_key!r} failed.",
        StepFailureData(_error_info(step, raised), user, source),
        level=40,
    )


def _to_raise(error: BaseException) -> BaseException:
    """Return what the caller shall see: the user's own exception wherever there is one.

    Only a `RetryRequested` that may not be granted is no answer to anybody's question.
    """
    if not isinstance(error, RetryRequested):
        return error
    exceeded = MaxRetriesExceededError(
        f"Exceeded max_retries of {error.max_retries}",
        hint="The cause is above."
        if error.__cause__
        else "Raise RetryRequested(...) from the exception that made you ask.",
    )
    exceeded.__cause__ = error.__cause__
    exceeded.__suppress_context__ = True
    return exceeded.with_traceback(error.__traceback__)


def _error_info(step: StepRun, raised: BaseException) -> SerializableErrorInfo:
    error, policy = _what(raised), _policy_for(step, raised)
    info = SerializableErrorInfo.of(error)
    if isinstance(error, RetryRequested):
        message = f"Exceeded max_retries of {error.max_retries}"
        return SerializableErrorInfo(message, info.stack, info.cls_name, info.cause)
    if policy is not None:
        message = f"Exceeded max_retries of {policy.max_retries}"
        return SerializableErrorInfo(message, (), "RetryRequestedFromPolicy", info)
    if _source(raised) is ErrorSource.USER_CODE_ERROR:
        message = f"Error occurred while executing op {step.op.name!r}:"
        return SerializableErrorInfo(message, (), "ExecutionStepExecutionError", info)
    return info


def _source(raised: BaseException) -> ErrorSource:
    error = _what(raised)
    if isinstance(error, INTERRUPTS):
        return ErrorSource.INTERRUPT
    if not isinstance(error, Exception):
        return ErrorSource.UNEXPECTED_ERROR
    if isinstance(raised, UserCodeRaised) and not isinstance(error, _SIGNALS):
        return ErrorSource.USER_CODE_ERROR
    return ErrorSource.FRAMEWORK_ERROR
