"""What waits in the spools of a log, seen from outside: nothing is brought in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from opnb.event_log.care.database import Database
from opnb.event_log.process import Process
from opnb.event_log.store.spool import SpoolReader, find_spools

_MERGED = "SELECT name, merged FROM spools"


@dataclass(frozen=True, slots=True)
class SpoolState:
    """A spool, and what of it is not in the database yet.

    Args:
        name: The file.
        process: Who writes it; None if that cannot be read.
        is_gone: Whether that process has surely ended.
        is_of_this_log: Whether it is for this log, not for one that was here before.
        waiting: How many entries are not taken in.
        unreadable: How many lines of them are none.
        error: Why nothing of it can be read; None if it can.
    """

    name: str
    process: Process | None = None
    is_gone: bool = False
    is_of_this_log: bool = True
    waiting: int = 0
    unreadable: int = 0
    error: str | None = None


def spool_states(database: Database) -> Iterator[SpoolState]:
    """Look at each spool of a log."""
    paths = find_spools(database.spools)
    if not paths:
        return
    merged: dict[str, int] = {} if database.is_old else dict(database.select(_MERGED))
    for path in paths:
        try:
            yield _state(SpoolReader(path), merged.get(path.name, 0), database.identity)
        except FileNotFoundError:
            continue  # all of it was taken in meanwhile
        except (OSError, ValueError, TypeError) as error:
            yield SpoolState(path.name, error=str(error) or type(error).__name__)


def _state(spool: SpoolReader, merged: int, identity: str) -> SpoolState:
    is_of_this_log = spool.log == identity
    appends = spool.read(merged if is_of_this_log else 0)
    lines = _lines_beyond(spool, merged if is_of_this_log else 0)
    return SpoolState(
        spool.path.name,
        spool.process,
        spool.process.is_gone(),
        is_of_this_log,
        sum(len(append.rows) for append in appends),
        # One may have come between the two looks.
        max(lines - len(appends), 0),
    )


def _lines_beyond(spool: SpoolReader, position: int) -> int:
    """Return how many whole lines there are beyond a position, or the first."""
    content = spool.path.read_bytes()
    first = content.index(b"\n") + 1
    return content.count(b"\n", max(position, first))
