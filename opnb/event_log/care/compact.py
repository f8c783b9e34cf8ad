"""A log made as small as it can be, with all that waits in its spools."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from opnb.event_log.care.database import open_to_change, open_to_read
from opnb.event_log.care.spool_state import spool_states


@dataclass(frozen=True, slots=True)
class Compacted:
    """What came of it.

    Args:
        before: How many bytes the log took, with its spools.
        after: How many it takes now.
        is_whole: Whether readers let the journal be emptied, too.
        is_kept: Whether the database keeps the room for what comes, as PostgreSQL does.
        left: Spools that were left: their processes live, or they are of another log.
    """

    before: int
    after: int
    is_whole: bool
    is_kept: bool
    left: tuple[str, ...]


def compact_log(address: str | Path) -> Compacted:
    """Bring in what waits, delete spools of dead processes, and leave no gaps.

    Raises:
        LogUnavailableError: There is no log, or another program writes to it; then its
            tables are as they were.
    """
    with open_to_read(address) as database:
        before = database.size() + _spools_size(database.spools)
    with open_to_change(address) as database:
        is_whole = database.compact()
        is_kept = database.dialect == "postgresql"
        left = tuple(spool.name for spool in spool_states(database))
        after = database.size() + _spools_size(database.spools)
    return Compacted(before, after, is_whole, is_kept, left)


def _spools_size(folder: Path) -> int:
    if not folder.is_dir():
        return 0
    return sum(file.stat().st_size for file in folder.iterdir())
