"""Writing: a run with few events, and one with many."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
from bench import ops, peers
from bench.floors import Floor, Trace, trace
from bench.measure import Work, medians
from bench.table import AtLeast, AtMost, Table

import opnb
from opnb.session import Session

EVENTS = 10_000
# Their cost for an event is flat, and ten thousand would take minutes.
EPHEMERAL_EVENTS = 1_000
PERSISTENT_EVENTS = 500


def tables(folder: Path) -> Iterator[Table]:
    """Measure all."""
    yield _small(folder / "empty", "does nothing", ops.empty, peers.empty_job)
    five = "yields 5 events"
    yield _small(folder / "five", five, ops.observing(5), peers.observing_job(5))
    yield _many(folder / "many")


def _committed(session: Session, op: opnb.OpDefinition) -> None:
    session.execute_op(op)
    assert not session.log.unsaved


def _traced(folder: Path, op: opnb.OpDefinition) -> Trace:
    """Return what a run of the op leaves in a log."""
    path = folder / "traced.db"
    session = Session(path)
    _committed(session, ops.empty)  # makes the log
    traced = trace(path, lambda: _committed(session, op))
    session.log.close()
    return traced


def _small(
    folder: Path, does: str, op: opnb.OpDefinition, job: dg.JobDefinition
) -> Table:
    folder.mkdir()
    traced = _traced(folder, op)
    floor = Floor(folder / "floor.db")
    session = Session(folder / "opnb.db")
    ephemeral = dg.DagsterInstance.ephemeral()
    persistent = peers.persistent(folder / "dagster")
    figures = medians(
        {
            "floor: sqlite3, the same rows and commits": Work(
                lambda: floor.write(traced), times=20
            ),
            "opnb": Work(lambda: _committed(session, op), times=20),
            "Dagster ephemeral": Work(peers.execution(job, ephemeral)),
            "Dagster persistent": Work(peers.execution(job, persistent)),
        },
        rounds=11,
    )
    session.log.close()
    return Table(
        f"one run of an op that {does}, committed",
        figures,
        {
            "floor: sqlite3, the same rows and commits": AtMost(3),
            "Dagster persistent": AtLeast(1_000),
        },
        note=f"{len(traced.entries)} entries in {traced.commits} commit",
    )


def _many(folder: Path) -> Table:
    folder.mkdir()
    op = ops.observing(EVENTS)
    traced = _traced(folder, op)
    floor = Floor(folder / "floor.db")
    session = Session(folder / "opnb.db")
    ephemeral = dg.DagsterInstance.ephemeral()
    persistent = peers.persistent(folder / "dagster")
    few, fewer = (
        peers.observing_job(count) for count in (EPHEMERAL_EVENTS, PERSISTENT_EVENTS)
    )
    figures = medians(
        {
            "floor: sqlite3, a commit a row": Work(
                lambda: floor.write_each(traced), EVENTS
            ),
            "opnb": Work(lambda: _committed(session, op), EVENTS),
            f"Dagster ephemeral ({EPHEMERAL_EVENTS:,} events)": Work(
                peers.execution(few, ephemeral), EPHEMERAL_EVENTS
            ),
            f"Dagster persistent ({PERSISTENT_EVENTS:,} events)": Work(
                peers.execution(fewer, persistent), PERSISTENT_EVENTS
            ),
            **peers.mlflow_metrics(folder),
        },
        rounds=5,
    )
    session.log.close()
    return Table(
        f"one event of an op that yields {EVENTS:,} observations with 5 labels",
        figures,
        {
            "floor: sqlite3, a commit a row": AtMost(0.6),
            f"Dagster ephemeral ({EPHEMERAL_EVENTS:,} events)": AtLeast(60),
            f"Dagster persistent ({PERSISTENT_EVENTS:,} events)": AtLeast(400),
            peers.LOG_METRIC: AtLeast(200),
        },
        note=f"opnb: {traced.commits} commits; of MLflow, one number",
    )
