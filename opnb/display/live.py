"""The card of a run that goes on: what it is at, how far its loops are, for how long.

It is drawn several times a second, so its templates are small. It tells times, as a run
that goes on is compared with nothing; the card that follows it tells none.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from opnb.display import words
from opnb.display.engine import render

_MINUTE = 60
_HOUR = 3600
_FEW = 10  # below, a decimal place says something
_MANY = 100  # from here on, it does not
_BLOCKS = 20


@dataclass(frozen=True, slots=True)
class BarView:
    """How far one loop is.

    Args:
        name: What its items are.
        depth: Within how many others it is.
        done: How many items have been dealt with.
        total: How many there will be, if that is known.
        rate: Items a second; None before it can be told.
        left: The seconds that are left; None if that cannot be told.
        is_over: Whether it has ended.
    """

    name: str
    depth: int
    done: int
    total: int | None
    rate: float | None = None
    left: float | None = None
    is_over: bool = False

    @property
    def share(self) -> float | None:
        """How much of it is done, from 0 to 1; None where that is unknown."""
        if not self.total or self.done > self.total:
            return None
        return self.done / self.total

    @property
    def percent(self) -> int:
        """The share as a whole number; 100 is all."""
        return int((self.share or 0.0) * 100)

    @property
    def amount(self) -> str:
        """The count in words.

        >>> BarView("rows", 0, 1200, None).amount, BarView("rows", 0, 3, 2).amount
        ('1,200', '3, beyond the 2 expected')
        """
        if self.total is None:
            return f"{self.done:,}"
        if self.done > self.total:
            return f"{self.done:,}, beyond the {self.total:,} expected"
        return f"{self.done:,} of {self.total:,}"

    @property
    def pace(self) -> str:
        """The rate and the time left in words."""
        if self.is_over:
            return "ended"
        parts = [] if self.rate is None else [rate_words(self.rate)]
        if self.left:  # at zero it takes longer than it looked
            parts.append(f"{duration(math.ceil(self.left))} left")
        return ", ".join(parts)

    @property
    def blocks(self) -> str:
        """The share as a bar of characters."""
        if self.share is None:
            return ""
        full = int(self.share * _BLOCKS)
        return "━" * full + "─" * (_BLOCKS - full)


@dataclass(frozen=True, slots=True)
class LiveView:
    """What is told of a run that goes on.

    Args:
        name: The op or the job.
        doing: What it is at: the step, the attempt.
        told: How many events there were so far, by kind.
        bars: Its loops, the first of them.
        bars_left_out: How many more there are.
        line: The last line of its log.
        elapsed: The seconds since it began.
    """

    name: str
    doing: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    bars: tuple[BarView, ...] = ()
    bars_left_out: int = 0
    line: str = ""
    elapsed: float = 0.0

    @property
    def beside_the_time(self) -> tuple[object, ...]:
        """All that does not change by itself while time goes by."""
        counts = tuple((bar.name, bar.done, bar.is_over) for bar in self.bars)
        return (self.doing, self.told, counts, self.bars_left_out, self.line)

    @property
    def facts(self) -> str:
        """What it is at and since when, on one line."""
        return " · ".join([*self.doing, duration(self.elapsed)])


def live_forms(view: LiveView) -> dict[str, str]:
    """Return the card of a run that goes on, as plain text, Markdown and HTML."""
    widest = max((len(bar.name) + 2 * bar.depth for bar in view.bars), default=0)
    text = render("live.txt", view=view, widest=widest)
    return {
        "text/plain": words.fit_terminal(text),
        "text/markdown": words.single_gaps(render("live.md", view=view)),
        "text/html": render("live.html", view=view),
    }


def duration(seconds: float) -> str:
    """Return a span of time as people say it.

    >>> duration(8.4), duration(125), duration(3_780)
    ('8 s', '2 min 5 s', '1 h 3 min')
    """
    whole = int(seconds)
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE} min {whole % _MINUTE} s"
    return f"{whole // _HOUR:,} h {whole % _HOUR // _MINUTE} min"


def rate_words(rate: float) -> str:
    """Return how quick a loop is; how long an item takes where that is over a second.

    >>> rate_words(1234.5), rate_words(4.25), rate_words(0.4), rate_words(0.01)
    ('1,234/s', '4.2/s', '2.5 s each', '1 min 40 s each')
    """
    if rate >= _MANY:
        return f"{rate:,.0f}/s"
    if rate >= 1:
        return f"{rate:.1f}/s"
    each = 1 / rate
    return f"{each:.1f} s each" if each < _FEW else f"{duration(each)} each"
