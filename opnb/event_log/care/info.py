"""What a log is, and how much is in it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from opnb.event_log.care.database import Database
from opnb.event_log.care.spool_state import SpoolState, spool_states
from opnb.event_log.process import Process
from opnb.event_log.reading.runs_frame import gone_processes
from opnb.event_log.summary import RunStatus

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_COUNTS = (
    "SELECT (SELECT count(*) FROM entries),"
    " (SELECT count(DISTINCT asset_key) FROM entries WHERE asset_key IS NOT NULL),"
    " (SELECT count(*) FROM (SELECT DISTINCT op, label FROM entries"
    " WHERE event_type = 'STEP_EXPECTATION_RESULT') AS found),"
    " (SELECT timestamp FROM entries WHERE id = (SELECT min(id) FROM entries)),"
    " (SELECT timestamp FROM entries WHERE id = (SELECT max(id) FROM entries))"
)
_STATUSES = "SELECT status, count(*) FROM runs GROUP BY status ORDER BY status"
_STARTED = "SELECT host, pid, pid_started FROM runs WHERE status = 'STARTED'"


@dataclass(frozen=True, slots=True)
class LogInfo:
    """What a log is, and how much is in it.

    Args:
        address: Where it is, without a password.
        dialect: "sqlite" or "postgresql".
        size_bytes: With indexes and what waits in the journal.
        schema_version: Of its tables.
        settings: How what is committed is kept, in the database's words.
        runs: How many.
        runs_by_status: How many of each status; the killed are `INTERRUPTED`.
        entries: How many are in the database.
        assets: How many.
        checks: How many.
        first_entry: When the first one was written.
        last_entry: When the last one was.
        spools: Those that have something.
    """

    address: str
    dialect: str
    size_bytes: int
    schema_version: int
    settings: dict[str, str]
    runs: int
    runs_by_status: dict[str, int]
    entries: int
    assets: int
    checks: int
    first_entry: datetime | None
    last_entry: datetime | None
    spools: list[SpoolState] = field(default_factory=list)

    @property
    def waiting(self) -> int:
        """How many entries of this log wait in spools."""
        return sum(spool.waiting for spool in self.spools if spool.is_of_this_log)

    def as_json(self) -> dict[str, Any]:
        """Return it as plain data; times are ISO texts in UTC."""
        data = {**asdict(self), "waiting": self.waiting}
        for name in ("first_entry", "last_entry"):
            if data[name] is not None:
                data[name] = data[name].isoformat()
        return data


def log_info(database: Database) -> LogInfo:
    """Look at a log; nothing is changed.

    Raises:
        LogUnavailableError: It cannot be read now.
    """
    ((entries, assets, checks, first, last),) = database.select(_COUNTS)
    statuses = _statuses(database)
    return LogInfo(
        address=database.shown,
        dialect=database.dialect,
        size_bytes=database.size(),
        schema_version=database.version,
        settings=database.settings(),
        runs=sum(statuses.values()),
        runs_by_status=statuses,
        entries=entries,
        assets=assets,
        checks=checks,
        first_entry=_time(first),
        last_entry=_time(last),
        spools=[each for each in spool_states(database) if each.waiting or each.error],
    )


def _statuses(database: Database) -> dict[str, int]:
    statuses: dict[str, int] = dict(database.select(_STATUSES))
    is_gone = gone_processes()
    gone = sum(is_gone(Process(*facts)) for facts in database.select(_STARTED))
    if gone:
        started = RunStatus.STARTED.value
        statuses[started] -= gone
        statuses[RunStatus.INTERRUPTED.value] = gone
    return {status: count for status, count in sorted(statuses.items()) if count}


def _time(micros: int | None) -> datetime | None:
    return None if micros is None else _EPOCH + timedelta(microseconds=micros)
