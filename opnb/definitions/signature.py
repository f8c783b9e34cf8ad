"""What a function's signature says of an op: context, config, inputs and outputs."""

from __future__ import annotations

import inspect
import keyword
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, get_origin

from opnb.definitions.function_hints import (
    is_resource,
    parameters_of,
    takes_context,
    type_hints,
)
from opnb.definitions.in_out import NOT_GIVEN, In, Out
from opnb.definitions.python_types import infer_type
from opnb.definitions.return_types import outs_of_annotation, returned_as_output
from opnb.definitions.type_check import OpTypeKind
from opnb.model.checks import shorten, verify_name, verify_type
from opnb.model.errors import (
    InvalidDefinitionError,
    InvalidPythonicConfigDefinitionError,
    ParameterCheckError,
)

_RESERVED = frozenset(
    [
        *("context", "conf", "config", "meta", "input", "output", "type"),
        *("arg_dict", "dict", "input_arg_dict", "output_arg_dict"),
        *("int", "str", "float", "bool"),
        *keyword.kwlist,
    ]
)
_PLAIN_CONFIG = (int, float, bool, str, list, dict, Any)


@dataclass(frozen=True, slots=True)
class Parameters:
    """The parameters of an op's function, told apart by what they are for.

    Args:
        takes_context: Whether the first one is the context.
        config_type: The annotation of the `config` parameter, if there is one: a
            `Config` class or a plain type such as `dict` or `list[int]`.
        ins: The inputs: the rest, and those without a parameter.
        resource_names: The parameters that take the resource of their name.
        positions: The inputs as the function takes them by position.
    """

    takes_context: bool
    config_type: Any
    ins: Mapping[str, In]
    resource_names: frozenset[str] = frozenset()
    positions: tuple[str, ...] = ()


def verify_port_name(name: Any, what: str) -> str:
    """Return the name of an input, output or op if Dagster would take it."""
    verify_name(name, what)
    if name in _RESERVED:
        raise InvalidDefinitionError(
            f"{name!r} cannot name {what}: the word is taken.",
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
        InvalidPythonicConfigDefinitionError: The parameter `config` is of no type that
            config can be read into.
    """
    declared = _verify_ins(ins)
    parameters = parameters_of(fn, op_name)
    has_context = takes_context(parameters)
    hints = type_hints(fn, op_name)
    if has_context:
        _verify_context(fn, parameters[0].name, op_name)
    named = {
        parameter.name: parameter
        for parameter in parameters[has_context:]
        if parameter.kind is not inspect.Parameter.VAR_KEYWORD
    }
    config_type = None
    if named.pop("config", None) is not None:
        config_type = _config_type(hints.get("config"), op_name)
    resources = frozenset(
        name for name in named if name not in declared and is_resource(hints.get(name))
    )
    found = {
        name: _input(parameter, hints, declared.get(name), op_name)
        for name, parameter in named.items()
        if name not in resources
    }
    rest = {
        name: replace(given, dagster_type=given.type)
        for name, given in declared.items()
        if name not in named
    }
    takes_any = any(p.kind is inspect.Parameter.VAR_KEYWORD for p in parameters)
    _verify_without_parameter(rest, op_name, takes_any=takes_any)
    every = {**found, **rest}
    # Dagster's order: those declared by hand first, by name.
    ordered = {name: every[name] for name in (*sorted(declared), *found)}
    return Parameters(has_context, config_type, ordered, resources, tuple(every))


def _verify_context(fn: Callable[..., Any], name: str, op_name: str) -> None:
    annotation = getattr(fn, "__annotations__", {}).get(name)
    if not isinstance(annotation, type) or annotation is Any:
        return
    if "Context" in annotation.__name__:
        return
    raise InvalidDefinitionError(
        f"The first parameter of op {op_name!r} is the context by its name {name!r}, "
        f"and is annotated as {annotation.__name__}.",
        hint=f"Annotate it as OpExecutionContext; call an input {name + '_value'!r}.",
    )


def _verify_ins(ins: Mapping[str, In] | None) -> dict[str, In]:
    declared = verify_type(ins or {}, Mapping, "ins", hint="ins={'orders': In(list)}.")
    for name, given in declared.items():
        verify_type(given, In, f"ins[{name!r}]", hint="ins={'orders': In(list)}.")
    return dict(declared)


def _verify_without_parameter(
    ins: Mapping[str, In], op_name: str, *, takes_any: bool
) -> None:
    for name, given in ins.items():
        verify_port_name(name, "an input")
        if not takes_any and not given.type.is_nothing:
            raise InvalidDefinitionError(
                f"Op {op_name!r} declares the input {name!r}, and its function has no "
                "such parameter.",
                hint=f"Add the parameter {name!r}, or declare In(Nothing).",
            )
        _verify_default(name, given, op_name)


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
    parameter: inspect.Parameter,
    hints: Mapping[str, Any],
    given: In | None,
    op_name: str,
) -> In:
    _verify_parameter(parameter, hints, op_name)
    made = In() if given is None else given
    if made.dagster_type is None:
        made = replace(made, dagster_type=infer_type(hints.get(parameter.name, Any)))
    if not made.has_default and parameter.default is not inspect.Parameter.empty:
        made = replace(made, dagster_type=made.type, default_value=parameter.default)
    if made.type.is_nothing:
        raise InvalidDefinitionError(
            f"The input {parameter.name!r} of op {op_name!r} is Nothing: no value "
            "comes that the parameter could take.",
            hint=f"Remove it and declare ins={{{parameter.name!r}: In(Nothing)}}.",
        )
    _verify_default(parameter.name, made, op_name)
    return made


def _verify_default(name: str, given: In, op_name: str) -> None:
    # As in Dagster only where a look at the value tells: the check of a type of one's
    # own may need resources, and that of a frame may take long.
    if not given.has_default or given.type.kind is not OpTypeKind.SCALAR:
        return
    check = given.type.type_check(None, given.default_value)
    if not check.success:
        raise InvalidDefinitionError(
            f"Wrong default of input {name!r} of op {op_name!r}: {check.description}",
            hint="Annotate it with `| None`."
            if given.default_value is None
            else "Change the default or the type.",
        )


def _config_type(annotation: Any, op_name: str) -> Any:
    is_model = isinstance(annotation, type) and hasattr(annotation, "model_validate")
    is_plain = annotation in _PLAIN_CONFIG or get_origin(annotation) is not None
    if is_model or is_plain:
        return annotation
    raise InvalidPythonicConfigDefinitionError(
        f"The parameter 'config' of op {op_name!r} must be annotated with a Config "
        f"class, or with a plain type, not with {shorten(annotation)}.",
        hint="class Limits(Config): rows: int = 10, then def op(config: Limits).",
    )


def read_outputs(
    fn: Callable[..., Any], out: Out | Mapping[str, Out] | None, op_name: str
) -> dict[str, Out]:
    """Return the outputs, each with its type from `out` or the return annotation.

    Raises:
        InvariantViolationError: Several outputs, and the annotation is not a tuple of
            as many types.
        InvalidDefinitionError: A type cannot be checked, or a name is taken.
        ParameterCheckError: `out` is neither an `Out` nor a mapping of them.
    """
    _verify_out(out, op_name)
    return outs_of_annotation(_return_annotation(fn, op_name), out, op_name)


def read_returns(
    fn: Callable[..., Any], outs: Mapping[str, Out], op_name: str
) -> dict[str, bool]:
    """Return whether each output is annotated as `Output`; those that are annotated."""
    return returned_as_output(_return_annotation(fn, op_name), outs)


def _return_annotation(fn: Callable[..., Any], op_name: str) -> Any:
    if inspect.isgeneratorfunction(fn) or inspect.isasyncgenfunction(fn):
        return NOT_GIVEN  # it says what the generator yields, which events tell
    return type_hints(fn, op_name).get("return", NOT_GIVEN)


def _verify_out(out: Any, op_name: str) -> None:
    if out is None or isinstance(out, Out):
        return
    if not isinstance(out, Mapping) or not all(
        isinstance(value, Out) for value in out.values()
    ):
        raise ParameterCheckError(
            f"'out' of op {op_name!r} must be Out or dict of Out, not {shorten(out)}",
            hint="out=Out(int).",
        )
    for name in out:
        verify_port_name(name, "an output")
