"""A figure of one number of an asset's events; matplotlib is loaded here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from io import BytesIO
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure

_SIZE = (7.0, 2.6)  # inches
_DPI = 100
_SHARPER = 2  # pixels of the picture for each that it takes on the page
# Each is seen on white and on black (at least 3:1), and the ground is the page's own.
_LINE = "#3d7fc1"
_INK = "#76808e"
_TICKS = 12
_LEVEL_TICKS = 40  # characters that tick labels on one line may have


class HistoryFigure(Figure):
    """matplotlib's figure, which shows itself in a notebook without pyplot."""

    def _repr_png_(self) -> tuple[bytes, dict[str, Any]]:
        kept = BytesIO()
        width, height = (round(inches * self.dpi) for inches in self.get_size_inches())
        self.savefig(
            kept, format="png", dpi=_SHARPER * self.dpi, metadata={"Software": None}
        )
        return kept.getvalue(), {"width": width, "height": height}


def draw_times(
    title: str, label: str, times: pd.Series[Any], numbers: Any
) -> HistoryFigure:
    """Return a figure of numbers over times, which are in UTC."""
    figure, axes = _begin(title, label)
    locator = AutoDateLocator(tz=UTC)  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    concise = ConciseDateFormatter(locator, tz=UTC)  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_formatter(concise)
    axes.set_xlabel("UTC")
    _plot(axes, times.dt.tz_localize(None).to_numpy(), numbers)
    return figure


def draw_places(
    title: str, label: str, names: Sequence[str], numbers: Any
) -> HistoryFigure:
    """Return a figure of numbers beside each other, each with a name below."""
    figure, axes = _begin(title, label)
    places = range(len(names))
    # Of very many each so-manieth has its name.
    named = places[:: -(-len(names) // _TICKS)]
    level = sum(len(names[place]) for place in named) <= _LEVEL_TICKS
    axes.set_xticks(
        named,
        [names[place] for place in named],
        rotation=0 if level else 30,
        ha="center" if level else "right",
        parse_math=False,
    )
    axes.set_xlabel("partition")
    _plot(axes, places, numbers)
    return figure


def _begin(title: str, label: str) -> tuple[HistoryFigure, Axes]:
    figure = HistoryFigure(
        figsize=_SIZE, dpi=_DPI, facecolor="none", layout="constrained"
    )
    axes = figure.add_subplot(facecolor="none")
    axes.set_title(title, loc="left", color=_INK, fontsize=11, parse_math=False)
    axes.set_ylabel(label, parse_math=False)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(_INK)
    axes.tick_params(colors=_INK)
    axes.xaxis.label.set_color(_INK)
    axes.yaxis.label.set_color(_INK)
    axes.grid(axis="y", color=_INK, alpha=0.25)
    axes.set_axisbelow(True)
    axes.yaxis.set_major_formatter(lambda number, _: f"{number:,.6g}")
    return figure, axes


def _plot(axes: Axes, places: Any, numbers: Any) -> None:
    few = len(numbers) <= 5 * _TICKS
    axes.plot(places, numbers, color=_LINE, marker="o" if few else "", markersize=4)
