"""The frame of a whole log, which costs what is new when it is read again."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pandas as pd

from opnb.event_log.reading.entries_frame import read_between
from opnb.event_log.reading.frame import ENTRY_COLUMNS, add_rows, build_frame

if TYPE_CHECKING:
    from opnb.event_log.reading.reader import LogReader

# Each by itself: SQLite finds a minimum and a maximum in one by a walk through all.
_EDGES = (
    "SELECT (SELECT min(id) FROM entries), (SELECT max(id) FROM entries),"
    " (SELECT removals FROM log),"
    " (SELECT timestamp FROM entries WHERE id = ?),"
    " (SELECT timestamp FROM entries ORDER BY id DESC LIMIT 1)"
)


class FrameCache:
    """Keeps the frame that was asked for, until it is told to forget it.

    Args:
        reader: Reads the log.
    """

    def __init__(self, reader: LogReader) -> None:
        self._reader = reader
        self._lock = threading.Lock()
        self._clear()

    def frame(self) -> pd.DataFrame:
        """Return all entries, as the caller's own."""
        with self._lock:
            self._read_new()
            # pandas 3 copies on write; before it, a shallow copy shares its values.
            return self._frame.copy(deep=pd.__version__ < "3")

    def forget(self) -> None:
        """Let go of the memory; the next frame is read anew."""
        with self._lock:
            self._clear()

    def _clear(self) -> None:
        self._frame = build_frame([], ENTRY_COLUMNS)
        self._last = 0
        self._seen: tuple[int, ...] | None = None

    def _read_new(self) -> None:
        self._reader.follow_path()
        found = self._reader.select(_EDGES, (self._last,))
        ((first, newest, removals, time, time_of_newest),) = found
        log = self._reader.generation, removals, first
        if (*log, time) != self._seen:
            self._clear()  # another log has taken its place, or entries are gone
        if newest is None or newest == self._last:
            return
        new = read_between(self._reader, self._last or first - 1, newest)
        self._frame = add_rows(self._frame, new)
        self._last = newest
        self._seen = *log, time_of_newest
