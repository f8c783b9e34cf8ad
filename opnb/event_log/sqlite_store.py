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
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib import resources
from pathlib import Path
from typing import Any, NoReturn

from opnb.event_log.process import this_process
from opnb.model.entry import EventLogEntry, EventType
from opnb.model.errors import (
    ForeignLogError,
    InvalidMetadata,
    LogUnavailableError,
    NewerLogError,
)
from opnb.model.serialize import Row, readable, readable_row, to_row

APPLICATION_ID = 0x6F706E62  # "opnb", at offset 68 of the file
SCHEMA_VERSION = 2
_BUSY_MS = 5000
# A commit writes whole pages, and an entry is small: half of SQLite's page and a
# checkpoint each 8 MiB make a commit a quarter cheaper than its defaults do.
_PAGE_BYTES = 2048
_PAGES_TO_CHECKPOINT = 4000
_RUNS_REMEMBERED = 64

_ENDS = {
    EventType.RUN_SUCCESS: "SUCCESS",
    EventType.RUN_FAILURE: "FAILURE",
    EventType.RUN_CANCELED: "CANCELED",
}
_BOUNDS = (EventType.RUN_START, *_ENDS)
_PARTITION = "dagster/partition"
_UNAVAILABLE = (sqlite3.Error, OSError)
_COLUMNS = (
    "run, timestamp, event_type, step_key, op, level, message, asset_key, partition,"
    " label, success, metadata, body"
)
# What the lines of a step fill; those about assets and with metadata fill all.
_STEP_COLUMNS = (
    "run, timestamp, event_type, step_key, op, level, message, label, success, body"
)
# One statement for several rows is a commit of its own, and cheaper than as many.
_MOST_ROWS = 16


def _inserts(columns: str) -> list[str]:
    places = f"({','.join('?' * (columns.count(',') + 1))})"
    return [
        f"INSERT INTO entries ({columns}) VALUES {','.join([places] * rows)}"  # noqa: S608 - ours
        for rows in range(1, _MOST_ROWS + 1)
    ]


_INSERT_ENTRIES = _inserts(_COLUMNS)
_INSERT_STEP_ENTRIES = _inserts(_STEP_COLUMNS)
_INSERT_RUN = (
    "INSERT INTO runs (run_id, job_name, status, start_time, partition, host, pid,"
    " pid_started, first_entry) VALUES (?,?,'STARTED',?,?,?,?,?,"
    " (SELECT coalesce(max(id), 0) + 1 FROM entries))"
)
_END_RUN = (
    "UPDATE runs SET status = ?, end_time = ?, last_entry ="
    " (SELECT max(id) FROM entries) WHERE number = ?"
)
_EXTEND_RUN = (
    "UPDATE runs SET last_entry = (SELECT max(id) FROM entries)"
    " WHERE number = ? AND last_entry IS NOT NULL"
)
_Numbered = tuple[EventLogEntry, int, Row]


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
        self.generation = 0  # grows when another file takes the path
        self._lock = threading.RLock()
        self._run_numbers: dict[str, int] = {}  # of runs under way
        self._open_runs: set[int] = set()
        self._open()
        _open_stores.add(self)

    def _open(self) -> None:
        try:
            if self.path is not None:
                _prepare_folder(self.path)
                _verify_header(self.path)
            self._connection = sqlite3.connect(
                ":memory:" if self.path is None else self.path,
                timeout=_BUSY_MS / 1000,
                isolation_level=None,
                check_same_thread=False,
            )
            try:
                self._initialize()
            except BaseException:
                self._connection.close()
                raise
        except _UNAVAILABLE as error:
            raise self._unavailable("opened", error) from error
        self._inode = self._current_inode()
        self._is_left = False

    def _initialize(self) -> None:
        run = self._connection.execute
        version = self._version()
        if version > SCHEMA_VERSION:
            _refuse_newer(self.path, version)
        if version == 0:
            run(f"PRAGMA page_size = {_PAGE_BYTES}")
            self._create()
        elif version < SCHEMA_VERSION:
            self._migrate()
        self._switch_to_wal()
        run("PRAGMA synchronous = NORMAL")
        run(f"PRAGMA wal_autocheckpoint = {_PAGES_TO_CHECKPOINT}")

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
        with self._transaction():
            # Another kernel may have made it while this one waited for the lock.
            if self._version():
                return
            self._run_script("schema.sql")
            self._connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            self._connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")

    def _migrate(self) -> None:
        """Bring a log that an older opnb wrote to this version, step by step."""
        with self._transaction():
            for version in range(self._version(), SCHEMA_VERSION):
                self._run_script(f"migrate_{version}.sql")
                self._connection.execute(f"PRAGMA user_version = {version + 1}")

    def _version(self) -> int:
        return int(self._connection.execute("PRAGMA user_version").fetchone()[0])

    def _run_script(self, name: str) -> None:
        script = resources.files("opnb.event_log").joinpath(name).read_text()
        for statement in script.split(";"):
            self._connection.execute(statement)

    def append(self, entries: Sequence[EventLogEntry]) -> None:
        """Keep entries for good, all in one commit.

        Raises:
            LogUnavailableError: They could not be written; the log is as it was.
            InvalidMetadata: One is larger than an entry may be; the others are kept.
        """
        rows, refused = _rows_of(entries)
        try:
            with self._lock:
                if self._is_left:
                    self._open()
                if rows and not self._insert_into_open_run(rows):
                    self._append_many(rows)
        except (sqlite3.DataError, OverflowError) as error:
            refused = self._append_singly(entries, error)
        except _UNAVAILABLE as error:
            raise self._unavailable("written", error) from error
        if refused is not None:
            raise refused

    def _append_singly(
        self, entries: Sequence[EventLogEntry], error: Exception
    ) -> InvalidMetadata | None:
        """Keep what can be kept, after SQLite refused one of several entries."""
        if len(entries) == 1:
            refused = InvalidMetadata(
                f"An entry of type {entries[0].event_type.value} cannot be kept: "
                f"{error}.",
                hint="Write what is large to a file and keep its path.",
            )
            refused.__cause__ = error
            return refused
        last = None
        for entry in entries:
            try:
                self.append([entry])
            except InvalidMetadata as found:
                last = found
        return last

    def _insert_into_open_run(self, rows: Sequence[_Numbered]) -> bool:
        """Keep entries of a run under way by one statement; False if it takes more."""
        run_id = rows[0][0].run_id
        number = self._run_numbers.get(run_id)
        if number is None or len(rows) > _MOST_ROWS:
            return False
        values: list[Any] = []
        whole = False
        for entry, at, row in rows:
            if entry.event_type in _BOUNDS or entry.run_id != run_id:
                return False
            kind, step, op, level, message, asset, _, label, success, data, body = row
            whole = whole or asset is not None or data is not None
            values += (number, at, kind, step, op, level, message, label, success, body)
        statements = _INSERT_STEP_ENTRIES
        if whole:
            statements = _INSERT_ENTRIES
            values = [v for _, at, row in rows for v in (number, at, *row)]
        try:
            self._connection.execute(statements[len(rows) - 1], values)
        except UnicodeEncodeError:  # lone surrogates are no UTF-8
            self._insert([(number, at, row) for _, at, row in rows])
        return True

    def _append_many(self, rows: Sequence[_Numbered]) -> None:
        """Keep entries together with the rows of the runs that they start and end."""
        if rows[0][0].event_type is EventType.RUN_START:
            self.follow_path()
        ended: list[str] = []
        try:
            with self._transaction():
                numbers = [self._number_of(entry, at) for entry, at, _ in rows]
                numbered = [
                    (number, at, row)
                    for number, (_, at, row) in zip(numbers, rows, strict=True)
                ]
                for start in range(0, len(rows), _MOST_ROWS):
                    self._insert(numbered[start : start + _MOST_ROWS])
                for number, (entry, at, _) in zip(numbers, rows, strict=True):
                    status = _ENDS.get(entry.event_type)
                    if status is not None:
                        ended.append(entry.run_id)
                        self._connection.execute(_END_RUN, (status, at, number))
                # A thread of the user's may go on logging after its run has ended.
                for number in {n for n in numbers if n not in self._open_runs}:
                    self._connection.execute(_EXTEND_RUN, (number,))
        except BaseException:
            ended += [entry.run_id for entry, _, _ in rows]
            raise
        finally:
            for run_id in ended:
                self._open_runs.discard(self._run_numbers.pop(run_id, 0))

    def _number_of(self, entry: EventLogEntry, timestamp: int) -> int:
        """Return the number of the entry's run, which gets one if the log has none.

        That is so at its start, and where the file was replaced while it went on.
        """
        number = self._run_numbers.get(entry.run_id)
        if number is None:
            number = self._find_run(entry.run_id)
            if number is None:
                number = self._start_run(entry, timestamp)
                self._remember_open(entry.run_id, number)
        return number

    def _remember_open(self, run_id: str, number: int) -> None:
        # Runs end; those of threads that died need not be remembered for ever.
        if len(self._run_numbers) > _RUNS_REMEMBERED:
            self._run_numbers.clear()
            self._open_runs.clear()
        self._run_numbers[run_id] = number
        self._open_runs.add(number)

    def _find_run(self, run_id: str) -> int | None:
        query = "SELECT number FROM runs WHERE run_id = ?"
        found = self._connection.execute(query, (run_id,)).fetchone()
        return None if found is None else int(found[0])

    def _start_run(self, entry: EventLogEntry, timestamp: int) -> int:
        process = this_process()
        partition = getattr(entry.event_specific_data, "tags", {}).get(_PARTITION)
        values = (
            entry.run_id,
            entry.job_name,
            timestamp,
            None if partition is None else readable(partition),
            process.host,
            process.pid,
            process.started,
        )
        cursor = self._connection.execute(_INSERT_RUN, values)
        assert cursor.lastrowid is not None  # noqa: S101 - an INSERT has one
        return cursor.lastrowid

    def _insert(self, rows: Sequence[tuple[int, int, Row]]) -> None:
        statement = _INSERT_ENTRIES[len(rows) - 1]
        try:
            values = [v for number, at, row in rows for v in (number, at, *row)]
            self._connection.execute(statement, values)
        except UnicodeEncodeError:  # lone surrogates are no UTF-8
            exact = [(number, at, readable_row(row)) for number, at, row in rows]
            values = [v for number, at, row in exact for v in (number, at, *row)]
            self._connection.execute(statement, values)

    def select(
        self, query: str, parameters: Sequence[Any] = ()
    ) -> list[tuple[Any, ...]]:
        """Return the rows of a query.

        Raises:
            LogUnavailableError: The log cannot be read now.
        """
        try:
            with self._lock:
                if self._is_left:
                    self._open()
                self.follow_path()
                return self._connection.execute(query, parameters).fetchall()
        except _UNAVAILABLE as error:
            raise self._unavailable("read", error) from error

    def be_patient(self, *, patient: bool) -> None:
        """Wait for a lock that another holds, or fail at once."""
        wait = _BUSY_MS if patient else 0
        with suppress(sqlite3.Error):
            self._connection.execute(f"PRAGMA busy_timeout = {wait}")

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._connection.close()
        _open_stores.discard(self)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):
                self._connection.execute("ROLLBACK")
            raise

    def _current_inode(self) -> int | None:
        if self.path is None:
            return None
        try:
            return self.path.stat().st_ino
        except OSError:
            return -1

    def follow_path(self) -> None:
        """Leave a file that was deleted or replaced: nobody else can read it."""
        if self.path is not None and self._current_inode() != self._inode:
            self._connection.close()
            self._run_numbers.clear()
            self._open_runs.clear()
            self._is_left = True
            self.generation += 1
            self._open()

    def leave_before_fork(self) -> None:
        """Let go of file and lock-holders: no connection may be carried across a fork.

        Source: "How To Corrupt An SQLite Database File", section 2.6.
        """
        self._lock.acquire()
        if self.path is not None:
            self._connection.close()
            self._is_left = True

    def return_after_fork(self) -> None:
        """Go on, in the parent and in the child; the file is opened when needed."""
        self._lock.release()

    def _unavailable(self, done: str, error: Exception) -> LogUnavailableError:
        name = "in memory" if self.path is None else str(self.path)
        return LogUnavailableError(
            f"The log {name} could not be {done}: {error}.", hint=_hint(str(error))
        )


def _rows_of(
    entries: Sequence[EventLogEntry],
) -> tuple[list[_Numbered], InvalidMetadata | None]:
    """Return the entries as rows, without the last one refused, which comes second."""
    rows: list[_Numbered] = []
    refused = None
    for entry in entries:
        try:
            rows.append((entry, round(entry.timestamp * 1e6), to_row(entry)))
        except InvalidMetadata as error:
            refused = error
    return rows, refused


_open_stores: weakref.WeakSet[SqliteStore] = weakref.WeakSet()
_left_for_fork: list[SqliteStore] = []


def _before_fork() -> None:
    _left_for_fork[:] = _open_stores
    for store in _left_for_fork:
        store.leave_before_fork()


def _after_fork() -> None:
    while _left_for_fork:
        _left_for_fork.pop().return_after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_before_fork, after_in_parent=_after_fork, after_in_child=_after_fork
    )


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
    if not path.exists():
        return
    if not path.is_file():
        raise ForeignLogError(
            f"{path} is no file, so it can be no log.",
            hint="Give another path: `%op log PATH`, or OPNB_LOG.",
        )
    if path.stat().st_size == 0:
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
