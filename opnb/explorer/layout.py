"""Where the parts of the explorer stand: side by side if there is room, or stacked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ipywidgets as widgets

_HEIGHT = "430px"
_WAYS = ("First", "← Newer", "Older →")
_FURTHER = "Search further"
_OTHERS = ("Refresh", "Clear filters", "Keep as text")
_WRAPPED = {"flex_flow": "row wrap", "align_items": "center"}


def bar(buttons: Mapping[str, Any], position: Any) -> Any:
    """Return the buttons in a row, the position between them."""
    return widgets.Box(
        [
            *(buttons[name] for name in _WAYS),
            position,
            buttons[_FURTHER],
            widgets.Box(layout={"flex": "1 1 0%"}),
            widgets.Box([buttons[name] for name in _OTHERS]),
        ],
        layout=_WRAPPED,
    )


def panes(events: Any, detail: Any) -> Any:
    """Return the list of events and what was picked from it; each scrolls by itself."""
    return widgets.Box(
        [_pane(events, "3 1 560px"), _pane(detail, "2 1 320px")],
        layout={"flex_flow": "row wrap"},
    )


def _pane(content: Any, flex: str) -> Any:
    return widgets.Box(
        [content],
        layout={
            "flex": flex,
            "min_width": "0",
            "max_height": _HEIGHT,
            "overflow": "auto",
            "display": "block",
            "border": "1px solid rgba(128,128,128,.35)",
            "margin": "2px",
            "padding": "2px 4px",
        },
    )
