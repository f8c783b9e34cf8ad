"""Large answers of PostgreSQL as Arrow tables, on a connection of their own."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from opnb.event_log.store.postgres_target import PostgresTarget
from opnb.model.errors import LogUnavailableError

if TYPE_CHECKING:
    import pyarrow as pa

_CONNECT_SECONDS = 10


class ArrowLink:
    """A connection by the driver that reads Arrow; made when needed, again where lost.

    Args:
        target: Where it leads.

    Attributes:
        lock: Held by whoever uses the connection.
    """

    def __init__(self, target: PostgresTarget) -> None:
        self.lock = threading.Lock()
        self._target = target
        self._connection: Any = None

    def read(self, query: str) -> pa.Table:
        """Return the rows of a query that has no parameters.

        Raises:
            LogUnavailableError: It cannot be read now.
        """
        driver = _import_driver()
        with self.lock:
            was_there = self._connection is not None
            try:
                try:
                    return self._read(driver, query)
                except driver.Error:
                    self.leave()
                    if not was_there:
                        raise
                # The server may have been started anew meanwhile.
                return self._read(driver, query)
            except driver.Error as error:
                self.leave()
                raise self._target.unavailable("read", error) from None

    def _read(self, driver: Any, query: str) -> pa.Table:
        if self._connection is None:
            conninfo = self._target.conninfo(seconds=_CONNECT_SECONDS)
            self._connection = driver.connect(conninfo, autocommit=True)
            with self._connection.cursor() as cursor:
                for setting in self._target.settings:
                    cursor.execute(setting)
        with self._connection.cursor() as cursor:
            cursor.execute(f"{query}\n")  # it may end in a comment
            return cursor.fetch_arrow_table()

    def leave(self) -> None:
        """Let go of the connection; another is made when it is needed."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def close(self) -> None:
        """Let go of the connection."""
        with self.lock:
            self.leave()

    def __del__(self) -> None:
        self.leave()


def _import_driver() -> Any:
    try:
        from adbc_driver_postgresql import (  # noqa: PLC0415 - heavy, at first use
            dbapi,
        )
    except ImportError as error:
        raise LogUnavailableError(
            f"Reading much of PostgreSQL needs its driver for Arrow, which cannot be "
            f"imported: {error}.",
            hint='pip install "opnb[postgres]"',
        ) from error
    return dbapi
