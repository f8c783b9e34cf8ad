"""Trends: how the numbers that events carry went, label by label."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from opnb.event_log.reading.metadata_values import as_float
from opnb.event_log.reading.recent_events import RecentEvent
from opnb.model.serialize import readable

Number = int | float | Decimal

_KINDS = ("int", "float")


@dataclass(frozen=True, slots=True)
class Trend:
    """The finite numbers of one label.

    Args:
        label: As the metadata has it.
        numbers: Oldest first; two at the least.
        is_current: Whether the last one is of the newest event.
    """

    label: str
    numbers: Sequence[Number]
    is_current: bool

    @property
    def values(self) -> list[float]:
        """The numbers as floats."""
        return [as_float(number) for number in self.numbers]

    @property
    def last(self) -> Number:
        """The newest number."""
        return self.numbers[-1]

    @property
    def before(self) -> Number:
        """The one before."""
        return self.numbers[-2]

    @property
    def low(self) -> Number:
        """The least."""
        return min(self.numbers, key=as_float)

    @property
    def high(self) -> Number:
        """The greatest."""
        return max(self.numbers, key=as_float)

    @property
    def median(self) -> Number:
        """The one in the middle; whole where all are."""
        # Of halves: the sum of two floats may be more than a float holds.
        middle = 2 * statistics.median(value / 2 for value in self.values)
        is_whole = all(isinstance(number, int) for number in self.numbers)
        return int(middle) if is_whole and middle.is_integer() else middle


def trends_of(newest_first: Sequence[RecentEvent]) -> list[Trend]:
    """Return the trends of events, in the order of the newest one's labels."""
    labels = dict.fromkeys(label for event in newest_first for label in event.values)
    trends = (_trend(label, newest_first) for label in labels)
    return [trend for trend in trends if trend is not None]


def _trend(label: str, newest_first: Sequence[RecentEvent]) -> Trend | None:
    numbers = [*_numbers(label, reversed(newest_first))]
    if len(numbers) < 2:  # noqa: PLR2004 - one is no trend
        return None
    is_current = next(_numbers(label, newest_first[:1]), None) is not None
    return Trend(readable(label), numbers, is_current)


def _numbers(label: str, events: Iterable[RecentEvent]) -> Iterator[Number]:
    for event in events:
        kept = event.values.get(label)
        if kept and kept[0] in _KINDS and math.isfinite(as_float(kept[1])):
            yield kept[1]
