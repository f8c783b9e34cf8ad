"""Where a cell's code stands: its file name and line numbers, as the front-end has them."""

from __future__ import annotations

import linecache
import sys
from dataclasses import dataclass
from types import FrameType
from typing import Any


@dataclass(frozen=True, slots=True)
class CellSource:
    """The place of a body within its cell.

    Args:
        filename: What IPython calls the cell's code in tracebacks.
        first_line: How many lines of the cell come before the body.
        head: Those lines.
    """

    filename: str
    first_line: int
    head: tuple[str, ...]

    def pad(self, body: str) -> str:
        """Return the body at its own line numbers."""
        return "\n" * self.first_line + body

    def remember(self, body: str) -> None:
        """Let tracebacks, the debugger and `inspect` find the body's lines.

        The lines before it stand there as comments, so that all of it is Python.
        """
        lines = [f"# {line}\n" for line in self.head]
        lines += [line + "\n" for line in body.splitlines()]
        size = sum(map(len, lines))
        linecache.cache[self.filename] = (size, None, lines, self.filename)


def locate_body(shell: Any, raw_cell: str | None, body: str) -> CellSource:
    """Find out where the body of the magic that runs now stands.

    The file name is that of the frame that calls the magic, which IPython made for this
    very cell; where there is none (the magic was called by a program) a new one is made.
    """
    head: tuple[str, ...] = ("%%op",)
    if raw_cell is not None and body.strip():
        before, found, _ = raw_cell.rpartition(body.rstrip("\n"))
        if found and before:
            head = tuple(before.splitlines())
    frame = _cell_frame(shell, sys._getframe(1))  # noqa: SLF001 - the way IPython goes
    if frame is not None:
        filename = frame.f_code.co_filename
    else:
        filename = shell.compile.cache(body, shell.execution_count)
    return CellSource(filename, len(head), head)


def _cell_frame(shell: Any, frame: FrameType | None) -> FrameType | None:
    known = getattr(shell.compile, "_filename_map", {})
    while frame is not None:
        if frame.f_globals is shell.user_ns and frame.f_code.co_filename in known:
            return frame
        frame = frame.f_back
    return None
