"""The declared inputs and outputs of an op."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, Final

from opnb.definitions.python_types import infer_type
from opnb.definitions.type_check import ANY, OpType
from opnb.model.asset_key import AssetKey
from opnb.model.checks import shorten, verify_type
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
        asset_partitions: The partitions of that asset, as a set or a function; kept
            for Dagster's sake.
        input_manager_key: Accepted for Dagster's sake and kept; opnb loads no values.
    """

    dagster_type: OpType | None
    description: str | None
    default_value: Any
    metadata: Mapping[str, MetadataValue]
    asset_key: AssetKey | Callable[..., AssetKey] | None
    asset_partitions: AbstractSet[str] | Callable[..., AbstractSet[str]] | None
    input_manager_key: str | None

    def __init__(
        self,
        dagster_type: Any = NOT_GIVEN,
        description: str | None = None,
        default_value: Any = NOT_GIVEN,
        metadata: Mapping[str, Any] | None = None,
        asset_key: AssetKey | Callable[..., AssetKey] | str | list[str] | None = None,
        asset_partitions: AbstractSet[str]
        | Callable[..., AbstractSet[str]]
        | None = None,
        input_manager_key: str | None = None,
    ) -> None:
        kind = _given_type(dagster_type)
        if kind is not None and kind.is_nothing and default_value is not NOT_GIVEN:
            raise InvalidDefinitionError(
                f"In(Nothing) takes no default: {shorten(default_value)}.",
                hint="Leave it out, or give a type.",
            )
        _set(self, "dagster_type", kind)
        _set_text(self, "description", description)
        _set(self, "default_value", default_value)
        _set(self, "metadata", normalize_metadata(metadata))
        _set(self, "asset_key", _asset_key(asset_key))
        _set(self, "asset_partitions", _partitions(asset_partitions))
        _set_text(self, "input_manager_key", input_manager_key)

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
    io_manager_key: str
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
        _set(self, "dagster_type", _given_type(dagster_type))
        _set_text(self, "description", description)
        _set(self, "is_required", verify_type(is_required, bool, "is_required"))
        _set_text(self, "io_manager_key", io_manager_key or "io_manager")
        _set(self, "metadata", normalize_metadata(metadata))
        _set_text(self, "code_version", code_version)

    @property
    def type(self) -> OpType:
        """The type that values are checked against."""
        return self.dagster_type or ANY

    @property
    def is_dynamic(self) -> bool:
        """Whether the op may put it out many times, each by a mapping key."""
        return False


@dataclass(frozen=True, slots=True, init=False)
class DynamicOut(Out):
    """An output of as many values as the run finds; the arguments are those of `Out`.

    What follows is run once for each of them (`map`), or takes them all (`collect`).
    """

    @property
    def is_dynamic(self) -> bool:
        """Whether the op may put it out many times, each by a mapping key."""
        return True


@dataclass(frozen=True, slots=True)
class GraphIn:
    """One input of a graph; its type is that of the op inputs it goes to."""

    description: str | None = None

    def __post_init__(self) -> None:
        verify_type(self.description, str, "description", optional=True)


@dataclass(frozen=True, slots=True)
class GraphOut:
    """One output of a graph; its type is that of the op output it comes from."""

    description: str | None = None

    def __post_init__(self) -> None:
        verify_type(self.description, str, "description", optional=True)


_set = object.__setattr__


def _given_type(given: Any) -> OpType | None:
    if given is NOT_GIVEN:
        return None
    # Dagster reads `Out(None)` as Any, not as Nothing.
    return ANY if given is None else infer_type(given)


def _set_text(port: In | Out, name: str, text: str | None) -> None:
    _set(port, name, verify_type(text, str, name, optional=True))


def _asset_key(given: Any) -> Any:
    if given is None or callable(given):
        return given
    return AssetKey.of_event(given)


def _partitions(given: Any) -> Any:
    if given is None or callable(given):
        return given
    return verify_type(given, AbstractSet, "asset_partitions", hint="{'2026-01-01'}.")
