"""Growing: what an event costs, and what memory it leaves, as a log gets long."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bench import large_log, ops
from bench.measure import Work, means
from bench.table import AtMost, Table, Within

from opnb.session import Session

EVENTS = 1_000
ROUNDS = 60


def tables(folder: Path) -> Iterator[Table]:
    """Measure all."""
    told = large_log.written(folder)
    yield Table(
        f"memory that a kernel holds for an event, having written {large_log.TOTAL:,}",
        {"opnb": told["bytes"]},
        {"opnb": Within(100, "bytes")},
        own=None,
        unit="bytes",
        note="the process's own, with the results of all runs kept",
    )
    yield from _growth(folder)


def _growth(folder: Path) -> Iterator[Table]:
    """Measure with means, since checkpoints are rare and cost more in a large log."""
    small, large = (
        Session(folder / "small.db"),
        Session(large_log.copy(folder, "grown.db")),
    )
    logs = {f"a log of {EVENTS:,}": small, f"a log of {large_log.TOTAL:,}": large}
    begun, grown = logs
    one, many = ops.observing(EVENTS), ops.tending(EVENTS)
    for session in logs.values():
        session.execute_op(one)
    for asset, op in (("one asset", one), (f"one of {ops.ASSETS} assets", many)):
        works = {
            name: Work(lambda op=op, session=session: session.execute_op(op), EVENTS)
            for name, session in logs.items()
        }
        yield Table(
            f"one event about {asset}",
            means(works, ROUNDS),
            {begun: AtMost(1.2)},
            own=grown,
            note=f"means of {ROUNDS} runs of {EVENTS:,} events in each log",
        )
    for session in logs.values():
        session.log.close()
