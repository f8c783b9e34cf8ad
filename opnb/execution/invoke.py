"""Ops called as functions: their code, with the checks that a run makes.

Nothing is recorded. What the code returns comes back as it is, an `Output` too; an op
that yields gives a generator of its events, an async op a coroutine.
"""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Coroutine, Generator, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from opnb.definitions.in_out import NOT_GIVEN
from opnb.definitions.op import DecoratedFunction, OpDefinition
from opnb.definitions.op_config import resolve_op_config
from opnb.execution.arguments import Arguments, read_arguments
from opnb.execution.direct_context import NO_JOURNAL, DirectOpExecutionContext
from opnb.execution.failed_checks import judge, raise_failed
from opnb.execution.outputs import (
    AnyOutput,
    declared_out,
    missing_outputs,
    outputs_of_return,
    type_check_error,
    typed_outputs,
)
from opnb.execution.own_resources import OwnResources
from opnb.execution.plan import PlannedStep
from opnb.execution.step import StepRun
from opnb.execution.user_events import unexpected_yield
from opnb.model.errors import (
    InvalidDefinitionError,
    InvalidInvocationError,
    InvariantViolationError,
    did_you_mean,
)
from opnb.model.events import (
    AssetMaterialization,
    AssetObservation,
    DynamicOutput,
    ExpectationResult,
    Output,
    UserEvent,
)

if TYPE_CHECKING:
    from opnb.definitions.invocation import PendingNodeInvocation
    from opnb.definitions.signature import Parameters

_EVENTS = (AssetMaterialization, AssetObservation, ExpectationResult)


def invoke_op(
    pending: PendingNodeInvocation, args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> Any:
    """Call an op's code.

    Args:
        pending: The op, with the name it is called by.
        args: By position: the context if it takes one, then as the function's
            parameters.
        kwargs: By name; `config` may be a dict.

    Raises:
        InvalidInvocationError: The arguments do not fit.
        InvalidConfigError: The config does not fit.
        InvalidDefinitionError: A resource that the op asks for is missing.
        TypeCheckDidNotPass: A value is not of its declared type.
        InvariantViolationError: What came out does not fit the outputs.
        CheckFailed: Checks failed that are to fail the op.
        BaseException: What the code raised.
    """
    op = pending.definition
    assert isinstance(op, OpDefinition)  # noqa: S101 - the door's other side sees to it
    compute = op.compute_fn
    if not isinstance(compute, DecoratedFunction):
        return _invoke_cell(op, args, kwargs)
    given = read_arguments(op, compute, args, kwargs)
    call = _call(pending, op, compute.parameters, given)
    later = None
    call.begin()
    try:
        call.check_inputs(given.inputs)
        returned = compute(call.context, given.inputs)
        later = _to_run_later(call, returned)
        if later is None:
            call.check_returned(returned)
    finally:
        call.end()
        if later is None:
            call.close()
    return returned if later is None else later


def _invoke_cell(
    op: OpDefinition, args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> Any:
    invoke = getattr(op.compute_fn, "invoke", None)
    if invoke is None:
        raise InvalidDefinitionError(
            f"Op {op.name!r} was made without a function and cannot be called.",
            hint="Run it in a job.",
        )
    return invoke(*args, **kwargs)


@dataclass(slots=True, eq=False)
class _Call:
    """One call of an op.

    Args:
        op: What is called.
        context: The context, where the op or a check may ask for it.
        step: What the context knows of the call.
        own: The resources that were passed as arguments.
        seen: The outputs that came, by name; the mapping keys where dynamic.
        failed_checks: The expectations not met that fail the op.
        events: What was logged.
    """

    op: OpDefinition
    context: DirectOpExecutionContext | None = None
    step: StepRun | None = None
    own: OwnResources | None = None
    seen: dict[str, Any] = field(default_factory=dict)
    failed_checks: list[ExpectationResult] = field(default_factory=list)
    events: list[UserEvent] = field(default_factory=list)

    def begin(self) -> None:
        """Let the context know of the call, while code of the op's may run."""
        if self.context is None or self.step is None:
            return
        resources = None
        if self.own is not None:
            self.own.open()
            resources = self.own.made
        self.context.bind(self.step, self.events, resources)

    def end(self) -> None:
        """Let the context forget the call; it may begin again."""
        if self.context is not None and self.step is not None:
            self.context.unbind()

    def close(self) -> None:
        """Put away the resources that were passed."""
        if self.own is not None:
            self.own.close()

    def check_inputs(self, inputs: Mapping[str, Any]) -> None:
        """Check the types of the inputs."""
        for name, value in inputs.items():
            kind = self.op.ins[name].type
            check = kind.type_check(self.context, value)
            if not check.success:
                raise type_check_error(self.op, f"input {name!r}", kind.name, check)

    def check_returned(self, value: Any) -> None:
        """Check what the code returned."""
        if self.step is not None and self.step.typed_stream is not None:
            outputs = typed_outputs(self.step, value)
        else:
            outputs = outputs_of_return(self.op, value)
        for output in outputs:
            self._check_output(output)
        self._check_end()

    def check_event(self, event: Any) -> None:
        """Check what the code yielded."""
        if isinstance(event, Output | DynamicOutput):
            self._check_output(event)
        elif not isinstance(event, _EVENTS):
            raise unexpected_yield(self.op, event)

    def complete(self) -> list[Output[Any]]:
        """Return the outputs of `Nothing` that the end of a generator stands for."""
        self._check_end()
        return [
            Output(None, name)
            for name, out in self.op.outs.items()
            if out.type.is_nothing and out.is_required and name not in self.seen
        ]

    def _check_output(self, output: AnyOutput) -> None:
        name = output.output_name
        out = declared_out(self.op, output)
        key = output.mapping_key if isinstance(output, DynamicOutput) else None
        if name in self.seen and (key is None or key in self.seen[name]):
            raise InvariantViolationError(
                f"Op {self.op.name!r} gave {name!r} twice"
                f"{'.' if key is None else f' under the mapping key {key!r}.'}",
                hint=f"Give each its own {'output' if key is None else 'key'}.",
            )
        check = out.type.type_check(self.context, output.value)
        if not check.success:
            raise type_check_error(self.op, f"output {name!r}", out.type.name, check)
        if key is None:
            self.seen[name] = None
        else:
            self.seen.setdefault(name, {})[key] = None

    def judge(self, event: Any) -> None:
        """End the op if the event is a check that failed and is fatal."""
        judge(self.op.name, event, self.failed_checks)

    def _check_end(self) -> None:
        raise_failed(self.op.name, self.failed_checks)
        self._check_complete()

    def _check_complete(self) -> None:
        if len(self.seen) == len(self.op.outs):
            return
        message = None if self.step is None else self.step.typed_stream
        typed = message is not None
        for name in missing_outputs(self.op, self.seen, typed_stream=typed):
            raise InvariantViolationError(
                f"Op {self.op.name!r} gave no output {name!r}. "
                f"{message or ''}".rstrip(),
                hint="Yield it, or set is_required=False.",
            )


def _call(
    pending: PendingNodeInvocation,
    op: OpDefinition,
    parameters: Parameters,
    given: Arguments,
) -> _Call:
    context = given.context
    if context is None:
        if not _needs_context(op, parameters, given):
            return _Call(op)
        context = DirectOpExecutionContext()
    own = _own_resources(op, parameters, given, context)
    name = pending.name
    planned = PlannedStep(
        name, (name,), pending.node(name), op, {}, _config(op, given, context)
    )
    step = StepRun(context.info, planned, {}, NO_JOURNAL)
    return _Call(op, context, step, own, step.outputs, step.failed_checks)


def _needs_context(op: OpDefinition, parameters: Parameters, given: Arguments) -> bool:
    return (
        parameters.takes_context
        or op.config_schema is not None
        or bool(parameters.resource_names)
        or given.config is not NOT_GIVEN
    )


def _config(
    op: OpDefinition, given: Arguments, context: DirectOpExecutionContext
) -> Any:
    config = given.config
    if config is NOT_GIVEN:
        config = context.given_config
    elif context.given_config is not None:
        raise InvalidInvocationError(
            f"Op {op.name!r} was given config twice: by its context and in the call.",
            hint="Leave one of them out.",
        )
    return resolve_op_config(op, config)


def _own_resources(
    op: OpDefinition,
    parameters: Parameters,
    given: Arguments,
    context: DirectOpExecutionContext,
) -> OwnResources | None:
    """Return the resources that were passed, once all that the op asks for is there."""
    if not given.resources and not op.required_resource_keys:
        return None
    if given.resources and context.resource_keys:
        raise InvalidInvocationError(
            f"Op {op.name!r} was given resources twice: by context and in the call.",
            hint="Give all of them to build_op_context(resources={...}).",
        )
    there = given.resources.keys() | context.resource_keys
    asked = set(parameters.resource_names)
    if parameters.takes_context:
        asked |= op.required_resource_keys
    for key in sorted(asked - there):
        raise InvalidDefinitionError(
            f"The resource {key!r}, which op {op.name!r} asks for, is missing.",
            hint=f"{did_you_mean(key, there)} Give it: "
            f"build_op_context(resources={{{key!r}: ...}}).",
        )
    if not given.resources:
        return None
    return OwnResources(given.resources, builder="build_op_context")


def _to_run_later(call: _Call, returned: Any) -> Any:
    """Return what runs the code when the caller asks; None if it has run."""
    if inspect.iscoroutine(returned):
        return _await(call, returned)
    if inspect.isasyncgen(returned):
        return _follow_async(call, returned)
    if inspect.isgenerator(returned):
        return _follow(call, returned)
    return None


async def _await(call: _Call, returned: Coroutine[Any, Any, Any]) -> Any:
    call.begin()
    try:
        value = await returned
        call.check_returned(value)
    finally:
        call.end()
        call.close()
    return value


def _follow(call: _Call, events: Generator[Any, Any, Any]) -> Iterator[Any]:
    call.begin()
    try:
        for event in events:
            call.check_event(event)
            yield event
            call.judge(event)
        yield from call.complete()
    finally:
        # As in a run: the `finally` blocks of code that broke a rule run now.
        events.close()
        call.end()
        call.close()


async def _follow_async(call: _Call, events: Any) -> AsyncIterator[Any]:
    call.begin()
    try:
        async for event in events:
            call.check_event(event)
            yield event
            call.judge(event)
        for output in call.complete():
            yield output
    finally:
        await events.aclose()
        call.end()
        call.close()
