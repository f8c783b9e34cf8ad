"""A run as a timeline: a row a step, a bar an attempt, and the same in words.

Times are what is asked for here, so no two runs look alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from opnb.display import grid, style, words
from opnb.display.engine import render
from opnb.display.grid import Cell
from opnb.display.looks import Look, run_look
from opnb.display.picture import Picture
from opnb.display.time_words import moment_words, seconds_words
from opnb.display.timeline_bars import Span, bars, characters
from opnb.event_log.reading.timeline import (
    CANCELED,
    IN_PROGRESS,
    SKIPPED,
    Attempt,
    RunTimeline,
)
from opnb.event_log.summary import RunStatus, RunSummary

_ROWS_SHOWN = 40
_TEXT_ROWS = 11
_TEXT_BAR = 28
_ID_SHOWN = 8
_LEFT = Look("■", "not finished", style.AMBER)
_LOOKS = {
    "FAILURE": Look("✗", "failed", style.RED),
    CANCELED: Look("■", "canceled", style.AMBER),
    IN_PROGRESS: _LEFT,
    "UP_FOR_RETRY": Look("↻", "to be retried", style.AMBER),
    "SUCCESS": Look("✓", "done", style.GREEN),
    SKIPPED: Look("–", "skipped", style.GREY),
}
_CALM = ("SUCCESS", SKIPPED)
# What has no end in a run that goes on, or that was killed, stands as the run does.
_UNFINISHED = (RunStatus.STARTED, RunStatus.INTERRUPTED)


@dataclass(frozen=True, slots=True)
class Row:
    """A step, or all that are mapped from one.

    Args:
        name: The step's key, without a mapping key.
        steps: The attempts of each step.
    """

    name: str
    steps: dict[str, list[Attempt]]

    @property
    def attempts(self) -> list[Attempt]:
        """The attempts of all its steps."""
        return [attempt for step in self.steps.values() for attempt in step]

    @property
    def counts(self) -> dict[str, int]:
        """How many of its steps ended how, those in trouble first."""
        last = [step[-1].status for step in self.steps.values()]
        return {status: last.count(status) for status in _LOOKS if status in last}

    @property
    def is_calm(self) -> bool:
        """Whether all went well or were skipped."""
        return all(status in _CALM for status in self.counts)


@dataclass(frozen=True, slots=True)
class RowView:
    """One row of the timeline."""

    look: Look
    name: str
    note: str
    began: str
    took: str
    picture: Picture
    text_bar: str
    is_calm: bool


def timeline_forms(timeline: RunTimeline) -> dict[str, str]:
    """Draw a run's timeline."""
    rows = _rows(timeline.attempts)
    span = Span(timeline.start, timeline.until)
    look = run_look(RunSummary(status=timeline.status))
    shown = [_view(row, span, timeline.status) for row in _chosen(rows, _ROWS_SHOWN)]
    brief = [_view(row, span, timeline.status) for row in _chosen(rows, _TEXT_ROWS)]
    steps = sum(len(row.steps) for row in rows)
    took = seconds_words((timeline.until - timeline.start) / 1e6)
    so_far = " so far" if timeline.status is RunStatus.STARTED else ""
    began = moment_words(pd.Timestamp(timeline.start, unit="us", tz="UTC"))
    view: dict[str, Any] = {
        "look": look,
        "job": timeline.job,
        "title": f"{words.count(steps, 'step')} in {took}{so_far}",
        "began": f"began {began} UTC, run {timeline.run_id[:_ID_SHOWN]}",
        "took": took,
        "rows": shown,
        "more": _more(len(shown), len(rows)),
        "lines": _lines(brief),
        "more_lines": _more(len(brief), len(rows)),
    }
    return {
        "text/plain": words.fit_terminal(render("timeline.txt", **view)),
        "text/markdown": words.single_gaps(render("timeline.md", **view)),
        "text/html": render("timeline.html", **view),
    }


def _rows(attempts: Sequence[Attempt]) -> list[Row]:
    rows: dict[str, Row] = {}
    for attempt in attempts:
        name = attempt.step_key.partition("[")[0]
        row = rows.setdefault(name, Row(name, {}))
        row.steps.setdefault(attempt.step_key, []).append(attempt)
    return list(rows.values())


def _chosen(rows: Sequence[Row], most: int) -> list[Row]:
    """Return the rows in trouble and those that took longest, as they began."""
    if len(rows) <= most:
        return list(rows)
    order = sorted(range(len(rows)), key=lambda place: _weight(rows[place]))
    return [rows[place] for place in sorted(order[:most])]


def _weight(row: Row) -> tuple[bool, int]:
    ends = [attempt.end for attempt in row.attempts if attempt.end is not None]
    return row.is_calm, row.attempts[0].start - max(ends, default=2**63)


def _more(shown: int, total: int) -> str:
    if shown == total:
        return ""
    return (
        f"{shown} of {total:,} rows: what did not go well, and what took longest;"
        " .frame has all"
    )


def _view(row: Row, span: Span, status: RunStatus) -> RowView:
    start = min(attempt.start for attempt in row.attempts)
    end = max(
        span.until if attempt.end is None else attempt.end for attempt in row.attempts
    )
    began = seconds_words(max(start - span.start, 0) / 1e6)
    took = seconds_words(max(end - start, 0) / 1e6)
    note = _note(row)
    look = _look(row, status)
    of_note = f", {note}" if note else ""
    alt = f"{row.name}: {look.word}, begins after {began}, takes {took}{of_note}."
    picture = bars(row.attempts, span, alt)
    text_bar = characters(row.attempts, span, _TEXT_BAR)
    return RowView(look, row.name, note, began, took, picture, text_bar, row.is_calm)


def _note(row: Row) -> str:
    steps, attempts = len(row.steps), len(row.attempts)
    is_mapped = steps > 1 or row.name not in row.steps
    parts = [words.count(steps, "step")] if is_mapped else []
    if attempts > steps:
        parts.append(words.count(attempts, "attempt"))
    return ", ".join(parts)


def _look(row: Row, status: RunStatus) -> Look:
    """Return how a row looks: by what went worst, with the others counted."""
    looks = [(count, _one_look(each, status)) for each, count in row.counts.items()]
    if len(looks) == 1:
        return looks[0][1]
    told = ", ".join(f"{count:,} {look.word}" for count, look in looks)
    return Look(looks[0][1].glyph, told, looks[0][1].color)


def _one_look(attempt_status: str, status: RunStatus) -> Look:
    if attempt_status != IN_PROGRESS or status not in _UNFINISHED:
        return _LOOKS[attempt_status]
    return run_look(RunSummary(status=status))


def _lines(views: Sequence[RowView]) -> list[str]:
    told = grid.aligned(
        [
            [
                Cell(f"{view.look.glyph} {words.cut(view.look.word, 14)}"),
                Cell(words.cut(view.name, 18)),
                Cell(view.took, number=True),
            ]
            for view in views
        ]
    )
    width = max(map(len, told), default=0)
    return [
        f"{line.ljust(width)}  {view.text_bar}"
        for line, view in zip(told, views, strict=True)
    ]
