"""Where an error came up: the lines of the user's own code, without a machine's paths.

What the log keeps of a stack is text; it may come from another machine. Names of files
stay, the folders that they lie in do not.
"""

from __future__ import annotations

import os
import re
import sysconfig
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from opnb.display import words

_MOST_FRAMES = 6
_CODE_WIDTH = 80
_FRAME = re.compile(r'  File "(.*)", line (\d+), in (.*)\n(?:    (.*))?')
# What IPython, ipykernel, Colab and marimo call the code of a cell.
_CELL = re.compile(
    r"<ipython-input-|[\\/]ipykernel_\d+[\\/]|[\\/]ipython-input-|__marimo__cell_"
)
_INSTALLED = re.compile(
    r"[\\/](?:site|dist)-packages[\\/]|[\\/]lib(?:64)?[\\/]python3\.\d+[\\/]|^<frozen "
)
_OURS = str(Path(__file__).resolve().parent.parent)
_TOP = re.compile(r"<module>|<cell line: \d+>")


@dataclass(frozen=True, slots=True)
class FrameView:
    """One line of the user's code that was under way.

    Args:
        place: Such as `cell clean, line 3` or `helpers.py, line 12, in tidy`.
        code: The line itself; empty where nobody knows it any more.
    """

    place: str
    code: str


@dataclass(frozen=True, slots=True)
class _Frame:
    file: str
    line: str
    function: str
    code: str

    @property
    def is_cell(self) -> bool:
        return _CELL.search(self.file) is not None

    @property
    def is_top(self) -> bool:
        return _TOP.fullmatch(self.function) is not None


def user_frames(stack: Sequence[str], op_name: str) -> list[FrameView]:
    """Return the user's frames, outermost first: the first and the last five.

    Args:
        stack: The lines of a stack, as Python formats them.
        op_name: What the cell is called that the stack begins in, if it does.
    """
    frames = [frame for frame in _parsed(stack) if not _is_installed(frame.file)]
    first = frames[0].file if frames and frames[0].is_cell else None
    # A function says its own name, and may be part of an op of another.
    name = f" {op_name}" if op_name and frames and frames[0].is_top else ""
    views = [
        FrameView(_place(frame, name if frame.file == first else None), frame.code)
        for frame in frames
    ]
    left_out = len(views) - _MOST_FRAMES
    if left_out <= 0:
        return views
    gap = FrameView(f"… {words.count(left_out, 'call')} more", "")
    return [views[0], gap, *views[1 - _MOST_FRAMES :]]


def _parsed(stack: Sequence[str]) -> Iterator[_Frame]:
    for text in stack:
        found = _FRAME.match(text)
        if found is not None:
            file, line, function, code = found.groups(default="")
            yield _Frame(file, line, function, words.cut(code, _CODE_WIDTH))


def _place(frame: _Frame, cell: str | None) -> str:
    if frame.is_cell:
        file = "another cell" if cell is None else f"cell{cell}"
    else:
        file = re.split(r"[\\/]", frame.file)[-1]
    within = "" if frame.is_top else f", in {frame.function}"
    return f"{file}, line {frame.line}{within}"


def _is_installed(file: str) -> bool:
    """Whether the code is opnb's, Python's or a library's."""
    if _CELL.search(file):
        return False
    return file.startswith(_here()) or _INSTALLED.search(file) is not None


@lru_cache(maxsize=1)
def _here() -> tuple[str, ...]:
    """Return the folders of this Python, and opnb's own."""
    paths = sysconfig.get_paths()
    folders = _OURS, *(paths[key] for key in ("stdlib", "platstdlib", "purelib"))
    return tuple(f"{folder}{os.sep}" for folder in folders)
