"""The tables of a log as it stands at one moment, for who only reads it."""

from __future__ import annotations

from typing import cast

from opnb.event_log.care.database import Database
from opnb.event_log.reading.reader import LogReader
from opnb.event_log.reading.tables import LogTables


class StandingLog(LogTables):
    """Reads a database that was opened to be read; nothing of it changes meanwhile.

    Args:
        database: The log; what waits in spools was brought in before.
    """

    def __init__(self, database: Database) -> None:
        # Tables ask for nothing but the dialect and rows, which it gives as well.
        self._store = cast("LogReader", database)
