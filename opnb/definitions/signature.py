"""What a function's signature says of an op: context, config, inputs and outputs."""

from __future__ import annotations

import inspect
import keyword
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from opnb.definitions.in_out import NOT_GIVEN, In, Out
from opnb.definitions.type_check import NOTHING, Nothing, infer_type
from opnb.model.checks import shorten, verify_name, verify_type
from opnb.model.errors import InvalidDefinitionError, InvariantViolationError
from opnb.model.events import Output

_CONTEXT_NAMES = ("context", "_context", "context_", "_")
_RESERVED = frozenset(
    [
        *("context", "conf", "config", "meta", "input", "output", "type"),
        *("arg_dict", "dict", "input_arg_dict", "output_arg_dict"),
        *("int", "str", "float", "bool"),
        *keyword.kwlist,
    ]
)


@dataclass(frozen=True, slots=True)
class Parameters:
    """The parameters of an op's function, told apart by what they are for.

    Args:
        takes_context: Whether the first one is the context.
        config_type: The class of the `config` parameter, if there is one.
        ins: The rest: the inputs.
    """

    takes_context: bool
    config_type: type | None
    ins: Mapping[str, In]


def verify_port_name(name: Any, what: str) -> str:
    """Return the name of an input, output or op if Dagster would take it."""
    verify_name(name, what)
    if name in _RESERVED:
        raise InvalidDefinitionError(
            f"{name!r} cannot be the name of {what}: the word is taken.",
            hint=f"Call it {name + '_'!r}.",
        )
    return str(name)


def read_parameters(
    fn: Callable[..., Any], ins: Mapping[str, In] | None, op_name: str
) -> Parameters:
    """Read the parameters of `fn`, together with the inputs declared by hand.

    Raises:
        InvalidDefinitionError: A parameter cannot be an input, or an input declared by
            hand is no parameter.
    """
    declared = dict(ins or {})
    for name, given in declared.items():
        verify_type(given, In, f"ins[{name!r}]", hint="ins={'orders': In(list)}.")
    parameters = _parameters(fn, op_name)
    takes_context = bool(parameters) and _is_context(parameters[0])
    hints = _type_hints(fn, op_name, parameters[0].name if takes_context else None)
    named = {
        parameter.name: parameter
        for parameter in parameters[takes_context:]
        if parameter.kind is not inspect.Parameter.VAR_KEYWORD
    }
    config_type = None
    if named.pop("config", None) is not None:
        config_type = _config_type(hints.get("config"), op_name)
    found: dict[str, In] = {}
    for name, parameter in named.items():
        _verify_parameter(parameter, hints, op_name)
        found[name] = _input(parameter, hints, declared.pop(name, None))
    takes_any = any(p.kind is inspect.Parameter.VAR_KEYWORD for p in parameters)
    for name, given in declared.items():
        if not takes_any and given.type is not NOTHING:
            raise InvalidDefinitionError(
                f"Op {op_name!r} declares the input {name!r}, and its function has no "
                "such parameter.",
                hint=f"Add the parameter {name!r}, or declare In(Nothing).",
            )
        found[verify_port_name(name, "an input")] = given
    return Parameters(takes_context, config_type, found)


def _parameters(fn: Callable[..., Any], op_name: str) -> list[inspect.Parameter]:
    try:
        return list(inspect.signature(fn).parameters.values())
    except (TypeError, ValueError) as error:
        raise InvalidDefinitionError(
            f"Op {op_name!r} cannot be made of {shorten(fn)}: {error}.",
            hint="Call it from a function of your own.",
        ) from error


def _is_context(first: inspect.Parameter) -> bool:
    by_position = (
        inspect.Parameter.POSITIONAL_ONLY,
        inspect.Parameter.POSITIONAL_OR_KEYWORD,
    )
    return first.name in _CONTEXT_NAMES and first.kind in by_position


def _verify_parameter(
    parameter: inspect.Parameter, hints: Mapping[str, Any], op_name: str
) -> None:
    by_position = (
        inspect.Parameter.VAR_POSITIONAL,
        inspect.Parameter.POSITIONAL_ONLY,
    )
    if parameter.kind in by_position:
        raise InvalidDefinitionError(
            f"Op {op_name!r} takes {str(parameter)!r} by position; inputs are passed "
            "by name.",
            hint="Name each input, or take a list.",
        )
    if getattr(hints.get(parameter.name), "__name__", "") == "OpExecutionContext":
        raise InvalidDefinitionError(
            f"Op {op_name!r} calls its context {parameter.name!r}; only a first "
            "parameter named 'context' is the context.",
            hint="Rename it to 'context' and put it first.",
        )
    verify_port_name(parameter.name, "an input")


def _input(
    parameter: inspect.Parameter, hints: Mapping[str, Any], given: In | None
) -> In:
    kind = hints.get(parameter.name, NOT_GIVEN)
    default = (
        NOT_GIVEN if parameter.default is inspect.Parameter.empty else parameter.default
    )
    if given is None:
        return In(kind, default_value=default)
    return In(
        kind if given.dagster_type is None else given.dagster_type,
        given.description,
        given.default_value if given.has_default else default,
        given.metadata,
        given.asset_key,
    )


def _config_type(annotation: Any, op_name: str) -> type:
    if isinstance(annotation, type) and hasattr(annotation, "model_validate"):
        return annotation
    raise InvalidDefinitionError(
        f"The parameter 'config' of op {op_name!r} must be annotated with a Config "
        f"class, not with {shorten(annotation)}.",
        hint="class Limits(Config): rows: int = 10, then def op(config: Limits).",
    )


def _type_hints(
    fn: Callable[..., Any], op_name: str, context: str | None = None
) -> dict[str, Any]:
    annotations = dict(getattr(fn, "__annotations__", None) or {})
    # The context's class is often imported for type checkers only.
    annotations.pop(context or "", None)
    origin = inspect.unwrap(fn)
    held = types.SimpleNamespace(
        __annotations__=annotations, __globals__=getattr(origin, "__globals__", {})
    )
    try:
        return typing.get_type_hints(held, include_extras=True)
    except Exception as error:
        raise InvalidDefinitionError(
            f"An annotation of op {op_name!r} cannot be read: {error}.",
            hint="Import or define what it names before the op.",
        ) from error


def read_outputs(
    fn: Callable[..., Any], out: Out | Mapping[str, Out] | None, op_name: str
) -> dict[str, Out]:
    """Return the outputs, each with its type from `out` or the return annotation.

    Raises:
        InvariantViolationError: Several outputs, and the annotation is not a tuple of
            as many types.
        InvalidDefinitionError: `out` is neither an `Out` nor a mapping of them.
    """
    annotation = NOT_GIVEN
    if not (inspect.isgeneratorfunction(fn) or inspect.isasyncgenfunction(fn)):
        annotation = _return_annotation(fn, op_name)
    if out is None:
        out = Out()
    if isinstance(out, Out):
        return {"result": _with_type(out, annotation)}
    _verify_out(out, op_name)
    if len(out) == 1:
        name, only = next(iter(out.items()))
        return {name: _with_type(only, annotation)}
    kinds = _several(annotation, out, op_name)
    return {
        name: _with_type(given, kind)
        for (name, given), kind in zip(out.items(), kinds, strict=True)
    }


def _return_annotation(fn: Callable[..., Any], op_name: str) -> Any:
    parameters = _parameters(fn, op_name)
    context = parameters[0].name if parameters and _is_context(parameters[0]) else None
    return _type_hints(fn, op_name, context).get("return", NOT_GIVEN)


def _verify_out(out: Any, op_name: str) -> None:
    if not isinstance(out, Mapping) or not all(
        isinstance(value, Out) for value in out.values()
    ):
        raise InvalidDefinitionError(
            f"The out of op {op_name!r} must be an Out or a dict of them, not "
            f"{shorten(out)}",
            hint="out=Out(int), or out={'tidy': Out(), 'dropped': Out()}.",
        )
    for name in out:
        verify_port_name(name, "an output")


def _with_type(out: Out, annotation: Any) -> Out:
    if out.dagster_type is not None or annotation is NOT_GIVEN:
        return out
    kind = NOTHING if annotation in (None, Nothing) else infer_type(annotation)
    return Out(
        kind,
        out.description,
        out.is_required,
        out.io_manager_key,
        out.metadata,
        out.code_version,
    )


def _several(annotation: Any, out: Mapping[str, Out], op_name: str) -> list[Any]:
    if not out or annotation in (NOT_GIVEN, Any, Output, None, type(None)):
        return [NOT_GIVEN] * len(out)
    args = typing.get_args(annotation)
    if typing.get_origin(annotation) is not tuple or len(args) != len(out):
        raise InvariantViolationError(
            f"Op {op_name!r} has {len(out)} outputs ({', '.join(out)}); its return "
            f"annotation must be a tuple of as many types, not {shorten(annotation)}.",
            hint=f"-> tuple[{', '.join(['Any'] * len(out))}].",
        )
    return list(args)
