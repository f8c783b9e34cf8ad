"""A log's tables, to be looked after: read as they are, or changed as a whole.

What notebooks append goes through a `Store`. Who exports, checks or prunes a log wants
other things of the database: to read it without making, migrating or writing anything,
to read on for minutes what stood there at one moment, to change a million rows or none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from opnb.event_log.address import (
    dialect_of_address,
    path_of_address,
    shown_address,
)
from opnb.event_log.care.sqlite_database import SqliteDatabase
from opnb.event_log.reading.reader import LogReader
from opnb.event_log.store.open_store import open_store
from opnb.event_log.writing.writer import LogWriter
from opnb.model.errors import LogAddressError, LogUnavailableError
from opnb.model.serialize import EntryRow

DatabaseRow: TypeAlias = tuple[Any, ...]


class Database(Protocol):
    """A connection to the tables of a log.

    Args:
        dialect: "sqlite" or "postgresql".
        shown: Where it is, as it may be shown.
        version: Of the log's tables.
        is_old: Whether an older opnb made them; the next kernel brings them forward.
        spools: The folder of its spools on this machine.
    """

    dialect: str
    shown: str
    version: int
    is_old: bool
    spools: Path

    @property
    def identity(self) -> str:
        """What tells this log from all others; empty for an old one."""

    def select(self, query: str, parameters: Sequence[Any] = ()) -> list[DatabaseRow]:
        """Return the rows of a query, which has `?` for each parameter.

        Raises:
            LogUnavailableError: The log cannot be read now.
        """

    def stream(
        self, query: str, parameters: Sequence[Any] = ()
    ) -> Iterator[list[DatabaseRow]]:
        """Return the rows of a query, at most `CHUNK` at a time."""

    def run(self, statement: str, parameters: Sequence[Any] = ()) -> int:
        """Run a statement; return how many rows it changed.

        Raises:
            LogUnavailableError: The log cannot be written now.
        """

    def fill(
        self, table: str, columns: Sequence[str], rows: Iterable[DatabaseRow]
    ) -> None:
        """Put rows into a table."""

    def storable(self, row: EntryRow) -> EntryRow:
        """Return the columns of an entry as this database takes them."""

    def transaction(self) -> AbstractContextManager[None]:
        """Keep all that is done within, or nothing; others' appends wait meanwhile."""

    def size(self) -> int:
        """Return how many bytes the log takes."""

    def settings(self) -> dict[str, str]:
        """Return how the database keeps what is committed, in its own words."""

    def damages(self) -> Iterator[str]:
        """Look through the whole database; tell what is broken."""

    def compact(self) -> bool:
        """Give back what was deleted; whether readers let all of it be given back."""

    def close(self) -> None:
        """Let go of it."""


@contextmanager
def open_to_read(address: str | Path) -> Iterator[Database]:
    """Open a log as it stands at this moment; nothing is made, migrated or written.

    Raises:
        LogAddressError: The address means no log, or one that ends with its process.
        LogUnavailableError: There is no log, or it cannot be opened now.
    """
    database = _open_database(address, read_only=True)
    try:
        yield database
    finally:
        database.close()


@contextmanager
def open_to_change(address: str | Path, *, make: bool = False) -> Iterator[Database]:
    """Open a log with all that waits in spools; an old one is brought forward.

    Args:
        address: Where it is.
        make: Whether one is made if there is none.

    Raises:
        LogAddressError: The address means no log, or one that ends with its process.
        LogUnavailableError: There is no log, or it cannot be opened now.
    """
    if make:
        _bring_in(address)
    else:
        bring_up(address)
    database = _open_database(address, read_only=False)
    try:
        yield database
    finally:
        database.close()


def _open_database(address: str | Path, *, read_only: bool) -> Database:
    if dialect_of_address(address) == "sqlite":
        return SqliteDatabase(_path(address), read_only=read_only)
    # It loads the driver of PostgreSQL, an extra.
    from opnb.event_log.care.postgres_database import (  # noqa: PLC0415
        PostgresDatabase,
    )

    return PostgresDatabase(str(address), read_only=read_only)


def bring_up(address: str | Path) -> None:
    """Bring a log forward to this version, and in what waits in spools.

    Raises:
        LogUnavailableError: There is no log, or it cannot be opened now.
    """
    with open_to_read(address):  # refuses what is no log, and makes none
        pass
    _bring_in(address)


def bring_up_if_writable(address: str | Path) -> None:
    """Do as `bring_up`, unless the log is where nobody can write.

    Raises:
        LogUnavailableError: There is no log, or an old one that must be brought forward
            and cannot be.
    """
    with open_to_read(address) as database:
        is_old = database.is_old
    with suppress(*() if is_old else (LogUnavailableError,)):
        _bring_in(address)


def _bring_in(address: str | Path) -> None:
    store = open_store(address)
    writer = LogWriter(store)
    try:
        LogReader(store, writer).bring_in()
    finally:
        writer.close()


def _path(address: str | Path) -> Path:
    path = path_of_address(address)
    if path is None:
        raise LogAddressError(
            f"The log {shown_address(address)!r} ends with its process; there is none "
            "to look after.",
            hint="Give the address of a log that is kept: --log PATH.",
        )
    return path
