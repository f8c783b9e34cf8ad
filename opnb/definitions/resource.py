"""Resources: what ops share in a run, and how it is made and put away."""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any

from opnb.definitions.config_mapping import configured_schema
from opnb.definitions.init_context import (
    InitResourceContext,
    build_init_resource_context,
)
from opnb.definitions.resource_making import takes_context
from opnb.model.checks import shorten, verify_type
from opnb.model.errors import (
    InvalidDefinitionError,
    InvalidInvocationError,
    ParameterCheckError,
)


@dataclass(frozen=True, slots=True, eq=False)
class ResourceDefinition:
    """How a resource is made.

    Args:
        resource_fn: Takes an `InitResourceContext`, or nothing; returns the resource,
            or yields it and then puts it away.
        config_schema: What its config must look like; any if None.
        description: What it is, in words.
        required_resource_keys: The resources it is made of.
        version: Names the version of the code.

    >>> ResourceDefinition(lambda context: context.resource_config, str).schema.text()
    'str'
    """

    resource_fn: Callable[..., Any]
    config_schema: Any = None
    description: str | None = None
    required_resource_keys: frozenset[str] = frozenset()
    version: str | None = None

    def __post_init__(self) -> None:
        _verify_function(self.resource_fn)
        verify_type(self.description, str, "description", optional=True)
        keys = frozenset(self.required_resource_keys or ())
        object.__setattr__(self, "required_resource_keys", keys)
        _ = self.schema

    @property
    def schema(self) -> Any:
        """What its config is fitted to; None if it may be any."""
        if self.config_schema is None:
            return None
        from opnb.definitions.config_schema import (  # noqa: PLC0415 - pydantic at first use
            schema_of,
        )

        return schema_of(self.config_schema)

    @staticmethod
    def hardcoded_resource(
        value: Any, description: str | None = None
    ) -> ResourceDefinition:
        """Return the definition of a resource that is there already."""
        return ResourceDefinition(lambda _: value, None, description)

    @staticmethod
    def none_resource(description: str | None = None) -> ResourceDefinition:
        """Return the definition of a resource that is None."""
        return ResourceDefinition.hardcoded_resource(None, description)

    @staticmethod
    def mock_resource(description: str | None = None) -> ResourceDefinition:
        """Return the definition of a `MagicMock`, for tests."""
        from unittest.mock import MagicMock  # noqa: PLC0415 - for tests only

        return ResourceDefinition(lambda _: MagicMock(), None, description)

    @staticmethod
    def string_resource(description: str | None = None) -> ResourceDefinition:
        """Return the definition of a text that is its config."""
        return ResourceDefinition(
            lambda context: context.resource_config, str, description
        )

    def configured(
        self,
        config_or_config_fn: Any,
        config_schema: Any = None,
        description: str | None = None,
    ) -> ResourceDefinition:
        """Return the same resource with its config given, or made of simpler config.

        Args:
            config_or_config_fn: The config, or a function that makes it.
            config_schema: What the function takes; any if None.
            description: What it is, in words.
        """
        return ResourceDefinition(
            self.resource_fn,
            configured_schema(self.config_schema, config_or_config_fn, config_schema),
            description or self.description,
            self.required_resource_keys,
            self.version,
        )

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Make the resource outside of any run; a generator becomes a `with` block."""
        if not takes_context(self.resource_fn):
            return _as_with_block(self.resource_fn(*args, **kwargs))
        given = [*args, *kwargs.values()]
        if len(given) != 1:
            raise InvalidInvocationError(
                "The function of this resource takes the context and nothing else.",
                hint="Call it with build_init_resource_context(config={...}).",
            )
        context = build_init_resource_context() if given[0] is None else given[0]
        verify_type(context, InitResourceContext, "context")
        for key in self.required_resource_keys:
            if not hasattr(context.resources, key):
                raise InvalidDefinitionError(
                    f"The resource {key!r}, which this one is made of, is missing.",
                    hint=f"build_init_resource_context(resources={{{key!r}: ...}}).",
                )
        return _as_with_block(self.resource_fn(self._with_config(context)))

    def _with_config(self, context: InitResourceContext) -> InitResourceContext:
        if self.config_schema is None:
            return context
        from opnb.definitions.config_schema import (  # noqa: PLC0415 - pydantic at first use
            fit_config,
        )

        given = context.resource_config
        return context.replace_config(
            fit_config(self.config_schema, given, "the resource")
        )


def resource(
    config_schema: Any = None,
    description: str | None = None,
    required_resource_keys: Collection[str] | None = None,
    version: str | None = None,
) -> Any:
    """Make a resource of a function; bare or with arguments.

    >>> @resource(config_schema={"greeting": str})
    ... def words(context):
    ...     return [context.resource_config["greeting"]]
    >>> words(build_init_resource_context({"greeting": "hello"}))
    ['hello']
    """

    def make(fn: Callable[..., Any]) -> ResourceDefinition:
        return ResourceDefinition(
            fn,
            config_schema,
            description or inspect.getdoc(fn),
            frozenset(required_resource_keys or ()),
            version,
        )

    if inspect.isfunction(config_schema):
        fn, config_schema = config_schema, None
        return make(fn)
    return make


def _verify_function(fn: Any) -> None:
    if not callable(fn):
        raise ParameterCheckError(
            f"'resource_fn' must be a function, not {shorten(fn)}.",
            hint="ResourceDefinition.hardcoded_resource(value) holds a value.",
        )
    name = getattr(fn, "__name__", "resource_fn")
    if inspect.iscoroutinefunction(fn) or inspect.isasyncgenfunction(fn):
        raise InvalidDefinitionError(
            f"The function {name!r} of a resource is async; nothing would await it.",
            hint="Make the resource in a plain function, and await in the op.",
        )
    try:
        parameters = list(inspect.signature(fn).parameters.values())
    except (TypeError, ValueError):
        return
    extra = [
        parameter.name
        for parameter in parameters[1:]
        if parameter.default is parameter.empty
        and parameter.kind
        not in (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    ]
    if extra:
        raise InvalidDefinitionError(
            f"The function {name!r} of a resource takes the context and nothing else; "
            f"it also asks for {', '.join(map(repr, extra))}.",
            hint="Config is context.resource_config, other resources are in "
            "context.resources.",
        )


def _as_with_block(made: Any) -> Any:
    if not inspect.isgenerator(made):
        return made

    @contextlib.contextmanager
    def block() -> Iterator[Any]:
        yield from made

    return block()
