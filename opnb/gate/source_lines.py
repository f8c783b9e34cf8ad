"""Where in a notebook's file the lines of its cells stand."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{},]')
# The depths of `notebook > cells > cell > source`.
_CELL: Final = 3
_LINE: Final = 4


@dataclass(frozen=True, slots=True)
class SourceLines:
    """Where in a notebook's file the lines of its cells stand.

    Args:
        cells: Of each cell, the line of the file for each of its lines.
    """

    cells: Sequence[Sequence[int]] = ()

    @staticmethod
    def of(path: Path) -> SourceLines:
        """Look through a file; of one that cannot be read nothing is known."""
        try:
            return SourceLines(source_lines(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, IndexError):
            return SourceLines()

    def line(self, index: int, line: int) -> int | None:
        """Return the line of the file for a line of a cell, if it is known."""
        if index >= len(self.cells) or not self.cells[index]:
            return None
        of_cell = self.cells[index]
        return of_cell[min(line, len(of_cell)) - 1]


@dataclass(slots=True)
class _Inside:
    """An object or a list that the walk is in, and the name that it came to last."""

    mark: str
    name: str | None = None


def source_lines(text: str) -> list[list[int]]:
    """Return of each cell the lines of the file on which its source stands.

    Outputs may hold texts that look like sources; so it is walked with the way in.
    """
    cells: list[list[int]] = []
    way: list[_Inside] = []
    line, counted_to = 1, 0
    for token in _TOKEN.finditer(text):
        mark = token[0]
        if mark in "{[":
            way.append(_Inside(mark))
            if len(way) == _CELL and way[0].name == "cells":
                cells.append([])
        elif mark in "}]":
            way.pop()
        elif mark == ",":
            way[-1].name = None
        elif way[-1].mark == "{" and way[-1].name is None:
            way[-1].name = json.loads(mark)
        elif _is_source(way):
            line += text.count("\n", counted_to, token.start())
            counted_to = token.start()
            cells[-1].append(line)
    return cells


def _is_source(way: Sequence[_Inside]) -> bool:
    """Whether a text stands in the source of a cell, alone or in a list of lines."""
    return (
        len(way) in (_CELL, _LINE)
        and way[0].name == "cells"
        and way[_CELL - 1].name == "source"
        and way[-1].mark == ("{" if len(way) == _CELL else "[")
    )
