"""What changed in the metadata of an asset from one event to another."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from opnb.event_log.reading.frame import build_series
from opnb.event_log.reading.metadata_values import NUMBERS, Kept, as_float, plain_value
from opnb.model.serialize import readable

DIFF_COLUMNS = {
    "label": "string",
    "before": "object",
    "after": "object",
    "changed": "bool",
    "change": "float64",
    "relative": "float64",
}


def diff_frame(before: Mapping[str, Kept], after: Mapping[str, Kept]) -> pd.DataFrame:
    """Return one row a label of either; see `AssetHistory.diff` for the columns."""
    labels = list(dict.fromkeys([*before, *after]))
    pairs = [(before.get(label), after.get(label)) for label in labels]
    changes = [_change(*pair) for pair in pairs]
    columns = {
        "label": [readable(label) for label in labels],
        "before": [_plain(old) for old, _ in pairs],
        "after": [_plain(new) for _, new in pairs],
        "changed": [not _is_same(old, new) for old, new in pairs],
        "change": [change for change, _ in changes],
        "relative": [relative for _, relative in changes],
    }
    return pd.DataFrame(
        {
            name: objects(columns[name])
            if dtype == "object"
            else build_series(columns[name], dtype)
            for name, dtype in DIFF_COLUMNS.items()
        }
    )


def objects(values: list[Any]) -> pd.Series[Any]:
    """Return a column of values as they are."""
    # Given a list, numpy would take lists in it for rows.
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return pd.Series(array, dtype="object")


def _plain(kept: Kept | None) -> Any:
    return None if kept is None else plain_value(*kept)


def _is_same(old: Kept | None, new: Kept | None) -> bool:
    # NaN is decoded as one object, and `==` of lists asks for identity first.
    return old == new


def _change(old: Kept | None, new: Kept | None) -> tuple[float, float]:
    numbers = [
        as_float(kept[1]) if kept is not None and kept[0] in NUMBERS else math.nan
        for kept in (old, new)
    ]
    change = numbers[1] - numbers[0]
    return change, change / abs(numbers[0]) if numbers[0] else math.nan
