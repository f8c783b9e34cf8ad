"""What is new in the log since one looked last."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pandas as pd

from opnb.event_log.reading.frame import ENTRY_COLUMNS, build_frame, select_list
from opnb.event_log.reading.query import Query

if TYPE_CHECKING:
    from opnb.event_log.reading.reader import LogReader

_NEWEST = "SELECT max(id) FROM entries"


class Tail:
    """A place in the log; reading goes on from it.

    Iterating waits for what comes, as `follow` does.

    Args:
        reader: Reads the log.
        query: Which entries are told; it looks through them by id alone.
        last: How many of those that are there already are told first.
    """

    def __init__(self, reader: LogReader, query: Query, last: int) -> None:
        self._reader = reader
        self._query = query
        self._generation = reader.generation
        self._seen = self._newest()
        if last:
            self._go_back(last)

    def _newest(self) -> int:
        return int(self._reader.select(_NEWEST)[0][0] or 0)

    def _go_back(self, last: int) -> None:
        query = self._query.and_where("entries.id <= ?", self._seen)
        ids = query.sql("entries.id", newest_first=True, limit=last)
        rows = self._reader.select(ids, query.parameters)
        self._seen = min([self._seen, *(row[0] - 1 for row in rows)])

    def read(self) -> pd.DataFrame:
        """Return the entries that have come since the last look, oldest first.

        The columns are those of `EventLog.frame`. It costs what is new.
        """
        self._reader.follow_path()
        if self._generation != self._reader.generation:
            # Another log has taken the place of this one: all of it is new.
            self._generation, self._seen = self._reader.generation, 0
        newest = self._newest()
        if newest <= self._seen:
            return build_frame([], ENTRY_COLUMNS)
        query = self._query.and_where(
            "entries.id > ? AND entries.id <= ?", self._seen, newest
        )
        columns = select_list(ENTRY_COLUMNS)
        statement = query.sql(columns, newest_first=False, limit=None)
        frame = build_frame(
            self._reader.select(statement, query.parameters), ENTRY_COLUMNS
        )
        self._seen = newest
        return frame

    def follow(
        self, *, seconds: float | None = None, every: float = 0.1
    ) -> Iterator[pd.DataFrame]:
        """Wait for entries, and give each bunch as it comes; an interrupt ends it.

        Args:
            seconds: For how long; for ever if not given.
            every: How many seconds lie between two looks.
        """
        end = None if seconds is None else time.monotonic() + seconds
        while True:
            frame = self.read()
            if len(frame):
                yield frame
            if end is not None and time.monotonic() >= end:
                return
            time.sleep(every)

    def __iter__(self) -> Iterator[pd.DataFrame]:
        return self.follow()
