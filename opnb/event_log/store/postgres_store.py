"""The log in PostgreSQL, where the notebooks of a team write it together.

A batch is one commit and one trip to the server. With `synchronous_commit=off` what is
committed outlives the kernel as soon as `insert` returns, while a crash of the server
itself may lose what came in the last 0.6 seconds before it, and never damages what is
there. With `durability="full"` a commit waits for the server's disk, and outlives that,
too.

The tables are in the schema `opnb`, or in the one that the address names in the way of
PostgreSQL itself: `postgresql://host/database?options=-csearch_path%3Dteam`.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from dataclasses import astuple
from itertools import count
from typing import TYPE_CHECKING, Any

import platformdirs

from opnb.event_log.process import Process
from opnb.event_log.store.base import Append, Batch
from opnb.event_log.store.postgres_arrow import ArrowLink
from opnb.event_log.store.postgres_batch import Mark, encode_batch
from opnb.event_log.store.postgres_driver import psycopg
from opnb.event_log.store.postgres_link import Connection, PostgresLink
from opnb.event_log.store.postgres_query import storable_values, translated
from opnb.event_log.store.postgres_tables import PostgresTables
from opnb.event_log.store.postgres_target import PostgresTarget, first_line
from opnb.model.errors import InvalidMetadata, LogError

if TYPE_CHECKING:
    import pyarrow as pa

_APPEND = "SELECT append_batch(%s)"
_ANOTHER_LOG = -1
_MERGED = "SELECT merged FROM spools WHERE name = %s"
_TAKE_IN = (
    "INSERT INTO spools AS known (name, merged) VALUES (%s, %s) ON CONFLICT (name)"
    " DO UPDATE SET merged = greatest(known.merged, excluded.merged)"
)
_INTERRUPT = (
    "UPDATE runs SET status = 'INTERRUPTED', last_entry ="
    " (SELECT max(id) FROM entries)"
    " WHERE status = 'STARTED' AND host = %s AND pid = %s AND pid_started = %s"
)
_FORGET = "DELETE FROM spools WHERE name = %s"
# What an entry has too much of; the database goes on.
_REFUSED = (
    psycopg.DataError,
    psycopg.errors.ProgramLimitExceeded,
    TypeError,
    OverflowError,
)


class PostgresStore:
    """Entries in a PostgreSQL database.

    Args:
        address: `postgresql://user:password@host:port/database`, as all programs of
            PostgreSQL take it; what is left out comes from the environment.
        durability: "normal" or "full"; see above.

    Raises:
        LogAddressError: The address cannot be read.
        ForeignLogError: The schema has tables of another program; they are left as they
            were.
        NewerLogError: A newer opnb made the log; it is left as it was.
        LogUnavailableError: It cannot be opened now.
    """

    dialect = "postgresql"
    path = None

    def __init__(self, address: str, *, durability: str = "normal") -> None:
        self.durability = durability
        is_synchronous = {"normal": False, "full": True}[durability]
        self._target = PostgresTarget(address)
        self._tables = PostgresTables(self._target)
        self._link = PostgresLink(
            self._target, self._tables.prepare, is_synchronous=is_synchronous
        )
        self._arrow = ArrowLink(self._target)
        self.spools = (
            platformdirs.user_state_path("opnb") / "spools" / self._target.name
        )
        # What was sent, and of which nobody knows whether it was kept.
        self._doubts: dict[Mark, Sequence[Append]] = {}
        self._begin_marks()
        self._link.use(lambda _: None, "opened")

    def __repr__(self) -> str:
        return f"PostgresStore({self._target.shown!r})"

    @property
    def identity(self) -> str:
        """What tells this log from all others."""
        return self._tables.identity

    @property
    def generation(self) -> int:
        """Grows when another log takes the place of this one."""
        return self._tables.generation

    def insert(self, batch: Batch) -> None:
        """Keep a batch for good, in one transaction; see `Store`."""
        with self._link.lock:
            settled: dict[Mark, Sequence[Append]] = {}
            try:
                appends = self._settle_doubts(batch, settled)
                if appends:
                    self._insert(batch, appends, self._next_mark())
            except LogError:
                # What was settled comes again with what was not: it must be known.
                self._doubts = {**settled, **self._doubts}
                raise

    def _next_mark(self) -> Mark:
        # Parent and child of a fork must not count under one name.
        if self._process_id != os.getpid():
            self._begin_marks()
        return Mark(self._writer, next(self._numbers))

    def _begin_marks(self) -> None:
        self._process_id = os.getpid()
        self._writer = f"writer {secrets.token_hex(8)}"
        self._numbers = count(1)

    def _settle_doubts(
        self, batch: Batch, settled: dict[Mark, Sequence[Append]]
    ) -> Sequence[Append]:
        """Keep what was in doubt, if it comes again; return the rest of the batch.

        Args:
            batch: What comes.
            settled: Takes what was in doubt.
        """
        appends = batch.appends
        for mark, sent in [*self._doubts.items()]:
            same = appends[: len(sent)]
            if [append.rows for append in same] == [append.rows for append in sent]:
                self._insert(batch, same, mark)
                settled[mark] = sent
                appends = appends[len(sent) :]
        return appends

    def _insert(self, batch: Batch, appends: Sequence[Append], mark: Mark) -> None:
        """Send entries until all of them are there."""
        while appends:
            try:
                text = encode_batch(
                    appends, batch.process, batch.spool, mark, self.identity
                )
                taken = self._send(text, appends, mark)
            except _REFUSED as error:
                raise InvalidMetadata(
                    f"An entry cannot be kept: {first_line(error)}.",
                    hint="Write what is large to a file and keep its path.",
                ) from error
            if taken is None:
                return
            # So far the spool was taken in by a reader; -1 tells of another log.
            left = (append.beyond(taken) for append in appends)
            appends = [append for append in left if append.rows]

    def _send(self, text: str, appends: Sequence[Append], mark: Mark) -> int | None:
        def send(connection: Connection) -> int | None:
            was_in_doubt = mark in self._doubts
            self._doubts[mark] = appends
            try:
                ((taken,),) = connection.execute(_APPEND, (text,))
            except psycopg.Error:
                if not (connection.broken or was_in_doubt):
                    del self._doubts[mark]  # the server has said no
                raise
            del self._doubts[mark]
            if taken == _ANOTHER_LOG:
                self._tables.prepare(connection)
            return None if taken is None else int(taken)

        try:
            return self._link.use(send, "written")
        finally:
            if mark in self._doubts:
                # Its number must stay the last one under its name.
                self._begin_marks()

    def merged(self, spool: str) -> int:
        """Return how far a spool has been taken in."""

        def look(connection: Connection) -> int:
            found = connection.execute(_MERGED, (spool,)).fetchone()
            return 0 if found is None else int(found[0])

        return self._link.use(look, "read")

    def take_in(self, spool: str, end: int) -> None:
        """Note that a spool has been taken in so far."""

        def note(connection: Connection) -> None:
            connection.execute(_TAKE_IN, (spool, end))

        self._link.use(note, "written")

    def interrupt(self, process: Process) -> None:
        """Note that the runs which a process that is gone had under way have ended."""

        def note(connection: Connection) -> None:
            connection.execute(_INTERRUPT, astuple(process))

        self._link.use(note, "written")

    def select(
        self, query: str, parameters: Sequence[Any] = ()
    ) -> list[tuple[Any, ...]]:
        """Return the rows of a query, which has `?` for each parameter.

        Raises:
            LogUnavailableError: The log cannot be read now.
        """
        statement, values = translated(query), storable_values(parameters)
        return self._link.use(
            lambda connection: connection.execute(statement, values).fetchall(), "read"
        )

    def arrow(self, query: str, parameters: Sequence[Any] = ()) -> pa.Table:
        """Return the rows of a query as an Arrow table; a large answer comes faster.

        Whole numbers are `int64`, texts `string`; a sum or a mean is to be cast to
        `bigint` or `double precision`, for Arrow has no numbers like PostgreSQL's own.

        Raises:
            LogUnavailableError: The log cannot be read now.
        """
        statement, values = translated(query), storable_values(parameters)
        text = self._link.use(
            lambda connection: psycopg.ClientCursor(connection).mogrify(
                statement, values
            ),
            "read",
        )
        return self._arrow.read(text)

    def follow(self) -> None:
        """Leave a log that was dropped or replaced: nobody else can read it."""
        self._link.use(self._tables.follow, "read")

    def be_patient(self, *, patient: bool) -> None:
        """Wait for a server or a lock, or fail at once."""
        self._link.be_patient(patient=patient)

    def leave_before_fork(self) -> None:
        """Let go of the connections, which may not be carried across a fork; wait."""
        self._link.lock.acquire()
        self._arrow.lock.acquire()
        self._link.leave()
        self._arrow.leave()

    def return_after_fork(self) -> None:
        """Go on, in the parent and in the child; a connection is made when needed."""
        self._arrow.lock.release()
        self._link.lock.release()

    def close(self) -> None:
        """Let go of the database."""
        if self._process_id == os.getpid():
            self._link.finish(_FORGET, self._writer)
        self._link.close()
        self._arrow.close()
