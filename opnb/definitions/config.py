"""Classes that declare config as typed fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pydantic
from pydantic_core import CoreSchema

from opnb.definitions.config_nodes import declared
from opnb.model.checks import shorten
from opnb.model.errors import (
    InvalidInvocationError,
    InvalidPythonicConfigDefinitionError,
)

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler


class Config(pydantic.BaseModel):
    """Base of classes that declare an op's config as typed fields.

    >>> class Limits(Config):
    ...     rows: int = 10
    >>> Limits(rows=3).rows
    3
    """

    model_config = pydantic.ConfigDict(frozen=True, extra="ignore")

    def __setattr__(self, name: str, value: Any) -> None:
        try:
            super().__setattr__(name, value)
        except pydantic.ValidationError as error:
            raise InvalidInvocationError(
                f"{type(self).__name__}.{name} cannot be set to {shorten(value)}: "
                "config is frozen.",
                hint="Make another: config.model_copy(update={...}). What changes "
                "belongs into a PrivateAttr.",
            ) from error

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Let fields take an `EnvVar`, and be None where that is allowed."""
        try:
            schema = handler(source)
        except pydantic.errors.PydanticSchemaGenerationError as error:
            raise InvalidPythonicConfigDefinitionError(
                f"{cls.__name__} has a field that config cannot be read into: "
                f"{error.message.splitlines()[0]}",
                hint="Fields are of plain types, enums, lists, dicts, other Config "
                "classes, or what pydantic knows; objects are resources.",
            ) from error
        # In place: other schemas may refer to this one.
        node: dict[str, Any] = dict(handler.resolve_ref_schema(schema))
        while "fields" not in node:
            node = node["schema"]
        for field in node["fields"].values():
            field["schema"] = declared(field["schema"])
        return schema


class PermissiveConfig(Config):
    """A `Config` that keeps fields it does not declare."""

    model_config = pydantic.ConfigDict(frozen=True, extra="allow")
