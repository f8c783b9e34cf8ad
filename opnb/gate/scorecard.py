"""The scorecard of all notebooks: as text, as Markdown, as a page of its own."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import Final

from opnb.gate.outcome import NotebookVerdict
from opnb.gate.view import CaseView, NotebookView, Remark, ScorecardView

_WIDTH: Final = 80


def text_scorecard(verdicts: Sequence[NotebookVerdict]) -> str:
    """Return the scorecard for a terminal of 80 columns."""
    from opnb.display.words import printable  # noqa: PLC0415 - at first use

    view = ScorecardView.of(verdicts)
    lines = ["Scorecard"]
    for notebook in view.notebooks:
        lines.extend(_notebook(notebook))
    return printable("\n".join([*lines, "", f"{view.end}."])) + "\n"


def markdown_scorecard(verdicts: Sequence[NotebookVerdict]) -> str:
    """Return the scorecard in GitHub's Markdown."""
    return _rendered("gate.md", verdicts)


def html_scorecard(verdicts: Sequence[NotebookVerdict]) -> str:
    """Return the scorecard as a page that needs nothing else."""
    return _rendered("gate.html", verdicts)


def _rendered(template: str, verdicts: Sequence[NotebookVerdict]) -> str:
    from opnb.display.engine import render  # noqa: PLC0415 - at first use

    return render(template, card=ScorecardView.of(verdicts)) + "\n"


def _notebook(view: NotebookView) -> Iterator[str]:
    yield from _wrapped(f"{view.glyph} {view.path}: {view.counts}", 0, 4)
    for case in view.cases:
        yield from _case(case)
    if view.stop is not None:
        yield from _wrapped(f"✗ {view.stop.kind}: {view.stop.message}", 2, 6)
        yield from _wrapped(f"Hint: {view.stop.hint}", 6, 6)
    for remark in view.remarks:
        yield from _remark(remark)
    if view.executed:
        yield f"  → {view.executed}"


def _case(case: CaseView) -> Iterator[str]:
    yield from _wrapped(f"{case.glyph} {case.word}: {case.name}", 2, 6)
    yield f"      {case.place}"
    for fact in case.facts:
        yield from _wrapped(fact, 6, 6)
    yield from (f"      {line}" for line in case.screen)


def _remark(remark: Remark) -> Iterator[str]:
    colon = ":" if remark.names else ""
    yield from _wrapped(f"· {remark.text}{colon}", 2, 4)
    for name in remark.names:
        yield from _wrapped(name, 6, 8)


def _wrapped(text: str, first: int, then: int) -> list[str]:
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=" " * first,
        subsequent_indent=" " * then,
        break_on_hyphens=False,
    )
