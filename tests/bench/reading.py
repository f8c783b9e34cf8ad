"""Reading a log of a million events: all of it, what is new, and one asset."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
from bench import large_log, peers
from bench.measure import Work, told_by
from bench.read_once import NEW
from bench.table import AtMost, Table, Within

RAW = {
    "raw: fetchall → DataFrame": "fetchall",
    "raw: pandas.read_sql_query": "read_sql_query",
    "raw: ADBC → Arrow → pandas": "ADBC",
}
ROUNDS = 3
DAGSTER_EVENTS = 200


def tables(folder: Path) -> Iterator[Table]:
    """Measure all."""
    log = large_log.copy(folder, "read.db")
    told = _told(log)
    yield _whole(told)
    yield _again(told)
    yield _asset(folder, log)


def _told(log: Path) -> dict[str, list[dict[str, Any]]]:
    """Return what each way to read tells, each time in a fresh process."""
    ways = {**RAW, "opnb": "opnb"}
    told: dict[str, list[dict[str, Any]]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            told[name].append(told_by("read_once", way, log))
    return told


def _median(told: list[dict[str, Any]], of: str) -> float:
    return statistics.median(each[of] for each in told)


def _whole(told: dict[str, list[dict[str, Any]]]) -> Table:
    figures = {name: _median(each, "first") for name, each in told.items()}
    fastest = min(RAW, key=lambda name: figures[name])
    return Table(
        f"{large_log.TOTAL:,} events as a frame, in a fresh process",
        figures,
        {fastest: AtMost(2)},
    )


def _again(told: dict[str, list[dict[str, Any]]]) -> Table:
    return Table(
        "that frame read again",
        {
            "opnb: nothing is new": _median(told["opnb"], "again"),
            f"opnb: {NEW:,} events are new": _median(told["opnb"], "new"),
        },
        {"opnb: nothing is new": Within(0.010)},
        own=None,
    )


def _asset(folder: Path, log: Path) -> Table:
    told = told_by("read_once", "assets", log)
    assert told["events"] == 1_000
    instance = peers.persistent(folder / "dagster-asset")
    peers.observing_job(DAGSTER_EVENTS).execute_in_process(instance=instance)
    beside = f"Dagster persistent, a log of {DAGSTER_EVENTS}: "

    def fetch(count: int) -> float:
        work = Work(lambda: instance.fetch_observations(dg.AssetKey("orders"), count))
        return statistics.median(work.seconds() for _ in range(5))

    return Table(
        f"one asset with {told['events']:,} events in a log of {large_log.TOTAL:,}",
        {
            "opnb: log.asset(key).latest": told["latest"],
            "opnb: log.asset(key).frame": told["history"],
            f"{beside}latest": fetch(1),
            f"{beside}history": fetch(DAGSTER_EVENTS),
        },
        {
            "opnb: log.asset(key).latest": Within(0.005),
            "opnb: log.asset(key).frame": Within(0.050),
        },
        own=None,
    )
