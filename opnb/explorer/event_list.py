"""The events of a page as rows: each a button, and beside it what the event is about.

The rows are made once and filled anew for each page.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets as widgets

from opnb.explorer.forms import note_html, row_html
from opnb.explorer.rows import RowView

_HEIGHT = "26px"


class EventList:
    """Rows that can be picked.

    Args:
        size: How many there are at the most.
        on_pick: Called with the id of an event that was picked.
    """

    def __init__(self, size: int, on_pick: Callable[[int], None]) -> None:
        self._on_pick = on_pick
        self._rows = [_Row(self._pick) for _ in range(size)]
        self._none = widgets.HTML(note_html("No events here.", is_muted=True))
        self.box = widgets.VBox([self._none, *(row.box for row in self._rows)])

    def show(self, rows: Sequence[RowView]) -> None:
        """Show these events; none is picked."""
        self._none.layout.display = "none" if rows else None
        for place, row in enumerate(self._rows):
            row.show(rows[place] if place < len(rows) else None)

    def mark(self, number: int | None) -> None:
        """Mark the event that is looked at."""
        for row in self._rows:
            row.mark(is_picked=row.number is not None and row.number == number)

    def _pick(self, number: int) -> None:
        self._on_pick(number)


class _Row:
    def __init__(self, on_pick: Callable[[int], None]) -> None:
        self.number: int | None = None
        self._word = ""
        self._on_pick = on_pick
        self._button = widgets.Button(
            layout={
                "width": "220px",
                "height": _HEIGHT,
                "margin": "0",
                "flex": "0 0 auto",
                "display": "flex",
                "justify_content": "flex-start",
                "align_items": "center",
            },
            style={"button_color": "transparent", "font_size": "12px"},
        )
        self._text = widgets.HTML(
            layout={
                "flex": "1 1 0%",
                "min_width": "0",
                "height": _HEIGHT,
                "margin": "0 4px 0 0",
            }
        )
        self._button.on_click(self._clicked)
        self.box = widgets.HBox(
            [self._button, self._text], layout={"overflow": "hidden"}
        )

    def show(self, row: RowView | None) -> None:
        self.number = None if row is None else row.id
        self.box.layout.display = "none" if row is None else None
        if row is None:
            return
        self._word = f"{row.glyph} {row.word}"
        self._text.value = row_html(row)
        self._button.tooltip = f"Event {row.id:,}, {row.moment} UTC"
        self.mark(is_picked=False)

    def mark(self, *, is_picked: bool) -> None:
        self._button.description = f"▸ {self._word}" if is_picked else self._word
        self._button.style.font_weight = "bold" if is_picked else "normal"

    def _clicked(self, _: Any) -> None:
        if self.number is not None:
            self._on_pick(self.number)
