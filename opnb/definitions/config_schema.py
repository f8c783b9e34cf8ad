"""Fitting given config to its schema; what does not fit is told path by path."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any, Protocol

import pydantic
from pydantic_core import ErrorDetails, ValidationError

from opnb.definitions.config_nodes import run_config_schema, unfold
from opnb.definitions.config_problem import ConfigDoesNotFit, Problem
from opnb.definitions.config_shape import ConfigShape
from opnb.definitions.config_types import Field
from opnb.definitions.config_validator import build_validator
from opnb.definitions.in_out import NOT_GIVEN
from opnb.model.checks import shorten
from opnb.model.errors import (
    InvalidConfigDefinitionError,
    InvalidConfigError,
    InvalidDefinitionError,
    did_you_mean,
)


class Schema(Protocol):
    """What config can be fitted to."""

    @property
    def is_required(self) -> bool:
        """Whether something must be given."""

    def fit(self, given: Any = NOT_GIVEN) -> Any:
        """Return the config that was meant, or raise `ConfigDoesNotFit`."""

    def text(self) -> str:
        """Return what it takes, in a line."""

    def example(self) -> Any:
        """Return the least that fits."""


_TAGS = ("(scalar)", "(compound)", "[key]")


class ConfigSchema:
    """A `config_schema`, ready to check with.

    Args:
        schema: As it was declared: a dict, a type, a `Field`, a `Config` class.

    Raises:
        InvalidConfigDefinitionError: Something in it is no type of config.
    """

    def __init__(self, schema: Any) -> None:
        try:
            self.field = schema if isinstance(schema, Field) else Field(schema)
            kind = Annotated[Any, self.field.config_type]
            core: Any = pydantic.TypeAdapter(kind).core_schema
        except InvalidDefinitionError as error:
            raise InvalidConfigDefinitionError(error.message, hint=error.hint) from None
        except pydantic.errors.PydanticSchemaGenerationError as error:
            raise InvalidConfigDefinitionError(
                f"{shorten(schema)} is no type of config.", hint=error.message
            ) from error
        strict: Any = run_config_schema(core)
        self.shape = ConfigShape(strict)
        self._validator = build_validator(strict)

    @property
    def is_required(self) -> bool:
        """Whether something must be given."""
        return self.field.is_required

    def fit(self, given: Any = NOT_GIVEN) -> Any:
        """Return the config that what was given means, defaults filled in.

        Raises:
            ConfigDoesNotFit: With every problem in it.
        """
        if given is NOT_GIVEN:
            given = self._absent()
        return None if given is NOT_GIVEN else self.check(unfold(given))

    def check(self, given: Any) -> Any:
        """Return the config that was given, which holds no `Config` with an `EnvVar`.

        Raises:
            ConfigDoesNotFit: With every problem in it.
        """
        try:
            return self._validator.validate_python(given)
        except ValidationError as error:
            found = error.errors(include_url=False)
        raise ConfigDoesNotFit(map(self._problem, found))

    def text(self) -> str:
        """Return what it takes, in a line."""
        return self.shape.text()

    def example(self) -> Any:
        """Return the least that fits."""
        return self.shape.example()

    def _absent(self) -> Any:
        if self.field.default_provided or not self.field.is_required:
            return self.field.default
        if self.shape.has_fields:
            return {}  # so that each missing field is named
        raise ConfigDoesNotFit([Problem((), "missing")])

    def _problem(self, error: ErrorDetails) -> Problem:
        path = tuple(key for key in error["loc"] if key not in _TAGS)
        if error["type"] == "missing":
            return Problem(path, "missing")
        if error["type"] == "extra_forbidden":
            known = self.shape.fields_at(path[:-1])
            near = f" {did_you_mean(str(path[-1]), known)}" if known else ""
            return Problem(path, f"no such field.{near}".rstrip("."))
        text = error["msg"].removeprefix("Value error, ").rstrip(".")
        if error["type"] in ("env_var", "selector"):
            return Problem(path, text)
        text = f"{text[:1].lower()}{text[1:]}, not {shorten(error['input'])}"
        return Problem(path, text)


@dataclass(frozen=True, slots=True, eq=False)
class _Same:
    """Holds a schema as a key: the same object, whatever it equals."""

    schema: Any

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.schema is self.schema

    def __hash__(self) -> int:
        return id(self.schema)


@lru_cache(maxsize=1024)
def _compiled(same: _Same) -> ConfigSchema:
    return ConfigSchema(same.schema)


def schema_of(declared: Any) -> Schema:
    """Return a declared schema ready to check with; made once for each.

    Raises:
        InvalidConfigDefinitionError: Something in it is no type of config.
    """
    if hasattr(declared, "fit"):
        ready: Schema = declared
        return ready
    return _compiled(_Same(declared))


def verify_config_schema(declared: Any, op_name: str) -> None:
    """Refuse, where an op is defined, what is no schema.

    Raises:
        InvalidConfigDefinitionError: Something in it is no type of config.
    """
    try:
        schema_of(declared)
    except InvalidConfigDefinitionError as error:
        raise InvalidConfigDefinitionError(
            f"The config_schema of {op_name!r} cannot be: {error.message}",
            hint=error.hint,
        ) from error


def fit_config(declared: Any, given: Any, what: str) -> Any:
    """Return the config given, fitted to its schema; None stands for none given.

    Args:
        declared: The schema.
        given: The config: a dict, a `Config`, or what else the schema takes.
        what: Whose config it is, for the error: `op 'load'`.

    Raises:
        InvalidConfigError: It does not fit; the message names every path.
    """
    schema = schema_of(declared)
    try:
        return schema.fit(NOT_GIVEN if given is None else given)
    except ConfigDoesNotFit as error:
        raise InvalidConfigError(
            f"The config of {what} does not fit: {error}.",
            hint=f"It takes {schema.text()}.",
        ) from None
