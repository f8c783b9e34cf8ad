"""The last events of an asset, with no more of them than a trend needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from opnb.event_log.reading.metadata_values import Kept, kept_values
from opnb.event_log.reading.query import Query

if TYPE_CHECKING:
    from opnb.event_log.reading.reader import LogReader

_COLUMNS = "entries.id, entries.event_type, entries.op, entries.metadata"


@dataclass(frozen=True, slots=True)
class RecentEvent:
    """One event of an asset.

    Args:
        id: As in `AssetHistory.frame`.
        event_type: The name of its type.
        op: What told of it.
        values: Its metadata by label, as the log keeps it.
    """

    id: int
    event_type: str
    op: str | None
    values: Mapping[str, Kept]


def newest_of(query: Query, limit: int) -> Query:
    """Return a query for so many of the newest events of an asset's query.

    The index has the events of one type in their order where they are of no partition;
    only those of partitions are looked through.
    """
    unpartitioned = query.and_where("entries.partition IS NULL")
    parts = [
        unpartitioned.and_where("entries.event_type = 'ASSET_MATERIALIZATION'"),
        unpartitioned.and_where("entries.event_type = 'ASSET_OBSERVATION'"),
        query.and_where("entries.partition IS NOT NULL"),
    ]
    ids = " UNION ALL ".join(
        f"SELECT id FROM (SELECT entries.id AS id FROM {part.tables}{part.clause}"  # noqa: S608 - values are bound
        f" ORDER BY entries.id DESC LIMIT {limit:d}) AS part"
        for part in parts
    )
    return Query().and_where(
        f"entries.id IN (SELECT id FROM ({ids}) AS found"  # noqa: S608 - likewise
        f" ORDER BY id DESC LIMIT {limit:d})",
        *[value for part in parts for value in part.parameters],
    )


def read_recent(reader: LogReader, query: Query, limit: int) -> list[RecentEvent]:
    """Return so many of the events of an asset's query, newest first."""
    query = newest_of(query, limit)
    statement = query.sql(_COLUMNS, newest_first=True, limit=None)
    return [
        RecentEvent(entry_id, event_type, op, kept_values(metadata))
        for entry_id, event_type, op, metadata in reader.select(
            statement, query.parameters
        )
    ]
