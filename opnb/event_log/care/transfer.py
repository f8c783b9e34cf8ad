"""Logs carried to files and other logs, and back: `export_log` and `import_log`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

from opnb.event_log.address import (
    dialect_of_address,
    path_of_address,
    postgres_address,
    shown_address,
)
from opnb.event_log.care.database import (
    bring_up_if_writable,
    open_to_change,
    open_to_read,
)
from opnb.event_log.care.jsonl_file import JsonlSink, JsonlSource
from opnb.event_log.care.log_sink import LogSink
from opnb.event_log.care.log_source import LogSource
from opnb.event_log.care.notebook_source import NotebookSource
from opnb.event_log.care.parquet_file import ParquetSink, ParquetSource
from opnb.event_log.care.record import Advance, Sink, Source
from opnb.event_log.notebook_runs import SUFFIX
from opnb.event_log.reading.dialect import DIALECTS
from opnb.event_log.reading.query import build_query
from opnb.model.checks import shorten
from opnb.model.errors import LogAddressError

# Given how many entries there will be, None where nobody knows, it watches: what it
# yields is told how many more are done.
Progress: TypeAlias = Callable[[int | None], AbstractContextManager[Advance]]

# Standard input or output, as JSON Lines.
STANDARD = "-"
_OF_LOGS = (".db", ".sqlite", ".sqlite3")
_HINT = (
    "It ends in .parquet or .jsonl, is `-` for JSON Lines, or is the address of a log: "
    "sqlite:///PATH, a path that ends in .db, or postgresql://user@host/database. "
    "From notebooks, .ipynb or a folder of them, entries can only come."
)


@dataclass(frozen=True, slots=True)
class Transfer:
    """What was carried.

    Args:
        entries: How many were written.
        runs: How many runs came; None where they were not counted.
        runs_known: How many of them were there already, and are as they were.
        left_out: How many entries more the runs had than notebooks hold of them.
        values_left_out: How many values of metadata more.
    """

    entries: int
    runs: int | None = None
    runs_known: int = 0
    left_out: int = 0
    values_left_out: int = 0


@contextmanager
def unwatched(total: int | None) -> Iterator[Advance]:  # noqa: ARG001 - nobody asks
    """Yield what is told of progress, and looks away."""
    yield lambda _: None


def export_log(
    address: str | Path,
    target: str,
    filters: Mapping[str, Any] | None = None,
    *,
    overwrite: bool = False,
    progress: Progress = unwatched,
) -> Transfer:
    """Write a log, or entries of it, to a file or into another log.

    Args:
        address: The log; what waits in its spools is brought in before.
        target: A file that ends in `.parquet` or `.jsonl`, `-` for JSON Lines to
            standard output, or the address of another log.
        filters: As `EventLog.events` has them.
        overwrite: Whether a file may be written over.
        progress: Who watches.

    Raises:
        LogAddressError: The target is none of these.
        CheckError: A filter has a value that it cannot have.
        LogUnavailableError: The log cannot be read, or the target not be written.
    """
    kind = _kind_of(target)
    verify_other(address, target, kind)
    bring_up_if_writable(address)
    with open_to_read(address) as database:
        dialect = DIALECTS[database.dialect]
        entries = dialect.entries_by_id
        query = build_query(dialect, **dict(filters or {}), entries=entries)
        with _sink(target, kind, overwrite=overwrite) as sink:
            return _carry(LogSource(database, query), sink, progress)


def import_log(
    address: str | Path, source: str, *, progress: Progress = unwatched
) -> Transfer:
    """Take what was exported into a log, which is made if it is not there.

    Runs that the log has already are left as they are. If anything is wrong with what
    comes, nothing of it is taken.

    Args:
        address: The log.
        source: As `target` in `export_log`, where `-` reads standard input; or a
            notebook whose cards hold entries, or a folder of such.
        progress: Who watches.

    Raises:
        LogAddressError: The source is none of these.
        ForeignLogError: It holds something that is no entry.
        LogUnavailableError: It cannot be read, or the log not be written.
    """
    kind = "notebook" if _is_of_notebooks(source) else _kind_of(source)
    verify_other(address, source, kind)
    with (
        _source(source, kind) as entries,
        open_to_change(address, make=True) as database,
    ):
        done = _carry(entries, LogSink(database), progress)
    if isinstance(entries, NotebookSource):
        return replace(
            done, left_out=entries.left_out, values_left_out=entries.values_left_out
        )
    return done


def _is_of_notebooks(source: str) -> bool:
    path = Path(source).expanduser()
    return "://" not in source and (path.suffix.lower() == SUFFIX or path.is_dir())


def _carry(source: Source, sink: Sink, progress: Progress) -> Transfer:
    entries = 0
    try:
        with progress(source.count()) as advance:
            for records in source.chunks():
                sink.write(records)
                entries += len(records)
                advance(len(records))
            sink.finish()
    except BaseException:
        sink.abandon()
        raise
    if isinstance(sink, LogSink):
        return Transfer(sink.entries, sink.runs, sink.runs_known)
    return Transfer(entries)


def _kind_of(place: str) -> str:
    """Return "parquet", "jsonl" or "log".

    Raises:
        LogAddressError: It is none of them.
    """
    if place == STANDARD:
        return "jsonl"
    suffix = Path(place).suffix.lower()
    if "://" in place or suffix in _OF_LOGS:
        if dialect_of_address(place) == "sqlite":
            path_of_address(place)  # refuses an unknown scheme
        return "log"
    if suffix in (".parquet", ".jsonl"):
        return suffix[1:]
    raise LogAddressError(
        f"{shorten(shown_address(place))} is no place to carry a log to or from.",
        hint=_HINT,
    )


def verify_other(address: str | Path, place: str, kind: str) -> None:
    """Refuse to carry a log onto itself.

    Raises:
        LogAddressError: Both are one log.
    """
    if kind == "log" and _log_at(address) == _log_at(place):
        raise LogAddressError(
            f"{shorten(shown_address(place))} is this log itself.",
            hint="Give the address of another.",
        )


def _log_at(address: str | Path) -> str | Path | None:
    """Return the log itself that an address means, without how it is to be kept."""
    if dialect_of_address(address) == "postgresql":
        return postgres_address(str(address))
    return path_of_address(address)


@contextmanager
def _sink(target: str, kind: str, *, overwrite: bool) -> Iterator[Sink]:
    path = None if target == STANDARD else Path(target).expanduser()
    if kind == "log":
        with open_to_change(target, make=True) as database:
            yield LogSink(database)
    elif kind == "parquet" and path is not None:
        yield ParquetSink(path, overwrite=overwrite)
    else:
        yield JsonlSink(path, overwrite=overwrite)


@contextmanager
def _source(source: str, kind: str) -> Iterator[Source]:
    path = None if source == STANDARD else Path(source).expanduser()
    if kind == "log":
        bring_up_if_writable(source)
        with open_to_read(source) as database:
            dialect = DIALECTS[database.dialect]
            yield LogSource(database, build_query(dialect))
    elif kind == "notebook" and path is not None:
        yield NotebookSource(path)
    elif kind == "parquet" and path is not None:
        yield ParquetSource(path)
    else:
        yield JsonlSource(path)
