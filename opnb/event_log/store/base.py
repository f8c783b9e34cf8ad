"""What a database must do to keep a log; SQLite and PostgreSQL do it.

A store keeps what `LogWriter` hands it, a batch in one transaction, and reads again. It
is the writer that gathers entries, and its spool that makes them safe before they are
here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import compress
from pathlib import Path
from typing import (
    TYPE_CHECKING,
    Any,
    Protocol,
    runtime_checkable,
)

from opnb.event_log.process import Process
from opnb.model.entry import EventType
from opnb.model.serialize import EntryRow, Row, readable
from opnb.model.strict_json import decode_json

if TYPE_CHECKING:
    import pyarrow as pa

# The columns of an entry but for its id and its run, in the order of the table.
ENTRY_COLUMNS = Row._fields
# What ends a run, and the status that it has then.
RUN_ENDS = {
    EventType.RUN_SUCCESS.value: "SUCCESS",
    EventType.RUN_FAILURE.value: "FAILURE",
    EventType.RUN_CANCELED.value: "CANCELED",
}
_RUN_START = EventType.RUN_START.value
_PARTITION = "dagster/partition"


def run_partition(row: EntryRow) -> str | None:
    """Return the partition of the run that an entry starts, if it has one."""
    event_type, body = row[1], row[-1]
    if event_type != _RUN_START or body is None:
        return None
    partition = decode_json(body).get("tags", {}).get(_PARTITION)
    return None if partition is None else readable(partition)


@dataclass(slots=True)
class Append:
    """Entries of one run that were appended one after the other.

    Args:
        run_id: Whose entries.
        job_name: The job of that run.
        rows: A tuple of `ENTRY_COLUMNS` for each; times in microseconds since 1970.
        ends: For each where its line ends in the spool; 0 if that holds it not.
    """

    run_id: str
    job_name: str
    rows: list[EntryRow]
    ends: list[int]

    @classmethod
    def of_line(
        cls, run_id: str, job_name: str, rows: list[EntryRow], end: int = 0
    ) -> Append:
        """Return what stands in one line."""
        return cls(run_id, job_name, rows, [end] * len(rows))

    def beyond(self, taken: int) -> Append:
        """Return what a spool that was taken in so far leaves of it."""
        left = [not 0 < end <= taken for end in self.ends]
        rows, ends = compress(self.rows, left), compress(self.ends, left)
        return Append(self.run_id, self.job_name, list(rows), list(ends))


def gathered(appends: Iterable[Append]) -> list[Append]:
    """Return appends, those of one run that follow one another as one."""
    together: list[Append] = []
    for append in appends:
        if together and together[-1].run_id == append.run_id:
            together[-1].rows += append.rows
            together[-1].ends += append.ends
        else:
            together.append(append)
    return together


@dataclass(frozen=True, slots=True)
class Batch:
    """What goes into the database by one transaction.

    Args:
        appends: In their order.
        process: Who wrote them.
        spool: The name of the spool that holds them as well; None where none does. The
            store notes how far it has taken in a spool, in the same transaction, and
            passes over what it has already: a reader may bring in what a writer has yet
            to commit, and whoever comes second must add nothing.
    """

    appends: Sequence[Append]
    process: Process
    spool: str | None = None


class Store(Protocol):
    """A database that keeps a log.

    Its methods may be called from any thread.
    """

    @property
    def dialect(self) -> str:
        """Whose SQL it speaks: "sqlite" or "postgresql"."""

    @property
    def durability(self) -> str:
        """What keeps what was committed: "normal" a kill, "full" a power cut, too."""

    @property
    def path(self) -> Path | None:
        """The file of the database; None where there is none."""

    @property
    def spools(self) -> Path | None:
        """The folder of its spools; None where the process keeps all there is."""

    @property
    def identity(self) -> str:
        """What tells this log from all others, also from a later one at its place."""

    @property
    def generation(self) -> int:
        """Grows when another database takes the place of this one."""

    def insert(self, batch: Batch) -> None:
        """Keep a batch for good, in one transaction.

        Raises:
            LogUnavailableError: It could not be written; the log is as it was.
            InvalidMetadata: The database refuses an entry for its size; nothing of the
                batch is kept.
        """

    def merged(self, spool: str) -> int:
        """Return how far a spool has been taken in."""

    def take_in(self, spool: str, end: int) -> None:
        """Note that a spool has been taken in so far.

        Raises:
            LogUnavailableError: It could not be written.
        """

    def interrupt(self, process: Process) -> None:
        """Note that the runs which a process that is gone had under way have ended.

        Raises:
            LogUnavailableError: It could not be written.
        """

    def select(
        self, query: str, parameters: Sequence[Any] = ()
    ) -> list[tuple[Any, ...]]:
        """Return the rows of a query, which has `?` for each parameter.

        Raises:
            LogUnavailableError: The log cannot be read now.
        """

    def follow(self) -> None:
        """Leave a database that was deleted or replaced: nobody else can read it."""

    def be_patient(self, *, patient: bool) -> None:
        """Wait for a lock that another holds, or fail at once."""

    def leave_before_fork(self) -> None:
        """Let go of the connection, which may not be carried across a fork; wait."""

    def return_after_fork(self) -> None:
        """Go on, in the parent and in the child; a connection is made when needed."""

    def close(self) -> None:
        """Let go of it."""


@runtime_checkable
class GivesTables(Protocol):
    """A store whose driver gives rows as Arrow tables."""

    def arrow(self, query: str, parameters: Sequence[Any] = ()) -> pa.Table:
        """Return the rows of a query as a table; see `Store.select`."""
