"""The explorer as widgets: the fields, the page, and what was picked from it.

Each step that a person takes asks the log once, and nothing is asked in between. What
fails is told on one line of the panel: no error leaves a callback, where nobody would
see it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import ipywidgets as widgets

from opnb.explorer.browsing import Browsing
from opnb.explorer.detail_pane import DetailPane
from opnb.explorer.event_list import EventList
from opnb.explorer.fields import Fields
from opnb.explorer.filters import Filters
from opnb.explorer.forms import note_html
from opnb.explorer.layout import bar, panes
from opnb.explorer.rows import row_view
from opnb.model.checks import shorten
from opnb.model.errors import OpnbError

_ANOTHER_LOG = "The session has another log now; these are its events."


class Panel:
    """What one explorer shows where widgets live.

    Args:
        browsing: Where it is in the log.
        on_keep: Called when a person wants what is shown as text.
    """

    def __init__(self, browsing: Browsing, on_keep: Callable[[], None]) -> None:
        self._browsing = browsing
        self._shown_log = browsing.log
        self._fields = Fields(browsing.filters, self._ask)
        self._events = EventList(browsing.size, self._pick)
        self._pane = DetailPane(lambda: browsing.log, self._safely, self._ask_run)
        self._position, self._note = widgets.HTML(), widgets.HTML()
        steps = {
            "Refresh": self._refresh,
            "Clear filters": self._clear,
            "Keep as text": on_keep,
            "First": self._then_show(browsing.go_first),
            "← Newer": self._then_show(browsing.go_newer),
            "Older →": self._then_show(browsing.go_older),
            "Search further": self._then_show(browsing.search_further),
        }
        self._buttons = {name: self._button(name, step) for name, step in steps.items()}
        self.box = widgets.VBox(
            [
                self._fields.box,
                bar(self._buttons, self._position),
                self._note,
                panes(self._events.box, self._pane.box),
            ]
        )
        self._safely(lambda: self._fields.offer(browsing.log))
        self._show()

    def close(self) -> None:
        """Let go of all widgets, here and in the front-end."""
        for widget in [*_all_in(self.box)]:
            widget.close()

    def _button(self, name: str, step: Callable[[], None]) -> Any:
        button = widgets.Button(description=name, layout={"width": "auto"})
        button.on_click(lambda _: self._safely(step))
        return button

    def _safely(self, step: Callable[[], None]) -> None:
        """Take a step; what fails is told, and all else stays as it was."""
        self._note.value = ""
        try:
            step()
        except OpnbError as error:
            told = " ".join(filter(None, (error.message, error.hint)))
            self._note.value = note_html(told, is_fault=True)
        except Exception as error:  # noqa: BLE001 - nobody sees what a callback raises
            told = f"{type(error).__name__}: {shorten(str(error))}"
            self._note.value = note_html(told, is_fault=True)

    def _then_show(self, step: Callable[[], None]) -> Callable[[], None]:
        def both() -> None:
            step()
            self._show()

        return both

    def _refresh(self) -> None:
        self._browsing.refresh()
        self._fields.offer(self._browsing.log)
        self._show()

    def _clear(self) -> None:
        self._fields.fill(Filters())
        self._fields.tell({})
        self._browsing.ask(Filters())
        self._show()
        self._pane.clear()

    def _ask(self, name: str) -> None:
        self._safely(lambda: self._ask_for(name))

    def _ask_for(self, name: str) -> None:
        filters = self._fields.filters
        self._fields.tell(filters.faults)
        if filters.faults:
            return
        self._browsing.ask(filters)
        self._fields.fill(filters)
        self._show()
        if name == "asset" and filters.asset:
            self._pane.show_asset(filters.asset)
        elif name == "run" and filters.run and self._browsing.page.lines:
            self._pane.show_run(self._browsing.page.lines[0].run_id)

    def _ask_run(self, run_id: str) -> None:
        self._fields.fill(replace(Filters(), run=run_id))
        self._ask_for("")

    def _pick(self, number: int) -> None:
        self._events.mark(number)
        self._safely(lambda: self._pane.show_event(number))

    def _show(self) -> None:
        """Show the page; another log is told of."""
        browsing, now = self._browsing, time.time()
        if browsing.log is not self._shown_log:
            self._shown_log = browsing.log
            self._note.value = note_html(_ANOTHER_LOG)
            self._fields.offer(browsing.log)
            self._pane.clear()
        self._events.show([row_view(line, now) for line in browsing.page.lines])
        self._position.value = note_html(browsing.position)
        is_allowed = {
            "First": not browsing.is_first,
            "← Newer": not browsing.is_first,
            "Older →": not browsing.is_last,
        }
        for name, allowed in is_allowed.items():
            self._buttons[name].disabled = not allowed
        further = self._buttons["Search further"].layout
        further.display = None if browsing.is_open else "none"


def _all_in(widget: Any) -> Iterator[Any]:
    for child in getattr(widget, "children", ()):
        yield from _all_in(child)
    yield widget
