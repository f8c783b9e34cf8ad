import math
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from opnb.model.normalize import normalize_metadata
from opnb.model.pandas_table import table_of_pandas

DAY = pd.Timestamp("2026-01-01")


def _columns(value):
    return [(column.name, column.type) for column in value.schema.columns]


def _cells(value):
    return [list(record.data.values()) for record in value.records]


@pytest.mark.parametrize(
    ("column", "cells"),
    [
        (pd.Series([1, 2]), [1, 2]),
        (pd.Series([1.5, math.nan]), [1.5, math.nan]),
        (pd.Series([True, None]), [True, None]),
        (pd.Series(["a", None]), ["a", None]),
        (pd.Series([1, None], dtype="Int64"), [1, None]),
        (pd.Series(["a", None], dtype="category"), ["a", None]),
        (pd.Series([DAY, pd.NaT]), ["2026-01-01T00:00:00", None]),
        (
            pd.Series([pd.Timestamp("2026-01-01", tz="Europe/Berlin")]),
            ["2026-01-01T00:00:00+01:00"],
        ),
        (pd.Series([[1], np.array([2])]), ["[1]", "array([2])"]),
        (pd.Series([b"", Decimal("1.0"), math.nan]), [b"", Decimal("1.0"), None]),
        (pd.Series([pd.Timedelta("1s")]), ["Timedelta('0 days 00:00:01')"]),
        (pd.Series([pd.Period("2026-01")]), ["Period('2026-01', 'M')"]),
    ],
    ids=[
        "int", "float", "bool", "text", "Int64", "category", "time", "zone", "arrays",
        "bytes", "timedelta", "period",
    ],
)  # fmt: skip
def test_a_cell_is_kept_as_what_it_is(column, cells):
    value = table_of_pandas(column)

    assert [row[0] if row[0] == row[0] else math.nan for row in _cells(value)] == cells


@pytest.mark.parametrize(
    ("frame", "names"),
    [
        (pd.DataFrame({"a": [1]}), ["a"]),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), ["a", "a (2)"]),
        (pd.DataFrame([[1, 2, 3]], columns=["a", "a", "a (2)"]),
         ["a", "a (2)", "a (2) (2)"]),
        (pd.DataFrame({0: [1]}), ["0"]),
        (pd.DataFrame({("a", 1): [1]}), ["a / 1"]),
        (pd.DataFrame({"a": [1]}, index=["x"]), ["index", "a"]),
        (pd.DataFrame({"a": [1]}, index=pd.Index(["x"], name="a")), ["a", "a (2)"]),
        (pd.Series([1]), ["value"]),
        (pd.Series([1], name=0), ["0"]),
    ],
    ids=["plain", "twice", "thrice", "number", "levels", "index", "named-index",
         "series", "zero"],
)  # fmt: skip
def test_each_column_gets_a_name_of_its_own(frame, names):
    assert [name for name, _ in _columns(table_of_pandas(frame))] == names


def test_index_levels_named_by_numbers_keep_their_places():
    index = pd.MultiIndex.from_tuples([("x", 1)], names=[1, 0])
    value = table_of_pandas(pd.DataFrame({"a": [5]}, index=index))

    assert _cells(value) == [["x", 1, 5]]
    assert [name for name, _ in _columns(value)] == ["1", "0", "a"]


def test_a_long_frame_keeps_its_first_rows_and_its_true_count():
    value = normalize_metadata({"t": pd.DataFrame({"a": np.arange(10**6)})})["t"]

    assert (len(value.records), value.row_count) == (60, 10**6)
    assert value.records[59].data == {"a": 59}


@pytest.mark.parametrize(
    ("frame", "columns"),
    [
        (pd.DataFrame(), []),
        (pd.DataFrame({"a": pd.Series(dtype="int64")}), [("a", "int64")]),
        (pd.DataFrame(index=range(3)), []),
    ],
    ids=["nothing", "no-rows", "no-columns"],
)
def test_an_empty_frame_keeps_its_schema(frame, columns):
    value = table_of_pandas(frame)

    assert _columns(value) == columns
    assert (value.records, value.row_count) == ((), len(frame))
