"""The history of an asset: the last of it, how its numbers and checks went, its events.

Nothing here differs from one reading of the same events to the next: times, run ids and
durations are in the history's `frame`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from opnb.display import grid, values, words
from opnb.display.engine import render
from opnb.display.grid import Cell
from opnb.display.picture import Picture
from opnb.display.sparkline import blocks, off_median, since_before, sparkline
from opnb.event_log.reading.asset_history import AssetHistory, event_of
from opnb.event_log.reading.check_strips import CheckStrip
from opnb.event_log.reading.recent_events import RecentEvent
from opnb.event_log.reading.trends import Trend, trends_of
from opnb.model.entry import EventLogEntry, EventType

_EVENTS_LOOKED_AT = 100
_ROWS_SHOWN = 10
_COLUMNS_SHOWN = 8
_TRENDS_SHOWN = 6
_CHECKS_SHOWN = 8
_OPS_SHOWN = 4
_NUMBERS = frozenset(["int", "float"])
# What a terminal has room for.
_TEXT_LINES = 14
_TEXT_TRENDS = 4
_TEXT_CHECKS = 3


@dataclass(frozen=True, slots=True)
class TrendView:
    """How one number went.

    Args:
        blocks: The sparkline as text.
        change: Against the one before.
        off_median: Against the median.
    """

    label: str
    picture: Picture
    blocks: str
    last: str
    change: str
    off_median: str
    median: str


def history_forms(history: AssetHistory) -> dict[str, str]:
    """Draw an asset's history."""
    view = history_view(history)
    return {
        "text/plain": words.fit_terminal(render("history.txt", **view)),
        "text/markdown": words.single_gaps(render("history.md", **view)),
        "text/html": render("history.html", view=view),
    }


def history_view(history: AssetHistory) -> dict[str, Any]:
    """Return what is told of an asset, for `history_parts.html` and the others."""
    count = len(history)
    recent = history.recent(_EVENTS_LOOKED_AT)
    trends = trends_of(recent)
    checks, more_checks, checks_title = _checks(history, recent)
    newest_first = history.entries_of(recent[:_ROWS_SHOWN])
    labels = _labels(newest_first)
    columns, rows = grid.without_empty(
        ["event", "op", "partition", *labels[:_COLUMNS_SHOWN]],
        [_row(entry, labels[:_COLUMNS_SHOWN]) for entry in newest_first],
    )
    latest = _latest(history, newest_first, trends)
    view: dict[str, Any] = {
        "glyph": "●",
        "key": history.key.to_user_string(),
        "title": words.count(count, "event"),
        "hint": None if count else f"The log tells nothing of it. {history.hint}",
        "latest": latest,
        "trends": [_trend(trend) for trend in trends[:_TRENDS_SHOWN]],
        "trends_title": _trends_title(count),
        "more_trends": grid.more(_TRENDS_SHOWN, len(trends), "number"),
        "check_columns": ["last", "check", "of the last", "oldest to newest"],
        "checks": checks,
        "checks_title": checks_title,
        "more_checks": more_checks,
        "caption": _caption(count, labels),
        "columns": columns,
        "rows": rows,
    }
    return {**view, **_text_lines(view, count)}


def _labels(newest_first: Sequence[EventLogEntry]) -> list[str]:
    shown = [label for entry in reversed(newest_first) for label in entry.metadata]
    return list(dict.fromkeys(shown))


def _latest(
    history: AssetHistory, newest_first: Sequence[EventLogEntry], trends: list[Trend]
) -> dict[str, Any] | None:
    """Return what the last of the asset is, without the numbers that a trend tells."""
    made = EventType.ASSET_MATERIALIZATION
    found = (entry for entry in newest_first if entry.event_type is made)
    entry = next(found, None) or history.latest
    if entry is None:
        return None
    event = event_of(entry)
    told = set[str]()
    if entry == newest_first[0]:
        told = {trend.label for trend in trends[:_TRENDS_SHOWN] if trend.is_current}
    return {
        "verb": _verb(entry),
        "op": entry.node_name or "",
        "partition": event.partition,
        "description": event.description,
        "metadata": {
            label: value for label, value in event.metadata.items() if label not in told
        },
    }


def _verb(entry: EventLogEntry) -> str:
    if entry.event_type is EventType.ASSET_MATERIALIZATION:
        return "materialized"
    return "observed"


def _trends_title(count: int) -> str:
    if count <= _EVENTS_LOOKED_AT:
        return ""
    return f"of the last {_EVENTS_LOOKED_AT} of {words.count(count, 'event')}"


def _trend(trend: Trend) -> TrendView:
    return TrendView(
        label=trend.label,
        picture=sparkline(trend),
        blocks=blocks(trend.values),
        last=words.number(trend.last),
        change=since_before(trend),
        off_median=off_median(trend),
        median=words.number(trend.median),
    )


def _checks(
    history: AssetHistory, recent: Sequence[RecentEvent]
) -> tuple[list[list[Cell]], str, str]:
    """Return the checks of the ops that told of the asset, how many more, a title."""
    all_ops = list(dict.fromkeys(event.op for event in recent if event.op is not None))
    ops = all_ops[:_OPS_SHOWN]
    strips, is_all = history.check_strips(ops)
    rows = [_check(strip, named=len(ops) > 1) for strip in strips[:_CHECKS_SHOWN]]
    more = grid.more(_CHECKS_SHOWN, len(strips), "check")
    if not is_all:
        more = f"{more} and others"
    return rows, more, _checks_title(ops, len(all_ops))


def _checks_title(ops: Sequence[str], total: int) -> str:
    others = grid.more(len(ops), total, "op")
    return " ".join(filter(None, [f"checks of {', '.join(ops)}", others]))


def _check(strip: CheckStrip, *, named: bool) -> list[Cell]:
    label = f"{strip.op}: {strip.label}" if named else strip.label
    return [
        Cell(
            "✓ passed" if strip.success else "✗ failed", False, not strip.success, True
        ),
        Cell(label),
        Cell(f"{strip.passed} of {len(strip.results)} passed", whole=True),
        Cell("".join("✓" if met else "✗" for met in strip.results), whole=True),
    ]


def _caption(count: int, labels: list[str]) -> str:
    caption = "events, newest first"
    if count > _ROWS_SHOWN:
        caption += f", {_ROWS_SHOWN} of {count:,}"
    left_out = len(labels) - _COLUMNS_SHOWN
    return caption + (f"; {left_out} further labels in .frame" if left_out > 0 else "")


def _row(entry: EventLogEntry, labels: list[str]) -> list[Cell]:
    event = event_of(entry)
    cells = [
        Cell(_verb(entry)),
        Cell(entry.node_name or ""),
        Cell(event.partition or ""),
    ]
    for label in labels:
        value = event.metadata.get(label)
        text = "" if value is None else values.one_line(value, 40)
        cells.append(Cell(text, value is not None and value.kind in _NUMBERS))
    return cells


def _text_lines(view: dict[str, Any], count: int) -> dict[str, Any]:
    """Return the lines that a terminal has room for, the events last."""
    trends = grid.aligned(
        [
            [
                Cell(trend.label),
                Cell(trend.blocks),
                Cell(trend.last, number=True),
                Cell(trend.change),
                Cell(f"median {trend.median}"),
            ]
            for trend in view["trends"][:_TEXT_TRENDS]
        ]
    )
    checks = grid.aligned(view["checks"][:_TEXT_CHECKS])
    head = 2 if view["latest"] else 1
    room = _TEXT_LINES - head - len(trends) - len(checks) - 1
    rows = view["rows"][:room]
    return {
        "trend_lines": trends,
        "check_lines": checks,
        "event_lines": grid.aligned(grid.with_head(view["columns"], rows)),
        "more_events": grid.more(len(rows), count, "event"),
    }
