"""A spool: a file that holds what one process appends until the database has it.

It is JSON Lines, written to the end only: the first line tells whose it is, each
further line is one `Append`. A line is in the file as soon as `write` returns, and so
outlives the process; it reaches the database with the next commit, which notes in the
same transaction how far it took the file. Whoever comes upon a spool that has more,
its writer's process being dead or only busy, may bring the rest in: see `LogWriter`.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import astuple
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from opnb.event_log.process import Process, this_process
from opnb.event_log.store.base import Append
from opnb.model.serialize import EntryRow

if TYPE_CHECKING:
    from collections.abc import Iterable

_SUFFIX = ".jsonl"
_VERSION = 1
# Beyond it a new file is begun, once all of it is in the database.
_LARGE = 4 * 2**20


class Spool:
    """The end of a spool that is written; its file is made at the first line.

    Args:
        folder: Where spools are, made if it is not there.
        synced: Whether each line is on the disk, and outlives a power cut, before
            `write` returns.
    """

    def __init__(self, folder: Path, *, synced: bool = False) -> None:
        self._folder = folder
        self._synced = synced
        self.path: Path | None = None
        self.position = 0
        self._file = -1

    @property
    def name(self) -> str | None:
        """The name of the file; None before there is one."""
        return None if self.path is None else self.path.name

    @property
    def is_large(self) -> bool:
        """Whether a new one should be begun at the next occasion."""
        return self.position > _LARGE

    def write(self, record: bytes, log: str) -> int:
        """Put one line into the file, and return where it ends.

        Args:
            record: See `encode_record`.
            log: The identity of the log that it is for.

        Raises:
            OSError: It cannot be written; what is there of it will not be read.
        """
        if self._file < 0:
            self._begin(log)
        written = os.write(self._file, record)
        if written < len(record):  # a disk that is nearly full takes a part
            self._take_back()
            raise OSError(f"only {written} of {len(record)} bytes were written")
        if self._synced:
            _sync(self._file)
        self.position += written
        return self.position

    def _begin(self, log: str) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        process = this_process()
        path = self._folder / f"{process.pid}-{secrets.token_hex(8)}{_SUFFIX}"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND
        self._file = os.open(path, flags | getattr(os, "O_BINARY", 0), 0o644)
        self.path, self.position = path, 0
        if self._synced:
            _sync_folder(self._folder)
        header = [_VERSION, log, *astuple(process)]
        self.write(orjson.dumps(header, option=orjson.OPT_APPEND_NEWLINE), log)

    def _take_back(self) -> None:
        with suppress(OSError):
            os.ftruncate(self._file, self.position)

    def close(self) -> None:
        """Let go of the file, which stays; a next `write` begins another."""
        if self._file >= 0:
            os.close(self._file)
        self._file, self.path, self.position = -1, None, 0

    def __del__(self) -> None:
        self.close()

    def remove(self) -> None:
        """Let go of the file and delete it: all of it is in the database."""
        path = self.path
        self.close()
        if path is not None:
            path.unlink(missing_ok=True)
            with suppress(OSError):  # others may have theirs in it
                self._folder.rmdir()


# Not everywhere is there one that leaves the file's times alone.
_sync = getattr(os, "fdatasync", os.fsync)


def _sync_folder(folder: Path) -> None:
    """See to it that the folder's new file is found after a power cut."""
    with suppress(OSError):  # Windows opens no folders
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def encode_record(run_id: str, job_name: str, rows: Sequence[EntryRow]) -> bytes:
    """Return the line for entries of a run.

    Raises:
        TypeError: A text holds a lone surrogate, or a number has more than 64 bits.
    """
    return orjson.dumps([run_id, job_name, rows], option=orjson.OPT_APPEND_NEWLINE)


def spools_beside(path: Path) -> Path:
    """Return the folder of the spools of a log in a file."""
    return path.with_name(f"{path.name}-spools")


def find_spools(folder: Path) -> list[Path]:
    """Return the spools in a folder, in an order that stays."""
    with suppress(OSError):
        return sorted(path for path in folder.iterdir() if path.suffix == _SUFFIX)
    return []


class SpoolReader:
    """What a spool holds; a last line that is not whole is left alone.

    Args:
        path: The file.

    Attributes:
        log: The identity of the log that it is for.
        process: Who wrote it.

    Raises:
        OSError: It cannot be read.
        ValueError: It is no spool.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with path.open("rb") as file:
            first = file.readline()
        self._first = len(first)
        try:
            version, self.log, host, pid, started = orjson.loads(first)
        except TypeError as error:
            raise ValueError(f"{path} is no spool") from error
        if version != _VERSION:
            raise ValueError(f"spools of version {version} are not known")
        self.process = Process(host, pid, started)

    def read(self, start: int) -> list[Append]:
        """Return what was appended beyond a position."""
        with self.path.open("rb") as file:
            file.seek(max(start, self._first))
            return list(_appends(file, file.tell()))


def _appends(lines: Iterable[bytes], position: int) -> Iterator[Append]:
    for line in lines:
        position += len(line)
        if not line.endswith(b"\n"):  # it is written at this moment, or was never ended
            return
        try:
            run_id, job_name, rows = orjson.loads(line)
        except (ValueError, TypeError):  # torn by a power cut; the next may be whole
            continue
        yield Append.of_line(run_id, job_name, [tuple(row) for row in rows], position)
