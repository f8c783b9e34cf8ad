"""A crowd: eight processes that write one log at once, beside one that writes alone."""

from __future__ import annotations

import json
import sqlite3
import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from bench.measure import in_turns
from bench.table import AtMost, Table, Within

WRITERS = 8
# Of each writer.
RUNS, EVENTS = 3, 5_000
ROUNDS = 3


def tables(folder: Path) -> Iterator[Table]:
    """Measure one event of one writer, and of eight; look for what is lost."""
    told: list[dict[str, Any]] = []
    lost: list[int] = []

    def seconds(count: int) -> float:
        path = folder / f"crowd-{len(lost)}.db"
        own = _write(path, count)
        told.extend(own)
        lost.append(_lost(path, [run for each in own for run in each["run_ids"]]))
        began = min(each["began"] for each in own)
        ended = max(each["ended"] for each in own)
        return (ended - began) / (count * RUNS * EVENTS)

    alone, together = "opnb, alone", f"opnb, {WRITERS} together"
    turns = in_turns(
        {alone: lambda: seconds(1), together: lambda: seconds(WRITERS)}, ROUNDS
    )
    yield Table(
        "one event of processes that write one log",
        {name: statistics.median(times) for name, times in turns.items()},
        {alone: AtMost(2)},
        own=together,
        note="twice the time is half the rate",
    )
    faults = [fault for each in told for fault in each["faults"]]
    events = len(told) * RUNS * EVENTS
    yield Table(
        f"what went wrong with {events:,} events of theirs",
        {"errors": len(faults), "not in the log, or not in order": sum(lost)},
        {
            "errors": Within(0, "count"),
            "not in the log, or not in order": Within(0, "count"),
        },
        own=None,
        unit="count",
        note="; ".join(sorted(set(faults))),
    )


def _write(path: Path, count: int) -> list[dict[str, Any]]:
    """Let so many processes write at once; return what each tells."""
    arguments = map(str, ("-m", "bench.write_along", path, RUNS, EVENTS))
    command = [sys.executable, *arguments]
    writers = [
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(count)
    ]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    return [json.loads(writer.communicate()[0]) for writer in writers]


def _lost(path: Path, run_ids: Sequence[str]) -> int:
    """Return how many events of these runs are not in their place in the database."""
    connection = sqlite3.connect(path)
    query = (
        "SELECT json_extract(metadata, '$.rows[1]') FROM entries"
        " JOIN runs ON runs.number = entries.run"
        " WHERE run_id = ? AND event_type = 'ASSET_OBSERVATION' ORDER BY entries.id"
    )
    lost = 0
    for run_id in run_ids:
        found = [number for (number,) in connection.execute(query, (run_id,))]
        kept = sum(map(int.__eq__, found, range(EVENTS)))
        lost += max(len(found), EVENTS) - kept
    connection.close()
    return lost
