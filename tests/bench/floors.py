"""The floors: bare `sqlite3` that writes the very rows that a run of opnb left."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from opnb.event_log.store.base import ENTRY_COLUMNS

_RUN = "run_id, job_name, status, start_time, host, pid, pid_started"
_COLUMNS = ", ".join(ENTRY_COLUMNS)
_INSERT_RUN = (
    f"INSERT INTO runs ({_RUN}, first_entry) VALUES (?, ?, ?, ?, ?, ?, ?,"  # noqa: S608 - ours
    " (SELECT coalesce(max(id), 0) + 1 FROM entries))"
)
_INSERT_ENTRY = (
    f"INSERT INTO entries (run, {_COLUMNS})"  # noqa: S608 - ours
    f" VALUES (?{', ?' * len(ENTRY_COLUMNS)})"
)
_END_RUN = "UPDATE runs SET status = ?, end_time = ?, last_entry = ? WHERE number = ?"


@dataclass(frozen=True)
class Trace:
    """What the last run in a log left there.

    Args:
        run: The values of `_RUN`.
        entries: The values of `_COLUMNS` for each.
        commits: By how many commits it was written.
    """

    run: Sequence[Any]
    entries: Sequence[Sequence[Any]]
    commits: int


def trace(path: Path, execute: Callable[[], object]) -> Trace:
    """Return what one run left in a small log, by how many commits."""
    before = _commits(path)
    execute()
    commits = _commits(path) - before
    with sqlite3.connect(path) as connection:
        number, *run = connection.execute(
            f"SELECT number, {_RUN} FROM runs ORDER BY number DESC LIMIT 1"  # noqa: S608 - ours
        ).fetchone()
        entries = connection.execute(
            f"SELECT {_COLUMNS} FROM entries WHERE run = ? ORDER BY id",  # noqa: S608 - ours
            (number,),
        ).fetchall()
    connection.close()
    return Trace(run, entries, commits)


def _commits(path: Path) -> int:
    """Return how many commits are in the write-ahead log, which must not wrap around.

    The last page of each commit has the size of the database in its header.
    Source: https://www.sqlite.org/fileformat2.html#the_write_ahead_log
    """
    log = path.with_name(path.name + "-wal").read_bytes()
    page_bytes = int.from_bytes(log[8:12], "big")
    frames = range(32, len(log), 24 + page_bytes)
    return sum(log[frame + 4 : frame + 8] != bytes(4) for frame in frames)


class Floor:
    """A database with the log's tables and indexes, in WAL mode.

    Args:
        path: Its file.
        page_bytes: The size of a page; SQLite's own default if not given.
    """

    def __init__(self, path: Path, page_bytes: int | None = None) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        if page_bytes is not None:
            self._connection.execute(f"PRAGMA page_size = {page_bytes}")
        schema = (
            resources.files("opnb.event_log.store").joinpath("schema.sql").read_text()
        )
        self._connection.executescript(schema)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")

    def write(self, trace: Trace) -> None:
        """Write a run by as many commits as opnb made of it."""
        run = self._connection.execute
        size = -(-len(trace.entries) // trace.commits)
        for first in range(0, len(trace.entries), size):
            run("BEGIN IMMEDIATE")
            if not first:
                number = self._begin(trace)
            rows = [(number, *row) for row in trace.entries[first : first + size]]
            self._connection.executemany(_INSERT_ENTRY, rows)
            if first + size >= len(trace.entries):
                self._end(trace, number)
            run("COMMIT")

    def write_each(self, trace: Trace) -> None:
        """Write a run with a commit a row."""
        run = self._connection.execute
        number = self._begin(trace)
        for row in trace.entries:
            run(_INSERT_ENTRY, (number, *row))
        self._end(trace, number)

    def _begin(self, trace: Trace) -> int:
        run_id, *others = trace.run
        (count,) = self._connection.execute(
            "SELECT coalesce(max(number), 0) FROM runs"
        ).fetchone()
        # As long as its id, and its own.
        values = (f"{count:08d}{run_id[8:]}", *others)
        return int(self._connection.execute(_INSERT_RUN, values).lastrowid or 0)

    def _end(self, trace: Trace, number: int) -> None:
        (last,) = self._connection.execute("SELECT max(id) FROM entries").fetchone()
        time = trace.entries[-1][0]
        self._connection.execute(_END_RUN, ("SUCCESS", time, last, number))
