"""Where in a notebook something stands: the line of an error, the line of a check."""

from __future__ import annotations

import re
from typing import Final

from opnb.gate.cells import CodeCell, joined
from opnb.gate.outcome import Place

_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
# As IPython writes the place of a frame: `Cell In[3], line 2`; the count is the
# kernel's, and stands in the cell's own, too.
_FRAME = re.compile(r"Cell In ?\[(\d+)\](?:, line |\()(\d+)")
# As Python writes it, of a syntax error: `File <ipython-input-3-..>, line 2`.
_FILE = re.compile(r"<ipython-input-(\d+)-[0-9a-f]+>\"?, line (\d+)")
_QUOTES: Final = ('"', "'")


def plain_traceback(cell: CodeCell) -> str:
    """Return the traceback of a cell's error without colours."""
    error = cell.error or {}
    lines = error.get("traceback") or ()
    return _ANSI.sub("", "\n".join(map(joined, lines))).strip("\n")


def place_of_error(cell: CodeCell) -> Place:
    """Return where in a cell its error came up: the last of its lines in the trace."""
    trace = plain_traceback(cell)
    frames = [*_FRAME.findall(trace), *_FILE.findall(trace)]
    count = cell.raw.get("execution_count")
    lines = [int(line) for number, line in frames if count in (None, int(number))]
    last = len(cell.source.splitlines())
    line = lines[-1] if lines and lines[-1] <= last else 1
    return Place(cell.index, cell.number, line, cell.op)


def place_of_check(cell: CodeCell, label: str, op: str) -> Place:
    """Return where in a cell a check stands: the line that holds its label.

    Where none does, or several, it is the cell's first line.
    """
    written = [f"{quote}{label}{quote}" for quote in _QUOTES]
    found = [
        number
        for number, line in enumerate(cell.source.splitlines(), 1)
        if any(text in line for text in written)
    ]
    line = found[0] if len(found) == 1 else 1
    return Place(cell.index, cell.number, line, op)
