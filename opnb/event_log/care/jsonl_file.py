"""A log as JSON Lines: one entry a line, whole, and readable by people and programs.

A line is an object; what an entry has not is left out. Its names are the columns of
`EventLog.frame`, and `metadata` (`{label: [kind, payload]}`) and `body` as in
`opnb/model/serialize.py`. The first line of each run tells of it, too, as `run`.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

import orjson

from opnb.event_log.care.new_file import NewFile, unavailable
from opnb.event_log.care.record import (
    EntryRecord,
    RunRecord,
    verify_record,
    verify_storable,
)
from opnb.event_log.care.sqlite_database import CHUNK
from opnb.model.errors import ForeignLogError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_APPEND_NEWLINE
# orjson makes a float of a whole number of more than 64 bits.
_LONG_NUMBER = re.compile(rb"\d{19}")
_HINT = "`opnb log export FILE.jsonl` writes such files; correct the line, or export."
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


class JsonlSink:
    """Writes entries as JSON Lines.

    Args:
        path: The file; None for standard output.
        overwrite: Whether it may take the place of another.
    """

    def __init__(self, path: Path | None, *, overwrite: bool = False) -> None:
        self._new = None if path is None else NewFile(path, overwrite=overwrite)
        self._told: set[str] = set()
        self._file: BinaryIO = sys.stdout.buffer
        if self._new is not None:
            try:
                self._file = self._new.partial.open("wb")
            except OSError as error:
                raise unavailable(self._new.partial, "written", error) from error

    def write(self, records: list[EntryRecord]) -> None:
        """Take entries."""
        rest = memoryview(b"".join([self._line(record) for record in records]))
        try:
            while rest:  # an unbuffered standard output may take a part
                rest = rest[self._file.write(rest) :]
        except BrokenPipeError:
            raise
        except OSError as error:
            raise unavailable("The file", "written", error) from error

    def _line(self, record: EntryRecord) -> bytes:
        run = record.run
        fields = _shown_entry(record)
        if run.run_id not in self._told:
            self._told.add(run.run_id)
            fields["run"] = _shown_run(run)
        return orjson.dumps(fields, option=_OPTIONS)

    def finish(self) -> None:
        """Let the file be."""
        self._file.flush()
        if self._new is not None:
            self._file.close()
            self._new.finish()

    def abandon(self) -> None:
        """Leave nothing of it."""
        if self._new is not None:
            self._file.close()
            self._new.abandon()


def _shown_entry(record: EntryRecord) -> dict[str, Any]:
    run, row = record.run, record.row
    timestamp, event_type, step_key, op, level, message = row[:6]
    asset_key, partition, label, success, metadata, body = row[6:]
    fields = {
        "id": record.id,
        "timestamp": _shown_time(timestamp),
        "run_id": run.run_id,
        "job": run.job_name,
        "op": op,
        "step_key": step_key,
        "event_type": event_type,
        "level": level,
        "message": message,
        "asset_key": asset_key,
        "partition": partition,
        "label": label,
        "success": None if success is None else bool(success),
        "metadata": None if metadata is None else orjson.Fragment(metadata),
        "body": None if body is None else orjson.Fragment(body),
    }
    return {name: value for name, value in fields.items() if value is not None}


def _shown_run(run: RunRecord) -> dict[str, Any]:
    fields = run._asdict()
    del fields["run_id"]
    fields["job"] = fields.pop("job_name")
    for name in _TIMES:
        if fields[name] is not None:
            fields[name] = _shown_time(fields[name])
    return {name: value for name, value in fields.items() if value is not None}


def _shown_time(micros: int) -> datetime | int:
    try:
        return _EPOCH + timedelta(microseconds=micros)
    except OverflowError:  # no calendar goes so far
        return micros


class JsonlSource:
    """Entries of a file of JSON Lines.

    Args:
        path: The file; None for standard input.

    Raises:
        LogUnavailableError: It cannot be read.
    """

    def __init__(self, path: Path | None) -> None:
        if path is not None:
            try:
                path.open("rb").close()
            except OSError as error:
                raise unavailable(path, "read", error) from error
        self._path = path
        self._name = "standard input" if path is None else str(path)
        self._runs: dict[str, RunRecord] = {}
        self._place = 0

    def count(self) -> None:
        """Return None: to count the lines is to read them."""

    def chunks(self) -> Iterator[list[EntryRecord]]:
        """Read the entries little by little.

        Raises:
            ForeignLogError: A line is no entry.
            LogUnavailableError: The file cannot be read.
        """
        with ExitStack() as stack:
            try:
                file: BinaryIO = sys.stdin.buffer
                if self._path is not None:
                    file = stack.enter_context(self._path.open("rb"))
                yield from self._chunks(file)
            except OSError as error:
                raise unavailable(self._name, "read", error) from error

    def _chunks(self, file: BinaryIO) -> Iterator[list[EntryRecord]]:
        records: list[EntryRecord] = []
        for place, line in enumerate(file, 1):
            self._place = place
            if line.strip():
                records.append(self._record(line))
            if len(records) == CHUNK:
                yield records
                records = []
        if records:
            yield records

    def _record(self, line: bytes) -> EntryRecord:
        try:
            fields = _parsed(line)
            record = self._entry(fields)
            verify_record(record)
        except (ValueError, TypeError, OverflowError) as error:
            self._refuse(error)
        return record

    def _refuse(self, error: Exception) -> NoReturn:
        raise ForeignLogError(
            f"{self._name}, line {self._place}, is no entry of a log: {error}.",
            hint=_HINT,
        ) from error

    def _entry(self, fields: dict[str, Any]) -> EntryRecord:
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
            _text(get("metadata")),
            _text(get("body")),
        )
        return EntryRecord(get("id", 0), run, row)


def _parsed(line: bytes) -> dict[str, Any]:
    fields = None
    if not _LONG_NUMBER.search(line):
        try:
            fields = orjson.loads(line)
        except ValueError:  # lone surrogates in what metadata hold, or no JSON at all
            fields = None
    if fields is None:
        fields = json.loads(line, parse_constant=_no_number)
    if not isinstance(fields, dict):
        raise TypeError("a line is an object, {...}")
    return fields


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"JSON knows no {word}")


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


_WORDS: Mapping[type, str] = {
    str: "text",
    int: "whole number",
    dict: "object",
    bool: "true or false",
}


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


def _text(value: dict[str, Any] | None) -> str | None:
    """Return an object as the column keeps it."""
    if value is None:
        return None
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # whole numbers beyond 64 bits, or lone surrogates
        return json.dumps(value, allow_nan=False, separators=(",", ":"))
