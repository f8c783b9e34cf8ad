"""Where a cell's code stands: its file name and its line numbers in the front-end."""

from __future__ import annotations

import linecache
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from types import FrameType
from typing import Any


@dataclass(frozen=True, slots=True)
class CellSource:
    """The place of a body within its cell.

    Args:
        filename: What IPython calls the cell's code in tracebacks.
        head: The lines of the cell before the body.
    """

    filename: str
    head: tuple[str, ...]

    def pad(self, body: str) -> str:
        """Return the body at its own line numbers."""
        return "\n" * len(self.head) + body

    def remember(self, body: str) -> None:
        """Let tracebacks, the debugger and `inspect` find the body's lines.

        The lines before it stand there as comments, so that all of it is Python.
        """
        lines = [_as_comment(line) + "\n" for line in self.head]
        lines += [line + "\n" for line in body.removesuffix("\n").split("\n")]
        size = sum(map(len, lines))
        linecache.cache[self.filename] = (size, None, lines, self.filename)


def _as_comment(line: str) -> str:
    return line if not line.strip() or line.startswith("#") else f"# {line}"


def locate_body(
    shell: Any, raw_cell: str | None, body: str, directives: Sequence[str] = ()
) -> CellSource:
    """Find out where the body of the magic that runs now stands.

    The file name is that of the frame that calls the magic, which IPython made for this
    very cell; where a program calls the magic, a new one is made.

    Args:
        shell: The IPython shell.
        raw_cell: The cell that runs now, as far as it is known.
        body: What the magic was given.
        directives: The lines that stand for the magic's own.
    """
    head = _head(raw_cell, body, directives or ["%%op"])
    frame = _cell_frame(shell, sys._getframe(1), body)  # noqa: SLF001 - as IPython does
    if frame is not None:
        return CellSource(frame.f_code.co_filename, head)
    return CellSource(shell.compile.cache(body, shell.execution_count), head)


def _head(raw_cell: str | None, body: str, first: Sequence[str]) -> tuple[str, ...]:
    """Return the lines before the body's first line of code.

    IPython drops empty lines on top of what it runs; the front-end counts them.
    """
    lines = body.rstrip("\n").split("\n")
    blank = next((n for n, line in enumerate(lines) if line.strip()), 0)
    code = "\n".join(lines[blank:])
    if raw_cell is not None and code:
        before, _, _ = raw_cell.rpartition(code)
        if "\n" in before:
            return tuple(before.split("\n")[:-1])
    return (*first, *lines[:blank])


def _cell_frame(shell: Any, frame: FrameType | None, body: str) -> FrameType | None:
    known = getattr(shell.compile, "_filename_map", {})
    while frame is not None:
        code = frame.f_code
        if frame.f_globals is shell.user_ns and code.co_filename in known:
            texts = [const for const in code.co_consts if isinstance(const, str)]
            own = any(text.endswith(body) for text in texts)
            return frame if own and frame.f_lineno == 1 else None
        frame = frame.f_back
    return None
