"""The log in SQLite: a file in WAL mode, or memory.

A batch is one commit. In WAL mode with `synchronous=NORMAL` a commit outlives the
process as soon as `insert` returns; a power cut may lose the last ones, and never
damages the file. With `synchronous=FULL` it outlives the power cut, too.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
import warnings
from collections.abc import Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import astuple
from importlib import resources
from itertools import islice
from pathlib import Path
from typing import Any, NoReturn, TypeAlias

from opnb.event_log.process import Process
from opnb.event_log.store.base import (
    RUN_ENDS,
    Append,
    Batch,
    run_partition,
)
from opnb.event_log.store.spool import spools_beside
from opnb.event_log.store.sqlite_insertion import STATEMENTS, insertions
from opnb.model.errors import (
    ForeignLogError,
    InvalidMetadata,
    LogUnavailableError,
    LogWarning,
    NewerLogError,
)
from opnb.model.serialize import readable

APPLICATION_ID = 0x6F706E62  # "opnb", at offset 68 of the file
SCHEMA_VERSION = 4
_BUSY_MS = 5000
# A commit writes whole pages, and an entry is small: half of SQLite's page and a
# checkpoint each 8 MiB make a commit a quarter cheaper than its defaults do.
_PAGE_BYTES = 2048
_PAGES_TO_CHECKPOINT = 4000
# An op that tells of many assets in turn writes to a page of the index for each, more
# than SQLite's own 2 MiB hold.
_CACHE_KIB = 16 * 2**10
_RUNS_REMEMBERED = 64

_UNAVAILABLE = (sqlite3.Error, OSError)

_FIRST_ENTRY = "(SELECT coalesce(max(id), 0) + 1 FROM entries)"
_LAST_ENTRY = "(SELECT coalesce(max(id), 0) + ? FROM entries)"
_RUN = "run_id, job_name, start_time, partition, host, pid, pid_started, first_entry"
_INSERT_RUN = (
    f"INSERT INTO runs ({_RUN}, status) VALUES (?,?,?,?,?,?,?,{_FIRST_ENTRY},'STARTED')"  # noqa: S608 - ours
    " ON CONFLICT (run_id) DO NOTHING"
)
# Of a run that begins and ends within one batch, as most do.
_INSERT_WHOLE_RUN = (
    f"INSERT INTO runs ({_RUN}, status, end_time, last_entry)"  # noqa: S608 - ours
    f" VALUES (?,?,?,?,?,?,?,{_FIRST_ENTRY},?,?,{_LAST_ENTRY})"
    " ON CONFLICT (run_id) DO NOTHING"
)
_FIND_RUN = "SELECT number FROM runs WHERE run_id = ?"
_END_RUN = (
    "UPDATE runs SET status = ?, end_time = ?, last_entry ="
    " (SELECT max(id) FROM entries) WHERE number = ?"
)
_EXTEND_RUN = (
    "UPDATE runs SET last_entry = (SELECT max(id) FROM entries)"
    " WHERE number = ? AND last_entry IS NOT NULL"
)
_INTERRUPT = (
    "UPDATE runs SET status = 'INTERRUPTED', last_entry ="
    " (SELECT max(id) FROM entries)"
    " WHERE status = 'STARTED' AND host = ? AND pid = ? AND pid_started = ?"
)
_MERGED = "SELECT merged FROM spools WHERE name = ?"
_TAKE_IN = "UPDATE spools SET merged = ? WHERE name = ? AND merged = ?"
_TAKE_IN_ANEW = (
    "INSERT INTO spools (name, merged) VALUES (?1, ?2)"
    " ON CONFLICT (name) DO UPDATE SET merged = max(merged, ?2)"
)


class SqliteStore:
    """Entries in a SQLite database.

    Args:
        path: The file, made with its folder if it is not there; None for memory.
        durability: "normal" keeps what is committed when the process is killed; "full"
            also when the power fails, at the cost of a sync of the disk a commit.

    Raises:
        ForeignLogError: The file is not an opnb log; it is left as it was.
        NewerLogError: A newer opnb wrote it; it is left as it was.
        LogUnavailableError: It cannot be opened now.
    """

    dialect = "sqlite"

    def __init__(self, path: Path | None, *, durability: str = "normal") -> None:
        self.path = path
        self.spools = None if path is None else spools_beside(path)
        self.generation = 0
        self._name = str(path)
        self.durability = durability
        self._synchronous = {"normal": "NORMAL", "full": "FULL"}[durability]
        self._lock = threading.RLock()
        self._run_numbers: dict[str, int] = {}  # of runs under way
        self._open_runs: set[int] = set()
        self._taken: dict[str, int] = {}  # how far spools were, as far as known
        self._open()

    def _open(self) -> None:
        try:
            if self.path is not None:
                _prepare_folder(self.path)
                _verify_log(self.path)
            self._connection = sqlite3.connect(
                ":memory:" if self.path is None else self.path,
                timeout=_BUSY_MS / 1000,
                isolation_level=None,
                check_same_thread=False,
                cached_statements=STATEMENTS,
            )
            try:
                self._initialize()
            except BaseException:
                self._connection.close()
                raise
        except _UNAVAILABLE as error:
            raise self._unavailable("opened", error) from error
        self._inode, self._size = self._file_now()
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
        run(f"PRAGMA synchronous = {self._synchronous}")
        run(f"PRAGMA wal_autocheckpoint = {_PAGES_TO_CHECKPOINT}")
        run(f"PRAGMA cache_size = -{_CACHE_KIB}")
        (self.identity,) = run("SELECT identity FROM log").fetchone()

    def _switch_to_wal(self) -> None:
        # SQLite does not wait for its lock here, and kernels may start together.
        deadline = time.monotonic() + _BUSY_MS / 1000
        while True:
            try:
                query = "PRAGMA journal_mode = WAL"
                (mode,) = self._connection.execute(query).fetchone()
            except sqlite3.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
            else:
                break
        if mode != "wal" and self.path is not None:
            warnings.warn(
                f"{self.path} is on a file system that takes no write-ahead log (a "
                "network share?): it is kept safely, but commits are slower, and "
                "readers wait for writers. `%op log PATH` keeps it on a local disk.",
                LogWarning,
                stacklevel=2,
            )

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
        script = resources.files("opnb.event_log.store").joinpath(name).read_text()
        for statement in script.split(";"):
            self._connection.execute(statement)

    def insert(self, batch: Batch) -> None:
        """Keep a batch for good, in one transaction; see `Store`."""
        try:
            with self._lock:
                self._be_open()
                self._follow()
                self._insert(batch)
        except (sqlite3.DataError, OverflowError) as error:
            raise InvalidMetadata(
                f"An entry cannot be kept: {error}.",
                hint="Write what is large to a file and keep its path.",
            ) from error
        except _UNAVAILABLE as error:
            raise self._unavailable("written", error) from error

    def _insert(self, batch: Batch) -> None:
        ended: list[str] = []
        try:
            with self._transaction():
                ended = [
                    append.run_id
                    for append in self._take(batch)
                    if self._insert_of_run(append, batch.process)
                ]
        except BaseException:
            # Numbers that were given in this transaction are given to others.
            ended += [append.run_id for append in batch.appends]
            self._taken.clear()
            raise
        finally:
            for run_id in ended:
                self._open_runs.discard(self._run_numbers.pop(run_id, 0))

    def _take(self, batch: Batch) -> Sequence[Append]:
        """Return what of a batch is new, and note how far its spool is taken in."""
        appends, spool = batch.appends, batch.spool
        ends = [end for append in appends for end in append.ends if end]
        if spool is None or not ends:
            return appends
        first, last = ends[0], ends[-1]
        run = self._connection.execute
        expected = self._taken.get(spool, last)
        if first > expected and run(_TAKE_IN, (last, spool, expected)).rowcount:
            self._taken[spool] = last
            return appends  # nobody else has been at it
        merged = self._merged(spool)
        run(_TAKE_IN_ANEW, (spool, last))
        self._taken[spool] = max(last, merged)
        left = (append.beyond(merged) for append in appends)
        return [append for append in left if append.rows]

    def _insert_of_run(self, append: Append, process: Process) -> bool:
        """Keep entries of one run; whether it ends with them."""
        end = _end_of(append)
        number, is_told = self._number_of(append, process, end)
        run = self._connection.execute
        for statement, values in insertions(append.rows):
            run(statement, (number, *values))
        if end is not None:
            if not is_told:
                run(_END_RUN, (*end, number))
        elif number not in self._open_runs:
            # A thread of the user's may go on logging after its run has ended.
            run(_EXTEND_RUN, (number,))
        return end is not None

    def _number_of(
        self, append: Append, process: Process, end: _End | None
    ) -> tuple[int, bool]:
        """Return the number of a run, and whether its end is told by that already.

        It gets one if the log has none: at its start, and where the file was replaced
        while it went on.
        """
        number = self._run_numbers.get(append.run_id)
        if number is not None:
            return number, False
        values = _run_values(append, process)
        run = self._connection.execute
        if end is None:
            inserted = run(_INSERT_RUN, values)
        else:
            inserted = run(_INSERT_WHOLE_RUN, (*values, *end, len(append.rows)))
        number = inserted.lastrowid
        if inserted.rowcount and number:
            if end is None:
                self._remember_open(append.run_id, number)
            return number, end is not None
        ((found,),) = run(_FIND_RUN, (readable(append.run_id),)).fetchall()
        return int(found), False

    def _remember_open(self, run_id: str, number: int) -> None:
        # Runs end; those of threads that died need not be remembered for ever.
        if len(self._run_numbers) > _RUNS_REMEMBERED:
            self._run_numbers.clear()
            self._open_runs.clear()
        self._run_numbers[run_id] = number
        self._open_runs.add(number)

    def merged(self, spool: str) -> int:
        """Return how far a spool has been taken in."""
        try:
            with self._lock:
                self._be_open()
                return self._merged(spool)
        except _UNAVAILABLE as error:
            raise self._unavailable("read", error) from error

    def take_in(self, spool: str, end: int) -> None:
        """Note that a spool has been taken in so far."""
        try:
            with self._lock:
                self._be_open()
                self._connection.execute(_TAKE_IN_ANEW, (spool, end))
                self._taken.pop(spool, None)
        except _UNAVAILABLE as error:
            raise self._unavailable("written", error) from error

    def interrupt(self, process: Process) -> None:
        """Note that the runs which a process that is gone had under way have ended."""
        try:
            with self._lock:
                self._be_open()
                self._connection.execute(_INTERRUPT, astuple(process))
        except _UNAVAILABLE as error:
            raise self._unavailable("written", error) from error

    def _merged(self, spool: str) -> int:
        found = self._connection.execute(_MERGED, (spool,)).fetchone()
        return 0 if found is None else int(found[0])

    def select(
        self, query: str, parameters: Sequence[Any] = ()
    ) -> list[tuple[Any, ...]]:
        """Return the rows of a query.

        Raises:
            LogUnavailableError: The log cannot be read now.
        """
        try:
            with self._lock:
                self._be_open()
                self._follow()
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

    def _transaction(self) -> AbstractContextManager[object]:
        """Begin a transaction; what is returned ends it with its block."""
        self._connection.execute("BEGIN IMMEDIATE")
        return self._connection

    def _be_open(self) -> None:
        if self._is_left:
            self._open()

    def follow(self) -> None:
        """Leave a file that was deleted or replaced: nobody else can read it.

        Raises:
            LogUnavailableError: The file was cut short, and is a log no more.
        """
        try:
            with self._lock:
                self._follow()
        except _UNAVAILABLE as error:
            raise self._unavailable("read", error) from error

    def _follow(self) -> None:
        if self.path is None:
            return
        inode, size = self._file_now()
        if inode != self._inode:
            self._connection.close()
            self._run_numbers.clear()
            self._open_runs.clear()
            self._taken.clear()
            self._is_left = True
            self.generation += 1
            self._open()
        elif size < self._size:
            self._verify_whole()
            self._size = size

    def _file_now(self) -> tuple[int, int]:
        try:
            found = os.stat(self._name)  # noqa: PTH116 - each commit asks
        except OSError:
            return -1, 0
        return found.st_ino, found.st_size

    def _verify_whole(self) -> None:
        """Look with new eyes at a file that shrank, as it does when it is compacted."""
        told = "empty"
        if self._file_now()[1]:
            connection = sqlite3.connect(self._name, timeout=_BUSY_MS / 1000)
            try:
                ((told,),) = connection.execute("PRAGMA quick_check(1)").fetchall()
            finally:
                connection.close()
        if told != "ok":
            raise sqlite3.DatabaseError("the file is malformed: it was cut short")

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


# The status that a run has in the end, and when that was.
_End: TypeAlias = tuple[str, int]


def _end_of(append: Append) -> _End | None:
    """Return how the run ends with these entries; None if it goes on."""
    ends = [row for row in append.rows if row[1] in RUN_ENDS]
    return (RUN_ENDS[ends[-1][1]], ends[-1][0]) if ends else None


def _run_values(append: Append, process: Process) -> tuple[Any, ...]:
    first = append.rows[0]
    return (
        readable(append.run_id),
        readable(append.job_name),
        first[0],
        run_partition(first),
        process.host,
        process.pid,
        process.started,
    )


_HINTS = {
    "lock": "Another program holds it; close that, and run the cell again.",
    "full": "Free some space, and run the cell again.",
    "No space": "Free some space, and run the cell again.",
    "readonly": "It or its folder may not be written; `opnb log export` reads it.",
    "malformed": "Move the file away; a new one is made.",
    "not a database": "Move the file away; a new one is made.",
}


def _hint(reason: str) -> str:
    elsewhere = "`%op log memory:` or `%op log PATH` keeps the log elsewhere."
    found = (hint for word, hint in _HINTS.items() if word in reason)
    return " ".join([*islice(found, 1), elsewhere])


def _prepare_folder(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # opnb's own folder ignores itself, so that no log is committed by accident.
    ignore = path.parent / ".gitignore"
    if path.parent.name == ".opnb" and not ignore.exists():
        ignore.write_text("*\n")


def _verify_log(path: Path) -> None:
    """Look whether a file is a log, before anything that would change it.

    SQLite looks, and not this process by itself: closing a file by other means drops
    the locks of all connections to it ("How To Corrupt An SQLite Database File", 2.2).
    """
    if not path.exists():
        return
    if not path.is_file():
        raise ForeignLogError(
            f"{path} is no file, so it can be no log.",
            hint="Give another path: `%op log PATH`, or OPNB_LOG.",
        )
    if path.stat().st_size == 0:
        return
    try:
        application_id, version = _marks_of(path)
    except sqlite3.DatabaseError as error:
        if "not a database" not in str(error):
            raise
        raise ForeignLogError(
            f"{path} is not an opnb log; it is left as it is.",
            hint="Give another path: `%op log PATH`, or OPNB_LOG.",
        ) from None
    if application_id != APPLICATION_ID:
        raise ForeignLogError(
            f"{path} is the database of another program; it is left as it is.",
            hint="Give another path: `%op log PATH`, or OPNB_LOG.",
        )
    if version > SCHEMA_VERSION:
        _refuse_newer(path, version)


def _marks_of(path: Path) -> tuple[int, int]:
    """Return what says whose database a file is, and of which version."""
    address = f"{path.as_uri()}?mode=rw"
    connection = sqlite3.connect(address, uri=True, timeout=_BUSY_MS / 1000)
    try:
        ((application_id,),) = connection.execute("PRAGMA application_id").fetchall()
        ((version,),) = connection.execute("PRAGMA user_version").fetchall()
    finally:
        connection.close()
    return application_id, version


def _refuse_newer(path: Path | None, version: int) -> NoReturn:
    raise NewerLogError(
        f"{path} was written by a newer opnb (version {version} of the log, this one "
        f"reads up to {SCHEMA_VERSION}); it is left as it is.",
        hint="pip install -U opnb, or give another path: `%op log PATH`.",
    )
