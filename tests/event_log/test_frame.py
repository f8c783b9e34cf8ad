import pandas as pd
import pytest

from opnb.event_log.frame import (
    ENTRY_COLUMNS,
    RUN_COLUMNS,
    add_rows,
    build_frame,
    build_series,
)

ROW = (
    1,
    1_500_000,
    "r1",
    "job",
    None,
    None,
    "STEP_START",
    10,
    None,
    None,
    None,
    None,
    1,
)


@pytest.mark.parametrize("columns", [ENTRY_COLUMNS, RUN_COLUMNS], ids=["entry", "run"])
def test_an_empty_frame_has_the_documented_columns_and_dtypes(columns):
    frame = build_frame([], columns)

    assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == {
        name: dtype for name, (_, dtype) in columns.items()
    }


def test_a_row_does_not_change_the_dtypes():
    frame = build_frame([ROW], ENTRY_COLUMNS)

    assert list(frame.dtypes) == list(build_frame([], ENTRY_COLUMNS).dtypes)
    assert frame.loc[0, "timestamp"] == pd.Timestamp(1.5, unit="s", tz="UTC")
    assert frame.loc[0, "op"] is pd.NA
    assert frame.loc[0, "success"]


def test_a_missing_time_is_not_a_time():
    assert build_series([None, 0], "datetime64[us, UTC]").isna().tolist() == [
        True,
        False,
    ]


def test_rows_are_added_below_and_keep_the_dtypes():
    first, second = build_frame([ROW], ENTRY_COLUMNS), build_frame([ROW], ENTRY_COLUMNS)
    empty = build_frame([], ENTRY_COLUMNS)

    assert add_rows(first, empty) is first
    assert add_rows(empty, first) is first
    assert list(add_rows(first, second).index) == [0, 1]
    assert list(add_rows(first, second).dtypes) == list(first.dtypes)
