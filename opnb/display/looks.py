"""How a run, a row of steps and a count of them look: a glyph, a word, a colour."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from opnb.display import style, words
from opnb.event_log.step_summary import StepEventStatus, StepSummary, failed_of
from opnb.event_log.summary import RunStatus, RunSummary, StepRow
from opnb.model.check_facts import Outcome


class Look(NamedTuple):
    """A glyph and a word, never one alone, and the colour of the edge."""

    glyph: str
    word: str
    color: str


_RUN = {
    RunStatus.SUCCESS: Look("✓", "done", style.GREEN),
    RunStatus.FAILURE: Look("✗", "failed", style.RED),
    RunStatus.CANCELED: Look("■", "canceled", style.AMBER),
    RunStatus.INTERRUPTED: Look("■", "interrupted", style.AMBER),
    RunStatus.STARTED: Look("▸", "running", style.BLUE),
}
_STEP = {
    StepEventStatus.SUCCESS: Look("✓", "done", style.GREEN),
    StepEventStatus.FAILURE: Look("✗", "failed", style.RED),
    StepEventStatus.SKIPPED: Look("–", "skipped", style.GREY),
}
_OUTCOME: dict[Outcome, Look] = {
    "fatal": Look("✗", "fatal", style.RED),
    "failed": Look("✗", "failed", style.RED),
    "warn": Look("!", "warn", style.AMBER),
    "unknown": Look("?", "unknown", style.GREY),
    "passed": Look("✓", "passed", style.GREEN),
}
_CANCELED = _RUN[RunStatus.CANCELED]
_UNFINISHED = {
    RunStatus.STARTED: _RUN[RunStatus.STARTED],
    RunStatus.INTERRUPTED: _RUN[RunStatus.INTERRUPTED],
}
_LEFT = Look("■", "not finished", style.AMBER)


def run_look(summary: RunSummary, before: Mapping[Outcome, int] | None = None) -> Look:
    """Return how a run looks; one whose checks failed is a warning.

    Args:
        summary: The run.
        before: How the checks came out of the run that it reuses.
    """
    if summary.status is not RunStatus.SUCCESS:
        return _RUN[summary.status]
    outcomes = summary.outcomes
    if before:
        outcomes = Counter(outcomes) + Counter(before)
    failed, warnings = failed_of(outcomes), outcomes.get("warn", 0)
    if not failed and not warnings:
        return _RUN[summary.status]
    told = [f"{words.count(failed, 'check')} failed" if failed else "done"]
    told += [words.count(warnings, "warning")] if warnings else []
    return Look("!", ", ".join(told), style.AMBER)


def outcome_look(outcome: Outcome) -> Look:
    """Return how an expectation that came out so looks."""
    return _OUTCOME[outcome]


def row_look(row: StepRow, status: RunStatus) -> Look:
    """Return how a row of steps looks, given how the run stands."""
    if row.is_mapped:
        return _mapped_look(row, status)
    (step,) = row.steps
    look = _step_look(step, status)
    return Look("!", look.word, style.AMBER) if _is_warning(row, look) else look


def _step_look(step: StepSummary, status: RunStatus) -> Look:
    if step.is_canceled:
        return _CANCELED
    return _STEP.get(step.status) or _UNFINISHED.get(status, _LEFT)


def _mapped_look(row: StepRow, status: RunStatus) -> Look:
    counts, unfinished = row.counts, row.unfinished
    total = counts.steps + unfinished
    parts = [
        (counts.failed, _STEP[StepEventStatus.FAILURE]),
        (unfinished, _UNFINISHED.get(status, _LEFT)),
        (counts.done, _STEP[StepEventStatus.SUCCESS]),
        (counts.skipped, _STEP[StepEventStatus.SKIPPED]),
    ]
    told = [(count, look) for count, look in parts if count]
    look = told[0][1]
    first, *others = (f"{count:,} {look.word}" for count, look in told)
    number, word = first.split(" ", 1)
    tail = "".join(f", {each}" for each in others)
    glyph = "!" if _is_warning(row, look) else look.glyph
    return Look(glyph, f"{number} of {total:,} {word}{tail}", look.color)


def _is_warning(row: StepRow, look: Look) -> bool:
    outcomes = row.outcomes
    has_failed = failed_of(outcomes) or outcomes.get("warn") or _hooks_failed(row)
    return look.glyph == "✓" and bool(has_failed)


def _hooks_failed(row: StepRow) -> bool:
    return any(step.hook_errors for step in row.steps)


def counts_line(summary: RunSummary) -> str:
    """Return how many steps there were and how they ended.

    It reads `5 steps: 3 done, 1 failed, 1 skipped`, and `5 steps` where all are done.
    """
    counts, unfinished = summary.counts, summary.unfinished
    total = counts.steps + unfinished
    word = _UNFINISHED.get(summary.status, _LEFT).word
    # The log tells of the step that an interrupt met as of one that failed.
    canceled = sum(step.is_canceled for step in summary.steps.values())
    parts = [
        (counts.done, "done"),
        (counts.failed - canceled, "failed"),
        (canceled, _CANCELED.word),
        (counts.skipped, "skipped"),
        (unfinished, word),
    ]
    told = ", ".join(f"{count:,} {how}" for count, how in parts if count)
    return f"{words.count(total, 'step')}: {told}"
