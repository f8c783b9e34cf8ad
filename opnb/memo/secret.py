"""The user's own key, by which opnb knows what this user has kept himself."""

from __future__ import annotations

import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

import platformdirs

from opnb.memo.refusal import RefusedError

_BYTES = 32
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def verify_own(state: os.stat_result, what: str) -> None:
    """Refuse what another user made, or may change or read.

    Raises:
        RefusedError: It is not this user's alone.
    """
    if not (stat.S_ISREG(state.st_mode) or stat.S_ISDIR(state.st_mode)):
        raise RefusedError(f"{what} is no file")
    if not hasattr(os, "geteuid"):
        return  # a system whose files tell nothing by these numbers
    if state.st_uid != os.geteuid():
        raise RefusedError(f"{what} is another user's")
    if state.st_mode & _OTHERS:
        raise RefusedError(f"{what} is open to other users")


def own_folder(folder: Path, what: str) -> Path:
    """Return a folder that is this user's alone, made if need be.

    Raises:
        RefusedError: Another user has it, or it is a link.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    state = folder.lstat()
    if not stat.S_ISDIR(state.st_mode):
        raise RefusedError(f"{what} is a link")
    if hasattr(os, "geteuid") and state.st_uid == os.geteuid():
        folder.chmod(0o700)
        state = folder.lstat()
    verify_own(state, what)
    return folder


def user_secret() -> bytes:
    """Return the user's key, made at its first use.

    Raises:
        RefusedError: What is there was not made by this user, or is no key.
        OSError: It cannot be read or written.
    """
    folder = own_folder(platformdirs.user_data_path("opnb"), "the folder of your key")
    path = folder / "memo.key"
    with suppress(FileNotFoundError):
        return _read(path)
    _make(path)
    return _read(path)


def _read(path: Path) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    with open(descriptor, "rb") as file:  # noqa: PTH123 - of a descriptor
        verify_own(os.fstat(descriptor), "your key")
        key = file.read(_BYTES + 1)
    if len(key) != _BYTES:
        raise RefusedError("your key is damaged; delete it")
    return key


def _make(path: Path) -> None:
    """Write a new key at once and whole; another process's is as good."""
    new = path.with_name(f"memo.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with open(descriptor, "wb") as file:  # noqa: PTH123 - of a descriptor
            file.write(secrets.token_bytes(_BYTES))
        with suppress(FileExistsError):
            os.link(new, path)
    finally:
        new.unlink()
