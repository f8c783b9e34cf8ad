"""What a scorecard shows, whatever it is drawn on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from opnb.gate.cells import code_cells
from opnb.gate.outcome import (
    MEANING,
    OK,
    Case,
    NotebookVerdict,
    Outcome,
    Stop,
    worst,
)
from opnb.gate.words import GLYPHS, counted, counts_words, word, worst_first

_MOST_CASES: Final = 100
_MOST_NAMES: Final = 10
# An error is to fit a screen with what stands around it.
_FIRST_LINES: Final = 6
_LAST_LINES: Final = 14


@dataclass(frozen=True, slots=True)
class CaseView:
    """One check or error that is told of.

    Args:
        facts: What is said of a check beyond its name.
        error: The class of an error and what it says.
        screen: Its traceback, no longer than a screen.
        source: The cell's lines.
    """

    glyph: str
    word: str
    name: str
    place: str
    line: int
    facts: tuple[str, ...]
    error: str
    screen: tuple[str, ...]
    source: tuple[str, ...]

    @staticmethod
    def of(case: Case, source: tuple[str, ...] = ()) -> CaseView:
        """Return what is shown of a case."""
        op = f", op {case.place.op}" if case.place.op else ""
        facts = (case.message, case.details) if case.is_check else ()
        return CaseView(
            GLYPHS[case.outcome],
            word(case),
            case.name,
            f"{case.place}{op}",
            case.place.line,
            tuple(fact for fact in facts if fact and f"::{fact}" not in case.name),
            "" if case.is_check else f"{case.kind}: {case.message}",
            () if case.is_check else tuple(_screen(case.details)),
            source,
        )


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence below a notebook, with names that it is about."""

    text: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NotebookView:
    """One notebook of the scorecard."""

    glyph: str
    path: str
    counts: str
    cases: tuple[CaseView, ...]
    stop: Stop | None
    remarks: tuple[Remark, ...]
    executed: str | None


@dataclass(frozen=True, slots=True)
class ScorecardView:
    """The scorecard of all notebooks.

    Args:
        end: The verdict, with the exit code.
    """

    glyph: str
    end: str
    notebooks: tuple[NotebookView, ...]

    @staticmethod
    def of(verdicts: Sequence[NotebookVerdict]) -> ScorecardView:
        """Return what is shown of verdicts."""
        code = worst(verdict.exit_code for verdict in verdicts)
        how_many = counted(len(verdicts), "notebook")
        return ScorecardView(
            _glyph(code),
            f"{how_many}: {MEANING[code]} (exit code {code})",
            tuple(map(_notebook, verdicts)),
        )


def _glyph(code: int) -> str:
    return GLYPHS[Outcome.PASSED if code == OK else Outcome.FAILED]


def _notebook(verdict: NotebookVerdict) -> NotebookView:
    told = worst_first(verdict.cases)
    sources = {}
    if verdict.notebook:
        cells = code_cells(verdict.notebook)
        sources = {cell.index: tuple(cell.source.splitlines()) for cell in cells}
    return NotebookView(
        _glyph(verdict.exit_code),
        verdict.path,
        counts_words(verdict),
        tuple(
            CaseView.of(case, sources.get(case.place.index, ()))
            for case in told[:_MOST_CASES]
        ),
        verdict.stop,
        tuple(_remarks(verdict, more=len(told) - _MOST_CASES)),
        verdict.executed,
    )


def _screen(text: str) -> list[str]:
    """Return the lines of a traceback, those in its middle left out if it is long."""
    lines = [line.rstrip() for line in text.splitlines() if line.strip("-")]
    left_out = len(lines) - _FIRST_LINES - _LAST_LINES
    if left_out <= 1:
        return lines
    between = f"… {counted(left_out, 'line')} left out; the notebook has them …"
    return [*lines[:_FIRST_LINES], between, *lines[-_LAST_LINES:]]


def _remarks(verdict: NotebookVerdict, more: int) -> Iterator[Remark]:
    if more > 0:
        yield Remark(f"{more:,} more failed")
    if verdict.not_run:
        yield Remark(f"{verdict.not_run:,} of {counted(verdict.cells, 'cell')} not run")
    expected = sum(case.outcome is Outcome.EXPECTED for case in verdict.cases)
    if expected:
        yield Remark(f"{expected:,} failed in a cell tagged raises-exception: expected")
    if verdict.left_out:
        events = counted(verdict.left_out, "event")
        yield Remark(f"{events} left out of cards for their size; the log has all")
    if verdict.cured:
        yield _names(verdict.cured, "cured: passed, and still in the baseline")
    if verdict.unseen:
        yield _names(verdict.unseen, "in the baseline, and did not come up")


def _names(names: Sequence[str], what: str) -> Remark:
    shown = list(names[:_MOST_NAMES])
    if len(names) > _MOST_NAMES:
        shown.append(f"and {len(names) - _MOST_NAMES:,} more")
    return Remark(f"{counted(len(names), 'check')} {what}", tuple(shown))
