"""A line for each cell while notebooks run; of several at once in their order.

A cell's line begins when the cell does, so that one sees what takes long, and ends when
it has run. It is the same on a terminal and in a file, and says nothing of time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from opnb.gate.cells import CodeCell
from opnb.gate.outcome import FINE, Case, Outcome, Stop
from opnb.gate.words import GLYPHS, counted

_TITLE: Final = 34
_BADNESS: Final = list(Outcome)


class InOrder:
    """Passes on what is told of several things at once, one thing after the other.

    Args:
        how_many: The things.
        write: Takes text.
    """

    def __init__(self, how_many: int, write: Callable[[str], object]) -> None:
        self._write = write
        self._waiting: list[list[str]] = [[] for _ in range(how_many)]
        self._ended: set[int] = set()
        self._current = 0

    def say(self, place: int, text: str) -> None:
        """Tell something of a thing: now, or once its turn has come."""
        if place == self._current:
            self._write(text)
        else:
            self._waiting[place].append(text)

    def end(self, place: int) -> None:
        """Let the next have its turn once all before it have ended."""
        self._ended.add(place)
        while self._current in self._ended:
            self._current += 1
            if self._current < len(self._waiting):
                for text in self._waiting[self._current]:
                    self._write(text)


class Progress:
    """Tells how one notebook goes.

    Args:
        say: Takes text.
    """

    def __init__(self, say: Callable[[str], object]) -> None:
        self._say = say

    def begin_notebook(self, path: str, notes: Sequence[str]) -> None:
        """Tell which notebook it is, and what is worth a notice."""
        self._say("".join([f"{path}\n", *(f"  Note: {note}\n" for note in notes)]))

    def begin_cell(self, cell: CodeCell) -> None:
        """Begin the line of a cell."""
        op = f"  {cell.op}" if cell.op else ""
        self._say(f"  {f'cell {cell.number}{op}':<{_TITLE}}  ")

    def end_cell(self, cases: Sequence[Case]) -> None:
        """End the line of a cell that has run."""
        self._say(f"{_cell_words(cases)}\n")

    def stop_cell(self, stop: Stop) -> None:
        """End the line of a cell in which the run stopped."""
        self._say(f"{GLYPHS[Outcome.RAISED]} {stop.kind}\n")

    def stop(self, stop: Stop) -> None:
        """Tell why a notebook did not begin."""
        self._say(f"  {GLYPHS[Outcome.RAISED]} {stop.kind}\n")


def _cell_words(cases: Sequence[Case]) -> str:
    worst = max((case.outcome for case in cases), key=_BADNESS.index, default=None)
    if worst is None:
        return f"{GLYPHS[Outcome.PASSED]} done"
    raised = [case.kind for case in cases if not case.is_check]
    expected = " (expected)" if worst is Outcome.EXPECTED else ""
    glyph = GLYPHS[Outcome.PASSED if worst in FINE else worst]
    return f"{glyph} {raised[0] if raised else _checks_words(cases)}{expected}"


def _checks_words(checks: Sequence[Case]) -> str:
    failed = sum(check.outcome not in FINE for check in checks)
    if failed:
        return f"{failed:,} of {counted(len(checks), 'check')} failed"
    return f"{counted(len(checks), 'check')} passed"
