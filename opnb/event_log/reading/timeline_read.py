"""The timeline of a run, found by its id, its job or an op, and read from the log."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from opnb.event_log.process import Process
from opnb.event_log.reading.dialect import DIALECTS
from opnb.event_log.reading.query import Query, run_condition, within_run
from opnb.event_log.reading.timeline import TOLD, RunTimeline, StepTime, attempts_of
from opnb.event_log.summary import RunStatus
from opnb.model.checks import shorten, verify_type
from opnb.model.entry import ErrorSource
from opnb.model.errors import CheckError, did_you_mean
from opnb.model.serialize import readable
from opnb.model.strict_json import decode_json

if TYPE_CHECKING:
    from opnb.event_log.reading.reader import LogReader

_LAST = "SELECT run_id FROM runs ORDER BY number DESC LIMIT 1"
_LAST_OF_JOB = "SELECT run_id FROM runs WHERE job_name = ? ORDER BY number DESC LIMIT 1"
# Read from the end of the log; only for an op that it has not, all of it is read.
_LAST_OF_OP = (
    "SELECT runs.run_id FROM runs WHERE runs.number ="
    " (SELECT entries.run FROM entries WHERE entries.op = ?"
    " ORDER BY entries.id DESC LIMIT 1)"
)
_FACTS = (
    "SELECT number, job_name, status, start_time, end_time, host, pid, pid_started"
    " FROM runs WHERE run_id = ?"
)
_NAMES = (
    "SELECT job_name FROM runs UNION"
    " SELECT op FROM entries WHERE op IS NOT NULL ORDER BY 1"
)
_COLUMNS = (
    "entries.timestamp, entries.event_type, entries.step_key, entries.op,"
    " CASE WHEN entries.event_type = 'STEP_FAILURE' THEN entries.body END"
)
_HINT = "opnb.log.runs() lists them."


def read_timeline(reader: LogReader, what: str | None) -> RunTimeline:
    """Return the timeline of a run; see `EventLog.timeline` for what names it."""
    run_id = _run_of(reader, what)
    (facts,) = reader.select(_FACTS, (run_id,))
    _, job, _, start, end, *_ = facts
    status = _status(facts)
    of_run = Query().and_where("runs.run_id = ?", run_id)
    within_run(of_run)
    names = ",".join(f"'{name}'" for name in TOLD)
    steps = of_run.and_where(f"entries.event_type IN ({names})")
    statement = steps.sql(_COLUMNS, newest_first=False, limit=None)
    lines = [_line(row) for row in reader.select(statement, steps.parameters)]
    until = _until(reader, status, of_run, end) or start
    return RunTimeline(
        run_id, job, status, start, max(until, start), attempts_of(lines)
    )


def _run_of(reader: LogReader, what: str | None) -> str:
    """Return the id of the run that is meant."""
    verify_type(what, str, "run_id_or_op", optional=True)
    if what is None:
        found = reader.select(_LAST)
        if not found:
            raise CheckError(
                "The log has no run yet.", hint="Run a cell that begins with %%op."
            )
        return str(found[0][0])
    name = readable(what)
    run_id = (
        _first(reader, _LAST_OF_JOB, name)
        or _by_beginning(reader, name)
        or _first(reader, _LAST_OF_OP, name)
    )
    if run_id is None:
        known = [row[0] for row in reader.select(_NAMES)]
        raise CheckError(
            f"The log has no run and no op {shorten(what)}.",
            hint=did_you_mean(what, known),
        )
    return run_id


def _first(reader: LogReader, query: str, name: str) -> str | None:
    found = reader.select(query, (name,))
    return str(found[0][0]) if found else None


def _by_beginning(reader: LogReader, text: str) -> str | None:
    """Return the run whose id begins so."""
    condition, parameters = run_condition(text, DIALECTS[reader.dialect])
    query = f"SELECT run_id FROM runs WHERE {condition} LIMIT 2"  # noqa: S608 - ours
    found = reader.select(query, parameters) if text else []
    if len(found) > 1:
        raise CheckError(
            f"The log has several runs whose ids begin with {shorten(text)}.",
            hint=f"Give more of the id; {_HINT}",
        )
    return str(found[0][0]) if found else None


def _status(facts: tuple[Any, ...]) -> RunStatus:
    _, _, status, _, _, *process = facts
    if status == RunStatus.STARTED.value and Process(*process).is_gone():
        return RunStatus.INTERRUPTED
    return RunStatus(status)


def _until(
    reader: LogReader, status: RunStatus, of_run: Query, end: int | None
) -> int | None:
    if end is not None:
        return end
    if status is RunStatus.STARTED:
        return round(time.time() * 1e6)
    last = of_run.sql("entries.timestamp", newest_first=True, limit=1)
    found = reader.select(last, of_run.parameters)
    return int(found[0][0]) if found else None


def _line(row: tuple[Any, ...]) -> StepTime:
    timestamp, event_type, step_key, op, body = row
    source = (decode_json(body) or {}).get("error_source")
    is_canceled = source == ErrorSource.INTERRUPT.value
    return StepTime(timestamp, event_type, step_key, op, is_canceled)
