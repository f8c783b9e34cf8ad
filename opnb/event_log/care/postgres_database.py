"""The tables of a log in PostgreSQL, to be looked after; see `Database`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import platformdirs

from opnb.event_log.care.sqlite_database import CHUNK
from opnb.event_log.store.postgres_batch import storable_row
from opnb.event_log.store.postgres_driver import psycopg, sql
from opnb.event_log.store.postgres_link import Connection, PostgresLink
from opnb.event_log.store.postgres_query import storable_values, translated
from opnb.event_log.store.postgres_target import PostgresTarget
from opnb.model.errors import ForeignLogError, LogUnavailableError
from opnb.model.serialize import EntryRow

# As `append_batch` in postgres_schema.sql takes it.
_LOCK = "SELECT pg_advisory_xact_lock(1869639266, hashtext(current_schema()))"
_LOOK = "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
_SIZE = (
    "SELECT coalesce(sum(pg_total_relation_size(oid)), 0)::bigint FROM pg_class"
    " WHERE relnamespace = to_regnamespace(quote_ident(current_schema()))"
    " AND relkind = 'r' AND relname IN ('runs', 'entries', 'spools', 'log')"
)


class PostgresDatabase:
    """A connection to the tables of a log in PostgreSQL.

    Args:
        address: As `PostgresStore` takes it.
        read_only: Whether it is only read, as it stands at this moment.

    Raises:
        LogAddressError: The address cannot be read.
        LogUnavailableError: There is none, or it cannot be opened now.
    """

    dialect = "postgresql"
    is_old = False

    def __init__(self, address: str, *, read_only: bool) -> None:
        self._target = PostgresTarget(address)
        self._link = PostgresLink(self._target, self._prepare, is_synchronous=True)
        self.shown = self._target.shown
        folder = platformdirs.user_state_path("opnb") / "spools"
        self.spools = folder / self._target.name
        self._connection: Connection = self._link.use(lambda each: each, "opened")
        if read_only:
            self.run(_LOOK)

    @property
    def identity(self) -> str:
        """What tells this log from all others."""
        return str(self._identity)

    def _prepare(self, connection: Connection) -> None:
        try:
            found = connection.execute("SELECT version, identity FROM log").fetchone()
        except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName):
            found = None
        except psycopg.errors.UndefinedColumn:
            raise ForeignLogError(
                f"{self._target.shown} has tables of another program; they are left as "
                "they are.",
                hint="Give another schema: `?options=-csearch_path%3DNAME` after the "
                "database.",
            ) from None
        if found is None:
            raise LogUnavailableError(
                f"There is no log at {self._target.shown}.",
                hint="Give its address: --log ADDRESS, or OPNB_LOG.",
            )
        self.version, self._identity = found

    def select(
        self, query: str, parameters: Sequence[Any] = ()
    ) -> list[tuple[Any, ...]]:
        """Return the rows of a query; see `Database`."""
        with self._telling("read"):
            return self._execute(query, parameters).fetchall()

    def _execute(
        self, query: str, parameters: Sequence[Any]
    ) -> psycopg.Cursor[tuple[Any, ...]]:
        return self._connection.execute(translated(query), storable_values(parameters))

    def stream(
        self, query: str, parameters: Sequence[Any] = ()
    ) -> Iterator[list[tuple[Any, ...]]]:
        """Return the rows of a query little by little."""
        with self._connection.cursor("opnb_stream") as cursor:
            with self._telling("read"):
                cursor.execute(translated(query), storable_values(parameters))
            while True:
                with self._telling("read"):
                    rows = cursor.fetchmany(CHUNK)
                if not rows:
                    return
                yield rows

    def run(self, statement: str, parameters: Sequence[Any] = ()) -> int:
        """Run a statement; return how many rows it changed."""
        with self._telling("written"):
            return self._execute(statement, parameters).rowcount

    def fill(
        self, table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]
    ) -> None:
        """Put rows into a table."""
        names = sql.SQL(", ").join(map(sql.Identifier, columns))
        into = sql.SQL("COPY {} ({}) FROM STDIN")
        statement = into.format(sql.Identifier(table), names)
        with (
            self._telling("written"),
            self._connection.cursor() as cursor,
            cursor.copy(statement) as copy,
        ):
            for row in rows:
                copy.write_row(storable_values(row))

    def storable(self, row: EntryRow) -> EntryRow:
        """Return the columns of an entry without the characters it does not take."""
        return storable_row(row)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep all that is done within, or nothing."""
        with self._telling("written"), self._connection.transaction():
            self._connection.execute(_LOCK)
            yield

    def size(self) -> int:
        """Return how many bytes the tables take with their indexes."""
        return int(self.select(_SIZE)[0][0])

    def settings(self) -> dict[str, str]:
        """Return how commits reach the disk of the server."""
        ((version,),) = self.select("SHOW server_version")
        # It belongs to a connection; this is what a log is written by unless told else.
        return {"server_version": str(version), "synchronous_commit": "off"}

    def damages(self) -> Iterator[str]:
        """Tell nothing: a server looks after its files itself."""
        yield from ()

    def compact(self) -> bool:
        """Let what was deleted be written over, and look at what there is."""
        for table in ("entries", "runs", "spools"):
            self.run(f"VACUUM ANALYZE {table}")
        return True

    def close(self) -> None:
        """Let go of the connection."""
        self._link.close()

    @contextmanager
    def _telling(self, done: str) -> Iterator[None]:
        try:
            yield
        except psycopg.Error as error:
            with suppress(psycopg.Error):
                self._connection.rollback()
            raise self._target.unavailable(done, error) from None
