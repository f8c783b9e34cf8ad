"""Checks as a DataFrame: how each expectation of each op came out over time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from opnb.event_log.reading.frame import build_frame, build_series
from opnb.event_log.reading.query import Query
from opnb.model.strict_json import decode_json

if TYPE_CHECKING:
    from opnb.event_log.reading.reader import LogReader

CHECK_COLUMNS: Mapping[str, tuple[str, str]] = {
    "op": ("told.op", "string"),
    "label": ("told.label", "string"),
    "success": ("newest.success", "boolean"),
    "evaluated": ("told.evaluated", "int64"),
    "passed": ("told.passed", "int64"),
    "failed": ("told.failed", "int64"),
    "last_time": ("newest.timestamp", "datetime64[us, UTC]"),
    "last_run_id": ("last_run.run_id", "string"),
    "last_change": ("change.timestamp", "datetime64[us, UTC]"),
}
_IS_CHECK = "entries.event_type = 'STEP_EXPECTATION_RESULT'"
# Read from the index alone, `told` is; then few rows are looked up.
_TOLD = (
    "SELECT entries.op AS op, entries.label AS label, count(*) AS evaluated,"
    " count(*) FILTER (WHERE entries.success = 1) AS passed,"
    " count(*) FILTER (WHERE entries.success = 0) AS failed,"
    " max(entries.id) AS newest,"
    " max(entries.id) FILTER (WHERE entries.success = 1) AS last_passed,"
    " max(entries.id) FILTER (WHERE entries.success = 0) AS last_failed"
)
_CHANGE = (
    "SELECT min(entries.id)"
    " FROM {tables}{clause} AND entries.op = told.op AND entries.label = told.label"
    " AND entries.success = newest.success AND entries.id >"
    " coalesce(CASE newest.success WHEN 1 THEN told.last_failed"
    " ELSE told.last_passed END, 0)"
)


def read_checks(
    reader: LogReader, query: Query, *, failing: bool | None = None
) -> pd.DataFrame:
    """Return one row a check; see `EventLog.checks` for the columns."""
    checks = query.and_where(_IS_CHECK)
    tables, clause = checks.tables, checks.clause
    columns = ", ".join([*(sql for sql, _ in CHECK_COLUMNS.values()), "newest.body"])
    change = _CHANGE.format(tables=tables, clause=clause)
    statement = (
        f"SELECT {columns} FROM ({_TOLD} FROM {tables}{clause}"  # noqa: S608 - ours, values are bound
        " GROUP BY entries.op, entries.label) AS told"
        " JOIN entries AS newest ON newest.id = told.newest"
        " JOIN runs AS last_run ON last_run.number = newest.run"
        f" LEFT JOIN entries AS change ON change.id = ({change})"
    )
    if failing is not None:
        statement += f" WHERE newest.success = {0 if failing else 1}"
    rows = reader.select(statement, [*checks.parameters, *checks.parameters])
    rows = sorted(rows, key=_place)
    frame = build_frame([row[:-1] for row in rows], CHECK_COLUMNS)
    severity = build_series([_severity(row[-1]) for row in rows], "string")
    frame.insert(list(frame.columns).index("success") + 1, "severity", severity)
    rate = (frame["passed"] / frame["evaluated"]).astype("float64")
    frame.insert(list(frame.columns).index("failed") + 1, "pass_rate", rate)
    return frame


def _severity(body: str | None) -> str | None:
    severity: str | None = (decode_json(body) or {}).get("severity")
    return severity


def _place(row: tuple[Any, ...]) -> tuple[str, str]:
    return (row[0] or "", row[1] or "")
