"""The event log: append-only, durable, a DataFrame to its reader."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from opnb.event_log.address import path_of_address
from opnb.event_log.asset_history import AssetHistory
from opnb.event_log.frame import (
    ENTRY_COLUMNS,
    RUN_COLUMNS,
    add_rows,
    build_frame,
    select_list,
)
from opnb.event_log.process import Process
from opnb.event_log.query import Query, asset_column, build_query, within_run
from opnb.event_log.sqlite_store import SqliteStore
from opnb.event_log.summary import RunStatus, RunSummary
from opnb.model.asset_key import AssetKey
from opnb.model.checks import verify_type
from opnb.model.entry import EventLogEntry, EventType
from opnb.model.errors import CheckError, LogError
from opnb.model.serialize import Row, from_row, to_row

_ROW = (
    "runs.run_id, runs.job_name, entries.timestamp, event_type, step_key, op, level,"
    " message, asset_key, entries.partition, label, success, metadata, body"
)
_PROCESS = ["host", "pid", "pid_started"]
_ORDERS = ("oldest", "newest")
_RETRY_UNSAVED_SECONDS = 1.0
_SAVED_AT_ONCE = 1000


class EventLog:
    """The event log of one or many notebooks.

    Args:
        address: A path, `sqlite:///path`, or `memory:`.

    Raises:
        LogAddressError: The address means no log.
        ForeignLogError: The file is not an opnb log; it is left as it was.
        NewerLogError: A newer opnb wrote it; it is left as it was.
        LogUnavailableError: It cannot be opened now.
    """

    def __init__(self, address: str | Path = "memory:") -> None:
        self.address = str(address)
        self._store = SqliteStore(path_of_address(address))
        self._frame_lock = threading.Lock()
        self._frame = build_frame([], ENTRY_COLUMNS)
        self._frame_of = self._store.generation
        self._last_id = 0
        self._unsaved: list[EventLogEntry] = []
        self._unsaved_lock = threading.RLock()
        self._next_try = 0.0
        self.fault: LogError | None = None

    def __repr__(self) -> str:
        return f"EventLog({self.address!r})"

    @property
    def path(self) -> Path | None:
        """The file; None for a log in memory."""
        return self._store.path

    @property
    def unsaved(self) -> int:
        """How many entries wait in this process because the log took none."""
        return len(self._unsaved)

    def append(self, entries: Sequence[EventLogEntry]) -> None:
        """Keep entries for good, all in one commit.

        Where the log takes none (a full disk, a lock that stays), they wait here and
        are kept with later ones; `unsaved` and `fault` tell. The run goes on.

        Raises:
            InvalidMetadata: One is larger than an entry may be; the others are kept.
        """
        if not self._unsaved:
            try:
                self._store.append(entries)
            except LogError as fault:
                self._hold_back(entries, fault)
            return
        for entry in entries:
            to_row(entry)  # what is refused is refused now, not while it is kept later
        with self._unsaved_lock:
            self._unsaved += entries
            if time.monotonic() >= self._next_try:
                self.save_unsaved()

    def _hold_back(self, entries: Sequence[EventLogEntry], fault: LogError) -> None:
        with self._unsaved_lock:
            self.fault = fault
            self._unsaved += entries
            self._next_try = time.monotonic() + _RETRY_UNSAVED_SECONDS
            # Each further entry would wait for the same lock again.
            self._store.be_patient(patient=False)

    def save_unsaved(self) -> None:
        """Try to keep what waits; `unsaved` tells what is left."""
        with self._unsaved_lock:
            try:
                while self._unsaved:
                    part = self._unsaved[:_SAVED_AT_ONCE]
                    self._store.append(part)
                    del self._unsaved[: len(part)]
            except LogError as fault:
                self.fault = fault
                self._next_try = time.monotonic() + _RETRY_UNSAVED_SECONDS
            else:
                self.fault = None
                self._store.be_patient(patient=True)

    @property
    def frame(self) -> pd.DataFrame:
        """The whole log, oldest first: one row an entry.

        The columns are `id` (grows), `timestamp` (UTC), `run_id`, `job`, `op`,
        `step_key`, `event_type`, `level`, `message`, `asset_key`, `partition`, `label`
        (of an expectation, an output or an input) and `success` (of an expectation or a
        type check). Reading again costs what is new; the frame is the caller's own.
        """
        with self._frame_lock:
            self._read_new()
            # pandas 3 copies on write; before it, a shallow copy shares its values.
            return self._frame.copy(deep=pd.__version__ < "3")

    def _read_new(self) -> None:
        self._store.follow_path()
        if self._frame_of != self._store.generation:
            self._forget_frame()
        query = Query()
        query.where("entries.id > ?", self._last_id)
        new = self._read(query, newest_first=False, limit=None)
        if len(new):
            self._frame = add_rows(self._frame, new)
            self._last_id = int(new["id"].iloc[-1])

    def _forget_frame(self) -> None:
        self._frame = build_frame([], ENTRY_COLUMNS)
        self._frame_of = self._store.generation
        self._last_id = 0

    def events(  # noqa: PLR0913 - one argument a filter
        self,
        *,
        run: str | None = None,
        op: str | None = None,
        type: str | EventType | Sequence[str | EventType] | None = None,  # noqa: A002 - the column's word
        asset: str | Sequence[str] | AssetKey | None = None,
        partition: str | None = None,
        label: str | None = None,
        level: str | int | None = None,
        since: str | datetime | timedelta | None = None,
        until: str | datetime | timedelta | None = None,
        limit: int | None = None,
        order: str = "oldest",
    ) -> pd.DataFrame:
        """Return the entries that pass every filter given, columns as in `frame`.

        Args:
            run: The first characters of a run's id, or all of it.
            op: The op.
            type: One event type or several, such as `"ASSET_MATERIALIZATION"`.
            asset: The asset's key.
            partition: The partition of an asset.
            label: The label of an expectation, an output or an input.
            level: The lowest level, such as `"WARNING"`; events have 10.
            since: From then on: an ISO time or a datetime in UTC, or a timedelta back.
            until: Before then, given likewise.
            limit: How many at the most.
            order: `"oldest"` or `"newest"` first; a limit keeps the first ones.

        Raises:
            CheckError: A filter has a value that it cannot have.
        """
        query = build_query(
            run=run,
            op=op,
            event_type=type,
            asset=asset,
            partition=partition,
            label=label,
            level=level,
            since=since,
            until=until,
        )
        if order not in _ORDERS:
            raise CheckError(
                f"There is no order {order!r}.", hint="'oldest' or 'newest'."
            )
        if limit is not None:
            verify_type(limit, int, "limit")
            if limit < 0:
                raise CheckError(f"A limit counts up from zero: {limit!r}.")
        return self._read(query, newest_first=order == "newest", limit=limit)

    def _read(
        self, query: Query, *, newest_first: bool, limit: int | None
    ) -> pd.DataFrame:
        columns = select_list(ENTRY_COLUMNS)
        statement = query.sql(columns, newest_first=newest_first, limit=limit)
        rows = self._store.select(statement, query.parameters)
        return build_frame(rows, ENTRY_COLUMNS)

    def runs(self) -> pd.DataFrame:
        """Return one row a run, oldest first.

        The columns are `run_id`, `job`, `status` (STARTED, SUCCESS, FAILURE, CANCELED,
        or INTERRUPTED for one whose process has ended without a word), `start_time`,
        `end_time` (UTC), `partition`, and `host` and `pid` of its process.
        """
        columns = select_list(RUN_COLUMNS)
        query = f"SELECT {columns} FROM runs ORDER BY number"  # noqa: S608 - ours
        frame = build_frame(self._store.select(query), RUN_COLUMNS)
        started = frame["status"] == RunStatus.STARTED.value
        for place, process in frame.loc[started, _PROCESS].iterrows():
            if Process(*process).is_gone():
                frame.loc[place, "status"] = RunStatus.INTERRUPTED.value
        return frame.drop(columns="pid_started")

    def asset(self, key: str | Sequence[str] | AssetKey) -> AssetHistory:
        """Return the history of one asset; an empty one if the log has none."""
        asset_key = AssetKey.of_event(key)
        query = Query()
        query.where("asset_key = ?", asset_column(asset_key))
        return AssetHistory(asset_key, self._entries(query))

    def asset_keys(self) -> list[AssetKey]:
        """Return the keys of all assets in the log, sorted."""
        query = (
            "SELECT DISTINCT asset_key FROM entries WHERE asset_key IS NOT NULL"
            " ORDER BY asset_key"
        )
        return [
            AssetKey.from_escaped_user_string(text)
            for (text,) in self._store.select(query)
        ]

    def entries(self, run_id: str) -> list[EventLogEntry]:
        """Return the entries of one run, in their order."""
        query = Query()
        query.where("run_id = ?", run_id)
        within_run(query)
        return self._entries(query)

    def last_run(self, op: str) -> RunSummary | None:
        """Return the last run of an op; None if the log has none."""
        query = (
            "SELECT run_id FROM runs WHERE job_name = ? ORDER BY number DESC LIMIT 1"
        )
        found = self._store.select(query, (op,))
        return self.summary(found[0][0]) if found else None

    def summary(self, run_id: str) -> RunSummary:
        """Return what a card shows of one run."""
        summary = RunSummary.of(self.entries(run_id))
        if summary.status is RunStatus.STARTED and self._process(run_id).is_gone():
            summary.status = RunStatus.INTERRUPTED
        return summary

    def last_statuses(self) -> dict[str, str]:
        """Return the status of the last run of each op, by its name."""
        query = (
            "SELECT job_name, run_id, status FROM runs WHERE number IN"
            " (SELECT max(number) FROM runs GROUP BY job_name)"
        )
        return {
            job: RunStatus.INTERRUPTED.value
            if status == RunStatus.STARTED.value and self._process(run_id).is_gone()
            else status
            for job, run_id, status in self._store.select(query)
        }

    def _process(self, run_id: str) -> Process:
        query = "SELECT host, pid, pid_started FROM runs WHERE run_id = ?"
        found = self._store.select(query, (run_id,))
        if not found:
            raise CheckError(
                f"The log has no run {run_id!r}.", hint="opnb.log.runs() lists them."
            )
        return Process(*found[0])

    def _entries(self, query: Query) -> list[EventLogEntry]:
        statement = query.sql(_ROW, newest_first=False, limit=None)
        rows = self._store.select(statement, query.parameters)
        return [_entry(row) for row in rows]

    def close(self) -> None:
        """Let go of the file; the log cannot be used afterwards."""
        self._store.close()


def _entry(row: tuple[Any, ...]) -> EventLogEntry:
    run_id, job_name, timestamp, *columns = row
    entry: EventLogEntry = from_row(
        Row(*columns), run_id=run_id, job_name=job_name, timestamp=timestamp / 1e6
    )
    return entry
