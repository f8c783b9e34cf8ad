"""Compiled templates, kept where Python keeps its own: `__pycache__` beside the source.

Compiling those of a card takes more than a tenth of a second, which the first card of
every kernel would pay. What is kept is used as long as the template, the modules whose
choices are compiled in, Jinja and Python are the same; where nothing can be written,
nothing is kept.
"""

from __future__ import annotations

import marshal
import os
import sys
import tempfile
from contextlib import suppress
from hashlib import sha1
from importlib.util import cache_from_source
from pathlib import Path

from jinja2.bccache import Bucket, BytecodeCache, bc_magic


class TemplateCache(BytecodeCache):
    """Keeps compiled templates.

    Args:
        modules: The files of those whose choices are compiled in.
    """

    def __init__(self, *modules: str) -> None:
        self._modules = b"".join(Path(module).read_bytes() for module in modules)

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """Return where a template is kept."""
        return cache_from_source(f"{filename or name}.py")

    def get_source_checksum(self, source: str) -> str:
        """Return what changes when a template is to be compiled anew."""
        return sha1(self._modules + source.encode(), usedforsecurity=False).hexdigest()

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take what is kept of a template, if it is whole and still true."""
        try:
            kept = Path(bucket.key).read_bytes()
            head = _head(bucket)
            # Bucket.load_bytecode reads piece by piece, which takes four times as long.
            if kept.startswith(head):
                bucket.code = marshal.loads(kept[len(head) :])  # noqa: S302 - our own
        except Exception:  # noqa: BLE001 - a damaged file may raise anything
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a template, if that can be done."""
        if sys.dont_write_bytecode:
            return
        target = Path(bucket.key)
        # Another process may read or write it now: it comes whole, under its name.
        with suppress(OSError):
            target.parent.mkdir(exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=target.parent)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(_head(bucket) + marshal.dumps(bucket.code))
                Path(temporary).replace(target)
            except BaseException:
                Path(temporary).unlink(missing_ok=True)
                raise


def _head(bucket: Bucket) -> bytes:
    """Return what a file begins with that is still true."""
    return bc_magic + bucket.checksum.encode()
