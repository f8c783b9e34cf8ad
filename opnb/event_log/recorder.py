"""What keeps the entries of one run, and folds them into what is shown of it.

They are folded when somebody looks, or when many have gathered: most runs of a loop or
of a nightly script are never looked at.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence

from opnb.event_log.kept_rows import KeptRows
from opnb.event_log.log import EventLog
from opnb.event_log.summary import RunSummary
from opnb.event_log.told import Told
from opnb.model.entry import EventLogEntry

# In bytes of their lines.
_MOST_GATHERED = 64_000


class Recorder:
    """Keeps what the code of a run logs while it runs, and what the run tells itself.

    It does not know the execution: a run that knew itself would hold the values that
    went in and came out until Python looks for cycles.

    Args:
        log: Where the entries go.
    """

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self._kept = KeptRows()
        self._folded: tuple[RunSummary, Told] | None = None
        self._gathered: deque[EventLogEntry] = deque()
        self._fold_at = _MOST_GATHERED
        # Whoever looks on may do so from a thread of its own.
        self._folding = threading.Lock()

    def __call__(self, entries: Sequence[EventLogEntry]) -> None:
        """Keep entries: when this returns they outlive the process."""
        self._log.append(entries, self._kept.add)
        self._gathered.extend(entries)
        if self._kept.came > self._fold_at:
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
            gathered = self._gathered
            self._fold_at = self._kept.came + _MOST_GATHERED
            while gathered:
                entry = gathered[0]
                summary.add(entry)
                told.add(entry)
                gathered.popleft()
            return self._folded
