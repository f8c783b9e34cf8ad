"""The declared inputs and outputs of an op."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from opnb.definitions.type_check import ANY, OpType, infer_type
from opnb.model.asset_key import AssetKey
from opnb.model.checks import verify_type
from opnb.model.errors import InvalidDefinitionError
from opnb.model.metadata import MetadataValue
from opnb.model.normalize import normalize_metadata


class _NotGiven:
    """Tells an argument that was left out from one given as None."""

    def __repr__(self) -> str:
        return "NOT_GIVEN"


NOT_GIVEN: Final = _NotGiven()


@dataclass(frozen=True, slots=True, init=False)
class In:
    """One input of an op.

    Args:
        dagster_type: What may come in: a class, a type of `typing` or an `OpType`;
            the parameter's annotation if not given.
        description: What it is, in words.
        default_value: What is taken where nothing is given.
        metadata: What to keep with the definition.
        asset_key: The asset that the input is.
    """

    dagster_type: OpType | None
    description: str | None
    default_value: Any
    metadata: Mapping[str, MetadataValue]
    asset_key: AssetKey | None

    def __init__(
        self,
        dagster_type: Any = NOT_GIVEN,
        description: str | None = None,
        default_value: Any = NOT_GIVEN,
        metadata: Mapping[str, Any] | None = None,
        asset_key: AssetKey | str | Sequence[str] | None = None,
    ) -> None:
        kind = None if dagster_type is NOT_GIVEN else infer_type(dagster_type)
        if kind is not None and kind.is_nothing and default_value is not NOT_GIVEN:
            raise InvalidDefinitionError(
                f"An input of Nothing cannot have a default: {default_value!r}."
            )
        _set(self, "dagster_type", kind)
        _set(
            self,
            "description",
            verify_type(description, str, "description", optional=True),
        )
        _set(self, "default_value", default_value)
        _set(self, "metadata", normalize_metadata(metadata))
        key = None if asset_key is None else AssetKey.of_event(asset_key)
        _set(self, "asset_key", key)

    @property
    def has_default(self) -> bool:
        """Whether the input may be left out."""
        return self.default_value is not NOT_GIVEN

    @property
    def type(self) -> OpType:
        """The type that values are checked against."""
        return self.dagster_type or ANY


@dataclass(frozen=True, slots=True, init=False)
class Out:
    """One output of an op.

    Args:
        dagster_type: What may go out: a class, a type of `typing` or an `OpType`;
            the return annotation if not given.
        description: What it is, in words.
        is_required: Whether the op must put it out; an output that need not come may
            be left out by an op that yields.
        io_manager_key: Accepted for Dagster's sake and kept; opnb stores no values.
        metadata: What to keep with the definition.
        code_version: The version of the code that makes it.
    """

    dagster_type: OpType | None
    description: str | None
    is_required: bool
    io_manager_key: str | None
    metadata: Mapping[str, MetadataValue]
    code_version: str | None

    def __init__(
        self,
        dagster_type: Any = NOT_GIVEN,
        description: str | None = None,
        is_required: bool = True,  # noqa: FBT001, FBT002 - Dagster's position
        io_manager_key: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        code_version: str | None = None,
    ) -> None:
        # Dagster reads `Out(None)` as Any, not as Nothing.
        given = Any if dagster_type is None else dagster_type
        kind = None if given is NOT_GIVEN else infer_type(given)
        _set(self, "dagster_type", kind)
        _set(
            self,
            "description",
            verify_type(description, str, "description", optional=True),
        )
        _set(self, "is_required", verify_type(is_required, bool, "is_required"))
        _set(self, "io_manager_key", io_manager_key)
        _set(self, "metadata", normalize_metadata(metadata))
        _set(self, "code_version", code_version)

    @property
    def type(self) -> OpType:
        """The type that values are checked against."""
        return self.dagster_type or ANY


_set = object.__setattr__
