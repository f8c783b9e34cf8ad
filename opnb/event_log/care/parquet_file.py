"""A log as one Parquet file: one row an entry, its run's facts on each row of it.

The columns are those of `EventLog.frame`, of its dtypes; `metadata` and `body`, texts
of JSON as in `opnb/model/serialize.py`; and of the run `run_status`, `run_start_time`,
`run_end_time`, `run_partition`, `run_host`, `run_pid` and `run_pid_started`, which take
next to no room.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from opnb.event_log.care.new_file import NewFile, unavailable
from opnb.event_log.care.record import EntryRecord, RunRecord, verify_record
from opnb.event_log.care.sqlite_database import CHUNK
from opnb.event_log.reading.frame import ARROW_TYPES, ENTRY_COLUMNS
from opnb.event_log.store.base import ENTRY_COLUMNS as ROW_COLUMNS
from opnb.model.errors import ForeignLogError

_KINDS = {name: ARROW_TYPES[dtype] for name, (_, dtype) in ENTRY_COLUMNS.items()}
_TEXT, _TIME = ARROW_TYPES["string"], ARROW_TYPES["datetime64[us, UTC]"]
# Columns of the run, as `RunRecord` has them but for `run_id` and the job.
_RUN_KINDS = {
    "run_status": _TEXT,
    "run_start_time": _TIME,
    "run_end_time": _TIME,
    "run_partition": _TEXT,
    "run_host": _TEXT,
    "run_pid": pa.int64(),
    "run_pid_started": pa.float64(),
}
_SCHEMA = pa.schema(
    [*_KINDS.items(), ("metadata", _TEXT), ("body", _TEXT), *_RUN_KINDS.items()]
)
_RUN_NAMES = ("run_id", "job", *_RUN_KINDS)
_NEEDED = (
    *("timestamp", "run_id", "job", "event_type", "level"),
    *("run_status", "run_start_time", "run_host", "run_pid", "run_pid_started"),
)
# What a group of rows has that is read at a time.
_GROUP = 10 * CHUNK
_HINT = "`opnb log export FILE.parquet` writes such files."


class ParquetSink:
    """Writes entries into a Parquet file.

    Args:
        path: The file.
        overwrite: Whether it may take the place of another.
    """

    def __init__(self, path: Path, *, overwrite: bool = False) -> None:
        self._new = NewFile(path, overwrite=overwrite)
        self._tables: list[pa.Table] = []
        self._rows = 0
        try:
            self._writer = pq.ParquetWriter(
                self._new.partial, _SCHEMA, compression="zstd"
            )
        except OSError as error:
            raise unavailable(path, "written", error) from error

    def write(self, records: list[EntryRecord]) -> None:
        """Take entries."""
        self._tables.append(_table(records))
        self._rows += len(records)
        if self._rows >= _GROUP:
            self._write_group()

    def _write_group(self) -> None:
        if self._tables:
            self._writer.write_table(pa.concat_tables(self._tables), self._rows)
        self._tables, self._rows = [], 0

    def finish(self) -> None:
        """Let the file be."""
        self._write_group()
        self._writer.close()
        self._new.finish()

    def abandon(self) -> None:
        """Leave nothing of it."""
        self._writer.close()
        self._new.abandon()


def _table(records: Sequence[EntryRecord]) -> pa.Table:
    columns: dict[str, Any] = dict(
        zip(
            ROW_COLUMNS,
            zip(*[record.row for record in records], strict=True),
            strict=True,
        )
    )
    columns["id"] = [record.id for record in records]
    runs = {record.run.run_id: record.run for record in records}
    facts = dict(zip(_RUN_NAMES, zip(*runs.values(), strict=True), strict=True))
    places = {run_id: place for place, run_id in enumerate(runs)}
    of_run = pa.array([places[record.run.run_id] for record in records], pa.int32())
    return pa.table(
        [
            _array(facts[field.name], field.type).take(of_run)
            if field.name in facts
            else _array(columns[field.name], field.type)
            for field in _SCHEMA
        ],
        schema=_SCHEMA,
    )


def _array(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    if kind in (pa.bool_(), _TIME):
        return pa.array(values, pa.int64()).cast(kind)
    return pa.array(values, kind)


class ParquetSource:
    """Entries of a Parquet file.

    Args:
        path: The file.

    Raises:
        ForeignLogError: It is none that a log was exported to.
        LogUnavailableError: It cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._runs: dict[str, RunRecord] = {}
        try:
            self._file = pq.ParquetFile(path)
        except OSError as error:
            raise unavailable(path, "read", error) from error
        except pa.ArrowInvalid as error:
            raise ForeignLogError(f"{path} is no Parquet file.", hint=_HINT) from error
        self._verify_columns()

    def _verify_columns(self) -> None:
        names = set(self._file.schema_arrow.names)
        missing = [name for name in _SCHEMA.names if name not in names]
        if missing:
            raise ForeignLogError(
                f"{self._path} is no log that was exported: it lacks the columns "
                f"{', '.join(missing)}.",
                hint=_HINT,
            )

    def count(self) -> int:
        """Return how many entries there are."""
        return int(self._file.metadata.num_rows)

    def chunks(self) -> Iterator[list[EntryRecord]]:
        """Read the entries little by little.

        Raises:
            ForeignLogError: A row is no entry.
            LogUnavailableError: The file cannot be read.
        """
        place = 0
        try:
            for batch in self._file.iter_batches(CHUNK, columns=_SCHEMA.names):
                yield self._records(batch, place)
                place += batch.num_rows
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            reason = str(error).partition("\n")[0].rstrip(".")
            raise ForeignLogError(
                f"{self._path} is no log that was exported: {reason}.", hint=_HINT
            ) from error
        except OSError as error:
            raise unavailable(self._path, "read", error) from error

    def _records(self, batch: pa.RecordBatch, place: int) -> list[EntryRecord]:
        table = pa.table(batch).select(_SCHEMA.names).cast(_SCHEMA)
        for name in _NEEDED:
            if table[name].null_count:
                first = table[name].to_pylist().index(None)
                self._refuse(place + first, f"it lacks {name!r}")
        lists = {name: _values(table[name]) for name in _SCHEMA.names}
        rows = zip(*[lists[name] for name in ROW_COLUMNS], strict=True)
        runs = zip(*[lists[name] for name in _RUN_NAMES], strict=True)
        records: list[EntryRecord] = []
        for id_, run, row in zip(lists["id"], runs, rows, strict=True):
            known = self._runs.get(run[0])
            if known is None:
                known = self._runs[run[0]] = RunRecord(*run)
            record = EntryRecord(id_ or 0, known, row)
            try:
                verify_record(record)
            except ValueError as error:
                self._refuse(place + len(records), str(error))
            records.append(record)
        return records

    def _refuse(self, place: int, reason: str) -> None:
        raise ForeignLogError(
            f"{self._path}, row {place + 1}, is no entry of a log: {reason}.",
            hint=_HINT,
        )


def _values(column: pa.ChunkedArray) -> list[Any]:
    if column.type in (pa.bool_(), _TIME):
        column = column.cast(pa.int64())
    values: list[Any] = column.to_pylist()
    return values
