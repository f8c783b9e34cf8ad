"""The entries of a log, with their runs, to be carried elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

from opnb.event_log.care.database import Database
from opnb.event_log.care.record import EntryRecord, RunRecord
from opnb.event_log.reading.query import Query
from opnb.event_log.store.base import ENTRY_COLUMNS

_COLUMNS = ", ".join(
    ["entries.id", "entries.run", *(f"entries.{name}" for name in ENTRY_COLUMNS)]
)
_RUN_COLUMNS = ", ".join(["number", *RunRecord._fields])


class LogSource:
    """Entries of a log, oldest first.

    Args:
        database: The log.
        query: Which of them.
    """

    def __init__(self, database: Database, query: Query) -> None:
        self._database = database
        self._query = query
        self._runs: dict[int, RunRecord] = {}

    def count(self) -> int:
        """Return how many entries there are."""
        query = f"SELECT count(*) FROM {self._query.tables}{self._query.clause}"  # noqa: S608 - values are bound
        return int(self._database.select(query, self._query.parameters)[0][0])

    def chunks(self) -> Iterator[list[EntryRecord]]:
        """Read the entries little by little; those that have no run are none."""
        statement = self._query.sql(_COLUMNS, newest_first=False, limit=None)
        for rows in self._database.stream(statement, self._query.parameters):
            runs = self._find({row[1] for row in rows})
            yield [EntryRecord(row[0], runs[row[1]], row[2:]) for row in rows]

    def _find(self, numbers: set[int]) -> dict[int, RunRecord]:
        """Return these runs; those of the entries before are mostly among them."""
        found = {number: self._runs.get(number) for number in numbers}
        unknown = [number for number, run in found.items() if run is None]
        known = {number: run for number, run in found.items() if run is not None}
        if unknown:
            places = ",".join("?" * len(unknown))
            query = f"SELECT {_RUN_COLUMNS} FROM runs WHERE number IN ({places})"  # noqa: S608 - values are bound
            for number, *facts in self._database.select(query, unknown):
                known[number] = RunRecord(*facts)
        self._runs = known
        return known
