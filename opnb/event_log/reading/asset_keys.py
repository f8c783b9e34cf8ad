"""The keys of all assets of a log."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from opnb.event_log.reading.dialect import BUCKET, NEWEST_BUCKET, WITH_BUCKETS
from opnb.model.asset_key import AssetKey

if TYPE_CHECKING:
    from opnb.event_log.reading.reader import LogReader

# From one key to the next by the index, however many entries each has; in SQLite in
# each bucket.
_KEYS = {
    "sqlite": f"""\
{WITH_BUCKETS}, keys (bucket, asset_key) AS (
  SELECT number, (SELECT min(entries.asset_key) FROM entries
    WHERE {BUCKET} = number AND entries.asset_key IS NOT NULL)
  FROM bucket WHERE number >= {{first_bucket:d}}
  UNION ALL
  SELECT bucket, (SELECT min(entries.asset_key) FROM entries
    WHERE {BUCKET} = bucket AND entries.asset_key > keys.asset_key)
  FROM keys WHERE keys.asset_key IS NOT NULL
)
SELECT DISTINCT asset_key FROM keys WHERE asset_key IS NOT NULL""",  # noqa: S608 - ours
    "postgresql": """\
WITH RECURSIVE keys (asset_key) AS (
  SELECT min(asset_key) FROM entries WHERE asset_key IS NOT NULL
  UNION ALL
  SELECT (SELECT min(entries.asset_key) FROM entries
    WHERE entries.asset_key > keys.asset_key)
  FROM keys WHERE keys.asset_key IS NOT NULL
)
SELECT asset_key FROM keys WHERE asset_key IS NOT NULL""",
}
_STATE = f"SELECT identity, removals, {NEWEST_BUCKET} FROM log"  # noqa: S608 - ours


def read_asset_keys(reader: LogReader) -> list[AssetKey]:
    """Return the keys of all assets in the log, sorted."""
    return _sorted_keys(_read(reader, 0))


class KnownAssetKeys:
    """The keys of all assets of a log, where a bucket is looked through but once.

    Args:
        reader: Reads the log.
    """

    def __init__(self, reader: LogReader) -> None:
        self._reader = reader
        self._lock = threading.Lock()
        self._known: frozenset[str] = frozenset()
        self._first_bucket = 0  # of those that may have others
        self._seen: tuple[int, str, int] | None = None

    def read(self) -> list[AssetKey]:
        """Return the keys, sorted."""
        with self._lock:
            self._read_new()
            return _sorted_keys(self._known)

    def _read_new(self) -> None:
        self._reader.follow_path()
        ((identity, removals, newest_bucket),) = self._reader.select(_STATE)
        log = self._reader.generation, identity, removals
        if log != self._seen:  # another log has taken its place, or entries are gone
            self._known, self._first_bucket = frozenset(), 0
        self._known |= _read(self._reader, self._first_bucket)
        self._first_bucket, self._seen = newest_bucket or 0, log


def _read(reader: LogReader, first_bucket: int) -> frozenset[str]:
    statement = _KEYS[reader.dialect].format(first_bucket=first_bucket)
    return frozenset(text for (text,) in reader.select(statement))


def _sorted_keys(texts: frozenset[str]) -> list[AssetKey]:
    return [AssetKey.from_escaped_user_string(text) for text in sorted(texts)]
