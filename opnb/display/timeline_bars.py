"""The attempts of steps as bars over the time of a run, drawn and in characters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from opnb.display import style
from opnb.display.picture import Picture, draw
from opnb.event_log.reading.timeline import CANCELED, IN_PROGRESS, SKIPPED, Attempt

_WIDTH, _HEIGHT = 320, 14
_LEAST = 2.0  # pixels: what took no time is there, too
_TALL, _LOW = 10, 5
# What ended in vain is lower than what counts, beside its colour.
_COLORS = {
    "SUCCESS": (style.GREEN, _TALL),
    "FAILURE": (style.RED, _TALL),
    CANCELED: (style.AMBER, _TALL),
    "UP_FOR_RETRY": (style.AMBER, _LOW),
    SKIPPED: (style.GREY, _LOW),
    IN_PROGRESS: (style.BLUE, _TALL),
}
_CHARACTERS = {"UP_FOR_RETRY": "▒", SKIPPED: "·", IN_PROGRESS: "▓"}


@dataclass(frozen=True, slots=True)
class Span:
    """The time of a run, in microseconds since 1970."""

    start: int
    until: int

    def part(self, moment: int) -> float:
        """Return how far a moment is within it, from 0 to 1."""
        length = max(self.until - self.start, 1)
        return min(max((moment - self.start) / length, 0.0), 1.0)

    def stretch(self, attempt: Attempt) -> tuple[float, float]:
        """Return where an attempt begins and ends; what has no end goes on."""
        end = self.until if attempt.end is None else attempt.end
        return self.part(attempt.start), self.part(max(end, attempt.start))


@dataclass(slots=True)
class Bar:
    """One bar of the drawing, in pixels."""

    left: float
    right: float
    color: str
    height: int


def bars(attempts: Sequence[Attempt], span: Span, alt: str) -> Picture:
    """Draw the attempts of one row."""
    return draw(
        "timeline.svg",
        alt=alt,
        width=_WIDTH,
        height=_HEIGHT,
        bars=_merged([_bar(attempt, span) for attempt in attempts]),
    )


def _bar(attempt: Attempt, span: Span) -> Bar:
    begin, end = (round(part * _WIDTH, 1) for part in span.stretch(attempt))
    left = min(begin, _WIDTH - _LEAST)
    return Bar(left, max(end, left + _LEAST), *_COLORS[attempt.status])


def _merged(drawn: Sequence[Bar]) -> list[Bar]:
    """Return the bars without those that another of their look covers or touches."""
    kept: dict[tuple[str, int], list[Bar]] = {}
    for bar in sorted(drawn, key=lambda bar: bar.left):
        alike = kept.setdefault((bar.color, bar.height), [])
        if alike and bar.left <= alike[-1].right + 0.5:
            alike[-1].right = max(alike[-1].right, bar.right)
        else:
            alike.append(bar)
    return [bar for alike in kept.values() for bar in alike]


def characters(attempts: Sequence[Attempt], span: Span, width: int) -> str:
    """Return the attempts of one row as a line of so many characters."""
    line = [" "] * width
    for attempt in attempts:
        begin, end = span.stretch(attempt)
        first = min(int(begin * width), width - 1)
        last = max(first + 1, round(end * width))
        character = _CHARACTERS.get(attempt.status, "█")
        line[first:last] = character * (last - first)
    return "".join(line).rstrip()
