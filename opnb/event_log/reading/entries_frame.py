"""Entries of the log as a frame: few row by row, many through Arrow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

from opnb.event_log.reading.arrow_read import read_arrow
from opnb.event_log.reading.dialect import DIALECTS
from opnb.event_log.reading.frame import (
    ENTRY_COLUMNS,
    build_frame,
    frame_of_table,
    select_list,
)
from opnb.event_log.reading.query import Query

if TYPE_CHECKING:
    from opnb.event_log.reading.reader import LogReader

# Up to here it takes as long either way.
_FEW = 1_000
# Other threads that use the log wait while SQLite reads a page.
_PAGES = {"sqlite": 20_000, "postgresql": 1_000_000}
_OF_RUN = ("run_id", "job")
# A run's columns are looked up afterwards: joining costs more than reading them.
_PAGE_COLUMNS = {
    "run": ("entries.run", "int64"),
    **{name: facts for name, facts in ENTRY_COLUMNS.items() if name not in _OF_RUN},
}
_RUNS = {
    "number": ("number", "int64"),
    "run_id": ("run_id", "string"),
    "job": ("job_name", "string"),
}


def read_events(
    reader: LogReader, query: Query, *, newest_first: bool, limit: int | None
) -> pd.DataFrame:
    """Return the entries of a query, or the first ones; see `EventLog.events`."""
    few = _FEW if limit is None else min(limit, _FEW)
    statement = query.sql(
        select_list(ENTRY_COLUMNS), newest_first=newest_first, limit=few
    )
    rows = reader.select(statement, query.parameters)
    if len(rows) < _FEW or limit == _FEW:
        return build_frame(rows, ENTRY_COLUMNS)
    return _read_many(reader, query, newest_first=newest_first, limit=limit)


def read_between(reader: LogReader, after: int, newest: int) -> pd.DataFrame:
    """Return the entries whose ids are beyond the one and up to the other."""
    if newest - after <= _FEW:
        query = _between(reader, after, newest)
        columns = select_list(ENTRY_COLUMNS)
        statement = query.sql(columns, newest_first=False, limit=None)
        return build_frame(reader.select(statement, query.parameters), ENTRY_COLUMNS)
    page = _PAGES[reader.dialect]
    tables = []
    for start in range(after, newest, page):
        query = _between(reader, start, min(start + page, newest))
        chosen = query.tables + query.clause
        tables.append(_read_table(reader, chosen, query.parameters))
    return _frame(reader, pa.concat_tables(tables), newest_first=False)


def _between(reader: LogReader, after: int, newest: int) -> Query:
    query = Query(DIALECTS[reader.dialect].entries_by_id)
    query.where("entries.id > ? AND entries.id <= ?", after, newest)
    return query


def _read_many(
    reader: LogReader, query: Query, *, newest_first: bool, limit: int | None
) -> pd.DataFrame:
    chosen = query.tables + query.clause
    if limit is not None:
        order = f"ORDER BY entries.id {'DESC' if newest_first else 'ASC'}"
        ids = f"SELECT entries.id FROM {chosen} {order} LIMIT {limit:d}"  # noqa: S608 - values are bound
        chosen = f"entries WHERE entries.id IN ({ids})"
    table = _read_table(reader, chosen, query.parameters)
    return _frame(reader, table, newest_first=newest_first)


def _read_table(reader: LogReader, chosen: str, parameters: Sequence[Any]) -> pa.Table:
    query = f"SELECT {select_list(_PAGE_COLUMNS)} FROM {chosen}"  # noqa: S608 - values are bound
    return _ask(reader, query, parameters, _PAGE_COLUMNS)


def _ask(
    reader: LogReader,
    query: str,
    parameters: Sequence[Any],
    columns: Mapping[str, tuple[str, str]],
) -> pa.Table:
    if reader.dialect == "sqlite":
        return read_arrow(reader.select, query, parameters, columns)
    table = reader.arrow(query, parameters)
    return table.rename_columns(list(columns))


def _frame(reader: LogReader, table: pa.Table, *, newest_first: bool) -> pd.DataFrame:
    table = _with_runs(reader, _in_order(table, newest_first=newest_first))
    return frame_of_table(table, ENTRY_COLUMNS)


def _in_order(table: pa.Table, *, newest_first: bool) -> pa.Table:
    """Return the rows by their ids: they come as an index of the database has them."""
    ids = table["id"].to_numpy()
    places = -ids if newest_first else ids
    if (np.diff(places) > 0).all():
        return table
    return table.take(pa.array(np.argsort(places)))


def _with_runs(reader: LogReader, table: pa.Table) -> pa.Table:
    """Return the columns of `ENTRY_COLUMNS`: those of its run put to each entry."""
    wanted = table["run"].to_numpy()
    query = "SELECT number, run_id, job_name FROM runs WHERE number BETWEEN ? AND ?"
    span = int(wanted.min(initial=2**62)), int(wanted.max(initial=0))
    runs = _ask(reader, query, span, _RUNS).sort_by("number")
    numbers = runs["number"].to_numpy()
    places = np.searchsorted(numbers, wanted)
    is_known = np.isin(wanted, numbers)
    if not is_known.all():
        # Somebody has taken them out of the log in the meantime, and their entries too.
        table, places = table.filter(pa.array(is_known)), places[is_known]
    columns = {name: table[name] for name in _PAGE_COLUMNS}
    for name in _OF_RUN:
        columns[name] = runs[name].take(pa.array(places))
    return pa.table({name: columns[name] for name in ENTRY_COLUMNS})
