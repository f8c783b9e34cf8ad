"""The arguments of an op that is called as a function, told apart by what they are."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from opnb.definitions.function_hints import parameters_of
from opnb.definitions.in_out import NOT_GIVEN
from opnb.definitions.op import DecoratedFunction, OpDefinition
from opnb.execution.direct_context import DirectOpExecutionContext
from opnb.model.errors import InvalidInvocationError, did_you_mean

_positions: WeakKeyDictionary[Callable[..., Any], tuple[str, ...]] = WeakKeyDictionary()


@dataclass(slots=True)
class Arguments:
    """What an op was called with.

    Args:
        context: The context; None if none was passed, or None itself.
        inputs: A value for each input, defaults filled in.
        config: The config; `NOT_GIVEN` if it was not passed.
        resources: The resources that were passed.
    """

    context: DirectOpExecutionContext | None
    inputs: dict[str, Any]
    config: Any
    resources: dict[str, Any]


def read_arguments(
    op: OpDefinition,
    compute: DecoratedFunction,
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
) -> Arguments:
    """Tell the arguments of a call apart.

    Args:
        op: What is called.
        compute: Its function.
        args: By position, in the order of the function's parameters.
        kwargs: By name.

    Raises:
        InvalidInvocationError: They do not fit.
    """
    parameters = compute.parameters
    positions = _positions_of(compute.fn, op.name)
    named = dict(kwargs)
    context = None
    if parameters.takes_context:
        context, args = _take_context(op, positions[0], args, named)
        positions = positions[1:]
    elif args and isinstance(args[0], DirectOpExecutionContext):
        context, args = args[0], args[1:]
    if args:
        _name(op, positions, args, named)
    config = named.pop("config", NOT_GIVEN)
    resources = {
        name: named.pop(name) for name in parameters.resource_names if name in named
    }
    return Arguments(context, _inputs(op, named), config, resources)


def _positions_of(fn: Callable[..., Any], op_name: str) -> tuple[str, ...]:
    """Return the parameters that arguments by position go to."""
    try:
        known = _positions.get(fn)
    except TypeError:  # a callable object may refuse to be a key
        return _read_positions(fn, op_name)
    if known is None:
        known = _positions[fn] = _read_positions(fn, op_name)
    return known


def _read_positions(fn: Callable[..., Any], op_name: str) -> tuple[str, ...]:
    by_name_only = (inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.VAR_KEYWORD)
    return tuple(
        parameter.name
        for parameter in parameters_of(fn, op_name)
        if parameter.kind not in by_name_only
    )


def _take_context(
    op: OpDefinition, name: str, args: tuple[Any, ...], named: dict[str, Any]
) -> tuple[DirectOpExecutionContext | None, tuple[Any, ...]]:
    if args:
        context, args = args[0], args[1:]
    elif name in named:
        context = named.pop(name)
    else:
        raise InvalidInvocationError(
            f"Op {op.name!r} takes a context, but got none.",
            hint="Pass build_op_context() first, or None.",
        )
    if context is None or isinstance(context, DirectOpExecutionContext):
        return context, args
    raise InvalidInvocationError(
        f"Op {op.name!r} takes a context first, not {type(context).__name__}.",
        hint="Pass build_op_context() first, or None.",
    )


def _name(
    op: OpDefinition,
    positions: tuple[str, ...],
    args: tuple[Any, ...],
    named: dict[str, Any],
) -> None:
    """Add the arguments that were passed by position to those by name."""
    if len(args) > len(positions):
        takes = ", ".join(positions) or "none"
        raise InvalidInvocationError(
            f"Op {op.name!r} was given {len(args)} arguments by position, it takes "
            f"{len(positions)}.",
            hint=f"It takes {takes}."
            if args[0] is not None
            else f"It takes {takes}, and no context that None could stand for.",
        )
    for name, value in zip(positions, args, strict=False):
        if name in named:
            raise InvalidInvocationError(
                f"Op {op.name!r} was given {name!r} twice: by position and by name.",
                hint=f"Leave out {name}=....",
            )
        named[name] = value


def _inputs(op: OpDefinition, named: dict[str, Any]) -> dict[str, Any]:
    inputs: dict[str, Any] = {}
    for name, declared in op.ins.items():
        if declared.type.is_nothing:
            if name in named:
                raise InvalidInvocationError(
                    f"The input {name!r} of op {op.name!r} is Nothing: it takes no "
                    "value.",
                    hint=f"Leave out {name!r}; a call needs no order.",
                )
        elif name in named:
            inputs[name] = named.pop(name)
        elif declared.has_default:
            inputs[name] = declared.default_value
        else:
            raise InvalidInvocationError(
                f"Op {op.name!r} needs {name!r}.", hint=f"{name}=..."
            )
    for name in named:
        raise InvalidInvocationError(
            f"Op {op.name!r} has no input {name!r}.", hint=did_you_mean(name, op.ins)
        )
    return inputs
