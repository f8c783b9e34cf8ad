"""What keeps the entries of one run, and folds them into what is shown of it.

They are folded when somebody looks, or when many have gathered: most runs of a loop or
of a nightly script are never looked at.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

from opnb.event_log.kept_rows import KeptRows
from opnb.event_log.log import EventLog
from opnb.event_log.summary import RunSummary
from opnb.event_log.told import Told
from opnb.model.entry import EventLogEntry
from opnb.model.errors import InvalidMetadata
from opnb.model.event_row import event_entry
from opnb.model.events import AssetObservation, UserEvent
from opnb.model.serialize import EntryRow

# An event of the user's and its row, and the run that it is of: see `event_entry`.
ToldEvent: TypeAlias = tuple[UserEvent, EntryRow, str, str]
_STEP = 2  # the column of a row
# In bytes of their lines.
_MOST_GATHERED = 32_000


class Recorder:
    """Keeps what the code of a run logs while it runs, and what the run tells itself.

    It does not know the execution: a run that knew itself would hold the values that
    went in and came out until Python looks for cycles.

    Args:
        log: Where the entries go.
    """

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self._writer = log.writer
        self._kept = KeptRows()
        self._folded: tuple[RunSummary, Told] | None = None
        self._gathered: list[EventLogEntry | ToldEvent] = []
        self._fold_at = _MOST_GATHERED
        # Whoever looks on may do so from a thread of its own.
        self._folding = threading.Lock()

    def __call__(self, entries: Sequence[EventLogEntry]) -> None:
        """Keep entries: when this returns they outlive the process."""
        if not entries:
            return
        kept = self._kept
        before = kept.number
        try:
            self._writer.append(entries, kept.add)
        except InvalidMetadata:
            # It may be of an earlier entry, refused when all was committed.
            if kept.number - before == len(entries):
                self._gathered += entries
            raise
        self._gathered += entries
        if kept.came > self._fold_at:
            self._fold()

    def event(
        self, event: UserEvent, row: EntryRow, run_id: str, job_name: str
    ) -> None:
        """Keep an event of the user's: when this returns it outlives the process."""
        kept = self._kept
        before = kept.number
        try:
            self._writer.append_event(run_id, job_name, row, kept.add)
        finally:
            if kept.number > before:
                self._gathered.append((event, row, run_id, job_name))
        if kept.came > self._fold_at:
            self._fold()

    @property
    def summary(self) -> RunSummary:
        """What a card shows of the run."""
        return self._fold()[0]

    @property
    def told(self) -> Told:
        """What the run has told so far."""
        return self._fold()[1]

    def _fold(self) -> tuple[RunSummary, Told]:
        with self._folding:
            if self._folded is None:
                self._folded = RunSummary(past=self._log, kept=self._kept), Told()
            summary, told = self._folded
            self._fold_at = self._kept.came + _MOST_GATHERED
            entries = [*self._gathered]  # threads of the user's may add more meanwhile
            for entry, times in _with_repeats(entries):
                summary.add(entry, times)
                told.add(entry, times)
            del self._gathered[: len(entries)]
            return self._folded


def _with_repeats(
    gathered: Iterable[EventLogEntry | ToldEvent],
) -> Iterator[tuple[EventLogEntry, int]]:
    """Yield entries, each with how many it stands for.

    Of observations of one asset that a step makes one after the other, as ops do in
    loops, the last stands for all: of the others only the number is ever told.
    """
    last: EventLogEntry | ToldEvent | None = None
    times, before = 0, None
    for each in gathered:
        observed = None
        if isinstance(each, tuple):
            event, row = each[:2]
            if isinstance(event, AssetObservation):
                observed = event.asset_key, event.partition, row[_STEP]
        if observed is not None and observed == before:
            last, times = each, times + 1
            continue
        if last is not None:
            yield _entry(last), times
        last, times, before = each, 1, observed
    if last is not None:
        yield _entry(last), times


def _entry(told: EventLogEntry | ToldEvent) -> EventLogEntry:
    return event_entry(*told) if isinstance(told, tuple) else told
