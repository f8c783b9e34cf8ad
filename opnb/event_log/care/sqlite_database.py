"""The tables of a log in SQLite, to be looked after; see `Database`."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from opnb.event_log.store.spool import spools_beside
from opnb.event_log.store.sqlite_store import APPLICATION_ID, SCHEMA_VERSION
from opnb.model.errors import ForeignLogError, LogUnavailableError, NewerLogError
from opnb.model.serialize import EntryRow

_BUSY_SECONDS = 5.0
# Rows that are in memory at a time.
CHUNK = 10_000
# So many steps of SQLite's machine at the most pass before Ctrl-C is heard.
_STEPS = 100_000
_SPOOLS_SINCE = 3
_ELSEWHERE = "Give its address: --log PATH, or OPNB_LOG."
_HINTS = {
    "lock": "Another program writes to it; close that, or try again later.",
    "full": "Free some space on that disk, or on that of temporary files.",
    "malformed": "Keep a copy of the file as it is; `sqlite3 FILE .recover` may save "
    "what is in it.",
    "not a database": "Is it a log, and whole? Keep a copy of the file as it is.",
    "readonly": "Its file, or the folder it is in, may not be written.",
    "unable to open": "May the file and its folder be read?",
}


class SqliteDatabase:
    """A connection to the tables of a log in SQLite.

    Args:
        path: The file.
        read_only: Whether it is only read, as it stands at this moment.

    Raises:
        ForeignLogError: The file is not an opnb log.
        NewerLogError: A newer opnb wrote it.
        LogUnavailableError: There is none, or it cannot be opened now.
    """

    dialect = "sqlite"

    def __init__(self, path: Path, *, read_only: bool) -> None:
        self.path = path
        self.shown = str(path)
        self.spools = spools_beside(path)
        self._verify_there()
        with self._telling("opened"):
            self._connection = self._open(read_only=read_only)
            self._connection.set_progress_handler(_listen, _STEPS)
            self.version = self._verify_log()
        self.is_old = self.version < SCHEMA_VERSION

    @property
    def identity(self) -> str:
        """What tells this log from all others; empty for an old one."""
        if self.version < _SPOOLS_SINCE:
            return ""
        return str(self.select("SELECT identity FROM log")[0][0])

    def _verify_there(self) -> None:
        with self._telling("opened"):
            is_there = self.path.exists() and not (
                self.path.is_file() and self.path.stat().st_size == 0
            )
        if not is_there:
            raise LogUnavailableError(
                f"There is no log at {self.shown}.", hint=_ELSEWHERE
            )
        if not self.path.is_file():
            raise ForeignLogError(
                f"{self.path} is no file, so it can be no log.", hint=_ELSEWHERE
            )

    def _verify_log(self) -> int:
        """Return the version of the log, if it is one."""
        try:
            application = self._number("PRAGMA application_id")
            version = self._number("PRAGMA user_version")
        except sqlite3.DatabaseError as error:
            self._connection.close()
            if "not a database" not in str(error):
                raise
            application = version = 0
        if application != APPLICATION_ID:
            self._connection.close()
            raise ForeignLogError(
                f"{self.path} is not an opnb log; it is left as it is.", hint=_ELSEWHERE
            )
        if version > SCHEMA_VERSION:
            self._connection.close()
            raise NewerLogError(
                f"{self.path} was written by a newer opnb (version {version} of the "
                f"log, this one reads up to {SCHEMA_VERSION}); it is left as it is.",
                hint="pip install -U opnb",
            )
        return version

    def _open(self, *, read_only: bool) -> sqlite3.Connection:
        if not read_only:
            return self._connect("mode=rw")
        # Opened for reading only, SQLite leaves its two files where there were none;
        # and what a killed process left in them is to stay as it is.
        wal = self.path.with_name(self.path.name + "-wal")
        mode = "mode=ro" if wal.exists() else "mode=rw"
        try:
            return self._look(self._connect(mode))
        except sqlite3.OperationalError:
            if os.access(self.path.parent, os.W_OK):
                raise
            # A place where nobody writes, so that nothing changes while it is read.
            return self._look(self._connect("mode=ro&immutable=1"))

    def _look(self, connection: sqlite3.Connection) -> sqlite3.Connection:
        """Let the connection see what there is now, and nothing that comes later."""
        try:
            connection.execute("PRAGMA query_only = 1")
            connection.execute("BEGIN")
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.OperationalError:
            connection.close()
            raise
        except sqlite3.DatabaseError:
            pass  # no database, or a damaged one: whoever reads it is told
        return connection

    def _connect(self, mode: str) -> sqlite3.Connection:
        return sqlite3.connect(
            f"{self.path.as_uri()}?{mode}",
            uri=True,
            timeout=_BUSY_SECONDS,
            isolation_level=None,
        )

    def select(
        self, query: str, parameters: Sequence[Any] = ()
    ) -> list[tuple[Any, ...]]:
        """Return the rows of a query; see `Database`."""
        with self._telling("read"):
            return self._connection.execute(query, parameters).fetchall()

    def stream(
        self, query: str, parameters: Sequence[Any] = ()
    ) -> Iterator[list[tuple[Any, ...]]]:
        """Return the rows of a query little by little."""
        with self._telling("read"):
            cursor = self._connection.execute(query, parameters)
        while True:
            with self._telling("read"):
                rows = cursor.fetchmany(CHUNK)
            if not rows:
                return
            yield rows

    def run(self, statement: str, parameters: Sequence[Any] = ()) -> int:
        """Run a statement; return how many rows it changed."""
        with self._telling("written"):
            return self._connection.execute(statement, parameters).rowcount

    def fill(
        self, table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]
    ) -> None:
        """Put rows into a table."""
        places = ",".join("?" * len(columns))
        statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})"  # noqa: S608 - ours
        with self._telling("written"), self._together():
            self._connection.executemany(statement, rows)

    def storable(self, row: EntryRow) -> EntryRow:
        """Return the columns of an entry as they are."""
        return row

    @contextmanager
    def _together(self) -> Iterator[None]:
        if self._connection.in_transaction:
            yield
            return
        # A table of one's own takes no lock of the log's.
        self._connection.execute("BEGIN")
        try:
            yield
        except BaseException:
            self._roll_back()
            raise
        self._connection.execute("COMMIT")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep all that is done within, or nothing."""
        self.run("BEGIN IMMEDIATE")
        try:
            yield
            self.run("COMMIT")
        except BaseException:
            self._roll_back()
            raise

    def _roll_back(self) -> None:
        with suppress(sqlite3.Error):
            self._connection.execute("ROLLBACK")

    def size(self) -> int:
        """Return how many bytes the log takes with what SQLite has beside it."""
        files = [self.path, self.path.with_name(self.path.name + "-wal")]
        return sum(file.stat().st_size for file in files if file.exists())

    def settings(self) -> dict[str, str]:
        """Return the journal mode, and how commits reach the disk."""
        ((mode,),) = self.select("PRAGMA journal_mode")
        # It belongs to a connection; this is what a log is written by unless told else.
        return {"journal_mode": str(mode).upper(), "synchronous": "NORMAL"}

    def damages(self) -> Iterator[str]:
        """Look through the whole file; tell what is broken."""
        try:
            for (line,) in self.select("PRAGMA integrity_check(10)"):
                if line != "ok":
                    yield line
        except LogUnavailableError as error:
            yield error.message

    def compact(self) -> bool:
        """Write the file anew without gaps; whether its journal was emptied, too."""
        self.run("VACUUM")
        ((busy, *_),) = self.select("PRAGMA wal_checkpoint(TRUNCATE)")
        return not busy

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def _number(self, query: str) -> int:
        return int(self._connection.execute(query).fetchone()[0])

    @contextmanager
    def _telling(self, done: str) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            if "interrupted" in str(error):
                raise KeyboardInterrupt from None
            raise self._unavailable(done, error) from error

    def _unavailable(self, done: str, error: Exception) -> LogUnavailableError:
        reason = str(error)
        hint = next((hint for word, hint in _HINTS.items() if word in reason), None)
        return LogUnavailableError(
            f"The log {self.shown} could not be {done}: {reason}.", hint=hint
        )


def _listen() -> None:
    """Run a little Python now and then, within which Ctrl-C is heard."""
