"""Entries as rows of plain columns, and back again without loss.

What people filter by (type, step, asset, label, …) has a column of its own; metadata
is one JSON object `{label: [kind, payload]}`, so that a database can look into it; the
rest of an entry's data is a JSON object in `body`.
"""

from __future__ import annotations

from functools import lru_cache
from json.encoder import encode_basestring_ascii as _quoted
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from opnb.model import entry as e
from opnb.model.asset_key import AssetKey
from opnb.model.events import (
    AssetMaterialization,
    AssetObservation,
    ExpectationResult,
    metadata_json_of,
)
from opnb.model.metadata_json import decode_metadata, encode_metadata
from opnb.model.strict_json import decode_json, encode_json

if TYPE_CHECKING:
    from collections.abc import Callable

_EXACT = "exact"


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


# The columns of `Row`, as a plain tuple.
EntryRow: TypeAlias = tuple[Any, ...]


def to_row(entry: e.EventLogEntry) -> EntryRow:
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
Columns: TypeAlias = tuple[
    str | None, str | None, str | None, int | None, str | None, str | None
]
_NO_COLUMNS: Columns = (None, None, None, None, None, None)


def _only_body(**fields: Any) -> Columns:
    return (None, None, None, None, None, _body(**fields))


def readable(text: str) -> str:
    """Return text that any database takes: lone surrogates become escapes."""
    if text.isascii():
        return text
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


def asset_columns(event: AssetMaterialization | AssetObservation) -> Columns:
    """Return the columns after `message` that tell of an asset."""
    path = event.asset_key.path
    key = path[0]
    if len(path) > 1 or not key.isidentifier():
        key = event.asset_key.to_escaped_user_string()
    description, tags = event.description, event.tags
    if not tags and type(event) is AssetObservation:
        tags = None  # without tags it has empty ones
    body = None
    if description is not None or tags is not None:
        body = _body(description=description, tags=tags)
    metadata = metadata_json_of(event) or encode_metadata(event.metadata)
    return (key, event.partition, None, None, metadata, body)


def _asset_event(kind: type[Any], row: Row, body: dict[str, Any]) -> Any:
    return kind(
        AssetKey.from_escaped_user_string(row.asset_key or ""),
        body.get("description"),
        decode_metadata(row.metadata),
        row.partition,
        body.get("tags"),
    )


def expectation_columns(result: ExpectationResult) -> Columns:
    """Return the columns after `message` that tell of an expectation's result."""
    metadata = metadata_json_of(result) or encode_metadata(result.metadata)
    body = _body(description=result.description, severity=result.severity)
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


def _start_columns(data: e.StepStartData) -> Columns:
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


def _input_columns(data: e.StepInputData) -> Columns:
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
    if check.description is None and not check.metadata:
        if info is None:
            return _plain_port_text(check.label)
        return _plain_port_text(check.label, info.type_name, info.shape)
    fields = {"type_check": _check_payload(check), "value": _value_payload(info)}
    if info is None:
        del fields["value"]
    return encode_json(fields)[1:-1]


# A job's ports are much alike, and encoding them anew would take as long as the rest.
@lru_cache(maxsize=1024)
def _plain_port_text(
    label: str, type_name: str | None = None, shape: tuple[int, ...] = ()
) -> str:
    fields: dict[str, Any] = {"type_check": [label, None, None]}
    if type_name is not None:
        fields["value"] = [type_name, list(shape)]
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


def _output_columns(data: e.StepOutputData) -> Columns:
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


def _failure_columns(data: e.StepFailureData) -> Columns:
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


_COLUMNS: dict[type, Callable[[Any], Columns]] = {
    e.RunStartData: lambda data: (
        _only_body(tags=dict(data.tags)) if data.tags else _NO_COLUMNS
    ),
    e.RunFailureData: lambda data: _only_body(
        error=_error_payload(data.error), failed_steps=list(data.failed_steps)
    ),
    e.StepStartData: _start_columns,
    e.StepInputData: _input_columns,
    e.StepOutputData: _output_columns,
    e.StepMaterializationData: lambda data: asset_columns(data.materialization),
    e.AssetObservationData: lambda data: asset_columns(data.asset_observation),
    e.StepExpectationResultData: lambda data: expectation_columns(
        data.expectation_result
    ),
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
