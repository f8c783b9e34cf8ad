"""What an op yields or logs: outputs, materializations, observations, expectations."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Generic, Literal, TypeVar, cast, get_args

from opnb.model.asset_key import AssetKey
from opnb.model.check_facts import UNKNOWN, Outcome
from opnb.model.checks import shorten, verify_type
from opnb.model.displayable import Displayable
from opnb.model.errors import InvalidDefinitionError, ParameterCheckError, did_you_mean
from opnb.model.metadata import MetadataValue
from opnb.model.metadata_json import decode_metadata, encode_raw
from opnb.model.normalize import normalize_metadata
from opnb.model.plain import plain_scalar

T = TypeVar("T")
Metadata = dict[str, MetadataValue]
KeyLike = AssetKey | str | Sequence[str]
Severity = Literal["warn", "error", "fatal"]
SEVERITIES: Final[tuple[str, ...]] = get_args(Severity)

_TAG_PART = re.compile(r"[A-Za-z0-9_.-]{1,63}\Z")
_MAPPING_KEY = re.compile(r"[A-Za-z0-9_]+\Z")


@dataclass(frozen=True, slots=True)
class DataVersion:
    """A version of data, named by its maker."""

    value: str

    def __post_init__(self) -> None:
        verify_type(self.value, str, "value")


class _TellsMetadata(Displayable):
    """An event that keeps its metadata as the log does, and makes values when asked.

    Most events are told and never looked at again.
    """

    __slots__ = ("_metadata_json",)


C = TypeVar("C", bound=type)


def _metadata_when_asked(cls: C) -> C:
    """Let `metadata` of an event be made when it is asked for."""
    slot: Any = vars(cls)["metadata"]

    def metadata(event: Any) -> Metadata:
        text = metadata_json_of(event)
        if text is not None:
            slot.__set__(event, decode_metadata(text))
            # Whoever has it now may change it.
            _set(event, "_metadata_json", None)
        found: Metadata = slot.__get__(event)
        return found

    setattr(cls, "metadata", property(metadata, slot.__set__))  # noqa: B010 - mypy
    return cls


def metadata_json_of(event: _TellsMetadata) -> str | None:
    """Return the metadata of an event as the log keeps it; see `encode_raw`.

    None if it was asked for, or holds what comes seldom.
    """
    return getattr(event, "_metadata_json", None)  # a copy has none


def _keep_metadata(event: _TellsMetadata, metadata: Mapping[str, Any] | None) -> None:
    text = encode_raw(metadata)
    _set_metadata_json(event, text)
    if text is None:
        _set(event, "metadata", normalize_metadata(metadata))


# Without slots: `Output[int](3)` tries to set an attribute, and a frozen class with
# slots refuses that by an error that `typing` does not expect.
@dataclass(frozen=True, init=False)
class Output(Displayable, Generic[T]):
    """A value that an op puts out, under the name of one of its outputs.

    Args:
        value: Any object.
        output_name: Which output; `result` where an op has one unnamed output.
        metadata: What to keep with it, see `normalize_metadata`.
        data_version: A version named by the op.
        tags: Short text by short text.

    >>> Output(3, metadata={"rows": 3}).metadata["rows"]
    IntMetadataValue(value=3)
    """

    value: T
    output_name: str
    metadata: Metadata
    data_version: DataVersion | None
    tags: Mapping[str, str] | None

    def __init__(
        self,
        value: T,
        output_name: str = "result",
        metadata: Mapping[str, Any] | None = None,
        data_version: DataVersion | None = None,
        *,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        verify_type(output_name, str, "output_name")
        verify_type(data_version, DataVersion, "data_version", optional=True)
        _set(self, "value", value)
        _set(self, "output_name", output_name)
        _set(self, "metadata", normalize_metadata(metadata))
        _set(self, "data_version", data_version)
        _set(self, "tags", verify_tags(tags))

    def with_metadata(self, metadata: Mapping[str, Any] | None) -> Output[T]:
        """Return the same output with this metadata in place of its own."""
        return Output(
            self.value, self.output_name, metadata, self.data_version, tags=self.tags
        )


@dataclass(frozen=True, init=False)
class DynamicOutput(Displayable, Generic[T]):
    """One of as many values as the run finds, told from the others by a mapping key.

    Args:
        value: Any object.
        mapping_key: What tells this value from the others of the same output; it
            becomes a part of step keys, as in `clean[orders_csv]`.
        output_name: Which output; `result` where an op has one unnamed output.
        metadata: What to keep with it, see `normalize_metadata`.

    >>> DynamicOutput("a.csv", mapping_key="a_csv").mapping_key
    'a_csv'
    """

    value: T
    mapping_key: str
    output_name: str
    metadata: Metadata

    def __init__(
        self,
        value: T,
        mapping_key: str,
        output_name: str = "result",
        metadata: Mapping[str, Any] | None = None,
    ) -> None:
        _set(self, "value", value)
        _set(self, "mapping_key", verify_mapping_key(mapping_key))
        _set(self, "output_name", verify_type(output_name, str, "output_name"))
        _set(self, "metadata", normalize_metadata(metadata))

    def with_metadata(self, metadata: Mapping[str, Any] | None) -> DynamicOutput[T]:
        """Return the same output with this metadata in place of its own."""
        return DynamicOutput(self.value, self.mapping_key, self.output_name, metadata)


@_metadata_when_asked
@dataclass(frozen=True, slots=True, init=False)
class _AssetEvent(_TellsMetadata):
    """What is told of an asset, or of a partition of it."""

    asset_key: AssetKey
    description: str | None
    metadata: Metadata
    partition: str | None

    @property
    def label(self) -> str:
        """The parts of the key, with spaces between."""
        return " ".join(self.asset_key.path)


@dataclass(frozen=True, slots=True, init=False)
class AssetMaterialization(_AssetEvent):
    """An asset was written.

    Args:
        asset_key: Which asset; see `AssetKey.of_event` for how a string is read.
        description: What was written, in words.
        metadata: What to keep with it, see `normalize_metadata`.
        partition: Which part of the asset.
        tags: Short text by short text.

    >>> AssetMaterialization("sales/orders", metadata={"rows": 980}).asset_key
    AssetKey(['sales', 'orders'])
    """

    tags: Mapping[str, str] | None

    def __init__(
        self,
        asset_key: KeyLike,
        description: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        partition: str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        _init_asset_event(self, asset_key, description, metadata, partition)
        _set(self, "tags", verify_tags(tags))

    def with_metadata(self, metadata: Mapping[str, Any] | None) -> AssetMaterialization:
        """Return the same event with this metadata in place of its own."""
        return replace_metadata(self, metadata)

    @staticmethod
    def file(
        path: str | os.PathLike[str],
        description: str | None = None,
        asset_key: KeyLike | None = None,
    ) -> AssetMaterialization:
        """Tell that a file was written; its path is the key unless one is given."""
        kept = MetadataValue.path(path)
        key = kept.value if asset_key is None else asset_key
        return AssetMaterialization(key, description, {"path": kept})


@dataclass(frozen=True, slots=True, init=False)
class AssetObservation(_AssetEvent):
    """An asset was looked at, not written; the arguments are a materialization's.

    >>> AssetObservation("orders", metadata={"rows": 980}).asset_key
    AssetKey(['orders'])
    """

    tags: Mapping[str, str]

    def __init__(
        self,
        asset_key: KeyLike,
        description: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        partition: str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        _init_asset_event(self, asset_key, description, metadata, partition)
        _set(self, "tags", {} if tags is None else verify_tags(tags))

    @property
    def data_version(self) -> str | None:
        """The version told by the tag `dagster/data_version`."""
        return self.tags.get("dagster/data_version")

    def with_metadata(self, metadata: Mapping[str, Any] | None) -> AssetObservation:
        """Return the same event with this metadata in place of its own."""
        return replace_metadata(self, metadata)


@_metadata_when_asked
@dataclass(frozen=True, slots=True, init=False)
class ExpectationResult(_TellsMetadata):
    """Whether data met one expectation.

    Args:
        success: Whether it did.
        label: A short name, the check's own from run to run.
        description: What was expected, in words.
        metadata: What to keep with it, see `normalize_metadata`.
        severity: What follows if it did not: "warn" is recorded, "error" fails the op
            once all its code has run, "fatal" at once. Without one it is recorded, and
            never fails the op, as in Dagster. Beyond Dagster.

    >>> ExpectationResult(success=True, label="age ≥ 0").label
    'age ≥ 0'
    """

    success: bool
    label: str
    description: str | None
    metadata: Metadata
    severity: Severity | None

    def __init__(
        self,
        success: bool,  # noqa: FBT001 - Dagster's position
        label: str | None = None,
        description: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        *,
        severity: Severity | None = None,
    ) -> None:
        _set(self, "success", _flag(success))
        verify_type(label, str, "label", optional=True)
        _set(self, "label", "result" if label is None else label)
        verify_type(description, str, "description", optional=True)
        _set(self, "description", description)
        _keep_metadata(self, metadata)
        _set(self, "severity", None if severity is None else verify_severity(severity))

    @property
    def outcome(self) -> Outcome:
        """How it came out: "passed", "failed", "warn", "fatal".

        Or "unknown", of a check that passes as there is too little to judge it by.
        """
        if self.success:
            return "unknown" if UNKNOWN in self.metadata else "passed"
        severity = self.severity
        return severity if severity in ("warn", "fatal") else "failed"

    def plain(self) -> ExpectationResult:
        """Return what is kept of it: no more than these five."""
        return self

    def with_metadata(self, metadata: Mapping[str, Any] | None) -> ExpectationResult:
        """Return the same event with this metadata in place of its own."""
        return replace_metadata(self, metadata)


# What `context.log_event` takes, and what a generator may yield beside its outputs.
UserEvent = AssetMaterialization | AssetObservation | ExpectationResult

E = TypeVar("E", AssetMaterialization, AssetObservation, ExpectationResult)

_set = object.__setattr__
# The slots themselves are filled faster.
_set_asset_key, _set_description, _set_partition = (
    vars(_AssetEvent)[name].__set__
    for name in ("asset_key", "description", "partition")
)
_set_metadata_json = vars(_TellsMetadata)["_metadata_json"].__set__


def replace_metadata(event: E, metadata: Mapping[str, Any] | None) -> E:
    """Return a copy of the event with this metadata in place of its own."""
    return replace(event, metadata=metadata)  # type: ignore[arg-type]


def _init_asset_event(
    event: AssetMaterialization | AssetObservation,
    asset_key: KeyLike,
    description: str | None,
    metadata: Mapping[str, Any] | None,
    partition: str | None,
) -> None:
    if description is not None:
        verify_type(description, str, "description")
    if partition is not None:
        verify_type(partition, str, "partition", hint="str(partition).")
    _set_asset_key(event, AssetKey.of_event(asset_key))
    _set_description(event, description)
    _keep_metadata(event, metadata)
    _set_partition(event, partition)


def _flag(success: Any) -> bool:
    # `(df.age >= 0).all()` is a numpy bool: Dagster refuses it, and everyone has it.
    flag: bool = verify_type(
        plain_scalar(success),
        bool,
        "success",
        hint="Use bool() or .all().",
    )
    return flag


def verify_severity(severity: Any) -> Severity:
    """Return the severity if it is one.

    Raises:
        ParameterCheckError: It is none.
    """
    if not isinstance(severity, str) or severity not in SEVERITIES:
        raise ParameterCheckError(
            f"'severity' must be one of {', '.join(map(repr, SEVERITIES))}, not "
            f"{shorten(severity)}",
            hint=did_you_mean(severity, SEVERITIES)
            if isinstance(severity, str)
            else "severity='error'.",
        )
    return cast("Severity", severity)


def verify_mapping_key(key: Any) -> str:
    """Return the key if it can tell the outputs of a dynamic output apart.

    Raises:
        ParameterCheckError: It is not a string.
        InvalidDefinitionError: It is empty, or holds others than `A-Z a-z 0-9 _`.
    """
    if isinstance(key, str) and _MAPPING_KEY.match(key):
        return key
    verify_type(key, str, "mapping_key", hint="str(key).")
    tidied = re.sub(r"[^A-Za-z0-9_]+", "_", key).strip("_") or "all"
    raise InvalidDefinitionError(
        f"Mapping key {shorten(key)} must be made of A-Z a-z 0-9 _.",
        hint=f"Use {shorten(tidied)}.",
    )


def verify_tags(tags: Mapping[str, str] | None) -> dict[str, str] | None:
    """Return the tags if they fit Dagster's rule for event tags.

    Raises:
        InvalidDefinitionError: A key is not `[namespace/]name`, or a part of a key or a
            value has more than 63 characters or others than `A-Z a-z 0-9 _ . -`.
    """
    if tags is None:
        return None
    verify_type(tags, Mapping, "tags")
    for key, value in tags.items():
        parts = key.split("/") if isinstance(key, str) else []
        if not 1 <= len(parts) <= 2 or not all(map(_TAG_PART.match, parts)):  # noqa: PLR2004
            _refuse_tag("key", key)
        if not isinstance(value, str) or (value and not _TAG_PART.match(value)):
            _refuse_tag("value", value)
    return dict(tags)


def _refuse_tag(what: str, given: object) -> None:
    raise InvalidDefinitionError(
        f"{shorten(given)} cannot be the {what} of a tag.",
        hint="At most 63 of A-Z a-z 0-9 _ . - in it; longer text belongs to metadata."
        if isinstance(given, str)
        else "Use str(value).",
    )
