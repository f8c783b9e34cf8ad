"""Entries as rows of plain columns, and back again without loss.

What people filter by (type, step, asset, label, …) has a column of its own; metadata
is one JSON object `{label: [kind, payload]}`, so that a database can look into it; the
rest of an entry's data is a JSON object in `body`. JSON is strict: NaN, infinite
numbers, integers beyond JSON's habits, bytes and decimals are tagged `{"$opnb": …}`,
lone surrogates are escaped.
"""

from __future__ import annotations

import base64
import json
import math
import re
from decimal import Decimal
from functools import lru_cache
from json.encoder import encode_basestring_ascii as _quoted
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import orjson

from opnb.model import entry as e
from opnb.model import metadata as m
from opnb.model.asset_key import AssetKey
from opnb.model.code_references import (
    CodeReferencesMetadataValue,
    LocalFileCodeReference,
    UrlCodeReference,
)
from opnb.model.errors import InvalidMetadata
from opnb.model.events import AssetMaterialization, AssetObservation, ExpectationResult
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

_TAG = "$opnb"
_EXACT = "exact"
# A row beyond this would make every reader of the log pay for it.
LARGEST_ROW = 64 * 2**20
_LARGEST_PLAIN_INT = 2**63
# JSON would join two lone surrogates that meet into one character.
_SURROGATE = "\\ud"
_SPLIT_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")


class Row(NamedTuple):
    """An entry as plain columns; `run_id` and job are the store's to keep.

    `timestamp` is in microseconds since 1970 in UTC.
    """

    timestamp: int
    event_type: str
    step_key: str | None
    op: str | None
    level: int
    message: str | None
    asset_key: str | None = None
    partition: str | None = None
    label: str | None = None
    success: int | None = None
    metadata: str | None = None
    body: str | None = None


def _encode_rare(value: Any) -> dict[str, list[str]]:
    if isinstance(value, bytes):
        return {_TAG: ["bytes", base64.b64encode(value).decode()]}
    if isinstance(value, Decimal):
        return {_TAG: ["decimal", str(value)]}
    raise TypeError(f"{type(value).__name__} is not kept")


# What comes here is a tree: `plain_json` has refused all that contains itself.
_encode_strictly = json.JSONEncoder(
    check_circular=False,
    allow_nan=False,
    separators=(",", ":"),
    default=_encode_rare,
).encode


def encode_json(data: Any) -> str:
    """Return strict JSON from which `decode_json` makes an equal value."""
    try:
        text = orjson.dumps(data).decode()
    except TypeError:  # what is rare: bytes, decimals, large numbers, lone surrogates
        return _encode_exactly(data)
    # It writes NaN and infinity as null.
    if "null" in text or _TAG in text:
        return _encode_exactly(data)
    return text


def _encode_exactly(data: Any) -> str:
    try:
        text = _encode_strictly(data)
    except ValueError:  # NaN, infinity, or more digits than Python prints
        return _encode_strictly(_tagged(data))
    needs_tags = _TAG in text or _SURROGATE in text
    return _encode_strictly(_tagged(data)) if needs_tags else text


def _tagged(data: Any) -> Any:
    if isinstance(data, dict):
        # A dict of the user's that looks like a tag is tagged itself.
        if any(key == _TAG or _SPLIT_PAIR.search(key) for key in data):
            return {_TAG: ["dict", [_tagged(pair) for pair in data.items()]]}
        return {key: _tagged(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_tagged(value) for value in data]
    return _tagged_scalar(data)


def _tagged_scalar(data: Any) -> Any:
    if isinstance(data, str) and _SPLIT_PAIR.search(data):
        return {_TAG: ["text", [ord(letter) for letter in data]]}
    if isinstance(data, float) and not math.isfinite(data):
        return {_TAG: ["float", repr(data)]}
    if type(data) is int and not -_LARGEST_PLAIN_INT <= data < _LARGEST_PLAIN_INT:
        return {_TAG: ["int", hex(data)]}
    return data


def decode_json(text: str | None) -> Any:
    """Return what `encode_json` was given; None for None."""
    if text is None:
        return None
    data = json.loads(text)
    return _untagged(data) if _TAG in text else data


def _untagged(data: Any) -> Any:
    if isinstance(data, list):
        return [_untagged(value) for value in data]
    if not isinstance(data, dict):
        return data
    if data.keys() != {_TAG}:
        return {key: _untagged(value) for key, value in data.items()}
    kind, payload = data[_TAG]
    return _UNTAG[kind](payload)


_UNTAG: dict[str, Callable[[Any], Any]] = {
    "bytes": base64.b64decode,
    "decimal": Decimal,
    "dict": lambda pairs: dict(_untagged(pair) for pair in pairs),
    "text": lambda codes: "".join(map(chr, codes)),
    "float": lambda text: math.nan if text == "nan" else float(text),
    "int": lambda text: int(text, 16),
}


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


def to_row(entry: e.EventLogEntry) -> tuple[Any, ...]:
    """Return the entry as a plain tuple of the columns of `Row`.

    Raises:
        InvalidMetadata: The metadata is larger than a row may be.
    """
    data = entry.event_specific_data
    return (
        round(entry.timestamp * 1e6),
        entry.event_type._value_,
        entry.step_key,
        entry.node_name,
        entry.level,
        entry.message,
        *(_NO_COLUMNS if data is None else _COLUMNS[type(data)](data)),
    )


# The columns after `message`: asset_key, partition, label, success, metadata, body.
_Columns: TypeAlias = tuple[
    str | None, str | None, str | None, int | None, str | None, str | None
]
_NO_COLUMNS: _Columns = (None, None, None, None, None, None)


def _only_body(**fields: Any) -> _Columns:
    return (None, None, None, None, None, _body(**fields))


def readable(text: str) -> str:
    """Return text that any database takes: lone surrogates become escapes."""
    return text.encode("utf-8", "backslashreplace").decode()


def readable_row(columns: tuple[Any, ...]) -> Row:
    """Return the row for a database that takes no lone surrogates.

    Its columns are what people read and filter by; the body keeps what they stand for.
    """
    row = Row(*columns)
    texts = {name: v for name, v in row._asdict().items() if isinstance(v, str)}
    exact = {name: text for name, text in texts.items() if readable(text) != text}
    shown: dict[str, Any] = {name: readable(text) for name, text in exact.items()}
    shown["body"] = encode_json({**(decode_json(row.body) or {}), _EXACT: exact})
    return row._replace(**shown)


def from_row(columns: tuple[Any, ...], *, run_id: str, job_name: str) -> Any:
    """Return the `EventLogEntry` that `to_row` was given."""
    row = Row(*columns)
    event_type = e.EventType(row.event_type)
    body = decode_json(row.body) or {}
    if _EXACT in body:
        row = row._replace(**body[_EXACT])
    read = _DATA.get(event_type)
    return e.EventLogEntry(
        event_type,
        run_id,
        job_name,
        row.timestamp / 1e6,
        row.step_key,
        row.op,
        row.level,
        row.message,
        read(row, body) if read else None,
    )


def _body(**fields: Any) -> str | None:
    kept = {name: value for name, value in fields.items() if value is not None}
    return encode_json(kept) if kept else None


def _asset_columns(
    event: AssetMaterialization | AssetObservation, tags: Mapping[str, str] | None
) -> _Columns:
    path = event.asset_key.path
    key = path[0]
    if len(path) > 1 or not key.isidentifier():
        key = event.asset_key.to_escaped_user_string()
    body = None
    if event.description is not None or tags is not None:
        body = _body(description=event.description, tags=tags)
    return (key, event.partition, None, None, encode_metadata(event.metadata), body)


def _asset_event(kind: type[Any], row: Row, body: dict[str, Any]) -> Any:
    return kind(
        AssetKey.from_escaped_user_string(row.asset_key or ""),
        body.get("description"),
        decode_metadata(row.metadata),
        row.partition,
        body.get("tags"),
    )


def _expectation_columns(data: e.StepExpectationResultData) -> _Columns:
    result = data.expectation_result
    metadata, body = (
        encode_metadata(result.metadata),
        _body(description=result.description, severity=result.severity),
    )
    return (None, None, result.label, int(result.success), metadata, body)


def _expectation(row: Row, body: dict[str, Any]) -> e.StepExpectationResultData:
    return e.StepExpectationResultData(
        ExpectationResult(
            bool(row.success),
            row.label,
            body.get("description"),
            decode_metadata(row.metadata),
            severity=body.get("severity"),
        )
    )


def _start_columns(data: e.StepStartData) -> _Columns:
    if data.source is None and data.reused_from is None and data.config is None:
        # As in all steps of jobs.
        version = data.code_version
        return _NO_COLUMNS if version is None else _only_body(code_version=version)
    return _only_body(
        code_version=data.code_version,
        source=data.source,
        reused_from=data.reused_from,
        config=data.config,
    )


def _check_payload(check: e.TypeCheckData) -> list[Any]:
    return [check.label, check.description, encode_metadata(check.metadata)]


def _check(row: Row, body: dict[str, Any]) -> e.TypeCheckData:
    label, description, metadata = body["type_check"]
    return e.TypeCheckData(
        bool(row.success), label, description, decode_metadata(metadata)
    )


def _value_payload(info: e.ValueInfo | None) -> list[Any] | None:
    return None if info is None else [info.type_name, list(info.shape)]


def _value_info(payload: list[Any] | None) -> e.ValueInfo | None:
    return None if payload is None else e.ValueInfo(payload[0], tuple(payload[1]))


def _input_columns(data: e.StepInputData) -> _Columns:
    check, source = data.type_check_data, data.source
    text = _port_text(check, data.value_info)
    if source is not None:
        names = [source.op_name, source.output_name, source.run_id]
        if source.change is not None:
            names.append(source.change)
        text += f',"source":[{",".join(map(_quoted, names))}]'
    if data.fingerprint is not None:
        text += f',"fingerprint":{_quoted(data.fingerprint)}'
    return (None, None, data.input_name, int(check.success), None, f"{{{text}}}")


def _port_text(check: e.TypeCheckData, info: e.ValueInfo | None) -> str:
    """Return the fields that inputs and outputs share, without the braces around."""
    if check.description is None and not check.metadata and info is not None:
        return _plain_port_text(check.label, info.type_name, info.shape)
    fields = {"type_check": _check_payload(check), "value": _value_payload(info)}
    if info is None:
        del fields["value"]
    return encode_json(fields)[1:-1]


# A job's ports are much alike, and encoding them anew would take as long as the rest.
@lru_cache(maxsize=1024)
def _plain_port_text(label: str, type_name: str, shape: tuple[int, ...]) -> str:
    fields = {"type_check": [label, None, None], "value": [type_name, list(shape)]}
    return encode_json(fields)[1:-1]


def _input(row: Row, body: dict[str, Any]) -> e.StepInputData:
    source = body.get("source")
    return e.StepInputData(
        row.label or "",
        _check(row, body),
        _value_info(body.get("value")),
        source and e.OutputSource(*source),
        body.get("fingerprint"),
    )


def _output_columns(data: e.StepOutputData) -> _Columns:
    check = data.type_check_data
    text = _port_text(check, data.value_info)
    for name, value in (
        ("data_version", data.data_version),
        ("mapping_key", data.mapping_key),
        ("fingerprint", data.fingerprint),
    ):
        if value is not None:
            text += f',"{name}":{_quoted(value)}'
    metadata = encode_metadata(data.metadata)
    success = int(check.success)
    return (None, None, data.output_name, success, metadata, f"{{{text}}}")


def _output(row: Row, body: dict[str, Any]) -> e.StepOutputData:
    return e.StepOutputData(
        row.label or "",
        _check(row, body),
        decode_metadata(row.metadata),
        _value_info(body.get("value")),
        body.get("data_version"),
        body.get("mapping_key"),
        row.step_key or "",
        body.get("fingerprint"),
    )


def _error_payload(error: e.SerializableErrorInfo | None) -> list[Any] | None:
    if error is None:
        return None
    return [
        error.message,
        list(error.stack),
        error.cls_name,
        _error_payload(error.cause),
    ]


def _error(payload: list[Any] | None) -> e.SerializableErrorInfo | None:
    if payload is None:
        return None
    message, stack, cls_name, cause = payload
    return e.SerializableErrorInfo(message, tuple(stack), cls_name, _error(cause))


def _an_error(payload: list[Any]) -> e.SerializableErrorInfo:
    error = _error(payload)
    assert error is not None  # noqa: S101 - written by `_failure_columns` with one
    return error


def _failure_columns(data: e.StepFailureData) -> _Columns:
    user = data.user_failure_data
    body = _body(
        error=_error_payload(data.error),
        error_source=data.error_source.value,
        description=user and user.description,
    )
    if user is None:
        return (None, None, None, None, None, body)
    return (None, None, user.label, None, encode_metadata(user.metadata), body)


def _failure(row: Row, body: dict[str, Any]) -> e.StepFailureData:
    user = None
    if row.label is not None:
        user = e.UserFailureData(
            row.label, body.get("description"), decode_metadata(row.metadata)
        )
    return e.StepFailureData(
        _an_error(body["error"]), user, e.ErrorSource(body["error_source"])
    )


_COLUMNS: dict[type, Callable[[Any], _Columns]] = {
    e.RunStartData: lambda data: _only_body(tags=dict(data.tags) or None),
    e.RunFailureData: lambda data: _only_body(
        error=_error_payload(data.error), failed_steps=list(data.failed_steps)
    ),
    e.StepStartData: _start_columns,
    e.StepInputData: _input_columns,
    e.StepOutputData: _output_columns,
    e.StepMaterializationData: lambda data: _asset_columns(
        data.materialization, data.materialization.tags
    ),
    # An observation without tags has empty ones.
    e.AssetObservationData: lambda data: _asset_columns(
        data.asset_observation, data.asset_observation.tags or None
    ),
    e.StepExpectationResultData: _expectation_columns,
    e.StepSuccessData: lambda data: (
        *_NO_COLUMNS[:5],
        f'{{"duration_ms":{data.duration_ms!r}}}',
    ),
    e.StepFailureData: _failure_columns,
    e.StepRetryData: lambda data: _only_body(
        error=_error_payload(data.error), seconds_to_wait=data.seconds_to_wait
    ),
    e.HookErroredData: lambda data: _only_body(error=_error_payload(data.error)),
    e.LogMessageData: lambda data: _only_body(error=_error_payload(data.error)),
}

_RUN_END = {
    event_type: lambda _, body: e.RunFailureData(
        _error(body.get("error")), tuple(body.get("failed_steps", ()))
    )
    for event_type in (e.EventType.RUN_FAILURE, e.EventType.RUN_CANCELED)
}

_DATA: dict[e.EventType, Callable[[Row, dict[str, Any]], Any]] = {
    **_RUN_END,
    e.EventType.RUN_START: lambda _, body: e.RunStartData(body.get("tags", {})),
    e.EventType.STEP_START: lambda _, body: e.StepStartData(
        body.get("code_version"),
        body.get("source"),
        body.get("reused_from"),
        body.get("config"),
    ),
    e.EventType.STEP_INPUT: _input,
    e.EventType.STEP_OUTPUT: _output,
    e.EventType.ASSET_MATERIALIZATION: lambda row, body: e.StepMaterializationData(
        _asset_event(AssetMaterialization, row, body)
    ),
    e.EventType.ASSET_OBSERVATION: lambda row, body: e.AssetObservationData(
        _asset_event(AssetObservation, row, body)
    ),
    e.EventType.STEP_EXPECTATION_RESULT: _expectation,
    e.EventType.STEP_SUCCESS: lambda _, body: e.StepSuccessData(body["duration_ms"]),
    e.EventType.STEP_FAILURE: _failure,
    e.EventType.STEP_UP_FOR_RETRY: lambda _, body: e.StepRetryData(
        _an_error(body["error"]), body.get("seconds_to_wait", 0.0)
    ),
    e.EventType.HOOK_ERRORED: lambda _, body: e.HookErroredData(
        _an_error(body["error"])
    ),
    e.EventType.LOG_MESSAGE: lambda _, body: e.LogMessageData(
        _error(body.get("error"))
    ),
}
