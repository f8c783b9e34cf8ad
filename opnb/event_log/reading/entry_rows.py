"""Rows of the log as the entries that they were."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from opnb.event_log.reading.query import Query, within_run
from opnb.model.entry import EventLogEntry
from opnb.model.serialize import from_row

if TYPE_CHECKING:
    from opnb.event_log.reading.reader import LogReader

_COLUMNS = (
    "runs.run_id, runs.job_name, entries.timestamp, entries.event_type,"
    " entries.step_key, entries.op, entries.level, entries.message,"
    " entries.asset_key, entries.partition, entries.label, entries.success,"
    " entries.metadata, entries.body"
)


def read_entries(
    reader: LogReader,
    query: Query,
    *,
    newest_first: bool = False,
    limit: int | None = None,
) -> list[EventLogEntry]:
    """Return the entries of a query."""
    statement = query.sql(_COLUMNS, newest_first=newest_first, limit=limit)
    return [entry_of(row) for row in reader.select(statement, query.parameters)]


def read_run_rows(reader: LogReader, run_id: str) -> list[tuple[Any, ...]]:
    """Return the rows of one run, each with its run's id and job before its columns."""
    query = Query()
    query.where("run_id = ?", run_id)
    within_run(query)
    statement = query.sql(_COLUMNS, newest_first=False, limit=None)
    return reader.select(statement, query.parameters)


def entry_of(row: tuple[Any, ...]) -> EventLogEntry:
    """Return the entry of such a row."""
    run_id, job_name, *columns = row
    entry: EventLogEntry = from_row(tuple(columns), run_id=run_id, job_name=job_name)
    return entry
