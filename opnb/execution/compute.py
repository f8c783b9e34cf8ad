"""One attempt: hand the inputs to the op's code and take what it gives.

`attempt` calls the compute function. A plain value becomes outputs; a generator, a
coroutine or an async generator is followed event by event. Each event becomes an entry
that the driver has kept before the code goes on.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

from opnb.execution.context import OpExecutionContext
from opnb.execution.instructions import Await, Instructions, Routine
from opnb.execution.outputs import (
    finish_outputs,
    outputs_of_return,
    put_out,
    type_check_error,
)
from opnb.execution.step import StepRun, UserCodeRaised
from opnb.execution.value_info import describe_value
from opnb.model.checks import shorten
from opnb.model.entry import EventType, StepInputData, TypeCheckData
from opnb.model.errors import CheckError, InvariantViolationError
from opnb.model.events import Output
from opnb.model.signals import Failure, RetryRequested

_END = object()


def attempt(step: StepRun) -> Instructions:
    """Run the op's code once.

    Raises:
        UserCodeRaised: The code raised; the error is within.
        OpnbError: The code broke a rule of ops.
    """
    yield from _take_inputs(step)
    values = {name: given.value for name, given in step.inputs.items()}
    context = OpExecutionContext(step)
    returned = _guarded(step.op.compute_fn, context, values)
    # Not any awaitable: a future that a function returns is its value.
    if inspect.iscoroutine(returned):
        returned = yield from _await(returned)
    any_event = False
    if inspect.isasyncgen(returned):
        any_event = yield from _follow_async(step, returned)
    elif isinstance(returned, Iterator):
        any_event = yield from _follow(step, returned)
    else:
        for output in outputs_of_return(step, returned):
            yield from put_out(step, output)
    yield from finish_outputs(step, any_event=any_event)


def _take_inputs(step: StepRun) -> Instructions:
    for name, given in step.inputs.items():
        declared = step.op.ins[name]
        check = declared.type.type_check(given.value)
        verdict = "passed" if check.success else "failed"
        yield step.entry(
            EventType.STEP_INPUT,
            f"Got input {name!r} of type {declared.type.name!r}. (Type check "
            f"{verdict}).",
            StepInputData(
                name,
                TypeCheckData(
                    check.success,
                    declared.type.name,
                    check.description,
                    dict(check.metadata),
                ),
                describe_value(given.value),
                given.source,
            ),
        )
        if not check.success:
            raise type_check_error(step, f"input {name!r}", declared.type.name, check)


# A `GeneratorExit` of the user's must not be taken for the driver closing the run.
_RAISED = (Exception, GeneratorExit)


def _guarded(call: Callable[..., Any], *args: Any) -> Any:
    try:
        return call(*args)
    except _RAISED as error:
        raise UserCodeRaised(error) from error


def _await(awaitable: Any) -> Routine[Any]:
    try:
        return (yield Await(awaitable))
    except Exception as error:
        raise UserCodeRaised(error) from error


def _next(iterator: Iterator[Any]) -> Any:
    try:
        return next(iterator)
    except StopIteration:
        return _END
    except _RAISED as error:
        raise UserCodeRaised(error) from error


def _follow(step: StepRun, events: Iterator[Any]) -> Routine[bool]:
    any_event = False
    try:
        while (event := _next(events)) is not _END:
            any_event = True
            if type(event) is Output:
                yield from put_out(step, event)
            else:
                yield _entry_of_yielded(step, event)
    finally:
        # Dagster leaves a generator that broke a rule to the garbage collector; its
        # `finally` blocks shall run now.
        if inspect.isgenerator(events):
            _guarded(events.close)
    return any_event


def _follow_async(step: StepRun, events: Any) -> Routine[bool]:
    any_event = False
    try:
        while (event := (yield from _anext(events))) is not _END:
            any_event = True
            if type(event) is Output:
                yield from put_out(step, event)
            else:
                yield _entry_of_yielded(step, event)
    except GeneratorExit:
        raise
    except BaseException:
        yield from _await(events.aclose())
        raise
    return any_event


def _anext(events: Any) -> Routine[Any]:
    try:
        return (yield Await(events.__anext__()))
    except StopAsyncIteration:
        return _END
    except Exception as error:
        raise UserCodeRaised(error) from error


def _entry_of_yielded(step: StepRun, event: Any) -> Any:
    try:
        return step.entry_of(event)
    except CheckError:
        signal = isinstance(event, Failure | RetryRequested)
        raise InvariantViolationError(
            f"Op {step.op.name!r} yielded a value of type {type(event).__name__} "
            f"rather than an instance of Output or another event: {shorten(event)}",
            hint=f"raise {type(event).__name__}(...), do not yield it."
            if signal
            else "Yield Output(value) to put a value out.",
        ) from None
