"""Metadata as one JSON object `{label: [kind, payload]}`, and back again.

So a database can look into it.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import orjson

from opnb.model import metadata as m
from opnb.model.asset_key import AssetKey
from opnb.model.code_references import (
    CodeReferencesMetadataValue,
    LocalFileCodeReference,
    UrlCodeReference,
)
from opnb.model.errors import InvalidMetadata
from opnb.model.plain import DEEPEST
from opnb.model.strict_json import decode_json, encode_json, is_strict
from opnb.model.table import (
    TableColumn,
    TableColumnConstraints,
    TableColumnDep,
    TableColumnLineage,
    TableConstraints,
    TableRecord,
    TableSchema,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# A row beyond this would make every reader of the log pay for it.
LARGEST_ROW = 64 * 2**20


def encode_metadata(metadata: Mapping[str, m.MetadataValue]) -> str | None:
    """Return `{label: [kind, payload]}` as JSON; None where there is none."""
    if not metadata:
        return None
    pairs = {}
    for label, value in metadata.items():
        kind, payload = _KINDS[type(value)]
        pairs[label] = kind, payload(value)
    text = encode_json(pairs)
    if len(text) > LARGEST_ROW:
        sizes = {label: len(encode_json(pair)) for label, pair in pairs.items()}
        largest = max(sizes, key=sizes.__getitem__)
        raise InvalidMetadata(
            f"The metadata {largest!r} takes {sizes[largest] // 2**20} MiB; an event "
            f"may have {LARGEST_ROW // 2**20}.",
            hint="Write it to a file and give MetadataValue.path(...).",
        )
    return text


def decode_metadata(text: str | None) -> dict[str, m.MetadataValue]:
    """Return what `encode_metadata` was given."""
    pairs = decode_json(text) or {}
    return {label: decode_value(*pair) for label, pair in pairs.items()}


def decode_value(kind: str, payload: Any) -> m.MetadataValue:
    """Return the metadata value of one label."""
    return _VALUE[kind](payload)


def _schema_payload(schema: TableSchema) -> dict[str, Any]:
    columns = [
        [
            column.name,
            column.type,
            column.description,
            [
                column.constraints.nullable,
                column.constraints.unique,
                list(column.constraints.other),
            ],
            dict(column.tags),
        ]
        for column in schema.columns
    ]
    return {"columns": columns, "other": list(schema.constraints.other)}


def _schema(payload: dict[str, Any]) -> TableSchema:
    columns = [
        TableColumn(name, kind, description, TableColumnConstraints(*rules), tags)
        for name, kind, description, rules, tags in payload["columns"]
    ]
    return TableSchema(columns, TableConstraints(payload["other"]))


def _table_payload(value: m.TableMetadataValue) -> dict[str, Any]:
    names = list(value.records[0].data) if value.records else []
    return {
        "names": names,
        "rows": [list(record.data.values()) for record in value.records],
        "schema": _schema_payload(value.schema),
        "row_count": value.row_count,
    }


def _table(payload: dict[str, Any]) -> m.TableMetadataValue:
    names = payload["names"]
    records = [
        TableRecord(dict(zip(names, row, strict=True))) for row in payload["rows"]
    ]
    return m.TableMetadataValue(
        records, _schema(payload["schema"]), row_count=payload["row_count"]
    )


def _image(payload: list[Any]) -> m.ImageMetadataValue:
    _, data, width, alt = payload
    return m.ImageMetadataValue(base64.b64decode(data), alt=alt, width=width)


def _lineage_payload(value: m.TableColumnLineageMetadataValue) -> dict[str, Any]:
    return {
        column: [[list(dep.asset_key.path), dep.column_name] for dep in deps]
        for column, deps in value.value.deps_by_column.items()
    }


def _lineage(payload: dict[str, Any]) -> m.TableColumnLineageMetadataValue:
    deps = {
        column: [TableColumnDep(AssetKey(path), name) for path, name in sources]
        for column, sources in payload.items()
    }
    return m.TableColumnLineageMetadataValue(TableColumnLineage(deps))


# How the kinds are kept whose value is not plain.
_PAYLOAD: dict[str, Callable[[Any], Any]] = {
    "asset": lambda value: list(value.asset_key.path),
    "python_artifact": lambda value: [value.module, value.name],
    "job": lambda value: [value.job_name, value.location_name, value.repository_name],
    "image": lambda value: [
        value.mime,
        base64.b64encode(value.data).decode(),
        value.width,
        value.alt,
    ],
    "table": _table_payload,
    "table_schema": lambda value: _schema_payload(value.schema),
    "column_lineage": _lineage_payload,
    "code_references": lambda value: [
        [reference.file_path, reference.line_number, reference.label]
        if isinstance(reference, LocalFileCodeReference)
        else [reference.url, reference.label]
        for reference in value.code_references
    ],
}


class _Kinds(dict[type[m.MetadataValue], tuple[str, "Callable[[Any], Any]"]]):
    """The kind of each class of values, and what gives its payload; found at first."""

    def __missing__(
        self, cls: type[m.MetadataValue]
    ) -> tuple[str, Callable[[Any], Any]]:
        payload = _PAYLOAD.get(cls.kind)
        if payload is None:
            # A class of one plain field: its slot is read faster than its property.
            names: tuple[str, ...] = getattr(cls, "__match_args__", ())
            payload = getattr(cls, names[0]).__get__ if names else _value_of
        self[cls] = cls.kind, payload
        return self[cls]


def _value_of(value: m.MetadataValue) -> Any:
    return value.value


_KINDS = _Kinds()


def _code_reference(
    place: str, *rest: Any
) -> LocalFileCodeReference | UrlCodeReference:
    if len(rest) == 1:
        return UrlCodeReference(url=place, label=rest[0])
    line_number, label = rest
    return LocalFileCodeReference(file_path=place, line_number=line_number, label=label)


_VALUE: dict[str, Callable[[Any], m.MetadataValue]] = {
    "text": m.TextMetadataValue,
    "url": m.UrlMetadataValue,
    "path": m.PathMetadataValue,
    "notebook": m.NotebookMetadataValue,
    "json": m.JsonMetadataValue,
    "md": m.MarkdownMetadataValue,
    "float": m.FloatMetadataValue,
    "int": m.IntMetadataValue,
    "bool": m.BoolMetadataValue,
    "timestamp": m.TimestampMetadataValue,
    "dagster_run": m.RunMetadataValue,
    "pool": m.PoolMetadataValue,
    "null": lambda _: m.NullMetadataValue(),
    "redacted": m.RedactedMetadataValue,
    "bytes": m.BytesMetadataValue,
    "asset": lambda path: m.AssetMetadataValue(AssetKey(path)),
    "python_artifact": lambda names: m.PythonArtifactMetadataValue(*names),
    "job": lambda names: m.JobMetadataValue(*names),
    "image": _image,
    "table": _table,
    "table_schema": lambda payload: m.TableSchemaMetadataValue(_schema(payload)),
    "column_lineage": _lineage,
    "code_references": lambda references: CodeReferencesMetadataValue(
        code_references=[_code_reference(*fields) for fields in references]
    ),
}


# How the raw values are kept that come often, and that are what they are kept as.
_SCALAR_KINDS: dict[type, str] = {
    str: "text",
    bool: "bool",
    int: "int",
    float: "float",
}
_PLAIN_CLASSES = frozenset(
    cls
    for cls in vars(m).values()
    if isinstance(cls, type)
    and issubclass(cls, m.MetadataValue)
    and cls is not m.MetadataValue
    and cls.kind not in _PAYLOAD
)
# Beyond them a value might change on its way into JSON and back.
_AS_IT_IS = (
    orjson.OPT_PASSTHROUGH_SUBCLASS
    | orjson.OPT_PASSTHROUGH_DATACLASS
    | orjson.OPT_PASSTHROUGH_DATETIME
)


def encode_raw(metadata: object) -> str | None:
    """Return what `encode_metadata` makes of metadata given to an event.

    None where there is none, or where a value is of a kind that comes seldom, or may
    not be kept: `normalize_metadata` knows.
    """
    if type(metadata) is not dict or not metadata:
        return None
    pairs = {}
    for label, value in metadata.items():
        cls = type(value)
        kind = _SCALAR_KINDS.get(cls)
        if kind is not None:
            pairs[label] = kind, value
        elif cls in _PLAIN_CLASSES:
            kind, payload = _KINDS[cls]
            pairs[label] = kind, payload(value)
        elif (cls is dict or cls is list) and _is_plain(value):
            pairs[label] = "json", value
        else:
            return None
    try:
        text = orjson.dumps(pairs, option=_AS_IT_IS).decode()
    except TypeError:
        return None
    return text if len(text) <= LARGEST_ROW and is_strict(text) else None


def _is_plain(data: Any, depth: int = 0) -> bool:
    """Whether dicts, lists and scalars are all that is in it, and not too deep."""
    if depth > DEEPEST:
        return False
    for item in data.values() if type(data) is dict else data:
        cls = type(item)
        if cls in _SCALAR_KINDS:
            continue
        if (cls is not dict and cls is not list) or not _is_plain(item, depth + 1):
            return False
    return True
