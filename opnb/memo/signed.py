"""One file of the memo: signed with the user's key, so that no other's is believed.

After a first line come the length of the head, the head as JSON, its signature, and the
blobs. The head tells each blob's length and digest; the signature is over the key of
the run and the head, so that a file put in another one's place is refused, too.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, BinaryIO

from opnb.memo.refusal import RefusedError
from opnb.memo.secret import verify_own

Head = dict[str, Any]

_FIRST = b"opnb memo 1\n"
_LONGEST_HEAD = 1 << 24
_SIGNATURE = hashlib.sha256().digest_size


def write_signed(
    path: Path, key: str, head: Head, blobs: Iterable[tuple[str, bytes]], secret: bytes
) -> None:
    """Write a file in one go: it is there whole, or not at all.

    Raises:
        OSError: It cannot be written.
    """
    parts = list(blobs)
    told = [[form, len(d), hashlib.sha256(d).hexdigest()] for form, d in parts]
    text = json.dumps({**head, "blobs": told}).encode()
    new = path.with_name(f"{path.stem}.{os.getpid()}.{os.urandom(4).hex()}.tmp")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with open(descriptor, "wb") as file:  # noqa: PTH123 - of a descriptor
            file.write(_FIRST + len(text).to_bytes(8, "little") + text)
            file.write(_signature(secret, key, text))
            file.writelines(data for _, data in parts)
        new.replace(path)
    except BaseException:
        new.unlink(missing_ok=True)
        raise


def read_head(path: Path, key: str, secret: bytes) -> Head:
    """Return what a file tells of itself.

    Raises:
        RefusedError: This user did not write it, or it is damaged.
        OSError: It cannot be read.
    """
    with _opened(path) as file:
        return _head(file, key, secret)


def read_signed(
    path: Path, key: str, secret: bytes
) -> tuple[Head, list[tuple[str, bytes]]]:
    """Return the head and the blobs of a file; it counts as used just now.

    Raises:
        RefusedError: This user did not write it, or it is damaged.
        OSError: It cannot be read.
    """
    with _opened(path) as file:
        head = _head(file, key, secret)
        blobs = []
        for form, length, digest in head["blobs"]:
            data = file.read(length)
            if hashlib.sha256(data).hexdigest() != digest:
                raise RefusedError("what was kept is damaged")
            blobs.append((form, data))
        os.utime(file.fileno())
    return head, blobs


def _opened(path: Path) -> BinaryIO:
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    file = open(descriptor, "rb")  # noqa: PTH123, SIM115 - the caller closes it
    try:
        verify_own(os.fstat(descriptor), "what was kept")
    except BaseException:
        file.close()
        raise
    return file


def _head(file: BinaryIO, key: str, secret: bytes) -> Head:
    first = file.read(len(_FIRST) + 8)
    length = int.from_bytes(first[len(_FIRST) :], "little")
    if not first.startswith(_FIRST) or length > _LONGEST_HEAD:
        raise RefusedError("what was kept is damaged")
    text, signature = file.read(length), file.read(_SIGNATURE)
    if not hmac.compare_digest(signature, _signature(secret, key, text)):
        raise RefusedError("what was kept is damaged, or was not kept by you")
    head: Head = json.loads(text)
    return head


def _signature(secret: bytes, key: str, text: bytes) -> bytes:
    return hmac.digest(secret, key.encode() + b"\n" + text, "sha256")
