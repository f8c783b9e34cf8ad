"""The types of `config_schema` that are made of others, and what is short for them."""

from __future__ import annotations

import enum
import typing
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError, core_schema

from opnb.definitions.config_nodes import SCALARS, Node, as_mapping, before
from opnb.definitions.config_scalars import (
    AnyType,
    ConfigType,
    Enum,
    Generate,
    Scalar,
    Source,
)
from opnb.definitions.in_out import NOT_GIVEN
from opnb.model.checks import shorten, verify_type
from opnb.model.errors import (
    InvalidConfigDefinitionError,
    InvalidConfigError,
    InvalidDefinitionError,
    ParameterCheckError,
)


class PythonType(ConfigType):
    """A type of `typing`, a `Config` class, or another that pydantic knows."""

    def __init__(self, annotation: Any) -> None:
        self.annotation = annotation
        args = typing.get_args(annotation)
        if type(None) in args:
            self.absent = None
        elif _is_class(annotation, BaseModel) and not _required(annotation):
            self.absent = {}

    def node(self, generate: Generate) -> Node:
        """See `ConfigType`."""
        node: Node = generate(self.annotation)
        return node


class Array(ConfigType):
    """A list of one type of items; `[int]` is short for `Array(int)`."""

    def __init__(self, inner_type: Any) -> None:
        self.inner_type = config_type_of(inner_type)

    def node(self, generate: Generate) -> Node:
        """See `ConfigType`."""
        items: Any = self.inner_type.node(generate)
        return dict(core_schema.list_schema(items, strict=True))


class Noneable(ConfigType):
    """A value of a type, or None; None too where nothing is given."""

    absent = None

    def __init__(self, inner_type: Any) -> None:
        self.inner_type = config_type_of(inner_type)

    def node(self, generate: Generate) -> Node:
        """See `ConfigType`."""
        inner: Any = self.inner_type.node(generate)
        return dict(core_schema.nullable_schema(inner))


class Map(ConfigType):
    """A dict with any keys of one type; `{str: int}` is short for `Map(str, int)`.

    Args:
        key_type: str, int, float or bool.
        inner_type: The type of the values.
        key_label_name: What the keys are, in a word.
    """

    def __init__(
        self, key_type: Any, inner_type: Any, key_label_name: str | None = None
    ) -> None:
        self.key_type = _scalar(key_type, "key_type")
        self.inner_type = config_type_of(inner_type)
        self.key_label_name = key_label_name

    def node(self, generate: Generate) -> Node:
        """See `ConfigType`."""
        keys: Any = self.key_type.node(generate)
        values: Any = self.inner_type.node(generate)
        return dict(core_schema.dict_schema(keys, values))


class ScalarUnion(ConfigType):
    """A text, a number or a bool, or else a dict or a list.

    Args:
        scalar_type: str, int, float or bool.
        non_scalar_schema: The type of the dict or list.
    """

    def __init__(self, scalar_type: Any, non_scalar_schema: Any) -> None:
        self.scalar_type = _scalar(scalar_type, "scalar_type")
        self.non_scalar_type = config_type_of(non_scalar_schema)
        if isinstance(self.non_scalar_type, Scalar):
            raise ParameterCheckError(
                "'non_scalar_schema' must be the type of a dict or a list, not "
                f"{shorten(non_scalar_schema)}.",
                hint="{'rows': int}, or [int].",
            )

    def node(self, generate: Generate) -> Node:
        """See `ConfigType`."""
        choices: Any = {
            "(scalar)": self.scalar_type.node(generate),
            "(compound)": self.non_scalar_type.node(generate),
        }
        return dict(
            core_schema.tagged_union_schema(choices, discriminator=_scalar_or_compound)
        )


def _scalar_or_compound(value: Any) -> str:
    compound = isinstance(as_mapping(value), Mapping | list)
    return "(compound)" if compound else "(scalar)"


class _Fields(ConfigType):
    """Base of the types that are made of named fields."""

    extra: ClassVar[typing.Literal["allow", "forbid"]] = "forbid"

    def __init__(
        self, fields: Mapping[str, Any] | None, description: str | None = None
    ) -> None:
        named = verify_type({} if fields is None else fields, Mapping, "fields")
        self.fields = {key: _field(key, given) for key, given in named.items()}
        self.description = description
        if not any(field.is_required for field in self.fields.values()):
            self.absent = {}

    def node(self, generate: Generate) -> Node:
        """See `ConfigType`."""
        fields = {
            key: core_schema.typed_dict_field(
                field.node(generate),
                required=field.is_required,
            )
            for key, field in self.fields.items()
        }
        schema = core_schema.typed_dict_schema(fields, extra_behavior=self.extra)
        return before(as_mapping, dict(schema))


class Shape(_Fields):
    """A dict of these fields and no others; a dict is short for it.

    Args:
        fields: A type or a `Field` by name.
        description: What it is, in words.
        field_aliases: Accepted for Dagster's sake.
    """

    def __init__(
        self,
        fields: Mapping[str, Any],
        description: str | None = None,
        field_aliases: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(verify_type(fields, Mapping, "fields"), description)
        self.field_aliases = dict(field_aliases or {})


class Permissive(_Fields):
    """A dict of these fields and any others; `dict` is short for `Permissive()`.

    Args:
        fields: A type or a `Field` by name.
        description: What it is, in words.
    """

    extra = "allow"

    def __init__(
        self, fields: Mapping[str, Any] | None = None, description: str | None = None
    ) -> None:
        super().__init__(fields, description)


class Selector(_Fields):
    """A dict of exactly one of these fields.

    Args:
        fields: A type or a `Field` by name.
        description: What it is, in words.
    """

    def __init__(
        self, fields: Mapping[str, Any], description: str | None = None
    ) -> None:
        super().__init__(verify_type(fields, Mapping, "fields"), description)
        self.absent = NOT_GIVEN
        only = self._only_field()
        if only is not None and not only.is_required:
            self.absent = {}

    def _only_field(self) -> Field | None:
        return next(iter(self.fields.values())) if len(self.fields) == 1 else None

    def node(self, generate: Generate) -> Node:
        """See `ConfigType`."""
        only = self._only_field()
        fields = {
            key: core_schema.typed_dict_field(
                # A default counts only where there is nothing to choose from.
                (field if field is only else field.config_type).node(generate),
                required=field is only and field.is_required,
            )
            for key, field in self.fields.items()
        }
        schema = core_schema.typed_dict_schema(
            fields, extra_behavior="forbid", metadata={"one_of": True}
        )
        return before(self._choice, dict(schema))

    def _choice(self, value: Any) -> Any:
        value = as_mapping(value)
        if not isinstance(value, Mapping) or not set(value) <= set(self.fields):
            return value
        if len(value) != 1 and not (not value and self._only_field()):
            raise PydanticCustomError(
                "selector",
                "give exactly one of {names}",
                {"names": ", ".join(map(repr, self.fields))},
            )
        # A field without a value of its own stands for its own defaults.
        return {
            key: self.fields[key].config_type.absent
            if item is None and self.fields[key].config_type.absent is not NOT_GIVEN
            else item
            for key, item in value.items()
        }


class Field:
    """One field of a `config_schema`, with a default or a description.

    Args:
        config: The type: `int`, `str`, `float`, `bool`, `dict`, `list`, `[int]`, a
            nested dict of fields, a type of `typing`, or one of this module.
        default_value: What is taken where nothing is given.
        is_required: Whether it must be given; yes if there is no default.
        description: What it is, in words.
        is_secret: Kept; nothing is shown of config values either way.
    """

    def __init__(
        self,
        config: Any,
        default_value: Any = NOT_GIVEN,
        is_required: bool | None = None,  # noqa: FBT001 - Dagster's position
        description: str | None = None,
        is_secret: bool = False,  # noqa: FBT001, FBT002 - Dagster's position
    ) -> None:
        try:
            self.config_type = config_type_of(config)
        except InvalidConfigDefinitionError as error:
            raise InvalidDefinitionError(error.message, hint=error.hint) from error
        if is_required and default_value is not NOT_GIVEN:
            raise ParameterCheckError(
                f"A field with the default {shorten(default_value)} cannot be "
                "required.",
                hint="Leave out is_required, or the default.",
            )
        if default_value is NOT_GIVEN and is_required is None:
            default_value = self.config_type.absent
        elif default_value is not NOT_GIVEN:
            _verify_default(self.config_type, default_value)
        self.default = default_value
        required = default_value is NOT_GIVEN
        self.is_required = required if is_required is None else is_required
        self.description = verify_type(description, str, "description", optional=True)
        self.is_secret = is_secret

    @property
    def default_provided(self) -> bool:
        """Whether there is a value for where none is given."""
        return self.default is not NOT_GIVEN

    @property
    def default_value(self) -> Any:
        """What is taken where nothing is given; ask `default_provided` first."""
        if self.default is NOT_GIVEN:
            raise ParameterCheckError(
                "This field has no default.", hint="Ask default_provided first."
            )
        return self.default

    def node(self, generate: Generate) -> Node:
        """Return the schema of its values, the default among them."""
        node = self.config_type.node(generate)
        if not self.default_provided:
            return node
        return dict(
            core_schema.with_default_schema(
                node,
                default=self.default,
                validate_default=True,
            )
        )


def _verify_default(kind: ConfigType, default: Any) -> None:
    if isinstance(kind, AnyType):
        return
    try:
        TypeAdapter(Annotated[Any, kind]).validate_python(default)
    except ValidationError as error:
        # A variable of the environment may be set by the time of the run.
        problems = [found for found in error.errors() if found["type"] != "env_var"]
        if problems:
            path = "".join(f" at {key!r}" for key in problems[0]["loc"])
            raise InvalidConfigError(
                f"The default {shorten(default)} does not fit its field{path}: "
                f"{problems[0]['msg'].lower()}.",
                hint="Change the default, or the type of the field.",
            ) from None


def _field(key: Any, given: Any) -> Field:
    if not isinstance(key, str):
        raise InvalidConfigDefinitionError(
            f"A key of config must be text, not {shorten(key)}.",
            hint="{'rows': int}; a dict with any keys of a type is {str: int}.",
        )
    if isinstance(given, Field):
        return given
    try:
        return Field(given)
    except InvalidDefinitionError as error:
        raise InvalidConfigDefinitionError(
            f"In field {key!r}: {error.message}", hint=error.hint
        ) from error


def config_type_of(given: Any) -> ConfigType:
    """Return the type of config that is meant: a class, a list, a dict or a type.

    Raises:
        InvalidConfigDefinitionError: It is no type of config.
    """
    if isinstance(given, ConfigType):
        return given
    if isinstance(given, Field):
        return given.config_type
    for spelling, kind in _BUILTINS:
        if given is spelling:
            return kind
    if isinstance(given, list) and len(given) == 1:
        return Array(given[0])
    return _of_dict(given) if isinstance(given, Mapping) else _of_annotation(given)


_BUILTINS: list[tuple[Any, ConfigType]] = [
    *((kind, Scalar(kind)) for kind in SCALARS.values()),
    (Any, AnyType()),
    (dict, Permissive()),
    (list, Array(AnyType())),
]


def _of_dict(given: Mapping[Any, Any]) -> ConfigType:
    if len(given) == 1:
        ((key, inner),) = given.items()
        if isinstance(key, type):
            return Map(key, inner)
    return Shape(given)


def _of_annotation(given: Any) -> ConfigType:
    known = (BaseModel, enum.Enum)
    if typing.get_origin(given) is not None or _is_class(given, known):
        return PythonType(given)
    hint = "int, str, float, bool, dict, list, [int], a dict, or Field(...)."
    if _is_class(given, ConfigType):
        hint = f"Make one: {given.__name__}(...)."
    raise InvalidConfigDefinitionError(
        f"{shorten(given)} is no type of config.", hint=hint
    )


def _required(model: type[BaseModel]) -> bool:
    return any(
        field.is_required() and type(None) not in typing.get_args(field.annotation)
        for field in model.model_fields.values()
    )


def _is_class(given: Any, kinds: type | tuple[type, ...]) -> bool:
    return isinstance(given, type) and issubclass(given, kinds)


def _scalar(given: Any, parameter: str) -> ConfigType:
    kind = config_type_of(given)
    if not isinstance(kind, Scalar | Source | Enum):
        raise ParameterCheckError(
            f"{parameter!r} must be str, int, float or bool, not {shorten(given)}.",
            hint=f"Give {parameter}=str, for one.",
        )
    return kind
