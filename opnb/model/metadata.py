"""Typed metadata values: one class a kind, made by `MetadataValue`'s constructors."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias, TypeVar

from opnb.model.asset_key import AssetKey
from opnb.model.checks import shorten, verify_type
from opnb.model.displayable import Displayable
from opnb.model.errors import ParameterCheckError
from opnb.model.image_header import image_format
from opnb.model.image_source import read_image, verify_image
from opnb.model.plain import (
    one_nan,
    plain_cell,
    plain_json,
    plain_scalar,
    same_number,
)
from opnb.model.table import (
    TableColumnLineage,
    TableRecord,
    TableSchema,
    as_records,
    infer_schema,
)

# The constructors below are called `int`, `float` and so on, as in Dagster, and hide
# the builtins within the class body.
_Bool: TypeAlias = bool
_Bytes: TypeAlias = bytes
_Float: TypeAlias = float
_Int: TypeAlias = int


class MetadataValue(Displayable):
    """A value that hangs on an event, of a kind that says how to show it.

    Raw values are turned into these by themselves (see `normalize_metadata`); the
    constructors are for what a raw value cannot tell, such as markdown from text.

    >>> MetadataValue.md("**bold**")
    MarkdownMetadataValue(md_str='**bold**')
    """

    __slots__ = ()
    kind: ClassVar[str]

    if TYPE_CHECKING:

        @property
        def value(self) -> Any:
            """The plain value, or the object itself where none is plain."""

    @staticmethod
    def text(text: str) -> TextMetadataValue:
        """Keep plain text."""
        return TextMetadataValue(text)

    @staticmethod
    def url(url: str) -> UrlMetadataValue:
        """Keep a link."""
        return UrlMetadataValue(url)

    @staticmethod
    def path(path: str | os.PathLike[str]) -> PathMetadataValue:
        """Keep the path of a file or folder."""
        return PathMetadataValue(path)

    @staticmethod
    def notebook(path: str | os.PathLike[str]) -> NotebookMetadataValue:
        """Keep the path of a notebook."""
        return NotebookMetadataValue(path)

    @staticmethod
    def json(data: Any) -> JsonMetadataValue:
        """Keep JSON: dicts, lists and what may be in them."""
        return JsonMetadataValue(data)

    @staticmethod
    def md(data: str) -> MarkdownMetadataValue:
        """Keep Markdown."""
        return (
            _make_markdown(data) if type(data) is str else MarkdownMetadataValue(data)
        )

    @staticmethod
    def python_artifact(
        python_artifact: Callable[..., Any],
    ) -> PythonArtifactMetadataValue:
        """Keep the module and name of a class or function."""
        if not callable(python_artifact):
            raise ParameterCheckError(
                f"'python_artifact' must be callable, not {shorten(python_artifact)}",
                hint="A class or a function.",
            )
        name = getattr(python_artifact, "__name__", type(python_artifact).__name__)
        return PythonArtifactMetadataValue(python_artifact.__module__, name)

    @staticmethod
    def float(value: _Float) -> FloatMetadataValue:
        """Keep a number; an int is refused, as in Dagster."""
        return FloatMetadataValue(value)

    @staticmethod
    def int(value: _Int) -> IntMetadataValue:
        """Keep a whole number of any size."""
        return IntMetadataValue(value)

    @staticmethod
    def bool(value: _Bool) -> BoolMetadataValue:
        """Keep True or False."""
        return BoolMetadataValue(value)

    @staticmethod
    def timestamp(value: _Float | datetime) -> TimestampMetadataValue:
        """Keep an instant: seconds since 1970 in UTC, or a datetime with a zone."""
        return TimestampMetadataValue(value)

    @staticmethod
    def dagster_run(run_id: str) -> RunMetadataValue:
        """Keep the id of a run."""
        return RunMetadataValue(run_id)

    @staticmethod
    def job(
        job_name: str, location_name: str, *, repository_name: str | None = None
    ) -> JobMetadataValue:
        """Keep the name of a job and of where it is defined."""
        return JobMetadataValue(job_name, location_name, repository_name)

    @staticmethod
    def asset(asset_key: AssetKey) -> AssetMetadataValue:
        """Keep the key of an asset."""
        return AssetMetadataValue(asset_key)

    @staticmethod
    def pool(pool: str) -> PoolMetadataValue:
        """Keep the name of a pool."""
        return PoolMetadataValue(pool)

    @staticmethod
    def table(
        records: Sequence[TableRecord | Mapping[str, Any]],
        schema: TableSchema | None = None,
    ) -> TableMetadataValue:
        """Keep rows, given as `TableRecord`s or dicts, with their schema."""
        return TableMetadataValue(records, schema)

    @staticmethod
    def table_schema(schema: TableSchema) -> TableSchemaMetadataValue:
        """Keep the schema of a table."""
        return TableSchemaMetadataValue(schema)

    @staticmethod
    def column_lineage(lineage: TableColumnLineage) -> TableColumnLineageMetadataValue:
        """Keep what the columns of a table are made from."""
        return TableColumnLineageMetadataValue(lineage)

    @staticmethod
    def null() -> NullMetadataValue:
        """Keep the fact that there is no value."""
        return NullMetadataValue()

    @staticmethod
    def redacted(
        value: Any = None,  # noqa: ARG004 - looked at by nobody
        *,
        reason: str | None = None,
    ) -> RedactedMetadataValue:
        """Keep the fact that there was a value, and nothing of it; beyond Dagster.

        Args:
            value: The secret; it is not looked at.
            reason: Why it is not kept.

        >>> MetadataValue.redacted("hunter2", reason="a password")
        RedactedMetadataValue(reason='a password')
        """
        return RedactedMetadataValue(reason)

    @staticmethod
    def bytes(data: _Bytes) -> BytesMetadataValue:
        """Keep bytes; beyond Dagster."""
        return BytesMetadataValue(data)

    @staticmethod
    def image(
        data: Any, *, alt: str | None = None, width: _Int | None = None
    ) -> ImageMetadataValue:
        """Keep a picture; beyond Dagster.

        Args:
            data: The bytes of a PNG, JPEG, GIF, WebP or SVG, or the path of such a
                file; a matplotlib figure, a PIL image, or what draws itself in a
                notebook by `_repr_png_` or `_repr_svg_`.
            alt: What the picture shows, in a sentence.
            width: How wide to show it, in pixels; never wider than there is room.

        Raises:
            InvalidMetadata: It is no such image, or cannot be read.
        """
        return ImageMetadataValue(data, alt=alt, width=width)


# The seed and older Dagster code know the class under this name.
EventMetadata = MetadataValue

M = TypeVar("M", bound=MetadataValue)


def maker_of(kind: type[M], name: str) -> Callable[[Any], M]:
    """Return what makes a value of a kind from a plain one that is known to fit.

    The class would look at it again; an op that observes in a loop makes one for each
    label of each event.
    """
    make, fill = object.__new__, getattr(kind, name).__set__  # frozen, but for its slot

    def made(value: Any) -> M:
        new = make(kind)
        fill(new, value)
        return new

    return made


# A field named like a constructor needs `field()`: dataclasses would otherwise take the
# inherited constructor for the field's default.


@dataclass(frozen=True, slots=True)
class TextMetadataValue(MetadataValue):
    """Plain text."""

    kind: ClassVar[str] = "text"
    text: str = field()  # type: ignore[assignment]

    def __post_init__(self) -> None:
        verify_type(self.text, str, "text")

    @property
    def value(self) -> str:
        """The text."""
        return self.text


@dataclass(frozen=True, slots=True)
class UrlMetadataValue(MetadataValue):
    """A link."""

    kind: ClassVar[str] = "url"
    url: str = field()  # type: ignore[assignment]

    def __post_init__(self) -> None:
        verify_type(self.url, str, "url")

    @property
    def value(self) -> str:
        """The address."""
        return self.url


@dataclass(frozen=True, slots=True, init=False)
class PathMetadataValue(MetadataValue):
    """The path of a file or folder, kept as text."""

    kind: ClassVar[str] = "path"
    fspath: str

    def __init__(self, path: str | os.PathLike[str]) -> None:
        verify_type(path, (str, os.PathLike), "path")
        object.__setattr__(self, "fspath", os.fsdecode(path))

    @property
    def value(self) -> str:
        """The path."""
        return self.fspath

    @property
    def path(self) -> str:  # type: ignore[override]
        """The path."""
        return self.value


@dataclass(frozen=True, slots=True, init=False)
class NotebookMetadataValue(PathMetadataValue):
    """The path of a notebook, kept as text."""

    kind: ClassVar[str] = "notebook"


@dataclass(frozen=True, slots=True)
class JsonMetadataValue(MetadataValue):
    """JSON; beyond it, bytes and `Decimal`s within it stay what they are."""

    kind: ClassVar[str] = "json"
    data: Any

    def __post_init__(self) -> None:
        data = plain_json(self.data)
        if isinstance(data, bool | int | float):
            raise ParameterCheckError(
                f"'data' must be a dict, a list, text or None, not {shorten(data)}",
                hint="Use MetadataValue.int, .float or .bool.",
            )
        object.__setattr__(self, "data", data)

    @property
    def value(self) -> Any:
        """The data: dicts and lists of plain values."""
        return self.data


@dataclass(frozen=True, slots=True)
class MarkdownMetadataValue(MetadataValue):
    """Markdown, shown rendered."""

    kind: ClassVar[str] = "md"
    md_str: str

    def __post_init__(self) -> None:
        verify_type(self.md_str, str, "md_str")

    @property
    def value(self) -> str:
        """The source."""
        return self.md_str


_make_markdown = maker_of(MarkdownMetadataValue, "md_str")


@dataclass(frozen=True, slots=True)
class PythonArtifactMetadataValue(MetadataValue):
    """The name of a class or function."""

    kind: ClassVar[str] = "python_artifact"
    module: str
    name: str

    def __post_init__(self) -> None:
        verify_type(self.module, str, "module")
        verify_type(self.name, str, "name")

    @property
    def value(self) -> PythonArtifactMetadataValue:
        """Itself: module and name."""
        return self


@dataclass(frozen=True, slots=True)
class FloatMetadataValue(MetadataValue):
    """A number; a `Decimal` given as a raw value keeps all its digits."""

    kind: ClassVar[str] = "float"
    value: float | Decimal = field()

    def __post_init__(self) -> None:
        verify_type(self.value, (float, Decimal), "value", hint="float(value)")
        if type(self.value) is not float or math.isnan(self.value):
            object.__setattr__(self, "value", plain_scalar(self.value))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, FloatMetadataValue):
            return NotImplemented
        return same_number(self.value, other.value)

    def __hash__(self) -> int:
        return hash(self.value)


@dataclass(frozen=True, slots=True)
class IntMetadataValue(MetadataValue):
    """A whole number of any size."""

    kind: ClassVar[str] = "int"
    value: int = field()

    def __post_init__(self) -> None:
        verify_type(self.value, int, "value", hint="int(value).")


@dataclass(frozen=True, slots=True)
class BoolMetadataValue(MetadataValue):
    """True or False."""

    kind: ClassVar[str] = "bool"
    value: bool = field()

    def __post_init__(self) -> None:
        verify_type(self.value, bool, "value", hint="bool(value).")


@dataclass(frozen=True, slots=True, init=False)
class TimestampMetadataValue(MetadataValue):
    """An instant: seconds since 1970 in UTC, NaN where there is none."""

    kind: ClassVar[str] = "timestamp"
    value: float = field()

    def __init__(self, value: float | datetime) -> None:
        verify_type(value, (float, datetime), "value", hint="float(value).")
        if isinstance(value, datetime):
            if value.tzinfo is None:
                raise ParameterCheckError(
                    f"A timestamp needs a time zone, {value!r} has none.",
                    hint="In UTC: value.replace(tzinfo=UTC).",
                )
            value = value.timestamp()
        object.__setattr__(self, "value", one_nan(float(value)))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, TimestampMetadataValue):
            return NotImplemented
        return same_number(self.value, other.value)

    def __hash__(self) -> int:
        return hash(self.value)


@dataclass(frozen=True, slots=True)
class RunMetadataValue(MetadataValue):
    """The id of a run."""

    kind: ClassVar[str] = "dagster_run"
    run_id: str

    def __post_init__(self) -> None:
        verify_type(self.run_id, str, "run_id")

    @property
    def value(self) -> str:
        """The id."""
        return self.run_id


@dataclass(frozen=True, slots=True)
class JobMetadataValue(MetadataValue):
    """The name of a job and of where it is defined."""

    kind: ClassVar[str] = "job"
    job_name: str
    location_name: str
    repository_name: str | None = None

    def __post_init__(self) -> None:
        verify_type(self.job_name, str, "job_name")
        verify_type(self.location_name, str, "location_name")
        verify_type(self.repository_name, str, "repository_name", optional=True)

    @property
    def value(self) -> JobMetadataValue:
        """Itself: the names."""
        return self


@dataclass(frozen=True, slots=True)
class AssetMetadataValue(MetadataValue):
    """The key of an asset."""

    kind: ClassVar[str] = "asset"
    asset_key: AssetKey

    def __post_init__(self) -> None:
        verify_type(self.asset_key, AssetKey, "asset_key", hint="AssetKey('orders').")

    @property
    def value(self) -> AssetKey:
        """The key."""
        return self.asset_key


@dataclass(frozen=True, slots=True)
class PoolMetadataValue(MetadataValue):
    """The name of a pool."""

    kind: ClassVar[str] = "pool"
    pool: str = field()  # type: ignore[assignment]

    def __post_init__(self) -> None:
        verify_type(self.pool, str, "pool")

    @property
    def name(self) -> str:
        """The name."""
        return self.pool

    @property
    def value(self) -> str:
        """The name."""
        return self.pool


@dataclass(frozen=True, slots=True, init=False)
class TableMetadataValue(MetadataValue):
    """Rows with their schema.

    Args:
        records: The rows that are kept, as `TableRecord`s or dicts.
        schema: The columns; read off the first row if not given.
        row_count: How many rows there were where not all are kept; beyond Dagster.
    """

    kind: ClassVar[str] = "table"
    records: tuple[TableRecord, ...]
    schema: TableSchema
    row_count: int

    def __init__(
        self,
        records: Sequence[TableRecord | Mapping[str, Any]],
        schema: TableSchema | None = None,
        *,
        row_count: int | None = None,
    ) -> None:
        given = as_records(records)
        # In the order of the first row, so that a row can be kept without its names.
        names = list(given[0].data) if given else []
        rows = tuple(
            TableRecord({name: plain_cell(row.data[name]) for name in names})
            for row in given
        )
        verify_type(schema, TableSchema, "schema", optional=True)
        object.__setattr__(self, "records", rows)
        object.__setattr__(self, "schema", schema or infer_schema(rows))
        count = len(rows) if row_count is None else row_count
        object.__setattr__(self, "row_count", count)

    @property
    def value(self) -> TableMetadataValue:
        """Itself: records and schema."""
        return self


@dataclass(frozen=True, slots=True)
class TableSchemaMetadataValue(MetadataValue):
    """The schema of a table."""

    kind: ClassVar[str] = "table_schema"
    schema: TableSchema

    def __post_init__(self) -> None:
        verify_type(self.schema, TableSchema, "schema")

    @property
    def value(self) -> TableSchema:
        """The schema."""
        return self.schema


@dataclass(frozen=True, slots=True)
class TableColumnLineageMetadataValue(MetadataValue):
    """What the columns of a table are made from."""

    kind: ClassVar[str] = "column_lineage"
    column_lineage: TableColumnLineage = field()  # type: ignore[assignment]

    def __post_init__(self) -> None:
        verify_type(self.column_lineage, TableColumnLineage, "column_lineage")

    @property
    def lineage(self) -> TableColumnLineage:
        """The lineage."""
        return self.column_lineage

    @property
    def value(self) -> TableColumnLineage:
        """The lineage."""
        return self.column_lineage


@dataclass(frozen=True, slots=True)
class NullMetadataValue(MetadataValue):
    """The fact that there is no value."""

    kind: ClassVar[str] = "null"

    @property
    def value(self) -> None:
        """None."""
        return


@dataclass(frozen=True, slots=True)
class RedactedMetadataValue(MetadataValue):
    """The fact that there was a value which is not kept; beyond Dagster."""

    kind: ClassVar[str] = "redacted"
    reason: str | None = None

    def __post_init__(self) -> None:
        verify_type(self.reason, str, "reason", optional=True)

    @property
    def value(self) -> None:
        """None: nothing of the value is left."""
        return


@dataclass(frozen=True, slots=True)
class BytesMetadataValue(MetadataValue):
    """Bytes; beyond Dagster."""

    kind: ClassVar[str] = "bytes"
    data: bytes

    def __post_init__(self) -> None:
        verify_type(self.data, bytes, "data")

    @property
    def value(self) -> bytes:
        """The bytes."""
        return self.data


@dataclass(frozen=True, slots=True, init=False, repr=False)
class ImageMetadataValue(MetadataValue):
    """A picture; beyond Dagster. See `MetadataValue.image` for what it may be made of.

    Args:
        data: The bytes, in a format that browsers show.
        alt: What the picture shows, in a sentence.
        width: How wide to show it, in pixels.
    """

    kind: ClassVar[str] = "image"
    data: bytes
    mime: str
    alt: str | None
    width: int | None

    def __init__(
        self, data: Any, *, alt: str | None = None, width: int | None = None
    ) -> None:
        verify_type(alt, str, "alt", optional=True)
        verify_type(width, int, "width", optional=True)
        if width is not None and width < 1:
            raise ParameterCheckError(
                f"'width' must be a count of pixels, not {shorten(width)}",
                hint="Give 1 or more, or omit it.",
            )
        drawn = read_image(data)
        object.__setattr__(self, "data", drawn.data)
        object.__setattr__(self, "mime", verify_image(drawn.data).mime)
        object.__setattr__(self, "alt", alt)
        object.__setattr__(self, "width", drawn.width if width is None else width)

    def __repr__(self) -> str:
        size = " × ".join(map(str, self.size or ()))
        told = [self.mime, size, f"{len(self.data)} bytes", self.alt and repr(self.alt)]
        return f"ImageMetadataValue({', '.join(filter(None, told))})"

    @property
    def size(self) -> tuple[int, int] | None:
        """Width and height in pixels; None where its first bytes do not tell them."""
        known = image_format(self.data)
        return known.size(self.data) if known else None

    @property
    def value(self) -> ImageMetadataValue:
        """Itself: the bytes, and what is known of them."""
        return self
