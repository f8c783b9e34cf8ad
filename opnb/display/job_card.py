"""The card of a job: its steps as a table, and below what each of them told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from opnb.display import words
from opnb.display.asset_view import AssetView
from opnb.display.changes import Earlier, read_earlier
from opnb.display.looks import Look, counts_line, row_look, run_look
from opnb.display.ports import PortView, inputs_in_row, outputs_in_row
from opnb.display.scorecard import checks_words
from opnb.display.step_view import (
    StepView,
    failure_of,
    mapped_view,
    own_log_view,
    step_view,
)
from opnb.event_log.step_summary import (
    StepEventStatus,
    StepSummary,
    failed_of,
    passed_of,
)
from opnb.event_log.summary import RunSummary, StepRow

_PORTS_SHOWN = 3
_TROUBLED_SHOWN = 10
_OTHERS_SHOWN = 20
_LONG = 6  # a story of more lines is folded
_LABEL = 30
_TEXT_ROWS = 11
_TEXT_ROWS_BEFORE_STORIES = 8


@dataclass(frozen=True, slots=True)
class RowView:
    """One line of the table: a step, or all that are mapped from one."""

    look: Look
    name: str
    inputs: list[PortView]
    outputs: list[PortView]
    remarks: list[str]
    steps: int

    @property
    def is_calm(self) -> bool:
        """Whether all went as it should."""
        return self.look.glyph in "✓–"


@dataclass(frozen=True, slots=True)
class StoryView:
    """What one step told, or all that are mapped from one.

    Args:
        name: The step's key.
        short: The same in a few words, for its fold.
        told: All of it.
    """

    glyph: str
    name: str
    short: str
    told: StepView
    has_trouble: bool

    @property
    def is_folded(self) -> bool:
        """Whether it waits for a reader's click; what went wrong never does."""
        return not self.has_trouble and self.told.lines >= _LONG


def job_view(summary: RunSummary) -> dict[str, Any]:
    """Return what the templates fill in; no time, no id, no path of a machine."""
    look, rows = run_look(summary), summary.rows
    shown = [_row(row, summary) for row in rows]
    troubled, others = _stories(rows, read_earlier(summary))
    stories = [*troubled[:_TROUBLED_SHOWN], *others[:_OTHERS_SHOWN]]
    return {
        "glyph": look.glyph,
        "word": look.word,
        "color": look.color,
        "name": summary.job_name,
        "counts": counts_line(summary),
        "error": failure_of(summary.error) if summary.error else None,
        "rows": shown,
        "more": _more(summary.left_out.steps),
        "brief_rows": (brief := _brief(shown, with_stories=bool(stories))),
        "brief_more": _more(
            summary.left_out.steps
            + sum(row.steps for row in shown)
            - sum(row.steps for row in brief)
        ),
        "widest": max((len(row.look.word) for row in brief), default=0),
        "longest": max((len(row.name) for row in brief), default=0),
        "stories": stories,
        "stories_left_out": len(troubled) + len(others) - len(stories),
        "log": own_log_view(summary.own_log, summary.own_log_lines),
    }


def _row(row: StepRow, summary: RunSummary) -> RowView:
    return RowView(
        row_look(row, summary.status),
        f"{row.key}[…]" if row.is_mapped else row.key,
        inputs_in_row(row.steps, _PORTS_SHOWN),
        outputs_in_row(row.steps, _PORTS_SHOWN),
        list(_remarks(row)),
        row.counts.steps + row.unfinished,
    )


def _remarks(row: StepRow) -> Iterator[str]:
    outcomes = row.outcomes
    failed, total = failed_of(outcomes), sum(outcomes.values())
    if failed:
        yield f"{failed:,} of {words.count(total, 'check')} failed"
    elif passed := passed_of(outcomes):
        yield f"{words.count(passed, 'check')} passed"
    if warnings := outcomes.get("warn"):
        yield words.count(warnings, "warning")
    again = sum(bool(step.retry_count) for step in row.steps)
    if row.is_mapped and again:
        yield f"{again:,} tried again"
    elif again:
        yield f"attempt {row.steps[0].attempts:,}"
    hooks = sum(len(step.hook_errors) for step in row.steps)
    if hooks:
        yield f"{words.count(hooks, 'hook')} failed"


def _more(steps: int) -> str:
    return f"and {words.count(steps, 'further step')}" if steps else ""


def _brief(rows: Sequence[RowView], *, with_stories: bool) -> list[RowView]:
    """Return the rows for a terminal: what went wrong, then the first others."""
    most = _TEXT_ROWS_BEFORE_STORIES if with_stories else _TEXT_ROWS
    if len(rows) <= most:
        return list(rows)
    by_need = sorted(range(len(rows)), key=lambda place: rows[place].is_calm)
    return [rows[place] for place in sorted(by_need[: most - 1])]


def _stories(
    rows: Iterable[StepRow], earlier: Earlier
) -> tuple[list[StoryView], list[StoryView]]:
    """Return the stories of what went wrong, and those of the other steps."""
    failed: list[StoryView] = []
    told: list[StoryView] = []
    for row in rows:
        ended_well = []
        for step in row.steps:
            if step.status is StepEventStatus.FAILURE:
                glyph = "■" if step.is_canceled else "✗"
                failed.append(_story(step.key, step_view(step, earlier), glyph))
            else:
                ended_well.append(step)
        if ended_well:
            told += _story_of_row(row, ended_well, earlier)
    warned = [story for story in told if story.has_trouble]
    return failed + warned, [story for story in told if not story.has_trouble]


def _story_of_row(
    row: StepRow, steps: Sequence[StepSummary], earlier: Earlier
) -> Iterator[StoryView]:
    if row.is_mapped:
        others = [step for step in row.steps if step not in steps]
        outcomes = Counter(row.outcomes)
        for step in others:
            outcomes.subtract(step.outcomes)
        told = mapped_view(steps, earlier, outcomes)
        name = f"{row.key}[…]"
    else:
        told, name = step_view(steps[0], earlier), row.key
    if told.lines:
        yield _story(name, told, "!" if any(s.has_trouble for s in steps) else "")


def _story(name: str, told: StepView, glyph: str) -> StoryView:
    return StoryView(glyph, name, ", ".join(_short(told)), told, bool(glyph))


def _short(told: StepView) -> Iterator[str]:
    if told.failure is not None:
        yield told.failure.title
    if told.checks:
        counted = Counter(check.outcome for check in told.checks)
        yield f"checks: {', '.join(checks_words(counted))}"
    for asset in told.assets:
        yield f"{asset.verb} {asset.key}{_main_change(asset)}"
    for output in told.outputs:
        yield f"metadata of {output.name}"
    if told.retries:
        yield "retries"
    if told.hook_errors:
        yield f"{words.count(len(told.hook_errors), 'hook')} failed"
    if told.log:
        yield f"log: {told.log_title}"


def _main_change(asset: AssetView) -> str:
    """Return how the first number of an asset changed that did: ` (rows +4 %)`."""
    for label, change in asset.parts[0].changes.items() if not asset.labels else ():
        return f" ({words.cut(label, _LABEL)} {change})"
    return ""
