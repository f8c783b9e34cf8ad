"""Which numbers of an asset's history are drawn, and over what."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from opnb.event_log.reading.query import parse_word
from opnb.model.checks import shorten, verify_type
from opnb.model.errors import CheckError, OpnbError, did_you_mean

if TYPE_CHECKING:
    from opnb.event_log.reading.history_figure import HistoryFigure

_BY = ("time", "partition")
_NOT_DRAWN = frozenset(["id"])
_UNITS = {"duration": "duration (seconds)"}
_DIGITS = re.compile(r"(\d+)")


def plot_column(title: str, frame: pd.DataFrame, label: str, by: str) -> HistoryFigure:
    """Draw a column of a history's frame; see `AssetHistory.plot`.

    Args:
        title: The asset.
        frame: Its history.
        label: The column.
        by: `"time"` or `"partition"`.

    Raises:
        CheckError: There is nothing to draw.
        OpnbError: matplotlib is missing.
    """
    parse_word(by, _BY, "by")
    drawn = frame[_has_number(frame, label)]
    if drawn.empty:
        raise CheckError(
            f"{shorten(label)} of {shorten(title)} has no number to draw.",
            hint="opnb.log.asset(key).frame shows what there is.",
        )
    if by == "partition":
        drawn = _last_of_partitions(title, drawn)
    try:
        from opnb.event_log.reading import history_figure  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise OpnbError(
            f"A plot needs matplotlib, which cannot be imported: {error}.",
            hint='pip install "opnb[plot]"',
        ) from error
    numbers = drawn[label].to_numpy("float64")
    unit = _UNITS.get(label, label)
    if by == "time":
        return history_figure.draw_times(title, unit, drawn["timestamp"], numbers)
    names = [str(name) for name in drawn["partition"]]
    return history_figure.draw_places(title, unit, names, numbers)


def _has_number(frame: pd.DataFrame, label: str) -> pd.Series[bool]:
    """Return which events have a finite number there."""
    numeric = [name for name in frame.columns if _is_drawn(frame, name)]
    if verify_type(label, str, "label") not in frame.columns:
        raise CheckError(
            f"The history has no label {shorten(label)}.",
            hint=did_you_mean(label, numeric),
        )
    if label not in numeric:
        raise CheckError(
            f"{shorten(label)} is no number: its column is {frame[label].dtype}.",
            hint=did_you_mean("", numeric),
        )
    numbers = frame[label].to_numpy("float64", na_value=np.nan)
    return pd.Series(np.isfinite(numbers), index=frame.index)


def _is_drawn(frame: pd.DataFrame, name: str) -> bool:
    dtype = frame[name].dtype
    is_number = is_numeric_dtype(dtype) and not is_bool_dtype(dtype)
    return is_number and name not in _NOT_DRAWN


def _last_of_partitions(title: str, frame: pd.DataFrame) -> pd.DataFrame:
    last = frame.dropna(subset="partition").drop_duplicates("partition", keep="last")
    if last.empty:
        raise CheckError(
            f"{shorten(title)} has no event of a partition.", hint="by='time'."
        )
    return last.sort_values("partition", key=lambda names: names.map(_natural))


def _natural(name: str) -> tuple[tuple[bool, int, str], ...]:
    """Return what sorts `p2` before `p10`."""
    return tuple(
        (not part.isdecimal(), int(part) if part.isdecimal() else 0, part)
        for part in _DIGITS.split(name)
        if part
    )
