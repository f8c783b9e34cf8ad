"""Entries of another place, taken into a log: all of them, or none."""

from __future__ import annotations

from opnb.event_log.care.database import Database
from opnb.event_log.care.record import EntryRecord, RunRecord
from opnb.event_log.store.base import ENTRY_COLUMNS
from opnb.model.serialize import EntryRow

_RUN_COLUMNS = RunRecord._fields
# Tables of this connection's own, where nobody waits for it while they are filled.
_STAGED_RUNS = (
    "CREATE TEMPORARY TABLE incoming_runs (place BIGINT PRIMARY KEY,"
    " run_id TEXT NOT NULL, job_name TEXT NOT NULL, status TEXT NOT NULL,"
    " start_time BIGINT NOT NULL, end_time BIGINT, partition TEXT, host TEXT NOT NULL,"
    " pid BIGINT NOT NULL, pid_started DOUBLE PRECISION NOT NULL)"
)
_STAGED_ENTRIES = (
    "CREATE TEMPORARY TABLE incoming_entries (place BIGINT PRIMARY KEY,"
    " run BIGINT NOT NULL, timestamp BIGINT NOT NULL, event_type TEXT NOT NULL,"
    " step_key TEXT, op TEXT, level BIGINT NOT NULL, message TEXT, asset_key TEXT,"
    " partition TEXT, label TEXT, success BIGINT, metadata TEXT, body TEXT)"
)
_LEAVE_KNOWN = "DELETE FROM incoming_runs WHERE run_id IN (SELECT run_id FROM runs)"
_NEWEST = "SELECT coalesce(max(id), 0) FROM entries"
_ADD_RUNS = (
    f"INSERT INTO runs ({', '.join(_RUN_COLUMNS)}, first_entry)"  # noqa: S608 - ours
    f" SELECT {', '.join(_RUN_COLUMNS)}, CAST(? AS BIGINT) FROM incoming_runs"
    " ORDER BY place"
)
_ADD_ENTRIES = (
    f"INSERT INTO entries (run, {', '.join(ENTRY_COLUMNS)})"  # noqa: S608 - ours
    f" SELECT runs.number, {', '.join(f'given.{name}' for name in ENTRY_COLUMNS)}"
    " FROM incoming_entries AS given"
    " JOIN incoming_runs ON incoming_runs.place = given.run"
    " JOIN runs ON runs.run_id = incoming_runs.run_id ORDER BY given.place"
)
# Where the entries of a run lie is known when they are there.
_PLACE_RUNS = (
    "UPDATE runs SET first_entry = lies.first,"
    " last_entry = CASE WHEN status = 'STARTED' THEN NULL ELSE lies.last END"
    " FROM (SELECT run, min(id) AS first, max(id) AS last FROM entries"
    " WHERE id > ? GROUP BY run) AS lies WHERE lies.run = runs.number"
)


class LogSink:
    """Takes entries into a log; runs that it has already are left alone.

    Args:
        database: The log.

    Attributes:
        runs: How many came.
        runs_known: How many of them the log had already.
        entries: How many were added.
    """

    def __init__(self, database: Database) -> None:
        self.runs = 0
        self.runs_known = 0
        self.entries = 0
        self._database = database
        self._places: dict[str, int] = {}
        self._came = 0
        database.run(_STAGED_RUNS)
        database.run(_STAGED_ENTRIES)

    def write(self, records: list[EntryRecord]) -> None:
        """Take entries; the log does not see them yet."""
        runs: list[tuple[int | str | float | None, ...]] = []
        rows: list[EntryRow] = []
        storable = self._database.storable
        for record in records:
            run = record.run
            place = self._places.get(run.run_id)
            if place is None:
                place = self._places[run.run_id] = len(self._places)
                runs.append((place, *run))
            rows.append((self._came, place, *storable(record.row)))
            self._came += 1
        self._database.fill("incoming_runs", ("place", *_RUN_COLUMNS), runs)
        columns = ("place", "run", *ENTRY_COLUMNS)
        self._database.fill("incoming_entries", columns, rows)

    def finish(self) -> None:
        """Keep what came for good, in one transaction."""
        with self._database.transaction():
            self.runs = len(self._places)
            self.runs_known = self._database.run(_LEAVE_KNOWN)
            ((newest,),) = self._database.select(_NEWEST)
            if self.runs > self.runs_known:
                self._database.run(_ADD_RUNS, (newest + 1,))
                self.entries = self._database.run(_ADD_ENTRIES)
                self._database.run(_PLACE_RUNS, (newest,))

    def abandon(self) -> None:
        """Do nothing: what came was in this connection's own tables."""
