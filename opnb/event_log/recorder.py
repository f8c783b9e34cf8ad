"""What keeps the entries of one run, and folds them into what is shown of it.

They are folded when somebody looks, or when many have gathered: most runs of a loop or
of a nightly script are never looked at.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence

from opnb.event_log.kept_rows import KeptRows
from opnb.event_log.log import EventLog
from opnb.event_log.summary import RunSummary
from opnb.event_log.told import Told
from opnb.model.entry import AssetObservationData, EventLogEntry
from opnb.model.errors import InvalidMetadata

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
        self._append = log.append_to_run
        self._kept = KeptRows()
        self._folded: tuple[RunSummary, Told] | None = None
        self._gathered: deque[EventLogEntry] = deque()
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
            self._append(entries, kept.add)
        except InvalidMetadata:
            # It may be of an earlier entry, refused when all was committed.
            if kept.number - before == len(entries):
                self._gathered += entries
            raise
        self._gathered += entries
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
            for _ in entries:
                self._gathered.popleft()
            return self._folded


def _with_repeats(
    entries: Iterable[EventLogEntry],
) -> Iterator[tuple[EventLogEntry, int]]:
    """Yield entries, each with how many it stands for.

    Of observations of one asset that a step makes one after the other, as ops do in
    loops, the last stands for all: of the others only the number is ever told.
    """
    last: EventLogEntry | None = None
    times, key, partition = 0, None, None
    for entry in entries:
        data = entry.event_specific_data
        event = data.asset_observation if type(data) is AssetObservationData else None
        if last is not None:
            if (
                event is not None
                and event.asset_key is key
                and event.partition == partition
                and entry.step_key == last.step_key
            ):
                last, times = entry, times + 1
                continue
            yield last, times
        last, times = entry, 1
        key, partition = (event.asset_key, event.partition) if event else (None, None)
    if last is not None:
        yield last, times
