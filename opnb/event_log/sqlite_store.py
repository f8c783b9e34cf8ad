"""The log in SQLite: a file in WAL mode, or memory.

Each append is a commit of its own. In WAL mode with `synchronous=NORMAL` a commit is
in the file as soon as `append` returns, so a kernel killed at any instant loses none;
a power cut may lose the last ones, and never damages the file.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib import resources
from pathlib import Path
from typing import Any, NoReturn

from opnb.event_log.process import this_process
from opnb.model.entry import EventLogEntry, EventType
from opnb.model.errors import ForeignLogError, LogUnavailableError, NewerLogError
from opnb.model.serialize import to_row

APPLICATION_ID = 0x6F706E62  # "opnb", at offset 68 of the file
SCHEMA_VERSION = 1
_BUSY_MS = 5000

_ENDS = {
    EventType.RUN_SUCCESS: "SUCCESS",
    EventType.RUN_FAILURE: "FAILURE",
    EventType.RUN_CANCELED: "CANCELED",
}
_INSERT_ENTRY = (
    "INSERT INTO entries (run, timestamp, event_type, step_key, op, level, message,"
    " asset_key, partition, label, success, metadata, body)"
    " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)"
)
_INSERT_RUN = (
    "INSERT INTO runs (run_id, job_name, status, start_time, partition, host, pid,"
    " pid_started) VALUES (?,?,'STARTED',?,?,?,?,?)"
)
_END_RUN = "UPDATE runs SET status = ?, end_time = ? WHERE number = ?"


class SqliteStore:
    """Entries in a SQLite database.

    Args:
        path: The file, made with its folder if it is not there; None for memory.

    Raises:
        ForeignLogError: The file is not an opnb log; it is left as it was.
        NewerLogError: A newer opnb wrote it; it is left as it was.
        LogUnavailableError: It cannot be opened now.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._lock = threading.RLock()
        self._run_numbers: dict[str, int] = {}
        self._open()

    def _open(self) -> None:
        self._pid = os.getpid()
        with self._clear_errors("opened"):
            if self.path is not None:
                _prepare_folder(self.path)
                _verify_header(self.path)
            self._connection = sqlite3.connect(
                ":memory:" if self.path is None else self.path,
                timeout=_BUSY_MS / 1000,
                isolation_level=None,
                check_same_thread=False,
            )
            self._initialize()
        self._inode = self._current_inode()

    def _initialize(self) -> None:
        run = self._connection.execute
        version = run("PRAGMA user_version").fetchone()[0]
        if version > SCHEMA_VERSION:
            self._connection.close()
            _refuse_newer(self.path, version)
        if version == 0:
            self._create()
        self._switch_to_wal()
        run("PRAGMA synchronous = NORMAL")

    def _switch_to_wal(self) -> None:
        # SQLite does not wait for its lock here, and kernels may start together.
        deadline = time.monotonic() + _BUSY_MS / 1000
        while True:
            try:
                self._connection.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
            else:
                return

    def _create(self) -> None:
        schema = resources.files("opnb.event_log").joinpath("schema.sql").read_text()
        with self._transaction():
            # Another kernel may have made it while this one waited for the lock.
            if self._connection.execute("PRAGMA user_version").fetchone()[0]:
                return
            for statement in schema.split(";"):
                self._connection.execute(statement)
            self._connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            self._connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")

    def append(self, entry: EventLogEntry) -> None:
        """Keep an entry for good.

        Raises:
            LogUnavailableError: It could not be written; the log is as it was.
            InvalidMetadata: The entry is larger than one may be.
        """
        row = to_row(entry)
        timestamp = round(entry.timestamp * 1e6)
        with self._lock, self._clear_errors("written"):
            if self._pid != os.getpid():
                self._open()  # a connection must not be used across a fork
            if entry.event_type is EventType.RUN_START:
                self._reopen_if_replaced()
                with self._transaction():
                    self._start_run(entry, timestamp)
                    self._insert(entry.run_id, timestamp, row)
            elif entry.event_type in _ENDS:
                with self._transaction():
                    number = self._insert(entry.run_id, timestamp, row)
                    end = (_ENDS[entry.event_type], timestamp, number)
                    self._connection.execute(_END_RUN, end)
            else:
                self._insert(entry.run_id, timestamp, row)

    def _start_run(self, entry: EventLogEntry, timestamp: int) -> None:
        process = this_process()
        tags = getattr(entry.event_specific_data, "tags", {})
        values = (
            entry.run_id,
            entry.job_name,
            timestamp,
            tags.get("dagster/partition"),
            process.host,
            process.pid,
            process.started,
        )
        cursor = self._connection.execute(_INSERT_RUN, values)
        assert cursor.lastrowid is not None  # noqa: S101 - an INSERT has one
        # One run at a time is the rule; the cache need not grow with the session.
        if len(self._run_numbers) > 64:  # noqa: PLR2004
            self._run_numbers.clear()
        self._run_numbers[entry.run_id] = cursor.lastrowid

    def _insert(self, run_id: str, timestamp: int, row: Sequence[Any]) -> int:
        number = self._run_numbers.get(run_id) or self._find_run(run_id)
        try:
            self._connection.execute(_INSERT_ENTRY, (number, timestamp, *row))
        except UnicodeEncodeError:
            # Lone surrogates are no UTF-8. Labels and values within metadata are
            # escaped already; what is left are columns that people read.
            readable = [_without_surrogates(value) for value in row]
            self._connection.execute(_INSERT_ENTRY, (number, timestamp, *readable))
        return number

    def _find_run(self, run_id: str) -> int:
        query = "SELECT number FROM runs WHERE run_id = ?"
        found = self._connection.execute(query, (run_id,)).fetchone()
        if found is None:
            raise LogUnavailableError(
                f"The log {self._name} has no run {run_id!r} to add to.",
                hint="It was replaced while the run went on; run the cell again.",
            )
        return int(found[0])

    def select(
        self, query: str, parameters: Sequence[Any] = ()
    ) -> list[tuple[Any, ...]]:
        """Return the rows of a query.

        Raises:
            LogUnavailableError: The log cannot be read now.
        """
        with self._lock, self._clear_errors("read"):
            if self._pid != os.getpid():
                self._open()
            return self._connection.execute(query, parameters).fetchall()

    def be_patient(self, *, patient: bool) -> None:
        """Wait for a lock that another holds, or fail at once."""
        wait = _BUSY_MS if patient else 0
        with suppress(sqlite3.Error):
            self._connection.execute(f"PRAGMA busy_timeout = {wait}")

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._connection.close()

    @property
    def _name(self) -> str:
        return "in memory" if self.path is None else str(self.path)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            with suppress(sqlite3.Error):
                self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def _current_inode(self) -> int | None:
        if self.path is None:
            return None
        try:
            return self.path.stat().st_ino
        except OSError:
            return -1

    def _reopen_if_replaced(self) -> None:
        """Follow the path: a deleted file would take entries that nobody can read."""
        if self._current_inode() != self._inode:
            self._connection.close()
            self._run_numbers.clear()
            self._open()

    @contextmanager
    def _clear_errors(self, done: str) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise LogUnavailableError(
                f"The log {self._name} could not be {done}: {error}.",
                hint=_hint(str(error)),
            ) from error


def _hint(reason: str) -> str:
    elsewhere = "`%op log memory:` or `%op log PATH` keeps the log elsewhere."
    if "lock" in reason:
        return (
            f"Another program holds it; close that, and run the cell again. {elsewhere}"
        )
    if "full" in reason or "No space" in reason:
        return f"Free some space, and run the cell again. {elsewhere}"
    if "malformed" in reason or "not a database" in reason:
        return f"Move the file away; a new one is made. {elsewhere}"
    return elsewhere


def _prepare_folder(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # opnb's own folder ignores itself, so that no log is committed by accident.
    ignore = path.parent / ".gitignore"
    if path.parent.name == ".opnb" and not ignore.exists():
        ignore.write_text("*\n")


def _verify_header(path: Path) -> None:
    """Look at the file's first bytes only, so that a foreign one stays untouched."""
    if not path.exists() or path.stat().st_size == 0:
        return
    with path.open("rb") as file:
        header = file.read(100)
    if not header.startswith(b"SQLite format 3\x00"):
        raise ForeignLogError(
            f"{path} is not an opnb log; it is left as it is.",
            hint="Give another path: `%op log PATH`, or OPNB_LOG.",
        )
    if int.from_bytes(header[68:72], "big") != APPLICATION_ID:
        raise ForeignLogError(
            f"{path} is the database of another program; it is left as it is.",
            hint="Give another path: `%op log PATH`, or OPNB_LOG.",
        )
    version = int.from_bytes(header[60:64], "big")
    if version > SCHEMA_VERSION:
        _refuse_newer(path, version)


def _refuse_newer(path: Path | None, version: int) -> NoReturn:
    raise NewerLogError(
        f"{path} was written by a newer opnb (version {version} of the log, this one "
        f"reads up to {SCHEMA_VERSION}); it is left as it is.",
        hint="pip install -U opnb, or give another path: `%op log PATH`.",
    )


def _without_surrogates(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return value.encode("utf-8", "backslashreplace").decode()
