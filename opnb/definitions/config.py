"""Config of ops: `Config` classes, `config_schema`, and fitting given config to them.

pydantic does the checking. This module is imported at the first op that has config.
"""

from __future__ import annotations

import typing
from collections.abc import Mapping
from typing import Any

import pydantic

from opnb.definitions.in_out import NOT_GIVEN
from opnb.model.checks import shorten
from opnb.model.errors import InvalidConfigDefinitionError, InvalidConfigError


class Config(pydantic.BaseModel):
    """Base of classes that declare an op's config as typed fields.

    >>> class Limits(Config):
    ...     rows: int = 10
    >>> Limits(rows=3).rows
    3
    """

    model_config = pydantic.ConfigDict(frozen=True, extra="ignore")


class PermissiveConfig(Config):
    """A `Config` that keeps fields it does not declare."""

    model_config = pydantic.ConfigDict(frozen=True, extra="allow")


class Field:
    """One field of a `config_schema`, with a default or a description.

    Args:
        config: The type: `int`, `str`, `float`, `bool`, `dict`, `list`, `[int]`, a
            nested dict of fields, or a type of `typing`.
        default_value: What is taken where nothing is given.
        is_required: Whether it must be given; yes if there is no default.
        description: What it is, in words.
    """

    def __init__(
        self,
        config: Any,
        default_value: Any = NOT_GIVEN,
        is_required: bool | None = None,  # noqa: FBT001 - Dagster's position
        description: str | None = None,
    ) -> None:
        self.config = config
        self.default_value = default_value
        has_default = default_value is not NOT_GIVEN
        if is_required and has_default:
            raise InvalidConfigDefinitionError(
                f"A field with the default {default_value!r} cannot be required.",
                hint="Leave out is_required, or the default.",
            )
        self.is_required = not has_default if is_required is None else is_required
        self.description = description


_NO_FIELD = "there is no such field"
_PLAIN_TYPES = (int, float, str, bool, dict, list)


def model_of_schema(schema: Any, name: str) -> type[pydantic.BaseModel]:
    """Return a pydantic model for a `config_schema`: a dict of fields, or a model.

    Raises:
        InvalidConfigDefinitionError: Something in it is no type of config.
    """
    if isinstance(schema, type) and issubclass(schema, pydantic.BaseModel):
        return schema
    if not isinstance(schema, Mapping):
        raise InvalidConfigDefinitionError(
            f"The config_schema of {name!r} must be a dict, not {shorten(schema)}",
            hint="config_schema={'rows': int, 'name': Field(str, default_value='a')}.",
        )
    # Keys are aliases: any text may be one, also `schema` or `json`, which as the
    # names of fields would hide what pydantic's models have.
    fields: dict[str, Any] = {
        f"field_{number}": _field(given, key, f"{name}.{key}")
        for number, (key, given) in enumerate(schema.items())
    }
    rules = pydantic.ConfigDict(extra="forbid", strict=True, validate_default=True)
    return pydantic.create_model(name, __config__=rules, **fields)


def _field(given: Any, key: Any, path: str) -> tuple[Any, Any]:
    if not isinstance(key, str):
        raise InvalidConfigDefinitionError(
            f"A key of config must be text, not {shorten(key)} at {path}."
        )
    field = given if isinstance(given, Field) else Field(given)
    kind = _type_of(field.config, path)
    default = field.default_value
    if default is NOT_GIVEN:
        default = ... if field.is_required else None
        kind = kind if field.is_required else kind | None
    else:
        _verify_default(kind, default, path)
    return kind, pydantic.Field(default, alias=key, description=field.description)


def _verify_default(kind: Any, default: Any, path: str) -> None:
    try:
        pydantic.TypeAdapter(kind).validate_python(default, strict=True)
    except pydantic.ValidationError as error:
        raise InvalidConfigDefinitionError(
            f"The default {shorten(default)} at {path} does not fit: "
            f"{_reason(error.errors()[0])}."
        ) from error


def _type_of(config: Any, name: str) -> Any:
    if config in _PLAIN_TYPES or config is Any:
        return config
    if isinstance(config, list) and len(config) == 1:
        return list[_type_of(config[0], name)]  # type: ignore[misc]
    if isinstance(config, Mapping):
        return model_of_schema(config, name)
    is_model = isinstance(config, type) and issubclass(config, pydantic.BaseModel)
    if is_model or typing.get_origin(config) is not None:
        return config
    raise InvalidConfigDefinitionError(
        f"{shorten(config)} at {name} is no type of config.",
        hint="int, str, float, bool, dict, list, [int], a dict, or Field(...).",
    )


def fit_config(model: type[pydantic.BaseModel], given: Any, op_name: str) -> Any:
    """Return the model filled with the config given as a dict or as the model itself.

    Raises:
        InvalidConfigError: It does not fit; the message names every path.
    """
    if isinstance(given, model):
        return given
    values = {} if given is None else given
    if not isinstance(values, Mapping):
        raise InvalidConfigError(
            f"The config of op {op_name!r} must be a dict, not {shorten(given)}",
            hint=f"It takes {shape_of(model)}.",
        )
    problems = _unknown(model, values)
    try:
        fitted = model.model_validate(dict(values))
    except pydantic.ValidationError as error:
        problems += [
            f"{'.'.join(map(str, problem['loc']))}: {_reason(problem)}"
            for problem in error.errors()
        ]
    if problems:
        raise InvalidConfigError(
            f"The config of op {op_name!r} does not fit: {'; '.join(problems)}.",
            hint=f"It takes {shape_of(model)}.",
        )
    return fitted


def _unknown(model: type[pydantic.BaseModel], values: Mapping[Any, Any]) -> list[str]:
    # A `Config` built by hand ignores what it does not know; a run's config may not.
    if model.model_config.get("extra", "ignore") != "ignore":
        return []
    known = {name for name, _ in _fields(model)} | set(model.model_fields)
    return [f"{name}: {_NO_FIELD}" for name in sorted(map(str, set(values) - known))]


def _reason(problem: Any) -> str:
    if problem["type"] == "missing":
        return "missing"
    if problem["type"] == "extra_forbidden":
        return _NO_FIELD
    return f"{problem['msg'].lower()}, not {shorten(problem['input'])}"


def shape_of(model: type[pydantic.BaseModel]) -> str:
    """Return the fields of a model on one line, such as `{rows: int = 10}`."""
    fields = (
        f"{name}: {_type_name(field.annotation)}"
        + ("" if field.is_required() else f" = {field.default!r}")
        for name, field in _fields(model)
    )
    return f"{{{', '.join(fields)}}}"


def _fields(model: type[pydantic.BaseModel]) -> list[tuple[str, Any]]:
    return [(field.alias or name, field) for name, field in model.model_fields.items()]


def _type_name(annotation: Any) -> str:
    if isinstance(annotation, type) and issubclass(annotation, pydantic.BaseModel):
        return shape_of(annotation)
    return getattr(annotation, "__name__", str(annotation).replace("typing.", ""))
