"""Config made from config: `configured` definitions, and `ConfigMapping`s of graphs."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from opnb.definitions.config_problem import ConfigDoesNotFit, Problem
from opnb.definitions.in_out import NOT_GIVEN
from opnb.model.checks import shorten
from opnb.model.errors import (
    ConfigMappingFunctionError,
    InvalidDefinitionError,
    ParameterCheckError,
)


@dataclass(frozen=True, slots=True, eq=False)
class ConfigMapping:
    """Makes the config of what is within a graph or a job from simpler config.

    Args:
        config_fn: Takes the simpler config; returns that of the nodes by name or, for
            a job, a whole run config.
        config_schema: What the simpler config must look like; any if None.
        receive_processed_config_values: False to get the config as it was given; else
            it is checked and filled with defaults.
    """

    config_fn: Callable[[Any], Any]
    config_schema: Any = None
    receive_processed_config_values: bool | None = None

    def __post_init__(self) -> None:
        _verify_function(self.config_fn, "config_fn")
        schema = self.config_schema
        if schema is None:
            object.__setattr__(self, "config_schema", config_class_of(self.config_fn))
        else:
            _schema_of(schema)

    @property
    def schema(self) -> Any:
        """What the simpler config is fitted to; None if it may be any."""
        declared = self.config_schema
        return None if declared is None else _schema_of(declared)

    def resolve(self, given: Any = NOT_GIVEN) -> Any:
        """Return the config that the simpler config stands for.

        Raises:
            ConfigDoesNotFit: The simpler config is not as it must be.
            ConfigMappingFunctionError: The function raised.
        """
        schema, raw = self.schema, {} if given is NOT_GIVEN else given
        processed = raw if schema is None else schema.fit(given)
        unprocessed = self.receive_processed_config_values is False
        return call_mapping(self.config_fn, raw if unprocessed else processed)

    def configured(
        self, config_or_config_fn: Any, config_schema: Any = None
    ) -> ConfigMapping:
        """Return the same mapping with its config given, or made of simpler config.

        Args:
            config_or_config_fn: The config, or a function that makes it.
            config_schema: What the function takes; any if None.
        """
        schema = configured_schema(
            self.config_schema, config_or_config_fn, config_schema
        )
        return ConfigMapping(self.config_fn, schema)


def config_mapping(
    config_fn: Callable[[Any], Any] | None = None,
    *,
    config_schema: Any = None,
    receive_processed_config_values: bool | None = None,
) -> Any:
    """Make a `ConfigMapping` of a function; bare or with arguments.

    >>> @config_mapping(config_schema={"rows": int})
    ... def simple(config):
    ...     return {"load": {"config": {"rows": config["rows"]}}}
    >>> simple.resolve({"rows": 3})
    {'load': {'config': {'rows': 3}}}
    """

    def make(fn: Callable[[Any], Any]) -> ConfigMapping:
        return ConfigMapping(fn, config_schema, receive_processed_config_values)

    return make if config_fn is None else make(config_fn)


def configured(configurable: Any, config_schema: Any = None, **kwargs: Any) -> Any:
    """Make an op, a graph or a resource that takes simpler config, or none.

    Args:
        configurable: The op, graph or resource.
        config_schema: What the simpler config must look like; any if None.
        kwargs: `name`, of an op or graph; else it is the function's. `description`.

    The function decorated takes the simpler config and returns that of `configurable`.
    """
    if not hasattr(configurable, "configured"):
        raise InvalidDefinitionError(
            f"{shorten(configurable)} takes no config that could be given beforehand.",
            hint="configured(op), of an op, a graph with a config mapping or a "
            "resource.",
        )

    def make(fn: Callable[[Any], Any]) -> Any:
        if hasattr(configurable, "name"):
            kwargs.setdefault("name", getattr(fn, "__name__", None))
        return configurable.configured(fn, config_schema=config_schema, **kwargs)

    return make


@dataclass(frozen=True, slots=True, eq=False)
class ConfiguredSchema:
    """The schema of what `configured` made: it gives the config of what it was made of.

    Args:
        parent: The schema of what it was made of; any config if None.
        config_or_fn: That config, or a function that makes it.
        config_schema: What the function takes; any if None.
    """

    parent: Any
    config_or_fn: Any
    config_schema: Any = None

    def __post_init__(self) -> None:
        if self.config_schema is not None:
            _schema_of(self.config_schema)

    @property
    def is_required(self) -> bool:
        """Whether something must be given."""
        return bool(self._takes is not None and self._takes.is_required)

    @property
    def _takes(self) -> Any:
        if not callable(self.config_or_fn) or self.config_schema is None:
            return None
        return _schema_of(self.config_schema)

    def fit(self, given: Any = NOT_GIVEN) -> Any:
        """Return the config of what it was made of.

        Raises:
            ConfigDoesNotFit: What was given is not as it must be, or what it stands for
                is not.
            ConfigMappingFunctionError: The function raised.
        """
        made = self._made_of(given)
        if self.parent is None:
            return made
        try:
            return _schema_of(self.parent).fit(made)
        except ConfigDoesNotFit as error:
            raise ConfigDoesNotFit(
                Problem(problem.path, f"{problem.text}, in what configured() was given")
                for problem in error.problems
            ) from None

    def _made_of(self, given: Any) -> Any:
        if not callable(self.config_or_fn):
            if given is not NOT_GIVEN and given:
                raise ConfigDoesNotFit(
                    [Problem((), f"it is fixed by configured(): {shorten(given)}")]
                )
            return self.config_or_fn
        takes = self._takes
        simple = given if takes is None else takes.fit(given)
        return call_mapping(self.config_or_fn, None if simple is NOT_GIVEN else simple)

    def text(self) -> str:
        """Return what it takes, in a line."""
        if not callable(self.config_or_fn):
            return "nothing"
        return "anything" if self._takes is None else str(self._takes.text())

    def example(self) -> Any:
        """Return the least that fits."""
        return {} if self._takes is None else self._takes.example()


def configured_schema(
    parent: Any, config_or_config_fn: Any, config_schema: Any = None
) -> ConfiguredSchema:
    """Return the schema of what `configured` makes.

    Args:
        parent: The schema of what it is made of; any config if None.
        config_or_config_fn: That config, or a function that makes it.
        config_schema: What the function takes; if None what its parameter is annotated
            with, where that is a `Config` class, else any.
    """
    if config_schema is None and callable(config_or_config_fn):
        config_schema = config_class_of(config_or_config_fn)
    return ConfiguredSchema(parent, config_or_config_fn, config_schema)


def call_mapping(fn: Callable[[Any], Any], simple: Any) -> Any:
    """Return what a function makes of simpler config.

    Raises:
        ConfigMappingFunctionError: It raised.
    """
    try:
        return fn(simple)
    except Exception as error:
        name = getattr(fn, "__name__", "config_fn")
        raise ConfigMappingFunctionError(
            f"The function {name!r}, which makes config from config, raised "
            f"{type(error).__name__}.",
            hint=f"It was given {shorten(simple)}.",
        ) from error


def config_class_of(fn: Callable[[Any], Any]) -> Any:
    """Return the `Config` class that a function asks for, if it does."""
    try:
        parameters = list(inspect.signature(fn, eval_str=True).parameters.values())
    except (TypeError, ValueError, NameError):
        return None
    annotation = parameters[0].annotation if len(parameters) == 1 else None
    is_class = isinstance(annotation, type) and hasattr(annotation, "model_fields")
    return annotation if is_class else None


def _verify_function(fn: Any, parameter: str) -> None:
    if not callable(fn):
        raise ParameterCheckError(
            f"{parameter!r} must be a function, not {shorten(fn)}.",
            hint="def simple(config): return {'load': {'config': config}}",
        )


def _schema_of(declared: Any) -> Any:
    from opnb.definitions.config_schema import (  # noqa: PLC0415 - pydantic at first use
        schema_of,
    )

    return schema_of(declared)
