"""Two runs of an op beside each other: what changed, and the code as a diff.

Ids, times and durations are in the diff's `frame`, not here; how long the two took is
told where it is asked for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from opnb.display import grid, style, values, words
from opnb.display.changes import change_words
from opnb.display.engine import render
from opnb.display.grid import Cell
from opnb.display.time_words import seconds_words
from opnb.event_log.reading.metadata_values import NUMBERS
from opnb.event_log.reading.run_diff import PARTS, Difference, RunDiff
from opnb.model.entry import ValueInfo
from opnb.model.metadata import MetadataValue

_COLUMNS = ["", "of", "what", "before", "after", "change"]
_ROWS_SHOWN = 40
_CODE_LINES = 80
_TEXT_ROWS = 7
_TEXT_CODE_LINES = 4
_VALUE = 60
_TEXT_PLACE, _TEXT_VALUE = 30, 18
_ADDED, _REMOVED = "rgba(26,127,55,.16)", "rgba(198,40,40,.14)"
_TINTS = {"+": _ADDED, "-": _REMOVED}
_ONES = {"run": "how they ran", "code": "the code"}
_NOUNS = {"metadata": "value", "config": "config field"}
_VERDICTS = {"passed": "✓ passed", "failed": "✗ failed"}


@dataclass(frozen=True, slots=True)
class LineView:
    """A line of the code's diff; its sign says what its tint says."""

    text: str
    tint: str | None


def run_diff_forms(diff: RunDiff) -> dict[str, str]:
    """Draw what changed from one run to the other; what did not is counted."""
    changed = [each for each in diff.differences if each.is_change]
    told = [each for each in changed if each.part != "code"]
    took = [e for e in diff.differences if e.part == "duration"]
    rows = [_row(each) for each in [*told, *(took if diff.shows_duration else [])]]
    code = diff.code.splitlines()[2:]  # without the names of the two
    view = {
        "glyph": "≠" if changed else "=",
        "color": style.BLUE if changed else style.GREY,
        "op": diff.op,
        "summary": _summary(changed),
        "same": _same(diff.differences),
        "code_note": _code_note(diff, changed),
    }
    full = _in_full(rows, code)
    return {
        "text/plain": words.fit_terminal(_text(view, rows, code)),
        "text/markdown": words.single_gaps(render("run_diff.md", **view, **full)),
        "text/html": render("run_diff.html", **view, **full),
    }


def _in_full(rows: list[list[Cell]], code: list[str]) -> dict[str, Any]:
    """Return what the forms show that have room for it."""
    columns, shown = grid.without_empty(_COLUMNS, rows[:_ROWS_SHOWN])
    lines = code[:_CODE_LINES]
    return {
        "columns": columns,
        "rows": shown,
        "more": grid.more(len(shown), len(rows), "difference"),
        "code": [LineView(line, _TINTS.get(line[:1])) for line in lines],
        "code_text": "\n".join(lines),
        "more_code": grid.more(_CODE_LINES, len(code), "line"),
    }


def _text(view: dict[str, Any], rows: list[list[Cell]], code: list[str]) -> str:
    shown = rows[:_TEXT_ROWS]
    # Which lines changed says more than those around them, where few have room.
    signed = [line for line in code if line[:1] in _TINTS]
    return render(
        "run_diff.txt",
        lines=[_line(row) for row in shown],
        more=grid.more(len(shown), len(rows), "difference"),
        code=signed[:_TEXT_CODE_LINES],
        more_code=grid.more(_TEXT_CODE_LINES, len(signed), "line"),
        **view,
    )


def _line(row: Sequence[Cell]) -> str:
    """Return a row for a terminal: `metadata orders rows: 900 → 945 (+5 %)`."""
    *what, before, after, change = (words.printable(cell.text) for cell in row)
    place = words.cut(" ".join(filter(None, what)), _TEXT_PLACE)
    told = f"{words.cut(before, _TEXT_VALUE)} → {words.cut(after, _TEXT_VALUE)}"
    return f"{place}: {told}" + (f" ({change})" if change else "")


def _summary(changed: Sequence[Difference]) -> str:
    """Return what changed in words: `differ in the code, 2 values, 1 check`."""
    told = _counted(_subjects(changed))
    return f"differ in {told}" if told else "do not differ"


def _same(differences: Sequence[Difference]) -> str:
    """Return what is the same in both, in words."""
    changed = _subjects([each for each in differences if each.is_change])
    told = _counted(_subjects(differences) - changed - _of_the_run(differences))
    return f"the same: {told}" if told else ""


def _subjects(differences: Sequence[Difference]) -> set[tuple[str, str]]:
    """Return what differences are of: an input is one thing, of each metadata value."""
    return {
        (e.part, f"{e.name} {e.label}" if e.part == "metadata" else e.name)
        for e in differences
    }


def _of_the_run(differences: Sequence[Difference]) -> set[tuple[str, str]]:
    return _subjects([e for e in differences if e.part in ("run", "code", "duration")])


def _counted(subjects: set[tuple[str, str]]) -> str:
    counts = Counter(part for part, _ in subjects)
    return ", ".join(
        _ONES.get(part) or words.count(counts[part], _NOUNS.get(part, part))
        for part in PARTS
        if counts[part]
    )


def _code_note(diff: RunDiff, changed: Sequence[Difference]) -> str:
    if any(each.part == "code" for each in changed) and not diff.code:
        return "the code changed; the log has no text of it from both runs"
    return ""


def _row(difference: Difference) -> list[Cell]:
    part, name, label = difference.part, difference.name, difference.label
    of = "" if part in ("run", "duration") else name
    before, after = difference.before, difference.after
    if label == "source run" or part == "config":
        # Ids and digests say no more than that it is another one.
        before, after = _other(before, after)
    failed = part == "check" and after == "failed"
    return [
        Cell("took" if part == "duration" else part),
        Cell(of),
        Cell("" if part == "duration" else label),
        Cell(_words(difference, before)),
        Cell(_words(difference, after), strong=failed),
        Cell(_change(difference), whole=True),
    ]


def _other(before: Any, after: Any) -> tuple[str | None, str | None]:
    if before is None or after is None:
        return before and "some", after and "some"
    return "one", "another"


def _words(difference: Difference, value: Any) -> str:
    if value is None:
        return "–"
    if difference.part == "check":
        return _VERDICTS.get(value, str(value))
    if isinstance(value, MetadataValue):
        return values.one_line(value, _VALUE)
    if isinstance(value, ValueInfo):
        return words.value_info(value)
    if isinstance(value, float):
        is_time = difference.part == "duration"
        return seconds_words(value) if is_time else words.number(value)
    return words.cut(words.printable(value), _VALUE)


def _change(difference: Difference) -> str:
    before, after = difference.before, difference.after
    if difference.part == "metadata":
        both = (before, after)
        if not all(isinstance(it, MetadataValue) and it.kind in NUMBERS for it in both):
            return ""
        before, after = before.value, after.value
    if not isinstance(before, int | float) or not isinstance(after, int | float):
        return ""
    text = change_words(after, before)
    return "" if text.startswith("was") else text
