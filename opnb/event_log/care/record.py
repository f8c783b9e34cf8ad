"""Entries as they are carried from one log to another, each with its run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, Protocol, TypeAlias

from opnb.model.entry import EventLogEntry
from opnb.model.serialize import EntryRow, from_row

_BEYOND = 2**63
# Is told how many entries more are done.
Advance: TypeAlias = Callable[[int], object]


class RunRecord(NamedTuple):
    """What the log knows of a run beside its entries; times as in the table."""

    run_id: str
    job_name: str
    status: str
    start_time: int
    end_time: int | None
    partition: str | None
    host: str
    pid: int
    pid_started: float


class EntryRecord(NamedTuple):
    """An entry with its run.

    Args:
        id: What it had where it comes from.
        run: Its run.
        row: Its columns, as in `Append`.
    """

    id: int
    run: RunRecord
    row: EntryRow


class Source(Protocol):
    """Where entries come from, in their order."""

    def chunks(self) -> Iterator[list[EntryRecord]]:
        """Read the entries little by little.

        Raises:
            LogError: They cannot be read, or are none.
        """

    def count(self) -> int | None:
        """Return how many entries there are; None where that takes reading them."""


class Sink(Protocol):
    """Where entries go; of what was written nothing is seen before `finish`."""

    def write(self, records: list[EntryRecord]) -> None:
        """Take entries."""

    def finish(self) -> None:
        """Keep all that was written."""

    def abandon(self) -> None:
        """Leave all as it was before."""


def entry_of_record(record: EntryRecord) -> EventLogEntry:
    """Return the entry itself.

    Raises:
        ValueError: No reader of the log could make an entry of it; it says why.
    """
    run = record.run
    try:
        entry: EventLogEntry = from_row(
            record.row, run_id=run.run_id, job_name=run.job_name
        )
    except Exception as error:
        raise ValueError(_reason(error)) from error
    return entry


def verify_record(record: EntryRecord) -> None:
    """Refuse what no reader of the log could make an entry of.

    Raises:
        ValueError: It says what is wrong.
    """
    entry_of_record(record)


def _reason(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"it lacks or does not know {error.args[0]!r}"
    return str(error) or type(error).__name__


def verify_storable(value: Any) -> None:
    """Refuse a value that no database takes.

    Raises:
        ValueError: It is a text with lone surrogates, or a number beyond 64 bits.
    """
    if isinstance(value, str):
        value.encode()
    elif isinstance(value, int) and not -_BEYOND <= value < _BEYOND:
        raise ValueError(f"{value} has more than 64 bits")
