"""The outputs of an op, their types completed by the return annotation."""

from __future__ import annotations

import typing
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from opnb.definitions.in_out import NOT_GIVEN, DynamicOut, Out
from opnb.definitions.python_types import infer_type
from opnb.model.checks import shorten
from opnb.model.errors import InvariantViolationError
from opnb.model.events import DynamicOutput, Output

# Annotations that say nothing where there is nothing to put out.
_SAYS_NOTHING = (None, type(None), Any)


def outs_of_annotation(
    annotation: Any, out: Out | Mapping[str, Out] | None, op_name: str
) -> dict[str, Out]:
    """Return the outputs by name, each with its type.

    Args:
        annotation: What the function says that it returns; `NOT_GIVEN` if nothing.
        out: What was declared by hand.
        op_name: For the error.

    Raises:
        InvariantViolationError: The annotation does not fit the outputs: there are
            several and it is no tuple of as many, or it is dynamic and they are not.
        InvalidDefinitionError: It is no type that can be checked.
    """
    if out is None:
        out = _undeclared(annotation)
    named = {"result": out} if isinstance(out, Out) else out
    if len(named) == 1:
        name, only = next(iter(named.items()))
        return {name: _typed(only, name, annotation, op_name)}
    parts = _parts(annotation, named, op_name)
    return {
        name: _typed(declared, name, part, op_name)
        for (name, declared), part in zip(named.items(), parts, strict=True)
    }


def _undeclared(annotation: Any) -> Out:
    if annotation is DynamicOutput or typing.get_origin(annotation) is DynamicOutput:
        raise InvariantViolationError(
            f"{shorten(annotation)} stands alone: a dynamic output is many values.",
            hint="-> list[DynamicOutput[int]], or Output[int] for one value.",
        )
    return Out() if _dynamic_item(annotation) is NOT_GIVEN else DynamicOut()


def _typed(out: Out, name: str, annotation: Any, op_name: str) -> Out:
    item = _dynamic_item(annotation)
    if item is not NOT_GIVEN and not out.is_dynamic:
        raise InvariantViolationError(
            f"Op {op_name!r} says that it returns dynamic outputs, and its output "
            f"{name!r} is not dynamic.",
            hint="Declare it as DynamicOut().",
        )
    if out.dagster_type is not None or annotation is NOT_GIVEN:
        return out
    return replace(
        out, dagster_type=infer_type(annotation if item is NOT_GIVEN else item)
    )


def _dynamic_item(annotation: Any) -> Any:
    """Return the `T` of `list[DynamicOutput[T]]`; `NOT_GIVEN` for all else."""
    args = typing.get_args(annotation)
    if typing.get_origin(annotation) is not list or len(args) != 1:
        return NOT_GIVEN
    if args[0] is DynamicOutput:
        return Any
    if typing.get_origin(args[0]) is not DynamicOutput:
        return NOT_GIVEN
    return typing.get_args(args[0])[0]


def _parts(annotation: Any, out: Mapping[str, Out], op_name: str) -> list[Any]:
    if annotation is NOT_GIVEN or (not out and annotation in _SAYS_NOTHING):
        return [NOT_GIVEN] * len(out)
    args = typing.get_args(annotation)
    is_tuple = typing.get_origin(annotation) is tuple
    if is_tuple and len(args) == len(out) and Ellipsis not in args:
        return list(args)
    raise InvariantViolationError(
        f"Op {op_name!r} is annotated {shorten(annotation)} for {len(out)} outputs.",
        hint=f"-> tuple[{', '.join(['Any'] * len(out)) or '()'}].",
    )


def returned_as_output(annotation: Any, outs: Mapping[str, Out]) -> dict[str, bool]:
    """Return whether each output is annotated as `Output`; those that are annotated."""
    if annotation is NOT_GIVEN:
        return {}
    if len(outs) == 1:
        return {next(iter(outs)): _is_output(annotation)}
    args = typing.get_args(annotation)
    if len(args) != len(outs):
        return {}
    return {name: _is_output(arg) for name, arg in zip(outs, args, strict=True)}


def _is_output(annotation: Any) -> bool:
    return annotation is Output or typing.get_origin(annotation) is Output
