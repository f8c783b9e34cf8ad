"""The history of an asset: the last of it, and its events as a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from opnb.display import values, words
from opnb.display.engine import render
from opnb.event_log.reading.asset_history import AssetHistory, event_of
from opnb.model.entry import EventLogEntry, EventType

_ROWS_SHOWN = 10
_COLUMNS_SHOWN = 8
_NUMBERS = frozenset(["int", "float"])


@dataclass(frozen=True, slots=True)
class CellView:
    """One cell of the table; a number stands to the right."""

    text: str
    number: bool = False


def history_forms(history: AssetHistory) -> dict[str, str]:
    """Draw an asset's history; times and run ids are in its `frame`."""
    newest_first = history.newest(_ROWS_SHOWN)
    shown = [label for entry in reversed(newest_first) for label in entry.metadata]
    labels = list(dict.fromkeys(shown))
    count = len(history)
    view: dict[str, Any] = {
        "glyph": "●",
        "key": history.key.to_user_string(),
        "title": words.count(count, "event"),
        "hint": None if count else f"The log tells nothing of it. {history.hint}",
        "latest": _latest(history.latest),
        "caption": _caption(count, labels),
        "columns": ["", "op", "partition", *labels[:_COLUMNS_SHOWN]],
        "rows": [_row(entry, labels[:_COLUMNS_SHOWN]) for entry in newest_first],
    }
    return {
        "text/plain": words.fit_terminal(render("history.txt", **view)),
        "text/markdown": words.single_gaps(render("history.md", **view)),
        "text/html": render("history.html", **view),
    }


def _latest(entry: EventLogEntry | None) -> dict[str, Any] | None:
    if entry is None:
        return None
    event = event_of(entry)
    return {
        "verb": _verb(entry),
        "op": entry.node_name or "",
        "partition": event.partition,
        "description": event.description,
        "metadata": event.metadata,
    }


def _verb(entry: EventLogEntry) -> str:
    if entry.event_type is EventType.ASSET_MATERIALIZATION:
        return "materialized"
    return "observed"


def _caption(count: int, labels: list[str]) -> str:
    caption = "newest first"
    if count > _ROWS_SHOWN:
        caption += f", {_ROWS_SHOWN} of {words.count(count, 'event')}"
    left_out = len(labels) - _COLUMNS_SHOWN
    return caption + (f"; {left_out} further labels in .frame" if left_out > 0 else "")


def _row(entry: EventLogEntry, labels: list[str]) -> list[CellView]:
    event = event_of(entry)
    cells = [
        CellView(_verb(entry)),
        CellView(entry.node_name or ""),
        CellView(event.partition or ""),
    ]
    for label in labels:
        value = event.metadata.get(label)
        text = "" if value is None else values.one_line(value, 40)
        cells.append(CellView(text, value is not None and value.kind in _NUMBERS))
    return cells
