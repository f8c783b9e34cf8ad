"""Runs as a DataFrame, one row a run."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pandas as pd

from opnb.event_log.process import Process
from opnb.event_log.reading.frame import RUN_COLUMNS, build_frame, select_list
from opnb.event_log.reading.query import Conditions, Several, parse_word, texts_of
from opnb.event_log.summary import RunStatus

if TYPE_CHECKING:
    from opnb.event_log.reading.reader import LogReader

_STARTED = RunStatus.STARTED.value
_INTERRUPTED = RunStatus.INTERRUPTED.value
_PROCESS = ["host", "pid", "pid_started"]


def parse_statuses(status: Several) -> set[str]:
    """Return the names of statuses; case is forgiven.

    Raises:
        CheckError: There is no such status.
    """
    known = [each.value for each in RunStatus]
    names = texts_of(status, "status")
    return {parse_word(name.strip().upper(), known, "status") for name in names}


def read_runs(
    reader: LogReader,
    runs: Conditions,
    statuses: set[str] | None,
    *,
    newest_first: bool,
    limit: int | None,
) -> pd.DataFrame:
    """Return the runs of a query; see `EventLog.runs` for the columns."""
    if statuses is not None:
        # A run that was killed still says that it goes on.
        kept = {_STARTED if name == _INTERRUPTED else name for name in statuses}
        runs.where_text("runs.status", sorted(kept), "status")
    # Which of those are meant is known when their processes have been looked for.
    looks = statuses is not None and len(statuses & {_STARTED, _INTERRUPTED}) == 1
    at_most = "" if limit is None or looks else f" LIMIT {limit:d}"
    order = "DESC" if newest_first else "ASC"
    query = (
        f"SELECT {select_list(RUN_COLUMNS)} FROM runs{runs.clause}"  # noqa: S608 - columns are ours, values are bound
        f" ORDER BY runs.number {order}{at_most}"
    )
    frame = build_frame(reader.select(query, runs.parameters), RUN_COLUMNS)
    _mark_interrupted(frame)
    if looks and statuses is not None:
        frame = frame[frame["status"].isin(statuses)].iloc[:limit]
        frame = frame.reset_index(drop=True)
    seconds = (frame["end_time"] - frame["start_time"]).dt.total_seconds()
    frame.insert(list(frame.columns).index("end_time") + 1, "duration", seconds)
    return frame.drop(columns="pid_started")


def _mark_interrupted(frame: pd.DataFrame) -> None:
    is_gone = gone_processes()
    started = frame["status"] == _STARTED
    for place, process in frame.loc[started, _PROCESS].iterrows():
        if is_gone(Process(*process)):
            frame.loc[place, "status"] = _INTERRUPTED


def gone_processes() -> Callable[[Process], bool]:
    """Return what tells whether a process is gone, and looks for each but once."""
    known: dict[Process, bool] = {}

    def is_gone(process: Process) -> bool:
        if process not in known:
            known[process] = process.is_gone()
        return known[process]

    return is_gone
