"""The pane beside the events: what was picked, and where to go from there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets as widgets

from opnb.event_log.log import EventLog
from opnb.explorer.detail import (
    Detail,
    asset_detail,
    event_detail,
    no_detail,
    run_detail,
)


class DetailPane:
    """Shows one thing whole.

    Args:
        find_log: Gives the log to read it from.
        safely: Takes a step that may fail.
        on_run: Called with the id of a run whose events are asked for.
    """

    def __init__(
        self,
        find_log: Callable[[], EventLog],
        safely: Callable[[Callable[[], None]], None],
        on_run: Callable[[str], None],
    ) -> None:
        self._find_log = find_log
        self._on_run = on_run
        self._detail = no_detail()
        self._card = widgets.HTML()
        self._asset = self._button(safely, self._go_to_asset)
        self._run = self._button(safely, self._go_to_run)
        self._events = self._button(safely, self._go_to_events)
        self._run.description = "Card of the run"
        self._events.description = "Events of the run"
        links = [self._asset, self._run, self._events]
        self.box = widgets.VBox(
            [widgets.Box(links, layout={"flex_flow": "row wrap"}), self._card]
        )
        self.clear()

    def clear(self) -> None:
        """Show nothing."""
        self._show(no_detail())

    def show_event(self, number: int) -> None:
        """Show an event."""
        self._show(event_detail(self._find_log(), number))

    def show_asset(self, key: str) -> None:
        """Show the history of an asset."""
        self._show(asset_detail(self._find_log(), key))

    def show_run(self, run_id: str) -> None:
        """Show the card of a run."""
        self._show(run_detail(self._find_log(), run_id))

    def _show(self, detail: Detail) -> None:
        self._detail = detail
        self._card.value = detail.html
        self._asset.description = f"History of {detail.asset}"
        for button, has_it in (
            (self._asset, detail.asset is not None),
            (self._run, detail.card_of is not None),
            (self._events, detail.events_of is not None),
        ):
            button.layout.display = None if has_it else "none"

    @staticmethod
    def _button(
        safely: Callable[[Callable[[], None]], None], step: Callable[[], None]
    ) -> Any:
        button = widgets.Button(layout={"width": "auto", "max_width": "100%"})
        button.on_click(lambda _: safely(step))
        return button

    def _go_to_asset(self) -> None:
        if self._detail.asset is not None:
            self.show_asset(self._detail.asset)

    def _go_to_run(self) -> None:
        if self._detail.card_of is not None:
            self.show_run(self._detail.card_of)

    def _go_to_events(self) -> None:
        if self._detail.events_of is not None:
            self._on_run(self._detail.events_of)
