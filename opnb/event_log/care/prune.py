"""Old runs taken out of a log, but for the latest of each asset."""

from __future__ import annotations

from dataclasses import dataclass

from opnb.event_log.care.database import Database
from opnb.event_log.process import Process
from opnb.event_log.reading.runs_frame import gone_processes

# What is found stays in tables of the connection's own, and just that is removed.
_OLD_RUNS = "CREATE TEMPORARY TABLE old_runs (number BIGINT PRIMARY KEY)"
_KEPT_ENTRIES = (
    "CREATE TEMPORARY TABLE kept_entries (id BIGINT PRIMARY KEY, run BIGINT NOT NULL,"
    " step_key TEXT)"
)
_OLD_ENTRIES = (
    "CREATE TEMPORARY TABLE old_entries (id BIGINT PRIMARY KEY, run BIGINT NOT NULL)"
)
_ENDED_BEFORE = (
    "INSERT INTO old_runs SELECT number FROM runs"
    " WHERE status <> 'STARTED' AND end_time < ?"
)
_STARTED_BEFORE = (
    "SELECT number, host, pid, pid_started FROM runs"
    " WHERE status = 'STARTED' AND start_time < ?"
)
# A run may log on after its end; the newest entry stays, so that ids go on growing.
_SPARE_ACTIVE = (
    "DELETE FROM old_runs WHERE number IN (SELECT run FROM entries"
    " WHERE timestamp >= ? OR id = (SELECT max(id) FROM entries))"
)
_SPARE_LAST = (
    "DELETE FROM old_runs WHERE number IN (SELECT number FROM"
    " (SELECT number, row_number() OVER (PARTITION BY job_name ORDER BY number DESC)"
    " AS place FROM runs) AS ranked WHERE place <= ?)"
)
_KEEP_LATEST = (
    "INSERT INTO kept_entries SELECT entries.id, entries.run, entries.step_key"
    " FROM entries JOIN old_runs ON old_runs.number = entries.run"
    " WHERE entries.id IN (SELECT max(id) FROM entries WHERE asset_key IS NOT NULL"
    " GROUP BY asset_key, event_type, partition)"
)
# When the run and the step of what is kept began, and how they ended.
_KEEP_FRAMES = (
    "INSERT INTO kept_entries"
    " SELECT id, run, step_key FROM entries"
    " WHERE run IN (SELECT run FROM kept_entries) AND event_type IN"
    " ('RUN_START', 'RUN_SUCCESS', 'RUN_FAILURE', 'RUN_CANCELED')"
    " UNION ALL SELECT id, run, step_key FROM entries"
    " WHERE (run, step_key) IN (SELECT run, step_key FROM kept_entries)"
    " AND event_type IN ('STEP_START', 'STEP_SUCCESS', 'STEP_FAILURE')"
)
_FIND_OLD = (
    "INSERT INTO old_entries SELECT id, run FROM entries"
    " WHERE run IN (SELECT number FROM old_runs)"
    " EXCEPT SELECT id, run FROM kept_entries"
)
_COUNTS = (
    "SELECT (SELECT count(*) FROM old_entries), (SELECT count(*) FROM"
    " (SELECT number FROM old_runs EXCEPT SELECT run FROM kept_entries) AS whole),"
    " (SELECT count(*) FROM"
    " (SELECT run FROM old_entries INTERSECT SELECT run FROM kept_entries) AS thinned),"
    " (SELECT count(*) FROM runs), (SELECT count(*) FROM entries)"
)
_DELETE_ENTRIES = "DELETE FROM entries WHERE id IN (SELECT id FROM old_entries)"
_DELETE_RUNS = (
    "DELETE FROM runs WHERE number IN"
    " (SELECT number FROM old_runs EXCEPT SELECT run FROM entries)"
)
_PLACE_RUNS = (
    "UPDATE runs SET first_entry = lies.first,"
    " last_entry = CASE WHEN status = 'STARTED' THEN NULL ELSE lies.last END"
    " FROM (SELECT run, min(id) AS first, max(id) AS last FROM entries"
    " WHERE run IN (SELECT number FROM old_runs) GROUP BY run) AS lies"
    " WHERE lies.run = runs.number"
)
# Whoever holds a frame of the log reads it anew.
_TELL = "UPDATE log SET removals = removals + 1"


@dataclass(frozen=True, slots=True)
class PruneCounts:
    """What there is to be removed.

    Args:
        entries: How many entries.
        runs: How many runs go whole.
        runs_thinned: How many more lose entries, and keep the latest of an asset.
        all_runs: How many runs the log has.
        all_entries: How many entries it has.
    """

    entries: int
    runs: int
    runs_thinned: int
    all_runs: int
    all_entries: int


class Prune:
    """Finds what is old in a log, and removes just that.

    What stays: runs under way, whatever their age; the run with the newest entry; of
    each asset and each partition of it the latest materialization and the latest
    observation, with the lines that tell when their run and their step began and how
    they ended. Ids and order stay as they were.

    Args:
        database: The log, opened to be changed.
        before: Runs that ended before are old; microseconds since 1970.
        keep_runs: So many of the last runs of each op or job stay, however old.

    Raises:
        LogUnavailableError: The log cannot be read now.
    """

    def __init__(self, database: Database, before: int, keep_runs: int = 0) -> None:
        self._database = database
        for statement in (_OLD_RUNS, _KEPT_ENTRIES, _OLD_ENTRIES):
            database.run(statement)
        database.run(_ENDED_BEFORE, (before,))
        self._add_interrupted(before)
        database.run(_SPARE_ACTIVE, (before,))
        if keep_runs:
            database.run(_SPARE_LAST, (keep_runs,))
        for statement in (_KEEP_LATEST, _KEEP_FRAMES, _FIND_OLD):
            database.run(statement)
        self.counts = PruneCounts(*database.select(_COUNTS)[0])

    def _add_interrupted(self, before: int) -> None:
        is_gone = gone_processes()
        started = self._database.select(_STARTED_BEFORE, (before,))
        gone = [(number,) for number, *facts in started if is_gone(Process(*facts))]
        self._database.fill("old_runs", ("number",), gone)

    def remove(self) -> None:
        """Remove what was found, in one transaction.

        Raises:
            LogUnavailableError: The log takes nothing now, and is as it was.
        """
        with self._database.transaction():
            for statement in (_DELETE_ENTRIES, _DELETE_RUNS, _PLACE_RUNS, _TELL):
                self._database.run(statement)
