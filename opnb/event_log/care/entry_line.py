"""An entry as a line of JSON: of a `.jsonl` file, or of a card in a notebook file.

A line is an object; what an entry has not is left out. Its names are the columns of
`EventLog.frame`, and `metadata` (`{label: [kind, payload]}`) and `body` as in
`opnb/model/serialize.py`. The first line of each run tells of it, too, as `run`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, NoReturn

import orjson

from opnb.event_log.care.record import EntryRecord, RunRecord, verify_storable

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# orjson makes a float of a whole number of more than 64 bits.
_LONG_NUMBER = re.compile(rb"\d{19}")
_TEXT, _NUMBER, _OBJECT = str, int, dict
# Name → what it is, and whether each entry has it.
_FIELDS: Mapping[str, tuple[type, bool]] = {
    "id": (_NUMBER, False),
    "run_id": (_TEXT, True),
    "job": (_TEXT, False),
    "event_type": (_TEXT, True),
    "step_key": (_TEXT, False),
    "op": (_TEXT, False),
    "level": (_NUMBER, True),
    "message": (_TEXT, False),
    "asset_key": (_TEXT, False),
    "partition": (_TEXT, False),
    "label": (_TEXT, False),
    "success": (bool, False),
    "metadata": (_OBJECT, False),
    "body": (_OBJECT, False),
    "run": (_OBJECT, False),
}
_RUN_FIELDS: Mapping[str, tuple[type, bool]] = {
    "job": (_TEXT, True),
    "status": (_TEXT, True),
    "partition": (_TEXT, False),
    "host": (_TEXT, True),
    "pid": (_NUMBER, True),
}
_TIMES = ("start_time", "end_time")
_WORDS: Mapping[type, str] = {
    str: "text",
    int: "whole number",
    dict: "object",
    bool: "true or false",
}


def encode_line(record: EntryRecord, *, with_run: bool) -> bytes:
    """Return the line of an entry, without a newline.

    Args:
        record: The entry; an id of 0 is none.
        with_run: Whether it tells of its run, too, as the first line of each does.
    """
    fields = _shown_entry(record)
    if with_run:
        fields["run"] = _shown_run(record.run)
    return orjson.dumps(fields)


def _shown_entry(record: EntryRecord) -> dict[str, Any]:  # noqa: C901 - a line a column
    # Written out: a card encodes hundreds of them, and a loop takes half as long again.
    timestamp, event_type, step_key, op, level, message, *about = record.row
    asset_key, partition, label, success, metadata, body = about
    fields: dict[str, Any] = {"id": record.id} if record.id else {}
    fields["timestamp"] = _shown_time(timestamp)
    fields["run_id"], fields["job"] = record.run[:2]
    fields["event_type"] = event_type
    if step_key is not None:
        fields["step_key"] = step_key
    if op is not None:
        fields["op"] = op
    fields["level"] = level
    if message is not None:
        fields["message"] = message
    if asset_key is not None:
        fields["asset_key"] = asset_key
    if partition is not None:
        fields["partition"] = partition
    if label is not None:
        fields["label"] = label
    if success is not None:
        fields["success"] = bool(success)
    if metadata is not None:
        fields["metadata"] = orjson.Fragment(metadata)
    if body is not None:
        fields["body"] = orjson.Fragment(body)
    return fields


def _shown_run(run: RunRecord) -> dict[str, Any]:
    fields = run._asdict()
    del fields["run_id"]
    fields["job"] = fields.pop("job_name")
    for name in _TIMES:
        if fields[name] is not None:
            fields[name] = _shown_time(fields[name])
    return {name: value for name, value in fields.items() if value is not None}


def _shown_time(micros: int) -> str | int:
    seconds, rest = divmod(micros, 1_000_000)
    try:
        moment = _shown_second(seconds)
    except OverflowError:  # no calendar goes so far
        return micros
    return f"{moment}.{rest:06}Z" if rest else f"{moment}Z"


@lru_cache(maxsize=64)  # many entries come in one
def _shown_second(seconds: int) -> str:
    return (_EPOCH + timedelta(seconds=seconds)).replace(tzinfo=None).isoformat()


class LineDecoder:
    """Makes entries of lines again; it remembers the runs that they told of."""

    def __init__(self) -> None:
        self._runs: dict[str, RunRecord] = {}

    def decode(self, line: bytes) -> EntryRecord:
        """Return the entry of a line.

        Raises:
            ValueError: The line is none; it says why. So do the other two.
            TypeError: As above.
            OverflowError: As above.
        """
        fields = parse_object(line)
        timestamp = _micros(fields.pop("timestamp", None), "timestamp")
        _verify_fields(fields, _FIELDS)
        get = fields.get
        run_id = fields["run_id"]
        run = self._runs.get(run_id)
        if run is None:
            run = self._runs[run_id] = _run(run_id, get("run"))
        success = get("success")
        row = (
            timestamp,
            fields["event_type"],
            get("step_key"),
            get("op"),
            fields["level"],
            get("message"),
            get("asset_key"),
            get("partition"),
            get("label"),
            None if success is None else int(success),
            object_text(get("metadata")),
            object_text(get("body")),
        )
        return EntryRecord(get("id", 0), run, row)


def parse_object(line: bytes) -> dict[str, Any]:
    """Return the object that a line of JSON is.

    Raises:
        ValueError: It is no JSON.
        TypeError: It is no object.
    """
    fields = None
    if not _LONG_NUMBER.search(line):
        try:
            fields = orjson.loads(line)
        except ValueError:  # lone surrogates in what metadata hold, or no JSON at all
            fields = None
    if fields is None:
        fields = _parse_slowly(line)
    if not isinstance(fields, dict):
        raise TypeError("a line is an object, {...}")
    return fields


def _parse_slowly(line: bytes) -> Any:
    try:
        return json.loads(line, parse_constant=_no_number)
    except RecursionError:
        raise ValueError("it has too many levels") from None


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"JSON knows no {word}")


def object_text(value: dict[str, Any] | None) -> str | None:
    """Return an object as the log's column keeps it."""
    if value is None:
        return None
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # whole numbers beyond 64 bits, or lone surrogates
        return json.dumps(value, allow_nan=False, separators=(",", ":"))


def _verify_fields(
    fields: Mapping[str, Any], known: Mapping[str, tuple[type, bool]]
) -> None:
    for name, value in fields.items():
        kind, _ = known.get(name, (None, False))
        if kind is None:
            raise ValueError(f"it has {name!r}, which is unknown")
        if type(value) is not kind and value is not None:
            raise TypeError(f"its {name!r} is no {_WORDS[kind]}")
        verify_storable(value)
    for name, (_, is_needed) in known.items():
        if is_needed and fields.get(name) is None:
            raise ValueError(f"it lacks {name!r}")


def _run(run_id: str, given: dict[str, Any] | None) -> RunRecord:
    if given is None:
        raise ValueError("it is the first line of a run, and lacks 'run'")
    fields = dict(given)
    start_time = _micros(fields.pop("start_time", None), "start_time")
    end_time = fields.pop("end_time", None)
    pid_started = fields.pop("pid_started", None)
    if not isinstance(pid_started, float | int):
        raise TypeError("its run's 'pid_started' is no number")
    _verify_fields(fields, _RUN_FIELDS)
    return RunRecord(
        run_id,
        fields["job"],
        fields["status"],
        start_time,
        None if end_time is None else _micros(end_time, "end_time"),
        fields.get("partition"),
        fields["host"],
        fields["pid"],
        float(pid_started),
    )


def _micros(value: Any, name: str) -> int:
    if type(value) is int:
        verify_storable(value)
        return value
    if not isinstance(value, str):
        raise TypeError(f"its {name!r} is no time")
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - _EPOCH) // _MICROSECOND
