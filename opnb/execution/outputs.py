"""Dagster's rules on what an op may put out, by return and by yield."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from opnb.definitions.type_check import TypeCheck
from opnb.execution.value_info import describe_value
from opnb.model.checks import shorten
from opnb.model.entry import (
    EventLogEntry,
    EventType,
    StepOutputData,
    TypeCheckData,
)
from opnb.model.errors import (
    InvariantViolationError,
    StepOutputNotFoundError,
    TypeCheckDidNotPass,
    did_you_mean,
)
from opnb.model.events import (
    AssetMaterialization,
    AssetObservation,
    ExpectationResult,
    Output,
)
from opnb.model.normalize import normalize_metadata

if TYPE_CHECKING:
    from collections.abc import Mapping

    from opnb.definitions.in_out import Out
    from opnb.execution.step import StepRun

_EVENTS = (AssetMaterialization, AssetObservation, ExpectationResult)


def outputs_of_return(step: StepRun, value: Any) -> Iterator[Output[Any]]:
    """Return the outputs that a returned value stands for.

    One output takes the value as it is; several take a tuple of as many, by position.

    Raises:
        InvariantViolationError: The value does not fit the outputs.
    """
    outs, name = step.op.outs, step.op.name
    if isinstance(value, _EVENTS):
        raise InvariantViolationError(
            f"Op {name!r} returned {type(value).__name__}; that event is not a value.",
            hint="Yield it, or log it: context.log_event(...).",
        )
    if not outs:
        if value is not None:
            raise InvariantViolationError(
                f"Op {name!r} has no outputs, it returned {shorten(value)}."
            )
        return iter(())
    if len(outs) == 1:
        return iter([_single(outs, value)])
    return _several(step, value)


def _single(outs: Mapping[str, Out], value: Any) -> Output[Any]:
    only = next(iter(outs))
    if not isinstance(value, Output):
        return Output(value, only)
    return _named(value, only) if value.output_name == "result" else value


def _several(step: StepRun, value: Any) -> Iterator[Output[Any]]:
    outs, name = list(step.op.outs), step.op.name
    if all(out.type.is_nothing for out in step.op.outs.values()) and value is None:
        return
    if not isinstance(value, tuple):
        raise InvariantViolationError(
            f"Op {name!r} has multiple outputs ({', '.join(outs)}), but only one "
            f"output was returned: {shorten(value)}.",
            hint="Return a tuple with a value for each, or yield Output(value, name).",
        )
    if len(value) != len(outs):
        raise InvariantViolationError(
            f"Length mismatch: op {name!r} has {len(outs)} outputs "
            f"({', '.join(outs)}), it returned a tuple of {len(value)}."
        )
    for position, (part, out_name) in enumerate(zip(value, outs, strict=True)):
        if not isinstance(part, Output):
            yield Output(part, out_name)
        elif part.output_name in ("result", out_name):
            yield _named(part, out_name)
        else:
            raise InvariantViolationError(
                f"Op {name!r} returned at position {position} an Output explicitly "
                f"named {part.output_name!r}, where {out_name!r} belongs.",
                hint="Put it in its place, or leave the name out.",
            )


def _named(output: Output[Any], name: str) -> Output[Any]:
    return Output(
        output.value, name, output.metadata, output.data_version, tags=output.tags
    )


def put_out(step: StepRun, output: Output[Any]) -> Iterator[EventLogEntry]:
    """Check an output and give its entry; the value is kept in `step.outputs`.

    Raises:
        InvariantViolationError: There is no such output, or it came already.
        TypeCheckDidNotPass: The value is not of the output's type.
    """
    name = output.output_name
    out = step.op.outs.get(name)
    if out is None:
        raise InvariantViolationError(
            f"Op {step.op.name!r} yielded an Output {name!r} which does not exist. The "
            f"available outputs are {list(step.op.outs)}.",
            hint=did_you_mean(name, step.op.outs)
            if step.op.outs
            else f"Declare it: --out {name} in a cell, out={{{name!r}: Out()}} of @op.",
        )
    if name in step.outputs:
        raise InvariantViolationError(
            f"Op {step.op.name!r} yielded the Output {name!r} multiple times.",
            hint="Give each value an output of its own.",
        )
    added = normalize_metadata(step.output_metadata.get(name))
    check = out.type.type_check(output.value)
    step.outputs[name] = output.value
    yield step.entry(
        EventType.STEP_OUTPUT,
        _output_message(step, name, out, check),
        StepOutputData(
            name,
            TypeCheckData(
                check.success, out.type.name, check.description, dict(check.metadata)
            ),
            {**output.metadata, **added},
            None if out.type.is_nothing else describe_value(output.value),
            None if output.data_version is None else output.data_version.value,
        ),
    )
    if not check.success:
        raise type_check_error(step, f"output {name!r}", out.type.name, check)


def _output_message(step: StepRun, name: str, out: Out, check: TypeCheck) -> str:
    verdict = "passed" if check.success else "failed"
    return (
        f"Yielded output {name!r} of type {out.type.name!r} from step "
        f"{step.step_key!r}. (Type check {verdict})."
    )


def type_check_error(
    step: StepRun, what: str, type_name: str, check: TypeCheck
) -> TypeCheckDidNotPass:
    """Return the error for a value that is not of its declared type."""
    return TypeCheckDidNotPass(
        f"Type check failed for {what} of op {step.op.name!r}: expected "
        f"{type_name!r}. {check.description or ''}".rstrip(),
        description=check.description,
        metadata=dict(check.metadata),
        hint="Give a value of that type, or change the type that is declared.",
    )


def finish_outputs(step: StepRun, *, any_event: bool) -> Iterator[EventLogEntry]:
    """Put out what `Nothing` outputs stand for, and miss what did not come.

    Raises:
        StepOutputNotFoundError: A required output is missing.
    """
    for name, out in step.op.outs.items():
        if name in step.outputs or not out.is_required:
            continue
        if out.type.is_nothing:
            yield from put_out(step, Output(None, name))
            continue
        raise StepOutputNotFoundError(
            f"Op {step.op.name!r} did not return an output for non-optional output "
            f"{name!r}.",
            step_key=step.step_key,
            output_name=name,
            hint="An op that yields events must also yield Output(value)."
            if any_event
            else f"Yield Output(value, {name!r}), or declare is_required=False.",
        )
