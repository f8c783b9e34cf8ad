"""A connection to PostgreSQL that is made when needed, and again where it was lost."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeAlias, TypeVar

from opnb.event_log.store.postgres_driver import psycopg
from opnb.event_log.store.postgres_target import PostgresTarget

T = TypeVar("T")
Connection: TypeAlias = "psycopg.Connection[tuple[Any, ...]]"

_LOCK_MS = 5000
_LOCK_MS_IMPATIENT = 50
_CONNECT_SECONDS = 10
_CONNECT_SECONDS_IMPATIENT = 2
# Whoever waited for a lock must see what was written meanwhile.
_ISOLATION = "SET default_transaction_isolation TO 'read committed'"
# The log is not where it was, or has another form: a look at it tells which.
_MOVED = (
    psycopg.errors.UndefinedTable,
    psycopg.errors.UndefinedFunction,
    psycopg.errors.InvalidSchemaName,
)
# It is the data that is at fault.
_REFUSED = (psycopg.DataError, psycopg.errors.ProgramLimitExceeded)


class PostgresLink:
    """One connection, used by one thread after the other.

    Args:
        target: Where it leads.
        prepare: What to do with a connection that was just made.
        is_synchronous: Whether a commit waits for the server's disk.

    Attributes:
        lock: Held by whoever uses the connection.
    """

    def __init__(
        self,
        target: PostgresTarget,
        prepare: Callable[[Connection], None],
        *,
        is_synchronous: bool,
    ) -> None:
        self.lock = threading.RLock()
        self._target = target
        self._prepare = prepare
        self._synchronous = "on" if is_synchronous else "off"
        self._is_patient = True
        self._is_closed = False
        self._connection: Connection | None = None

    def use(self, work: Callable[[Connection], T], done: str) -> T:
        """Return what some work on the connection gives.

        Where the connection was lost it is made anew, and the work done again: so it
        must be such that it does no harm to have been done before.

        Args:
            work: What to do.
            done: A word for what could not be done, if so.

        Raises:
            LogUnavailableError: It could not be done.
            psycopg.Error: The server refuses the data.
        """
        with self.lock:
            try:
                connection = self._open()
                try:
                    return work(connection)
                except psycopg.Error as error:
                    if not (connection.broken or isinstance(error, _MOVED)):
                        raise
                    self.leave()
                return work(self._open())
            except _REFUSED:
                raise
            except psycopg.Error as error:
                raise self._target.unavailable(done, error) from None

    def _open(self) -> Connection:
        if self._is_closed:
            raise psycopg.OperationalError("it is closed")
        connection = self._connection
        if connection is None or connection.closed:
            connection = self._connect()
            try:
                self._prepare(connection)
            except BaseException:
                connection.close()
                raise
            self._connection = connection
        return connection

    def _connect(self) -> Connection:
        conninfo = self._target.conninfo(
            seconds=_CONNECT_SECONDS
            if self._is_patient
            else _CONNECT_SECONDS_IMPATIENT,
            is_limit=not self._is_patient,
        )
        connection = psycopg.connect(conninfo, autocommit=True)
        connection.adapters.register_loader("numeric", _NumberLoader)
        commits = f"SET synchronous_commit TO {self._synchronous}"
        settings = (*self._target.settings, commits, _ISOLATION, self._lock_setting)
        connection.execute("; ".join(settings).encode())
        return connection

    @property
    def _lock_setting(self) -> str:
        wait = _LOCK_MS if self._is_patient else _LOCK_MS_IMPATIENT
        return f"SET lock_timeout TO {wait}"

    def be_patient(self, *, patient: bool) -> None:
        """Wait for a server or a lock, or fail soon."""
        with self.lock:
            self._is_patient = patient
            self.finish(self._lock_setting)

    def finish(self, statement: str, *values: Any) -> None:
        """Run a statement whose failure harms nobody, if there is a connection."""
        with self.lock:
            if self._connection is not None:
                with suppress(psycopg.Error):
                    self._connection.execute(statement.encode(), values or None)

    def leave(self) -> None:
        """Let go of the connection; another is made when it is needed."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def close(self) -> None:
        """Let go of the connection for good."""
        with self.lock:
            self._is_closed = True
            self.leave()

    def __del__(self) -> None:
        self.leave()


class _NumberLoader(psycopg.adapt.Loader):
    """Sums and means as the numbers that SQLite gives."""

    def load(self, data: Any) -> int | float:
        text = bytes(data)
        return int(text) if text.lstrip(b"-").isdigit() else float(text)
