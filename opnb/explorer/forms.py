"""The page that is shown, without widgets: what a file keeps of an explorer.

Its times are absolute, so that it is the same for the same log. A log has other times
each time that it is written: under nbval its cell says `# NBVAL_IGNORE_OUTPUT`.
"""

from __future__ import annotations

from typing import Any

from opnb.display import words
from opnb.display.bundle import render_bundle
from opnb.display.engine import render
from opnb.display.grid import Cell, aligned
from opnb.explorer.browsing import Browsing
from opnb.explorer.rows import RowView, row_view

_ONE_LINE = "overflow:hidden;text-overflow:ellipsis;white-space:nowrap"


def page_forms(browsing: Browsing) -> dict[str, str]:
    """Return the page as plain text, Markdown and HTML."""
    rows = [row_view(line, 0) for line in browsing.page.lines]
    view: dict[str, Any] = {
        "position": browsing.position,
        "asked": browsing.filters.given,
        "rows": rows,
        "lines": aligned([_cells(row) for row in rows]) if rows else [],
    }
    return {
        "text/plain": words.fit_terminal(render("explorer_page.txt", **view)),
        "text/markdown": words.single_gaps(render("explorer_page.md", **view)),
        "text/html": render("explorer_page.html", **view),
    }


def _cells(row: RowView) -> list[Cell]:
    told = " ".join(filter(None, (row.about, row.message)))
    return [Cell(row.moment), Cell(f"{row.glyph} {row.word}"), Cell(row.op), Cell(told)]


def row_html(row: RowView) -> str:
    """Return what stands beside a row's button."""
    return render("explorer_row.html", row=row, one_line=_ONE_LINE)


def note_html(text: str, *, is_fault: bool = False, is_muted: bool = False) -> str:
    """Return a line of the explorer's own; nothing for no text."""
    if not text:
        return ""
    return render("explorer_note.html", text=text, is_fault=is_fault, is_muted=is_muted)


def card_html(value: Any) -> str:
    """Return the card of a value, as it is everywhere else."""
    forms, _ = render_bundle(value)
    if "text/html" in forms:
        return forms["text/html"]
    return render("explorer_text.html", text=forms["text/plain"])
