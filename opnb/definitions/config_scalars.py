"""The types of `config_schema` that have no others within: values, choices, sources."""

from __future__ import annotations

import enum
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from opnb.definitions.config_nodes import Node, before, read_env_var, read_given
from opnb.definitions.in_out import NOT_GIVEN
from opnb.model.checks import verify_type

# Makes the schema of a type that pydantic knows.
Generate: TypeAlias = Callable[[Any], Any]


class ConfigType:
    """Base of the types of config."""

    absent: Any = NOT_GIVEN  # what a field of this type is where nothing is given

    def node(self, generate: Generate) -> Node:
        """Return the schema that pydantic's core checks by."""
        raise NotImplementedError

    def __get_pydantic_core_schema__(
        self, _: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Let `Annotated[..., type]` be a type to pydantic."""
        return self.node(handler.generate_schema)


class Scalar(ConfigType):
    """A text, a number or a bool; nothing is converted, but int to float."""

    def __init__(self, kind: type) -> None:
        self.kind = kind

    def node(self, _: Generate) -> Node:
        """See `ConfigType`."""
        schema = {"type": self.kind.__name__, "strict": True}
        return before(lambda value: read_env_var(value, self.kind), schema)


class AnyType(ConfigType):
    """Any value at all."""

    def node(self, _: Generate) -> Node:
        """See `ConfigType`."""
        return {"type": "any"}


class Source(ConfigType):
    """A value, or `{"env": NAME}` for that of an environment variable."""

    def __init__(self, kind: type) -> None:
        self.kind = kind

    def __repr__(self) -> str:
        return {str: "StringSource", int: "IntSource", bool: "BoolSource"}[self.kind]

    def node(self, _: Generate) -> Node:
        """See `ConfigType`."""
        schema = {"type": self.kind.__name__, "strict": True}
        return before(lambda value: read_given(value, self.kind), schema)


StringSource = Source(str)
IntSource = Source(int)
BoolSource = Source(bool)


class EnumValue:
    """One choice of an `Enum`.

    Args:
        config_value: What is written in config.
        python_value: What the op gets; the text itself if not given.
        description: What it is, in words.
    """

    def __init__(
        self,
        config_value: str,
        python_value: Any = None,
        description: str | None = None,
    ) -> None:
        self.config_value = verify_type(config_value, str, "config_value")
        self.python_value = config_value if python_value is None else python_value
        self.description = description


class Enum(ConfigType):
    """One of some texts, each of which may stand for a value.

    Args:
        name: What the choice is called.
        enum_values: The choices.
    """

    def __init__(self, name: str, enum_values: Sequence[EnumValue]) -> None:
        self.name = verify_type(name, str, "name")
        self.enum_values = [
            verify_type(value, EnumValue, "enum_values") for value in enum_values
        ]

    @classmethod
    def from_python_enum(cls, kind: type[enum.Enum], name: str | None = None) -> Enum:
        """Make a choice of the names of an enum; the op gets its members."""
        values = [EnumValue(member.name, member) for member in kind]
        return cls(name or kind.__name__, values)

    @classmethod
    def from_python_enum_direct_values(
        cls, kind: type[enum.Enum], name: str | None = None
    ) -> Enum:
        """Make a choice of the values of an enum, which are texts."""
        return cls(name or kind.__name__, [EnumValue(member.value) for member in kind])

    def node(self, _: Generate) -> Node:
        """See `ConfigType`."""
        values = {value.config_value: value.python_value for value in self.enum_values}
        return dict(
            core_schema.no_info_after_validator_function(
                values.__getitem__, core_schema.literal_schema(list(values))
            )
        )
