"""The names that a log has used of late: what a filter offers, most recent first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opnb.event_log.reading.reader import LogReader
    from opnb.event_log.reading.tables import LogTables

# Looking through the last entries costs the same in a log of any length.
LAST_ENTRIES = 10_000
_NEWEST = "(SELECT coalesce(max(id), 0) FROM entries)"
_NAMES = (
    "SELECT op, asset_key, label, max(id) FROM entries"  # noqa: S608 - ours
    f" WHERE id > {_NEWEST} - {LAST_ENTRIES} GROUP BY op, asset_key, label"
    " ORDER BY max(id) DESC"
)


@dataclass(frozen=True, slots=True)
class RecentNames:
    """The names in the last entries of a log, most recent first.

    Args:
        ops: The ops.
        assets: The keys of assets, as the log spells them.
        labels: The labels of expectations, outputs and inputs.
    """

    ops: tuple[str, ...]
    assets: tuple[str, ...]
    labels: tuple[str, ...]


def read_recent_names(log: LogTables) -> RecentNames:
    """Return the names in the last `LAST_ENTRIES` entries.

    Raises:
        LogUnavailableError: The log cannot be read now.
    """
    reader: LogReader = log._store  # noqa: SLF001 - they are one of the log's tables
    rows = reader.select(_NAMES)
    ops, assets, labels = (
        tuple(dict.fromkeys(row[place] for row in rows if row[place] is not None))
        for place in range(3)
    )
    return RecentNames(ops, assets, labels)
