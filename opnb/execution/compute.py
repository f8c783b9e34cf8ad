"""One attempt: hand the inputs to the op's code and take what it gives.

`attempt` calls the compute function. A plain value becomes outputs; a generator, a
coroutine or an async generator is followed event by event. Each event becomes an entry
that is kept before the code goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from types import AsyncGeneratorType, CoroutineType, GeneratorType
from typing import Any

from opnb.execution.context import OpExecutionContext
from opnb.execution.failed_checks import judge, raise_failed
from opnb.execution.instructions import Await, Instructions, Routine
from opnb.execution.outputs import (
    finish_outputs,
    put_out,
    put_returned,
    type_check_data,
    type_check_error,
    typed_outputs,
)
from opnb.execution.retries import UserCodeRaised
from opnb.execution.running import await_in
from opnb.execution.step import StepRun
from opnb.execution.user_events import event_to_keep, unexpected_yield
from opnb.execution.value_info import describe_value
from opnb.model.entry import EventType, StepInputData
from opnb.model.errors import CheckError
from opnb.model.events import DynamicOutput, Output

_END = object()
_OUTPUTS = (Output, DynamicOutput)


def attempt(step: StepRun) -> Instructions:
    """Run the op's code once.

    Raises:
        CheckFailed: Checks failed that are to fail the op.
        UserCodeRaised: The code raised; the error is within.
        OpnbError: The code broke a rule of ops.
    """
    try:
        with OpExecutionContext(step) as context:
            step.context = context
            _take_inputs(step)
            yield from _compute(step, context)
    finally:
        step.context = None  # each would keep the other until Python looks for cycles


def _compute(step: StepRun, context: OpExecutionContext) -> Instructions:
    values = {name: given.value for name, given in step.inputs.items()}
    yield step.journal.take()
    returned = _guarded(step.op.compute_fn, context, values)
    # Not any awaitable: a future that a function returns is its value.
    if isinstance(returned, CoroutineType):
        returned = yield from _await(step, returned)
    any_event = False
    if isinstance(returned, GeneratorType):
        any_event = yield from _follow(step, returned)
    elif isinstance(returned, AsyncGeneratorType):
        any_event = yield from _follow_async(step, returned)
    else:
        _put_returned(step, returned)
    if not step.failed_checks:
        finish_outputs(step, any_event=any_event)
    if any(step.put_out_metadata.values()):
        # What cannot be kept of it is this step's failure, not the next one's.
        yield step.journal.take()
    raise_failed(step.op.name, step.failed_checks)


def _put_returned(step: StepRun, returned: Any) -> None:
    if step.typed_stream is None:
        put_returned(step, returned)
        return
    for output in typed_outputs(step, returned):
        put_out(step, output)


def _take_inputs(step: StepRun) -> None:
    for name, given in step.inputs.items():
        declared = step.op.ins[name]
        check = declared.type.type_check(step.context, given.value)
        verdict = "passed" if check.success else "failed"
        step.tell(
            EventType.STEP_INPUT,
            f"Got input {name!r} of type {declared.type.name!r}. (Type check "
            f"{verdict}).",
            StepInputData(
                name,
                type_check_data(declared.type, check),
                describe_value(given.value),
                given.source,
                step.fingerprint_of_input(given),
            ),
        )
        if not check.success:
            raise type_check_error(
                step.op, f"input {name!r}", declared.type.name, check
            )


# A `GeneratorExit` of the user's must not be taken for the driver closing the run.
_RAISED = (Exception, GeneratorExit)


def _guarded(call: Callable[..., Any], *args: Any) -> Any:
    try:
        return call(*args)
    except _RAISED as error:
        raise UserCodeRaised(error) from error


def _await(step: StepRun, awaitable: Any) -> Routine[Any]:
    try:
        return (yield Await(_in_context(step, awaitable)))
    except Exception as error:
        raise UserCodeRaised(error) from error


def _follow(step: StepRun, events: Generator[Any, Any, Any]) -> Routine[bool]:
    any_event = False
    while True:
        try:
            event = next(events)
        except StopIteration:
            return any_event
        except _RAISED as error:
            raise UserCodeRaised(error) from error
        any_event = True
        try:
            if isinstance(event, _OUTPUTS):
                put_out(step, event)
                yield step.journal.take()
            else:
                _take_event(step, event)
        except BaseException:
            # Dagster leaves a generator that broke a rule to the garbage collector; its
            # `finally` blocks shall run now.
            _guarded(events.close)
            raise


def _follow_async(step: StepRun, events: Any) -> Routine[bool]:
    any_event = False
    try:
        while (event := (yield from _anext(step, events))) is not _END:
            any_event = True
            if isinstance(event, _OUTPUTS):
                put_out(step, event)
                yield step.journal.take()
            else:
                _take_event(step, event)
    except GeneratorExit:
        raise
    except BaseException:
        yield from _await(step, events.aclose())
        raise
    return any_event


def _in_context(step: StepRun, awaitable: Any) -> Any:
    return awaitable if step.context is None else await_in(step.context, awaitable)


def _anext(step: StepRun, events: Any) -> Routine[Any]:
    try:
        return (yield Await(_in_context(step, events.__anext__())))
    except StopAsyncIteration:
        return _END
    except Exception as error:
        raise UserCodeRaised(error) from error


def _take_event(step: StepRun, event: Any) -> None:
    """Keep an event at once, as `context.log_event` does, and judge a check.

    Not by way of the driver, which is far up: an op may yield a million of them.
    """
    try:
        kept = event_to_keep(event)
    except CheckError:
        raise unexpected_yield(step.op, event) from None
    step.record_event(kept)
    judge(step.op.name, event, step.failed_checks)
