"""The last events of an asset, with no more of them than a trend needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from opnb.event_log.reading.dialect import BUCKET, NEWEST_BUCKET, WITH_BUCKETS
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


# No further back than to the bucket that has it.
_NEWEST_ID = f"""\
SELECT id FROM (
  {WITH_BUCKETS}
  SELECT id FROM (
    SELECT (SELECT max(entries.id) FROM {{in_bucket}}) AS id FROM bucket
  ) WHERE id IS NOT NULL LIMIT 1
)"""  # noqa: S608 - values are bound
# The newest buckets, up to where there are enough events in them.
_NEWEST_BUCKETS = f"""\
WITH RECURSIVE newest (bucket, found) AS (
  SELECT {NEWEST_BUCKET}, 0
  UNION ALL
  SELECT bucket - 1, found + (
    SELECT count(*) FROM (SELECT 1 FROM {{in_bucket}} LIMIT {{limit:d}}))
  FROM newest WHERE bucket >= 0 AND found < {{limit:d}}
)
SELECT bucket FROM newest WHERE found < {{limit:d}}"""  # noqa: S608 - values are bound


def newest_id(reader: LogReader, query: Query) -> tuple[str, list[Any]]:
    """Return what asks for the id of the newest event of an asset's query.

    It is soonest found where the query tells the type and the partition, or that there
    is none: then the index has the events in their order.
    """
    if reader.dialect != "sqlite":
        statement = f"SELECT max(entries.id) AS id FROM {query.tables}{query.clause}"  # noqa: S608 - likewise
    else:
        in_bucket = query.in_bucket(f"{BUCKET} = bucket.number")
        statement = _NEWEST_ID.format(in_bucket=in_bucket.tables + in_bucket.clause)
    return statement, query.parameters


def newest_of(reader: LogReader, query: Query, limit: int) -> Query:
    """Return a query for so many of the newest events of an asset's query."""
    if reader.dialect != "sqlite":
        return _newest_by_kind(query, limit)
    counted = query.in_bucket(f"{BUCKET} = newest.bucket")
    buckets = _NEWEST_BUCKETS.format(
        in_bucket=counted.tables + counted.clause, limit=limit
    )
    chosen = query.in_bucket(f"{BUCKET} IN ({buckets})", *counted.parameters)
    ids = f"SELECT entries.id FROM {chosen.tables}{chosen.clause}"  # noqa: S608 - values are bound
    return Query().and_where(
        f"entries.id IN ({ids} ORDER BY entries.id DESC LIMIT {limit:d})",
        *chosen.parameters,
    )


def _newest_by_kind(query: Query, limit: int) -> Query:
    """Return the same where there are no buckets.

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
    query = newest_of(reader, query, limit)
    statement = query.sql(_COLUMNS, newest_first=True, limit=None)
    return [
        RecentEvent(entry_id, event_type, op, kept_values(metadata))
        for entry_id, event_type, op, metadata in reader.select(
            statement, query.parameters
        )
    ]
