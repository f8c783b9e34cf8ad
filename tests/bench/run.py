"""`make bench`: what opnb costs beside Dagster and beside the floor, in one run.

Each figure is the median of several rounds; the rounds of all contenders are
interleaved, so that a slow moment of the machine hits all of them alike. What counts
is the ratio.
"""

from __future__ import annotations

import json
import logging
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable
from importlib import resources
from pathlib import Path

import dagster as dg
import jobs
from measure import medians, print_table, seconds

import opnb
from opnb.session import Session

EVENTS = 1_000
METADATA = {"rows": 1, "share": 0.5, "note": "hello", "json": {"a": [1, 2], "b": "c"}}
RESULTS = Path("build") / "bench.json"


@opnb.op
def opnb_empty() -> None: ...


@opnb.op
def opnb_observe():
    for number in range(EVENTS):
        text = opnb.MetadataValue.md("**bold**")
        labels = {**METADATA, "rows": number, "text": text}
        yield opnb.AssetObservation("orders", metadata=labels)
    yield opnb.Output(None)


@dg.op
def dagster_empty() -> None: ...


@dg.op
def dagster_observe():
    for number in range(EVENTS):
        text = dg.MetadataValue.md("**bold**")
        labels = {**METADATA, "rows": number, "text": text}
        yield dg.AssetObservation("orders", metadata=labels)
    yield dg.Output(None)


@dg.job
def dagster_empty_job():
    dagster_empty()


@dg.job
def dagster_observe_job():
    dagster_observe()


def sqlite_floor(folder: Path, rows: int) -> Callable[[], None]:
    """Return a loop that commits as many rows of the same size to the same tables."""
    connection = sqlite3.connect(folder / "floor.db", isolation_level=None)
    schema = resources.files("opnb.event_log").joinpath("schema.sql").read_text()
    connection.executescript(schema)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    pairs = {label: ["json", value] for label, value in METADATA.items()}
    row = ("ASSET_OBSERVATION", "observe", "observe", "orders", json.dumps(pairs))

    def loop() -> None:
        for _ in range(rows):
            connection.execute(
                "INSERT INTO entries (run, timestamp, event_type, step_key, op, level,"
                " asset_key, metadata) VALUES (1, 1, ?, ?, ?, 10, ?, ?)",
                row,
            )

    return loop


def import_seconds(code: str) -> Callable[[], None]:
    """Return a call that runs code in a fresh interpreter."""
    return lambda: subprocess.run([sys.executable, "-c", code], check=True)  # type: ignore[func-returns-value]


def runs(folder: Path) -> dict[str, dict[str, float]]:
    """Measure the runs of ops; opnb commits each event before the op's next line."""
    session = Session(folder / "opnb.db")
    ephemeral = dg.DagsterInstance.ephemeral()
    persistent = dg.DagsterInstance.local_temp(str(folder / "dagster"))

    def dagster(job: dg.JobDefinition, instance: dg.DagsterInstance) -> object:
        return lambda: job.execute_in_process(instance=instance)

    empty = {
        "floor: sqlite, 5 commits": sqlite_floor(folder, 5),
        "opnb": lambda: session.execute_op(opnb_empty),
        "Dagster ephemeral": dagster(dagster_empty_job, ephemeral),
        "Dagster persistent": dagster(dagster_empty_job, persistent),
    }
    floor = {"floor: sqlite, a commit each": sqlite_floor(folder / "..", EVENTS)}
    observe = {
        **floor,
        "opnb": lambda: session.execute_op(opnb_observe),
        "Dagster ephemeral": dagster(dagster_observe_job, ephemeral),
        "Dagster persistent": dagster(dagster_observe_job, persistent),
    }
    return {
        "one empty op": medians(empty, rounds=7),
        f"one op that yields {EVENTS:,} observations": medians(observe, rounds=3),
    }


def growth(folder: Path) -> dict[str, float]:
    """Measure the same op in a small log and in a large one."""
    session = Session(folder / "growing.db")

    def run() -> object:
        return session.execute_op(opnb_observe)

    small = statistics.median(seconds(run) for _ in range(3))
    for _ in range(100):
        run()
    large = statistics.median(seconds(run) for _ in range(3))
    return {"a log of 3,000 events": small, "a log of 100,000 events": large}


def imports() -> dict[str, float]:
    """Measure what importing costs in a fresh interpreter."""
    contenders = {
        "floor: python": import_seconds("pass"),
        "pandas": import_seconds("import pandas"),
        "opnb": import_seconds("import opnb"),
        "opnb and pandas": import_seconds("import opnb, pandas"),
        "opnb, all of it": import_seconds("from opnb import *"),
        "dagster": import_seconds("import dagster"),
    }
    return medians(contenders, rounds=5)


def main() -> None:
    """Measure all, print the tables, keep the figures as JSON."""
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "bench"
        folder.mkdir()
        (folder / "dagster").mkdir()
        figures = runs(folder)
        figures["the same op as the log grows"] = growth(folder)
        figures[f"one step of a chain of {jobs.CHAIN:,}"] = jobs.chains(folder)
        figures["one step, as chains grow"] = jobs.growth(folder)
        figures["one dynamic output, as fan-outs grow"] = jobs.fan_outs(folder)
        in_memory = jobs.memory(folder)
    figures["import, in a fresh interpreter"] = imports()
    for title, table in figures.items():
        print_table(title, table)
    print("\nmemory of a job of 100 steps that pass frames of 100 MB")
    for name, megabytes in in_memory.items():
        print(f"  {name:40} {megabytes:12.0f}")
    figures["memory"] = in_memory
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
