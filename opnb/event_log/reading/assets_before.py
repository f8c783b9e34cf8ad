"""What the log told of assets before a run began: the numbers that a card compares."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeAlias

from opnb.event_log.reading.dialect import BUCKET, WITH_BUCKETS
from opnb.event_log.reading.metadata_values import kept_values
from opnb.event_log.reading.query import asset_column
from opnb.event_log.summary import AssetPart
from opnb.model.serialize import readable

if TYPE_CHECKING:
    from opnb.event_log.reading.reader import LogReader

Numbers: TypeAlias = Mapping[str, float | Decimal]
# A part as the log spells it: event type, key, partition.
_Spelled: TypeAlias = tuple[str, str, str | None]

_KINDS = ("int", "float")
# In one statement.
_MOST_AT_ONCE = 100
# A run whose start is not in the log yet began after all that is.
_RUN = (
    "run (first) AS (SELECT coalesce(min(first_entry), 9223372036854775807)"
    " FROM runs WHERE run_id = ?)"
)


def read_numbers_before(
    reader: LogReader, run_id: str, parts: Iterable[AssetPart]
) -> dict[AssetPart, Numbers]:
    """Return the last numbers told of each part before a run began, by label."""
    spelled = {_spell(part): part for part in parts}
    asked = list(spelled)
    found: dict[AssetPart, Numbers] = {}
    for first in range(0, len(asked), _MOST_AT_ONCE):
        query, values = _QUERIES[reader.dialect](asked[first : first + _MOST_AT_ONCE])
        for *names, metadata in reader.select(query, [readable(run_id), *values]):
            found[spelled[tuple(names)]] = _numbers(metadata)
    return found


def _spell(part: AssetPart) -> _Spelled:
    partition = None if part.partition is None else readable(part.partition)
    return part.event_type.value, asset_column(part.asset_key), partition


def _query_by_bucket(asked: Sequence[_Spelled]) -> tuple[str, list[Any]]:
    """Return a query that finds each by SQLite's index of assets, and its parameters.

    For each it looks no further back than to the bucket that has it.
    """
    query = f"""\
{WITH_BUCKETS}, {_RUN}, asked (event_type, asset_key, partition) AS (
  VALUES {",".join(["(?,?,?)"] * len(asked))}
)
SELECT asked.event_type, asked.asset_key, asked.partition, found.metadata
FROM asked CROSS JOIN entries AS found ON found.id = (
  SELECT id FROM (
    SELECT (
      SELECT max(entries.id) FROM entries
      WHERE {BUCKET} = bucket.number AND entries.asset_key = asked.asset_key
        AND entries.event_type = asked.event_type
        AND entries.partition IS asked.partition
        AND entries.id < (SELECT first FROM run)
    ) AS id FROM bucket
  ) WHERE id IS NOT NULL LIMIT 1
)"""  # noqa: S608 - what is asked is bound
    return query, [value for spelled in asked for value in spelled]


def _query_by_key(asked: Sequence[_Spelled]) -> tuple[str, list[Any]]:
    """Return a query that finds each by PostgreSQL's index of assets."""
    selects, values = [], []
    for event_type, asset_key, partition in asked:
        is_same = "IS NULL" if partition is None else "= ?"
        selects.append(
            "SELECT max(id) FROM entries"  # noqa: S608 - ours; what is asked is bound
            f" WHERE asset_key = ? AND event_type = '{event_type}'"
            f" AND partition {is_same} AND id < (SELECT first FROM run)"
        )
        values += [asset_key] if partition is None else [asset_key, partition]
    query = (
        f"WITH {_RUN} SELECT event_type, asset_key, partition, metadata FROM entries"  # noqa: S608 - likewise
        f" WHERE id IN ({' UNION ALL '.join(selects)})"
    )
    return query, values


_QUERIES = {"sqlite": _query_by_bucket, "postgresql": _query_by_key}


def _numbers(metadata: str | None) -> Numbers:
    return {
        label: payload
        for label, (kind, payload) in kept_values(metadata).items()
        if kind in _KINDS
    }
