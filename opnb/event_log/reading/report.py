"""What a report tells of a log: its assets, its checks and its last runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pandas as pd

from opnb.event_log.reading.asset_history import AssetHistory
from opnb.event_log.reading.check_strips import CheckStrip, read_strips
from opnb.event_log.reading.entry_rows import read_entries
from opnb.event_log.reading.query import Query, build_query, one_of
from opnb.event_log.reading.times import parse_time
from opnb.model.asset_key import AssetKey

if TYPE_CHECKING:
    from opnb.event_log.reading.reader import LogReader
    from opnb.event_log.reading.tables import LogTables
    from opnb.model.entry import EventLogEntry

MOST_ASSETS = 500
MOST_HISTORIES = 60
MOST_CHECKS = 300
MOST_RUNS = 50

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FAILED = "entries.event_type = 'STEP_EXPECTATION_RESULT' AND entries.success = 0"
_LAST_TOLD = ["last_materialization", "last_observation"]
_AT_ONCE = 500  # parameters


@dataclass(frozen=True, slots=True)
class ReportedCheck:
    """A check in a report.

    Args:
        strip: How it came out last.
        evaluated: How often it was evaluated.
        passed: How often it was met.
        last_failure: The entry of the last time that it was not; None if there is none.
    """

    strip: CheckStrip
    evaluated: int
    passed: int
    last_failure: EventLogEntry | None


@dataclass(frozen=True, slots=True)
class Report:
    """What a report tells; of what is much, the first, and how much there is.

    Args:
        address: Of the log.
        made: When it was made.
        since: From when on it tells; None from the beginning.
        catalog: One row an asset, all of them; see `EventLog.assets`.
        histories: Of those assets that something was told of last, by their keys as
            the catalog has them.
        checks: Those that failed last, then those that fail most often.
        all_checks: One row a check; see `EventLog.checks`.
        runs: One row a run, newest first, all of them; see `EventLog.runs`.
    """

    address: str
    made: datetime
    since: datetime | None
    catalog: pd.DataFrame
    histories: Mapping[str, AssetHistory]
    checks: Sequence[ReportedCheck]
    all_checks: pd.DataFrame
    runs: pd.DataFrame


def read_report(
    log: LogTables,
    address: str,
    made: datetime,
    *,
    since: str | None = None,
    assets: Iterable[str] = (),
) -> Report:
    """Read what a report tells.

    Args:
        log: The log.
        address: As the page shows it.
        made: When the report is made.
        since: From then on; a time as in `EventLog.events`.
        assets: Only these, with the checks and runs of the ops that told of them last.

    Raises:
        CheckError: The log has no such asset, or `since` is no time.
    """
    moment = None
    if since is not None:
        moment = _EPOCH + timedelta(microseconds=parse_time(since))
    keys = [AssetKey.of_event(key) for key in assets]
    catalog = pd.DataFrame(log.assets(asset=keys or None, since=moment))
    ops = sorted(set(catalog["op"].dropna())) if keys else None
    all_checks = pd.DataFrame(log.checks(op=ops, since=moment))
    return Report(
        address,
        made,
        moment,
        catalog,
        {
            key: log.asset(AssetKey.from_escaped_user_string(key), since=moment)
            for key in _told_of_last(catalog)
        },
        _checks(log, all_checks, moment),
        all_checks,
        pd.DataFrame(log.runs(op=ops, since=moment, order="newest")),
    )


def _told_of_last(catalog: pd.DataFrame) -> list[str]:
    last = catalog[_LAST_TOLD].max(axis=1).sort_values(ascending=False, kind="stable")
    return list(catalog["asset_key"].loc[last.index[:MOST_HISTORIES].sort_values()])


def _checks(
    log: LogTables, all_checks: pd.DataFrame, since: datetime | None
) -> list[ReportedCheck]:
    order = ["success", "pass_rate", "op", "label"]
    chosen = all_checks.dropna(subset=["op", "label"]).sort_values(order)[:MOST_CHECKS]
    names = list(zip(chosen["op"], chosen["label"], strict=True))
    reader = log._store  # noqa: SLF001 - a report is one of the log's tables
    query = build_query(log._dialect, since=since)  # noqa: SLF001 - likewise
    strips = {(it.op, it.label): it for it in read_strips(reader, query, names)}
    failures = _last_failures(reader, query, names)
    return [
        ReportedCheck(strips[name], evaluated, passed, failures.get(name))
        for name, evaluated, passed in zip(
            names, chosen["evaluated"], chosen["passed"], strict=True
        )
    ]


def _last_failures(
    reader: LogReader, query: Query, names: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], EventLogEntry]:
    failed = query.and_where(_FAILED)
    statement = (
        f"SELECT entries.op, entries.label, max(entries.id) FROM {failed.tables}"  # noqa: S608 - values are bound
        f"{failed.clause} GROUP BY entries.op, entries.label"
    )
    rows = reader.select(statement, failed.parameters)
    last = {(op, label): entry_id for op, label, entry_id in rows}
    chosen = sorted((last[name], name) for name in names if name in last)
    entries = [
        entry
        for start in range(0, len(chosen), _AT_ONCE)
        for entry in _entries(
            reader, [it[0] for it in chosen[start : start + _AT_ONCE]]
        )
    ]
    return {name: entry for (_, name), entry in zip(chosen, entries, strict=True)}


def _entries(reader: LogReader, ids: Sequence[int]) -> list[EventLogEntry]:
    return read_entries(reader, Query().and_where(one_of("entries.id", len(ids)), *ids))
