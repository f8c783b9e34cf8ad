"""What was measured, beside what is to be reached, as a table and as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

_UNITS = {
    "s": ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs")),
    "MB": ((1.0, "MB"),),
    "bytes": ((1.0, "bytes"),),
}


class Reach(Protocol):
    """What opnb is to reach beside a contender; prints as such."""

    def ratio(self, own: float, other: float) -> float | None:
        """Return what is held against it; None for the figure itself."""

    def is_held(self, own: float, other: float) -> bool:
        """Whether it is reached."""


@dataclass(frozen=True)
class AtMost:
    """opnb takes so many times as much as this contender, or less."""

    times: float

    def __str__(self) -> str:
        return f"≤ {self.times:,g} × it"

    def ratio(self, own: float, other: float) -> float:
        return own / other

    def is_held(self, own: float, other: float) -> bool:
        return own / other <= self.times


@dataclass(frozen=True)
class AtLeast:
    """This contender takes so many times as much as opnb, or more."""

    times: float

    def __str__(self) -> str:
        return f"≥ {self.times:,g} × opnb"

    def ratio(self, own: float, other: float) -> float:
        return other / own

    def is_held(self, own: float, other: float) -> bool:
        return other / own >= self.times


@dataclass(frozen=True)
class Within:
    """The figure itself is so much, or less."""

    most: float
    unit: str = "s"

    def __str__(self) -> str:
        return f"≤ {shown(self.most, self.unit)}"

    def ratio(self, own: float, other: float) -> None:  # noqa: ARG002 - of one figure
        return None

    def is_held(self, own: float, other: float) -> bool:  # noqa: ARG002 - likewise
        return other <= self.most


@dataclass(frozen=True)
class Line:
    """One contender: its figure, and what opnb is to reach beside it."""

    contender: str
    figure: float
    ratio: float | None
    ratio_text: str
    reach: str
    held: bool | None


@dataclass
class Table:
    """Figures of one kind of work.

    Args:
        title: The work.
        figures: One for each contender; small is good.
        reach: What opnb is to reach, by the contender it is held against.
        own: Which of them is opnb, that ratios are of; none where nothing is compared.
        unit: Of the figures: "s", "bytes", "MB" or "count".
        note: What one should know to judge them.
    """

    title: str
    figures: Mapping[str, float]
    reach: Mapping[str, Reach] = field(default_factory=dict)
    own: str | None = "opnb"
    unit: str = "s"
    note: str = ""

    @property
    def lines(self) -> list[Line]:
        """The lines, in the order of the figures."""
        return [self._line(name, figure) for name, figure in self.figures.items()]

    def _line(self, name: str, figure: float) -> Line:
        own = self.figures[self.own] if self.own else figure
        reach = self.reach.get(name)
        if reach is not None:
            ratio, text = reach.ratio(own, figure), str(reach)
            held: bool | None = reach.is_held(own, figure)
        else:
            ratio, text, held = figure / own if self.own else None, "", None
        if name == self.own:
            ratio = None
        of = "it" if isinstance(reach, AtMost) else "opnb"
        shown_ratio = "" if ratio is None else f"{_three(ratio)} × {of}"
        return Line(name, figure, ratio, shown_ratio, text, held)

    def print(self) -> None:
        """Print it."""
        print(f"\n{self.title}")
        if self.note:
            print(f"  ({self.note})")
        head = ("contender", "time", "ratio", "reach", "held")
        rows = [
            (
                line.contender,
                self.shown(line.figure),
                line.ratio_text,
                line.reach,
                {True: "yes", False: "NO", None: ""}[line.held],
            )
            for line in self.lines
        ]
        for contender, *others in (head, *rows):
            time, ratio, reach, held = others
            text = f"  {contender:46} {time:>12} {ratio:>15} {reach:>15}  {held}"
            print(text.rstrip())

    def shown(self, figure: float) -> str:
        """Return a figure with its unit."""
        return shown(figure, self.unit)

    def to_json(self) -> dict[str, Any]:
        """Return it for a file."""
        lines = [
            {
                "contender": line.contender,
                "figure": line.figure,
                "ratio": line.ratio,
                "reach": line.reach,
                "held": line.held,
            }
            for line in self.lines
        ]
        return {
            "title": self.title,
            "unit": self.unit,
            "note": self.note,
            "lines": lines,
        }


def _three(value: float) -> str:
    """Return a number to three digits; no exponent."""
    digits = 2 if value < 10 else 1 if value < 100 else 0
    return f"{value:,.{digits}f}"


def shown(figure: float, unit: str) -> str:
    """Return a figure with the unit that suits its size."""
    if unit == "count":
        return f"{figure:,.0f}"
    for size, name in _UNITS[unit]:  # noqa: B007 - the loop ends at what is used
        if figure >= size:
            break
    return f"{_three(figure / size)} {name}"
