"""A log as JSON Lines: one entry a line, whole, and readable by people and programs.

What a line is, `opnb/event_log/care/entry_line.py` tells.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO, NoReturn

from opnb.event_log.care.entry_line import LineDecoder, encode_line
from opnb.event_log.care.new_file import NewFile, unavailable
from opnb.event_log.care.record import EntryRecord, verify_record
from opnb.event_log.care.sqlite_database import CHUNK
from opnb.model.errors import ForeignLogError

_HINT = "`opnb log export FILE.jsonl` writes such files; correct the line, or export."


class JsonlSink:
    """Writes entries as JSON Lines.

    Args:
        path: The file; None for standard output.
        overwrite: Whether it may take the place of another.
    """

    def __init__(self, path: Path | None, *, overwrite: bool = False) -> None:
        self._new = None if path is None else NewFile(path, overwrite=overwrite)
        self._told: set[str] = set()
        self._file: BinaryIO = sys.stdout.buffer
        if self._new is not None:
            try:
                self._file = self._new.partial.open("wb")
            except OSError as error:
                raise unavailable(self._new.partial, "written", error) from error

    def write(self, records: list[EntryRecord]) -> None:
        """Take entries."""
        rest = memoryview(b"".join([self._line(record) for record in records]))
        try:
            while rest:  # an unbuffered standard output may take a part
                rest = rest[self._file.write(rest) :]
        except BrokenPipeError:
            raise
        except OSError as error:
            raise unavailable("The file", "written", error) from error

    def _line(self, record: EntryRecord) -> bytes:
        run_id = record.run.run_id
        is_first = run_id not in self._told
        self._told.add(run_id)
        return encode_line(record, with_run=is_first) + b"\n"

    def finish(self) -> None:
        """Let the file be."""
        self._file.flush()
        if self._new is not None:
            self._file.close()
            self._new.finish()

    def abandon(self) -> None:
        """Leave nothing of it."""
        if self._new is not None:
            self._file.close()
            self._new.abandon()


class JsonlSource:
    """Entries of a file of JSON Lines.

    Args:
        path: The file; None for standard input.

    Raises:
        LogUnavailableError: It cannot be read.
    """

    def __init__(self, path: Path | None) -> None:
        if path is not None:
            try:
                path.open("rb").close()
            except OSError as error:
                raise unavailable(path, "read", error) from error
        self._path = path
        self._name = "standard input" if path is None else str(path)
        self._decoder = LineDecoder()
        self._place = 0

    def count(self) -> None:
        """Return None: to count the lines is to read them."""

    def chunks(self) -> Iterator[list[EntryRecord]]:
        """Read the entries little by little.

        Raises:
            ForeignLogError: A line is no entry.
            LogUnavailableError: The file cannot be read.
        """
        with ExitStack() as stack:
            try:
                file: BinaryIO = sys.stdin.buffer
                if self._path is not None:
                    file = stack.enter_context(self._path.open("rb"))
                yield from self._chunks(file)
            except OSError as error:
                raise unavailable(self._name, "read", error) from error

    def _chunks(self, file: BinaryIO) -> Iterator[list[EntryRecord]]:
        records: list[EntryRecord] = []
        for place, line in enumerate(file, 1):
            self._place = place
            if line.strip():
                records.append(self._record(line))
            if len(records) == CHUNK:
                yield records
                records = []
        if records:
            yield records

    def _record(self, line: bytes) -> EntryRecord:
        try:
            record = self._decoder.decode(line)
            verify_record(record)
        except (ValueError, TypeError, OverflowError) as error:
            self._refuse(error)
        return record

    def _refuse(self, error: Exception) -> NoReturn:
        raise ForeignLogError(
            f"{self._name}, line {self._place}, is no entry of a log: {error}.",
            hint=_HINT,
        ) from error
