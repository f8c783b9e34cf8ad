"""Sparklines: numbers in their order as a small line, and as blocks in a text."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from opnb.display import words
from opnb.display.changes import change_words
from opnb.display.picture import Picture, draw
from opnb.event_log.reading.metadata_values import as_float
from opnb.event_log.reading.trends import Trend

_WIDTH, _HEIGHT = 132, 26
_MARGIN = 4.0
_BLOCKS = "▁▂▃▄▅▆▇█"
_MOST_BLOCKS = 24


def sparkline(trend: Trend) -> Picture:
    """Draw a trend: a line, its last point, its median."""
    values = [*trend.values, float(trend.median)]
    *heights, middle = [
        _HEIGHT - _MARGIN - part * (_HEIGHT - 2 * _MARGIN) for part in _parts(values)
    ]
    step = (_WIDTH - 2 * _MARGIN) / (len(heights) - 1)
    points = [
        (round(_MARGIN + place * step, 1), round(height, 1))
        for place, height in enumerate(heights)
    ]
    return draw(
        "sparkline.svg",
        alt=sentence(trend),
        width=_WIDTH,
        height=_HEIGHT,
        points=points,
        middle=round(middle, 1),
    )


def sentence(trend: Trend) -> str:
    """Return what a sparkline shows as a sentence."""
    events = words.count(len(trend.numbers), "event")
    low, high = words.number(trend.low), words.number(trend.high)
    if low == high:
        return f"{trend.label}: {low} over {events}, always the same."
    change = since_before(trend)
    return (
        f"{trend.label}: {low} to {high} over {events}, last"
        f" {words.number(trend.last)}, {change}, median {words.number(trend.median)}."
    )


def since_before(trend: Trend) -> str:
    """Return how the last number differs from the one before."""
    return change_words(trend.last, trend.before) or "the same"


def off_median(trend: Trend) -> str:
    """Return how the last number differs from the median, which is told beside it."""
    text = change_words(trend.last, trend.median) or "the same"
    if not text.startswith("was"):
        return text
    return "more" if as_float(trend.last) > as_float(trend.median) else "less"


def blocks(values: Sequence[float]) -> str:
    """Return numbers as blocks, as many in one as needed: then the one that stands out.

    >>> blocks([1, 2, 3, 8]), blocks([5, 5]), blocks([0.0] * 90 + [1.0])
    ('▁▂▃█', '▄▄', '▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁█')
    """
    shown = min(len(values), _MOST_BLOCKS)
    middle = sorted(values)[len(values) // 2]
    edges = [place * len(values) // shown for place in range(shown + 1)]
    told = [
        max(values[start:end], key=lambda value: abs(value / 2 - middle / 2))
        for start, end in pairwise(edges)
    ]
    highest = len(_BLOCKS) - 1
    return "".join(_BLOCKS[round(part * highest)] for part in _parts(told))


def _parts(values: Sequence[float]) -> list[float]:
    """Return where each lies between the least and the greatest, from 0 to 1."""
    # Halves: from the least float to the greatest it is more than a float holds.
    halves = [value / 2 for value in values]
    low, high = min(halves), max(halves)
    if low == high or math.isclose(low, high, rel_tol=1e-12):
        return [0.45] * len(values)
    return [(half - low) / (high - low) for half in halves]
