import pandas as pd
import pyarrow as pa
import pytest

from opnb.event_log.reading.frame import (
    ENTRY_COLUMNS,
    RUN_COLUMNS,
    add_rows,
    build_frame,
    build_series,
    frame_of_table,
    table_of_rows,
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


@pytest.mark.parametrize("rows", [[], [ROW], [ROW, ROW]], ids=len)
def test_an_arrow_table_gives_the_same_frame(rows):
    table = table_of_rows(rows, ENTRY_COLUMNS)

    pd.testing.assert_frame_equal(
        frame_of_table(table, ENTRY_COLUMNS), build_frame(rows, ENTRY_COLUMNS)
    )


def test_a_table_may_count_microseconds_and_have_numbers_for_truth():
    table = pa.table({"t": [1_500_000], "yes": [1], "text": pa.array(["é"])})
    columns = {
        "timestamp": ("t", "datetime64[us, UTC]"),
        "success": ("yes", "boolean"),
        "message": ("text", "string"),
    }

    frame = frame_of_table(table, columns)

    pd.testing.assert_frame_equal(frame, build_frame([(1_500_000, 1, "é")], columns))


def test_rows_are_added_below_and_keep_the_dtypes():
    first, second = build_frame([ROW], ENTRY_COLUMNS), build_frame([ROW], ENTRY_COLUMNS)
    empty = build_frame([], ENTRY_COLUMNS)

    assert add_rows(first, empty) is first
    assert add_rows(empty, first) is first
    assert list(add_rows(first, second).index) == [0, 1]
    assert list(add_rows(first, second).dtypes) == list(first.dtypes)


@pytest.mark.parametrize("large", [0, 30_000], ids=["all small", "after a large one"])
def test_texts_added_little_by_little_lie_in_few_parts(large):
    frame = build_frame([ROW] * large, ENTRY_COLUMNS)
    for _ in range(200):
        frame = add_rows(frame, build_frame([ROW, ROW], ENTRY_COLUMNS))

    parts = pa.array(frame["message"].array).num_chunks
    assert parts < 70
    pd.testing.assert_frame_equal(
        frame, build_frame([ROW] * (large + 400), ENTRY_COLUMNS)
    )
