"""What a function says of itself: its parameters and its annotations, read."""

from __future__ import annotations

import functools
import inspect
import types
import typing
from collections.abc import Callable
from typing import Any

from opnb.model.checks import shorten
from opnb.model.errors import InvalidDefinitionError

CONTEXT_NAMES = ("context", "_context", "context_", "_")


def parameters_of(fn: Callable[..., Any], op_name: str) -> list[inspect.Parameter]:
    """Return the parameters of an op's function.

    Raises:
        InvalidDefinitionError: It does not tell them, as some functions of C.
    """
    try:
        return list(inspect.signature(fn).parameters.values())
    except (TypeError, ValueError) as error:
        raise InvalidDefinitionError(
            f"Op {op_name!r} cannot be made of {shorten(fn)}: {error}.",
            hint="Call it from a function of your own.",
        ) from error


def takes_context(parameters: list[inspect.Parameter]) -> bool:
    """Tell whether the first parameter is the context: its name alone decides."""
    by_position = (
        inspect.Parameter.POSITIONAL_ONLY,
        inspect.Parameter.POSITIONAL_OR_KEYWORD,
    )
    first = parameters[0] if parameters else None
    return first is not None and (
        first.name in CONTEXT_NAMES and first.kind in by_position
    )


def type_hints(fn: Callable[..., Any], op_name: str) -> dict[str, Any]:
    """Return the annotations of an op's function by name, text resolved.

    Raises:
        InvalidDefinitionError: One names what is not there.
    """
    annotated = _annotated(fn)
    annotations = dict(getattr(annotated, "__annotations__", None) or {})
    parameters = parameters_of(fn, op_name)
    if takes_context(parameters):
        # The context's class is often imported for type checkers only.
        annotations.pop(parameters[0].name, None)
    origin = inspect.unwrap(annotated)
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


def _annotated(fn: Any) -> Any:
    """Return the function behind a partial or a callable object."""
    while isinstance(fn, functools.partial):
        fn = fn.func
    if inspect.isroutine(fn) or isinstance(fn, type) or "__wrapped__" in vars(fn):
        return fn
    return type(fn).__call__


def is_resource(annotation: Any) -> bool:
    """Tell whether an annotation asks for a resource, not for an input.

    It does if it is a class that says so, a `ConfigurableResource`, or if it carries a
    mark that says so, as `ResourceParam[T]` does.
    """
    marks = getattr(annotation, "__metadata__", ())
    asked = (typing.get_origin(annotation), annotation, *marks)
    return any(getattr(one, "__opnb_resource__", False) is True for one in asked)


def function_name(function: Callable[..., Any], decorator: str) -> str:
    """Return the name that a definition takes from its function.

    Raises:
        InvalidDefinitionError: It is no function, or has no name.
    """
    if not callable(function):
        raise InvalidDefinitionError(
            f"{decorator} decorates a function, not {shorten(function)}.",
            hint=f"Name the arguments: {decorator}(name='clean').",
        )
    name = getattr(function, "__name__", None)
    if name is None or name == "<lambda>":
        raise InvalidDefinitionError(
            f"{'A lambda' if name else shorten(function)} has no name to take.",
            hint=f"Use def, or {decorator}(name=...).",
        )
    return str(name)
