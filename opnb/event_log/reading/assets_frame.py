"""The catalog of assets, and the partitions of one, as DataFrames."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from opnb.event_log.reading.checks_frame import read_checks
from opnb.event_log.reading.dialect import DIALECTS
from opnb.event_log.reading.frame import build_frame
from opnb.event_log.reading.query import Query

if TYPE_CHECKING:
    from opnb.event_log.reading.reader import LogReader

_COUNTS = {
    "materializations": ("told.materializations", "int64"),
    "observations": ("told.observations", "int64"),
}
_LAST = {
    "last_materialization": ("made.timestamp", "datetime64[us, UTC]"),
    "last_observation": ("seen.timestamp", "datetime64[us, UTC]"),
    "op": ("newest.op", "string"),
    "run_id": ("newest_run.run_id", "string"),
}
_ASSETS: Mapping[str, tuple[str, str]] = {
    "asset_key": ("told.asset_key", "string"),
    **_COUNTS,
    "partitions": ("told.partitions", "int64"),
    **_LAST,
}
PARTITION_COLUMNS: Mapping[str, tuple[str, str]] = {
    "partition": ("told.partition", "string"),
    **_COUNTS,
    **_LAST,
}
ASSET_COLUMNS: Mapping[str, tuple[str, str]] = {
    **_ASSETS,
    "checks": ("", "int64"),
    "checks_failing": ("", "int64"),
}
_MADE = "event_type = 'ASSET_MATERIALIZATION'"
_SEEN = "event_type = 'ASSET_OBSERVATION'"
# Read in the order of the index, and from it alone; then few rows are looked up.
_STATEMENT = f"""\
SELECT {{columns}} FROM (
  SELECT {{by}},
    CAST(coalesce(sum(amount) FILTER (WHERE {_MADE}), 0) AS BIGINT) AS materializations,
    CAST(coalesce(sum(amount) FILTER (WHERE {_SEEN}), 0) AS BIGINT) AS observations,
    count(DISTINCT partition) AS partitions,
    max(last) FILTER (WHERE {_MADE}) AS last_made,
    max(last) FILTER (WHERE {_SEEN}) AS last_seen
  FROM (
    SELECT entries.asset_key AS asset_key, entries.event_type AS event_type,
      entries.partition AS partition, count(*) AS amount, max(entries.id) AS last
    FROM {{tables}}{{clause}}
    GROUP BY {{groups}}, entries.event_type, entries.partition
  ) AS groups GROUP BY {{by}}
) AS told
LEFT JOIN entries AS made ON made.id = told.last_made
LEFT JOIN entries AS seen ON seen.id = told.last_seen
JOIN entries AS newest ON newest.id = coalesce(told.last_made, told.last_seen)
JOIN runs AS newest_run ON newest_run.number = newest.run"""  # noqa: S608 - ours


def read_assets(reader: LogReader, query: Query) -> pd.DataFrame:
    """Return one row an asset; see `EventLog.assets` for the columns."""
    assets = query.and_where("entries.asset_key IS NOT NULL")
    frame = _read(reader, assets, "asset_key", _ASSETS)
    checks = read_checks(reader, Query()) if len(frame) else None
    for name in ("checks", "checks_failing"):
        frame[name] = 0
        if checks is not None:
            told = checks if name == "checks" else checks[~checks["success"]]
            counts = frame["op"].map(told["op"].value_counts())
            frame[name] = counts.fillna(0).astype("int64")
    return frame.astype({"checks": "int64", "checks_failing": "int64"})


def read_partitions(reader: LogReader, query: Query) -> pd.DataFrame:
    """Return one row a partition of the entries of a query."""
    partitions = query.and_where("entries.partition IS NOT NULL")
    return _read(reader, partitions, "partition", PARTITION_COLUMNS)


def _read(
    reader: LogReader, query: Query, by: str, columns: Mapping[str, tuple[str, str]]
) -> pd.DataFrame:
    statement = _STATEMENT.format(
        columns=", ".join(sql for sql, _ in columns.values()),
        by=by,
        tables=query.tables,
        clause=query.clause,
        groups=DIALECTS[reader.dialect].groups_by_asset,
    )
    rows = reader.select(statement, query.parameters)
    return build_frame(sorted(rows, key=lambda row: str(row[0])), columns)
