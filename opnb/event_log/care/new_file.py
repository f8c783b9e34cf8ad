"""A file that is there when it is whole, and not before."""

from __future__ import annotations

import os
from pathlib import Path

from opnb.model.errors import LogUnavailableError


class NewFile:
    """A place to write a file, beside the one that it will be.

    Args:
        path: What it will be.
        overwrite: Whether it may take the place of another.

    Attributes:
        partial: Where it is written.

    Raises:
        LogUnavailableError: There is a file already, or no such folder.
    """

    def __init__(self, path: Path, *, overwrite: bool) -> None:
        self._path = path
        self.partial = path.with_name(f".{path.name}.{os.getpid()}.part")
        if path.exists() and not overwrite:
            raise LogUnavailableError(
                f"{path} is there already; it is left as it is.",
                hint="--overwrite writes over it.",
            )
        if not path.parent.is_dir():
            raise LogUnavailableError(
                f"{path} cannot be written: there is no such folder.",
                hint="Make it first, or give another path.",
            )

    def finish(self) -> None:
        """Let the file be."""
        self.partial.replace(self._path)

    def abandon(self) -> None:
        """Leave nothing of it."""
        self.partial.unlink(missing_ok=True)


def unavailable(path: Path | str, done: str, error: OSError) -> LogUnavailableError:
    """Return the error that says why a file could not be read or written."""
    # Arrow's errors have a number, and no words of their own for it.
    reason = os.strerror(error.errno) if error.errno else str(error)
    return LogUnavailableError(f"{path} could not be {done}: {reason}.")
