"""The event log: append-only, durable, a DataFrame to its reader."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from itertools import groupby
from operator import attrgetter
from pathlib import Path

import pandas as pd

from opnb.event_log.address import shown_address
from opnb.event_log.kept_rows import KeptRows
from opnb.event_log.process import Process
from opnb.event_log.reading.asset_keys import KnownAssetKeys
from opnb.event_log.reading.assets_before import read_numbers_before
from opnb.event_log.reading.entries_frame import read_events
from opnb.event_log.reading.entry_rows import entry_of, read_run_rows
from opnb.event_log.reading.frame_cache import FrameCache
from opnb.event_log.reading.query import (
    Assets,
    EventTypes,
    Several,
    build_query,
    is_newest_first,
    refuse_unknown_filters,
    verify_limit,
)
from opnb.event_log.reading.reader import LogReader
from opnb.event_log.reading.run_diff import RunDiff, read_run_diff
from opnb.event_log.reading.runs_frame import gone_processes
from opnb.event_log.reading.seen import verify_seen
from opnb.event_log.reading.tables import LogTables
from opnb.event_log.reading.times import Time
from opnb.event_log.step_summary import StepSummary
from opnb.event_log.store.open_store import open_store
from opnb.event_log.summary import AssetPart, RunStatus, RunSummary
from opnb.event_log.writing.writer import LogWriter
from opnb.model.asset_key import AssetKey
from opnb.model.entry import EventLogEntry
from opnb.model.errors import CheckError, InvalidMetadata, LogError
from opnb.model.serialize import readable


class EventLog(LogTables):
    """The event log of one or many notebooks.

    What `append` took outlives the process. When the power fails the last moments may
    be lost; with `?durability=full` at the end of an address with a scheme nothing is,
    at the cost of waiting for the disk at each append.

    Args:
        address: `memory:`, a path, `sqlite:///path`, or
            `postgresql://user@host/database`.

    Attributes:
        writer: Keeps the entries of one run, as they come.

    Raises:
        LogAddressError: The address means no log.
        ForeignLogError: The file is not an opnb log; it is left as it was.
        NewerLogError: A newer opnb wrote it; it is left as it was.
        LogUnavailableError: It cannot be opened now.
    """

    def __init__(self, address: str | Path = "memory:") -> None:
        self.address = shown_address(address)
        store = open_store(address)
        self.writer = LogWriter(store)
        self._store = LogReader(store, self.writer)
        self._frames = FrameCache(self._store)
        self._asset_keys = KnownAssetKeys(self._store)

    def __repr__(self) -> str:
        return f"EventLog({self.address!r})"

    @property
    def path(self) -> Path | None:
        """The file; None for a log in memory."""
        return self._store.path

    @property
    def unsaved(self) -> int:
        """How many entries of this process are not in the database yet."""
        return self.writer.unsaved

    @property
    def fault(self) -> LogError | None:
        """Why the database takes nothing at present; None if it does."""
        return self.writer.fault

    @property
    def is_spooled(self) -> bool:
        """Whether what is not in the database yet would outlive the process."""
        return self.writer.is_spooled

    def append(self, entries: Iterable[EventLogEntry]) -> None:
        """Keep entries for good: when this returns they outlive the process.

        They reach the database within some milliseconds, at the latest when the run
        ends. Where it takes none (a full disk, a lock that stays), they wait and are
        kept with later ones; `unsaved` and `fault` tell. The run goes on.

        Args:
            entries: What to keep, of any runs.

        Raises:
            InvalidMetadata: One is larger than an entry may be; the others are kept.
        """
        refused = None
        for _, of_run in groupby(entries, attrgetter("run_id")):
            try:
                self.writer.append(list(of_run))
            except InvalidMetadata as error:
                refused = error
        if refused is not None:
            raise refused

    def flush(self) -> None:
        """Bring all that was appended into the database; `unsaved` tells what is left.

        Raises:
            InvalidMetadata: The database refuses an entry for its size; the others are
                kept.
        """
        self.writer.flush()

    @property
    def frame(self) -> pd.DataFrame:
        """The whole log, oldest first: one row an entry.

        The columns are `id` (grows), `timestamp` (UTC), `run_id`, `job`, `op`,
        `step_key`, `event_type`, `level`, `message`, `asset_key`, `partition`, `label`
        (of an expectation, an output or an input) and `success` (of an expectation or a
        type check). Reading again costs what is new; the frame is the caller's own.
        """
        return self._frames.frame()

    def forget_frame(self) -> None:
        """Let go of the memory of `frame`; the next one is read anew."""
        self._frames.forget()

    @refuse_unknown_filters
    def events(  # noqa: PLR0913 - one argument a filter
        self,
        *,
        run: Several | None = None,
        op: Several | None = None,
        type: EventTypes | None = None,  # noqa: A002 - the column's word
        asset: Assets | None = None,
        partition: Several | None = None,
        label: Several | None = None,
        level: str | int | None = None,
        since: Time | None = None,
        until: Time | None = None,
        limit: int | None = None,
        order: str = "oldest",
    ) -> pd.DataFrame:
        """Return the entries that pass every filter given, columns as in `frame`.

        Where several values make sense, a filter takes one or a list of them. A name of
        an op, an asset, a label or a run that the log has never seen is an error with
        the nearest one that it has.

        Args:
            run: The first characters of a run's id, or all of it.
            op: The op.
            type: The event type, such as `"ASSET_MATERIALIZATION"`.
            asset: The asset's key; several are a list of `AssetKey`s.
            partition: The partition of an asset.
            label: The label of an expectation, an output or an input.
            level: The lowest level, such as `"WARNING"`; events have 10.
            since: From then on: an ISO time or a datetime, or how long ago: `"2d"`,
                `"12h"`, `"30m"` or a timedelta. Without a zone a time is taken as UTC,
                and a `NaiveTimeWarning` says so once.
            until: Before then, given likewise.
            limit: How many at the most.
            order: `"oldest"` or `"newest"` first; a limit keeps the first ones.

        Raises:
            CheckError: A filter has a value that it cannot have.
        """
        query = build_query(
            self._dialect,
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
        frame = read_events(
            self._store,
            query,
            newest_first=is_newest_first(order),
            limit=verify_limit(limit),
        )
        if frame.empty:
            filters = {"run": run, "op": op, "asset": asset, "label": label}
            verify_seen(self._store, filters)
        return frame

    def asset_keys(self) -> list[AssetKey]:
        """Return the keys of all assets in the log, sorted."""
        return self._asset_keys.read()

    def entries(self, run_id: str) -> list[EventLogEntry]:
        """Return the entries of one run, in their order."""
        return [entry_of(row) for row in read_run_rows(self._store, run_id)]

    def last_run(self, op: str) -> RunSummary | None:
        """Return the last run of an op; None if the log has none."""
        query = (
            "SELECT run_id FROM runs WHERE job_name = ? ORDER BY number DESC LIMIT 1"
        )
        found = self._store.select(query, (readable(op),))
        return self.summary(found[0][0]) if found else None

    def summary(self, run_id: str) -> RunSummary:
        """Return what a card shows of one run."""
        rows = read_run_rows(self._store, run_id)
        process = self._process(run_id)
        summary = RunSummary.of(map(entry_of, rows), past=self)
        summary.kept = KeptRows()
        summary.kept.add([row[2:] for row in rows])
        if summary.status is RunStatus.STARTED and process.is_gone():
            summary.status = RunStatus.INTERRUPTED
        return summary

    def numbers_before(
        self, run_id: str, parts: Iterable[AssetPart]
    ) -> Mapping[AssetPart, Mapping[str, float | Decimal]]:
        """Return the last numbers told of assets before a run began, by label.

        Args:
            run_id: The run; one that the log has not got yet began after all others.
            parts: The assets, each with its partition and the kind of event.

        Raises:
            LogUnavailableError: The log cannot be read now.
        """
        if self.fault is not None:
            return {}  # reading would wait for what cannot be written
        return read_numbers_before(self._store, run_id, parts)

    def step_of(self, run_id: str) -> StepSummary | None:
        """Return what the run of one op told; None if the log has no such run."""
        entries = self.entries(run_id)
        return RunSummary.of(entries).step if entries else None

    def diff(self, op: str, *, run: Several | None = None) -> RunDiff:
        """Return how two runs of an op differ, by default the last two.

        Args:
            op: The op, run on its own.
            run: The first characters of the ids of two runs, or of one to compare with
                the last.

        Raises:
            CheckError: There are no two such runs.
        """
        return read_run_diff(self, op, run)

    def last_statuses(self) -> dict[str, str]:
        """Return the status of the last run of each op, by its name."""
        query = (
            "SELECT job_name, status, host, pid, pid_started FROM runs"
            " WHERE number IN (SELECT max(number) FROM runs GROUP BY job_name)"
        )
        is_gone = gone_processes()
        return {
            job: RunStatus.INTERRUPTED.value
            if status == RunStatus.STARTED.value and is_gone(Process(*process))
            else status
            for job, status, *process in self._store.select(query)
        }

    def _process(self, run_id: str) -> Process:
        query = "SELECT host, pid, pid_started FROM runs WHERE run_id = ?"
        found = self._store.select(query, (run_id,))
        if not found:
            raise CheckError(
                f"The log has no run {run_id!r}.", hint="opnb.log.runs() lists them."
            )
        return Process(*found[0])

    def close(self) -> None:
        """Let go of the file; the log cannot be used afterwards."""
        self.writer.close()
