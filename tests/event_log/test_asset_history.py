import math
from decimal import Decimal

import pandas as pd
import pytest
from factories import entry

from opnb.event_log.asset_history import AssetHistory
from opnb.model.asset_key import AssetKey
from opnb.model.events import AssetMaterialization, AssetObservation
from opnb.model.metadata import MetadataValue

KEY = AssetKey("orders")
FIXED = ["timestamp", "event_type", "run_id", "op", "partition", "description"]


def _history(*metadata):
    return AssetHistory(
        KEY, [entry(AssetObservation(KEY, metadata=labels)) for labels in metadata]
    )


def test_the_latest_is_the_last_materialization():
    written, seen = (
        entry(AssetMaterialization(KEY, partition="p")),
        entry(AssetObservation(KEY)),
    )

    assert AssetHistory(KEY, [written, seen]).latest is written
    assert AssetHistory(KEY, [seen]).latest is seen
    assert AssetHistory(KEY, []).latest is None


def test_a_history_counts_and_shows_itself():
    assert len(_history({}, {})) == 2
    assert repr(_history({})) == "AssetHistory('orders': 1 events)"


def test_an_empty_history_has_the_fixed_columns():
    frame = AssetHistory(KEY, []).frame

    assert list(frame.columns) == FIXED
    assert str(frame["timestamp"].dtype) == "datetime64[us, UTC]"


def test_labels_become_columns_in_the_order_in_which_they_came():
    history = _history({"b": 1}, {"a": 2, "op": "x"})

    assert history.labels == ["b", "a", "op"]
    assert list(history.frame.columns) == [*FIXED, "b", "a", "op (metadata)"]


@pytest.mark.parametrize(
    ("values", "dtype", "cells"),
    [
        ([1, 2], "int64", [1, 2]),
        ([1, None], "Int64", [1, pd.NA]),
        ([1, 0.5], "float64", [1.0, 0.5]),
        ([1.5, None], "float64", [1.5, math.nan]),
        ([10**400, 1], "float64", [math.inf, 1.0]),
        ([-(10**400), 1.0], "float64", [-math.inf, 1.0]),
        ([Decimal("1.5")], "float64", [1.5]),
        ([True, None], "boolean", [True, pd.NA]),
        (["a", None], "object", ["a", None]),
        ([1, "a"], "object", [1, "a"]),
        ([[1], {}], "object", [[1], {}]),
    ],
    ids=str,
)
def test_a_column_has_the_dtype_of_its_values(values, dtype, cells):
    frame = _history(*[{} if v is None else {"x": v} for v in values]).frame

    assert str(frame["x"].dtype) == dtype
    pd.testing.assert_series_equal(frame["x"], pd.Series(cells, dtype=dtype, name="x"))


@pytest.mark.parametrize("seconds", [math.nan, math.inf, -math.inf, 1e30], ids=str)
def test_a_timestamp_that_pandas_cannot_hold_is_missing(seconds):
    times = [MetadataValue.timestamp(1.5), MetadataValue.timestamp(seconds)]
    column = _history(*[{"t": time} for time in times]).frame["t"]

    assert str(column.dtype) == "datetime64[us, UTC]"
    assert column[0] == pd.Timestamp(1.5, unit="s", tz="UTC")
    assert column.isna().tolist() == [False, True]
