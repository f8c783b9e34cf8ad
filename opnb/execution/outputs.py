"""Dagster's rules on what an op may put out, by return and by yield."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from opnb.definitions.op import DecoratedFunction, OpDefinition
from opnb.definitions.type_check import PASSED, OpType, TypeCheck
from opnb.execution.value_info import describe_value
from opnb.model.checks import shorten
from opnb.model.entry import (
    EventType,
    StepOutputData,
    TypeCheckData,
)
from opnb.model.errors import (
    InvariantViolationError,
    OpnbError,
    StepOutputNotFoundError,
    TypeCheckDidNotPass,
    did_you_mean,
)
from opnb.model.events import (
    AssetMaterialization,
    AssetObservation,
    DynamicOutput,
    ExpectationResult,
    Output,
)
from opnb.model.normalize import normalize_metadata
from opnb.model.signals import Failure, RetryRequested

if TYPE_CHECKING:
    from opnb.definitions.in_out import Out
    from opnb.execution.step import StepRun

_STEP_OUTPUT: Final = EventType.STEP_OUTPUT  # an enum's attributes are slow to look up
_EVENTS = (AssetMaterialization, AssetObservation, ExpectationResult)
_SIGNALS = (Failure, RetryRequested)
_OUTPUTS = (Output, DynamicOutput)
_DEFAULT = "result"
# A returned value of these types may be more than a value.
_NOT_PLAIN = (*_OUTPUTS, *_EVENTS, *_SIGNALS, list, tuple)

AnyOutput = Output[Any] | DynamicOutput[Any]


def outputs_of_return(op: OpDefinition, value: Any) -> Iterator[AnyOutput]:
    """Return the outputs that a returned value stands for.

    One output takes the value as it is; several take a tuple of as many, by position;
    a dynamic one takes a list of `DynamicOutput`.

    Raises:
        InvariantViolationError: The value does not fit the outputs.
    """
    _refuse_events(op, value)
    if not op.outs:
        if value is not None:
            raise InvariantViolationError(
                f"Op {op.name!r} has no outputs, it returned {shorten(value)}.",
                hint="Drop the return, or declare out=Out().",
            )
        return iter(())
    if len(op.outs) == 1:
        ((name, out),) = op.outs.items()
        return _at_position(op, name, out, value, 0)
    return _several(op, value)


def _refuse_events(op: OpDefinition, value: Any) -> None:
    """Refuse what Dagster takes for the value though nobody can have meant it."""
    parts = value if type(value) in (list, tuple) and value else (value,)
    # By the few classes there are: a list may hold millions.
    for kind in dict.fromkeys(map(type, parts)):
        if issubclass(kind, _EVENTS):
            raise InvariantViolationError(
                f"Op {op.name!r} returned {kind.__name__}; that event is not a value.",
                hint="Yield it, or log it: context.log_event(...).",
            )
        if issubclass(kind, _SIGNALS):
            raise InvariantViolationError(
                f"Op {op.name!r} returned {kind.__name__}; that is raised.",
                hint=f"raise {kind.__name__}(...).",
            )


def _at_position(
    op: OpDefinition, name: str, out: Out, value: Any, position: int
) -> Iterator[AnyOutput]:
    if not out.is_dynamic:
        yield _plain(op, name, value, position)
        return
    if not isinstance(value, list):
        raise InvariantViolationError(
            f"The dynamic output {name!r} of op {op.name!r} takes a list of "
            f"DynamicOutput objects, not {shorten(value)}.",
            hint="Return [DynamicOutput(value, mapping_key='a'), ...], or yield each.",
        )
    for item in value:
        if not isinstance(item, DynamicOutput):
            raise InvariantViolationError(
                f"The dynamic output {name!r} of op {op.name!r} got {shorten(item)} in "
                "its list.",
                hint="DynamicOutput(value, mapping_key='a') for each.",
            )
        _verify_name(op, item, name, position)
        yield DynamicOutput(item.value, item.mapping_key, name, item.metadata)


def _plain(op: OpDefinition, name: str, value: Any, position: int) -> Output[Any]:
    if isinstance(value, DynamicOutput):
        _refuse_dynamic(op, name)
    _verify_as_annotated(op, name, value)
    if not isinstance(value, Output):
        return Output(value, name)
    _verify_name(op, value, name, position)
    if value.output_name == name:
        return value
    return Output(
        value.value, name, value.metadata, value.data_version, tags=value.tags
    )


def _verify_as_annotated(op: OpDefinition, name: str, value: Any) -> None:
    """Hold the function to its annotation: an `Output[int]` is no `int`."""
    returns = (
        op.compute_fn.returns if isinstance(op.compute_fn, DecoratedFunction) else {}
    )
    says_output = returns.get(name)
    if says_output is None or says_output is isinstance(value, Output):
        return
    if says_output:
        raise InvariantViolationError(
            f"Op {op.name!r} is annotated to return an Output for {name!r}, it "
            f"returned {shorten(value)}.",
            hint="Return Output(value), or annotate the type of the value itself.",
        )
    raise InvariantViolationError(
        f"Op {op.name!r} returned an Output for {name!r}, and its annotation says a "
        "plain value.",
        hint="Annotate -> Output[...], or return the value itself.",
    )


def _verify_name(op: OpDefinition, output: AnyOutput, name: str, position: int) -> None:
    if output.output_name not in (_DEFAULT, name):
        raise InvariantViolationError(
            f"Op {op.name!r} returned Output {output.output_name!r} at position "
            f"{position}, where {name!r} belongs.",
            hint="Reorder them, or leave the name out.",
        )


def _several(op: OpDefinition, value: Any) -> Iterator[AnyOutput]:
    outs = op.outs
    if value is None and all(
        out.type.is_nothing and out.is_required for out in outs.values()
    ):
        return
    if not isinstance(value, tuple):
        raise InvariantViolationError(
            f"Op {op.name!r} has multiple outputs ({', '.join(outs)}), but only one "
            f"output was returned: {shorten(value)}.",
            hint="Return a tuple with a value for each, or yield Output(value, name).",
        )
    if len(value) != len(outs):
        raise InvariantViolationError(
            f"Length mismatch: op {op.name!r} has {len(outs)} outputs "
            f"({', '.join(outs)}), it returned a tuple of {len(value)}.",
            hint="Return one value for each output, in their order.",
        )
    for position, (part, name) in enumerate(zip(value, outs, strict=True)):
        yield from _at_position(op, name, outs[name], part, position)


def typed_outputs(step: StepRun, value: Any) -> Iterator[AnyOutput]:
    """Return the outputs of a returned value where only outputs may be returned.

    Raises:
        InvariantViolationError: Something in it is no output.
    """
    parts = value if isinstance(value, tuple) else () if value is None else (value,)
    for part in parts:
        if not isinstance(part, _OUTPUTS):
            raise InvariantViolationError(
                f"Op {step.op.name!r} returned {shorten(part)} where only Output is "
                f"taken. {step.typed_stream}".rstrip(),
                hint="Return or yield Output(value) for each output.",
            )
        yield part


def put_returned(step: StepRun, value: Any) -> None:
    """Put out what a returned value stands for; see `outputs_of_return`."""
    op = step.op
    if len(op.outs) == 1 and not isinstance(value, _NOT_PLAIN):
        ((name, out),) = op.outs.items()
        if not out.is_dynamic:
            _verify_as_annotated(op, name, value)
            _put(step, out, name, value, {})
            return
    for output in outputs_of_return(op, value):
        put_out(step, output)


def put_out(step: StepRun, output: AnyOutput) -> None:
    """Check an output and tell of it; the value is kept in `step.outputs`.

    Raises:
        InvariantViolationError: There is no such output, it came already, or it is
            dynamic where it may not be, or the other way round.
        TypeCheckDidNotPass: The value is not of the output's type.
    """
    name = output.output_name
    out = declared_out(step.op, output)
    mapping_key = output.mapping_key if isinstance(output, DynamicOutput) else None
    _verify_new(step, name, mapping_key)
    version = _data_version(output)
    _put(step, out, name, output.value, output.metadata, mapping_key, version)


def _put(
    step: StepRun,
    out: Out,
    name: str,
    value: Any,
    metadata: Mapping[str, Any],
    mapping_key: str | None = None,
    data_version: str | None = None,
) -> None:
    added = step.output_metadata.get((name, mapping_key))
    if added:
        metadata = {**metadata, **normalize_metadata(added)}
    kind = out.type
    check = kind.type_check(step.context, value)
    if mapping_key is None:
        step.outputs[name] = value
        step.put_out_metadata[name] = metadata
    else:
        step.outputs.setdefault(name, {})[mapping_key] = value
        step.put_out_metadata.setdefault(name, {})[mapping_key] = metadata
    step.tell(
        _STEP_OUTPUT,
        _output_message(step, name, mapping_key, kind, check),
        StepOutputData(
            name,
            type_check_data(kind, check),
            dict(metadata),
            None if kind.is_nothing else describe_value(value),
            data_version,
            mapping_key,
            step.step_key,
            step.fingerprint_of(value),
        ),
    )
    if not check.success:
        raise type_check_error(step.op, f"output {name!r}", kind.name, check)


def type_check_data(kind: OpType, check: TypeCheck) -> TypeCheckData:
    """Return what the log keeps of a check."""
    if check is PASSED:
        return _passed(kind.name)
    return TypeCheckData(
        check.success, kind.name, check.description, dict(check.metadata)
    )


@lru_cache(maxsize=1024)
def _passed(type_name: str) -> TypeCheckData:
    return TypeCheckData(success=True, label=type_name)


def declared_out(op: OpDefinition, output: AnyOutput) -> Out:
    """Return what an output was declared as.

    Raises:
        InvariantViolationError: There is no such output, or it is dynamic where it may
            not be, or the other way round.
    """
    name, outs = output.output_name, op.outs
    out = outs.get(name)
    if out is None:
        raise InvariantViolationError(
            f"Op {op.name!r} has no output {name!r}.",
            hint=did_you_mean(name, outs)
            if outs
            else f"Declare it: --out {name} in a cell, out={{{name!r}: Out()}} of @op.",
        )
    if out.is_dynamic and isinstance(output, Output):
        raise InvariantViolationError(
            f"Op {op.name!r} gave an Output for the dynamic {name!r}.",
            hint="DynamicOutput(value, mapping_key='a').",
        )
    if not out.is_dynamic and isinstance(output, DynamicOutput):
        _refuse_dynamic(op, name)
    return out


def _refuse_dynamic(op: OpDefinition, name: str) -> None:
    raise InvariantViolationError(
        f"Op {op.name!r} gave a DynamicOutput; {name!r} is not dynamic.",
        hint="Use DynamicOut().",
    )


def _verify_new(step: StepRun, name: str, mapping_key: str | None) -> None:
    if name not in step.outputs:
        return
    if mapping_key is None:
        raise InvariantViolationError(
            f"Op {step.op.name!r} gave {name!r} twice.",
            hint="Give each its own output.",
        )
    if mapping_key in step.outputs[name]:
        raise InvariantViolationError(
            f"Op {step.op.name!r} gave mapping key {mapping_key!r} of {name!r} twice.",
            hint="Give each its own key.",
        )


def _data_version(output: AnyOutput) -> str | None:
    version = getattr(output, "data_version", None)
    return None if version is None else str(version.value)


def _output_message(
    step: StepRun, name: str, mapping_key: str | None, kind: OpType, check: TypeCheck
) -> str:
    verdict = "passed" if check.success else "failed"
    key = "" if mapping_key is None else f" with mapping key {mapping_key!r}"
    return (
        f"Yielded output {name!r}{key} of type {kind.name!r} from step "
        f"{step.step_key!r}. (Type check {verdict})."
    )


def type_check_error(
    op: OpDefinition, port: str, type_name: str, check: TypeCheck
) -> TypeCheckDidNotPass:
    """Return the error for a value that is not of its declared type."""
    return TypeCheckDidNotPass(
        f"The {port} of op {op.name!r} must be {type_name}"
        f"{f': {check.description}' if check.description else '.'}",
        description=check.description,
        metadata=dict(check.metadata),
        hint="Change the value or the declared type.",
    )


def missing_outputs(
    op: OpDefinition, seen: Mapping[str, Any], *, typed_stream: bool = False
) -> Iterator[str]:
    """Yield the names of outputs that had to come and did not.

    An output of `Nothing` need not come, nor a dynamic one; where only outputs may be
    returned, one of `Nothing` must.
    """
    for name, out in op.outs.items():
        if name in seen or not out.is_required or out.is_dynamic:
            continue
        if typed_stream or not out.type.is_nothing:
            yield name


def finish_outputs(step: StepRun, *, any_event: bool) -> None:
    """Put out what `Nothing` outputs stand for, and miss what did not come.

    Raises:
        StepOutputNotFoundError: A required output is missing.
    """
    typed = step.typed_stream is not None
    if len(step.outputs) == len(step.op.outs) and not typed:
        return
    missing = set(missing_outputs(step.op, step.outputs, typed_stream=typed))
    for name, out in step.op.outs.items():
        if name in missing:
            raise output_not_found(step, name, any_event=any_event)
        if out.type.is_nothing and out.is_required and name not in step.outputs:
            put_out(step, Output(None, name))


def output_not_found(step: StepRun, name: str, *, any_event: bool) -> OpnbError:
    """Return the error for a required output that did not come."""
    if step.typed_stream is not None:
        return InvariantViolationError(
            f"Op {step.op.name!r} did not put out {name!r}, which it must as an "
            f"Output. {step.typed_stream}".rstrip(),
            hint=f"Return or yield Output(value, {name!r}).",
        )
    return StepOutputNotFoundError(
        f"Op {step.op.name!r} gave no output {name!r}.",
        step_key=step.step_key,
        output_name=name,
        hint=f"yield Output(value{'' if name == _DEFAULT else f', {name!r}'})."
        if any_event
        else f"Yield Output(value, {name!r}), or assign {name} in a cell; or declare "
        "it with is_required=False.",
    )
