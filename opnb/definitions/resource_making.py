"""Calling the function of a resource, and what it left to do at the end."""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeAlias

from opnb.model.errors import ResourceFunctionError

if TYPE_CHECKING:
    from opnb.definitions.init_context import InitResourceContext
    from opnb.definitions.resource import ResourceDefinition

Close: TypeAlias = Callable[[], object]


def make_resource(
    definition: ResourceDefinition, key: str, context: InitResourceContext
) -> tuple[Any, Close | None]:
    """Return a resource, and what puts it away if anything has to.

    Raises:
        ResourceFunctionError: Its function raised, or is a generator without a value.
    """
    fn = definition.resource_fn
    try:
        made = fn(context) if takes_context(fn) else fn()
        if inspect.isgenerator(made):
            return _first_of(made, key), lambda: _end(made)
        # As in Dagster: not whatever can be used in a `with`, such as a file.
        if isinstance(made, contextlib.ContextDecorator):
            entered = made.__enter__()  # type: ignore[attr-defined]
            return entered, lambda: made.__exit__(None, None, None)  # type: ignore[attr-defined]
    except ResourceFunctionError:
        raise
    except Exception as error:
        raise ResourceFunctionError(
            f"The resource {key!r} could not be made: {type(error).__name__}: {error}",
            hint="The cause is above; no op has run.",
        ) from error
    return made, None


def _first_of(made: Any, key: str) -> Any:
    for value in made:
        return value
    raise ResourceFunctionError(
        f"The resource {key!r} could not be made: its function yielded nothing.",
        hint="Yield the resource once.",
    )


def _end(made: Any) -> None:
    # What follows the `yield` puts the resource away; a second `yield` is none of ours.
    next(made, None)
    made.close()


@contextlib.contextmanager
def opened(
    definition: ResourceDefinition, key: str, context: InitResourceContext
) -> Iterator[Any]:
    """Make a resource for a `with` block, then put it away.

    Raises:
        ResourceFunctionError: It could not be made.
    """
    value, close = make_resource(definition, key, context)
    try:
        yield value
    finally:
        if close is not None:
            close()


def takes_context(fn: Callable[..., Any]) -> bool:
    """Tell whether the function of a resource takes the context."""
    try:
        parameters = list(inspect.signature(fn).parameters.values())
    except (TypeError, ValueError):
        return True
    by_position = (
        inspect.Parameter.POSITIONAL_ONLY,
        inspect.Parameter.POSITIONAL_OR_KEYWORD,
        inspect.Parameter.VAR_POSITIONAL,
    )
    return bool(parameters) and parameters[0].kind in by_position
