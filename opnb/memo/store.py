"""A folder of outputs that were kept, capped in size; least recently used go first."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from opnb.memo.refusal import RefusedError
from opnb.memo.secret import own_folder, user_secret
from opnb.memo.signed import Head, read_head, read_signed, write_signed

_ENDING = ".memo"
_UNFINISHED = "*.tmp"
# A file that nobody has written to for so long belongs to a kernel that was killed.
_ABANDONED_AFTER = 3600.0


@dataclass(frozen=True, slots=True)
class Kept:
    """What the folder tells of one file.

    Args:
        op_name: The op.
        head: What was written with it; None where it is not believed.
        size: In bytes.
        used: When it was kept or last reused, in seconds since 1970.
    """

    path: Path
    op_name: str
    head: Head | None
    size: int
    used: float


class MemoStore:
    """What one user's kernels keep beside one log.

    Args:
        folder: Where; made when something is kept.
        most: How many bytes at the most; 0 keeps nothing and reuses nothing.
    """

    def __init__(self, folder: Path, most: int) -> None:
        self.folder = folder
        self.most = most

    def read(
        self, op_name: str, key: str
    ) -> tuple[Head, list[tuple[str, bytes]]] | None:
        """Return what was kept by a key; None if there is nothing.

        Raises:
            RefusedError: It is damaged, or this user did not keep it.
            OSError: It cannot be read.
        """
        path = self._path(op_name, key)
        if not self.most or not path.is_file():
            return None
        self._verify()
        try:
            return read_signed(path, key, user_secret())
        except FileNotFoundError:  # another kernel made room just now
            return None

    def write(
        self, op_name: str, key: str, head: Head, blobs: list[tuple[str, bytes]]
    ) -> None:
        """Keep something by a key; what was least recently used makes room.

        Raises:
            RefusedError: It is larger than all that may be kept, or the folder is not
                this user's.
            OSError: It cannot be written.
        """
        size = sum(len(data) for _, data in blobs)
        if size > self.most:
            raise RefusedError(
                f"it takes {size:,} bytes, and memo_size is {self.most:,}"
            )
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        self._verify()
        ignore = self.folder / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n")
        write_signed(self._path(op_name, key), key, head, blobs, user_secret())
        self._make_room()

    def kept(self) -> list[Kept]:
        """Return what there is, the last used first."""
        if not self.folder.is_dir():
            return []
        self._verify()
        secret = user_secret()
        found = [self._told(path, secret) for path in self._files()]
        told = [each for each in found if each is not None]
        return sorted(told, key=lambda each: each.used, reverse=True)

    def clear(self, op_name: str | None = None) -> list[Path]:
        """Remove what was kept, of one op or of all; return what was removed."""
        if not self.folder.is_dir():
            return []
        self._verify()
        gone = [p for p in self._files() if op_name in (None, _op_of(p))]
        for path in gone:
            path.unlink(missing_ok=True)
        return gone

    def _verify(self) -> None:
        own_folder(self.folder, "the folder of the memo")

    def _path(self, op_name: str, key: str) -> Path:
        return self.folder / f"{op_name}-{key}{_ENDING}"

    def _files(self) -> list[Path]:
        return sorted(self.folder.glob(f"*-*{_ENDING}"))

    def _told(self, path: Path, secret: bytes) -> Kept | None:
        try:
            state = path.lstat()
        except FileNotFoundError:
            return None
        head: dict[str, Any] | None = None
        with suppress(RefusedError, OSError, ValueError):
            head = read_head(path, path.stem.rpartition("-")[2], secret)
        return Kept(path, _op_of(path), head, state.st_size, state.st_mtime)

    def _make_room(self) -> None:
        """Remove what was used longest ago, until the rest is within the cap."""
        states = sorted(self._states(), key=lambda each: each[0])
        size = sum(each[1] for each in states)
        for _, own, path in states:
            if size <= self.most:
                break
            path.unlink(missing_ok=True)
            size -= own
        for path in self.folder.glob(_UNFINISHED):
            with suppress(OSError):
                if path.stat().st_mtime < time.time() - _ABANDONED_AFTER:
                    path.unlink()

    def _states(self) -> Iterator[tuple[float, int, Path]]:
        for path in self._files():
            with suppress(OSError):
                state = path.lstat()
                yield state.st_mtime, state.st_size, path


def _op_of(path: Path) -> str:
    return path.stem.rpartition("-")[0]
