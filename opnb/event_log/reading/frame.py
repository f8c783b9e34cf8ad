"""Rows of the log as DataFrames with documented columns and dtypes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import pyarrow as pa

# Column → (SQL, dtype). Texts are pandas' nullable `string`, alike in pandas 2 and 3.
ENTRY_COLUMNS: Mapping[str, tuple[str, str]] = {
    "id": ("entries.id", "int64"),
    "timestamp": ("entries.timestamp", "datetime64[us, UTC]"),
    "run_id": ("runs.run_id", "string"),
    "job": ("runs.job_name", "string"),
    "op": ("entries.op", "string"),
    "step_key": ("entries.step_key", "string"),
    "event_type": ("entries.event_type", "string"),
    "level": ("entries.level", "int64"),
    "message": ("entries.message", "string"),
    "asset_key": ("entries.asset_key", "string"),
    "partition": ("entries.partition", "string"),
    "label": ("entries.label", "string"),
    "success": ("entries.success", "boolean"),
}

RUN_COLUMNS: Mapping[str, tuple[str, str]] = {
    "run_id": ("run_id", "string"),
    "job": ("job_name", "string"),
    "status": ("status", "string"),
    "start_time": ("start_time", "datetime64[us, UTC]"),
    "end_time": ("end_time", "datetime64[us, UTC]"),
    "partition": ("partition", "string"),
    "host": ("host", "string"),
    "pid": ("pid", "int64"),
    "pid_started": ("pid_started", "float64"),
}

# How Arrow has the columns of each dtype; there and back nothing is copied.
ARROW_TYPES: Mapping[str, pa.DataType] = {
    "string": pa.large_string(),
    "int64": pa.int64(),
    "datetime64[us, UTC]": pa.timestamp("us", "UTC"),
    "boolean": pa.bool_(),
}
# Texts lie in Arrow's memory, whatever pandas' option for new ones says.
_TEXT = pd.StringDtype("pyarrow")
_PANDAS_TYPES = {pa.large_string(): _TEXT, pa.bool_(): pd.BooleanDtype()}
_NO_TIME = -(2**63)  # NaT
_SMALL_PARTS = 64
_LARGE_PART = 20_000


def select_list(columns: Mapping[str, tuple[str, str]]) -> str:
    """Return the SQL of the columns."""
    return ", ".join(sql for sql, _ in columns.values())


def build_frame(
    rows: Sequence[tuple[Any, ...]], columns: Mapping[str, tuple[str, str]]
) -> pd.DataFrame:
    """Return a frame of these columns; of the right dtypes without any row, too."""
    values = zip(*rows, strict=True) if rows else [()] * len(columns)
    arrays = {
        name: build_series(list(column), dtype).array
        for (name, (_, dtype)), column in zip(columns.items(), values, strict=True)
    }
    return pd.DataFrame(arrays, copy=False)


def build_series(values: list[Any], dtype: str) -> pd.Series[Any]:
    """Return one column; times come as microseconds since 1970."""
    if dtype == "string":
        return pd.Series(_text_array(pa.array(values, pa.large_string())))
    if not dtype.startswith("datetime"):
        return pd.Series(values, dtype=dtype)
    counted = pd.array(values, dtype="Int64").to_numpy("int64", na_value=_NO_TIME)
    return pd.Series(counted.view("datetime64[us]")).dt.tz_localize("UTC")


def _text_array(values: pa.ChunkedArray | pa.Array) -> pd.arrays.ArrowStringArray:
    return pd.arrays.ArrowStringArray(values)


def table_of_rows(
    rows: Sequence[tuple[Any, ...]], columns: Mapping[str, tuple[str, str]]
) -> pa.Table:
    """Return the rows as an Arrow table; see `ARROW_TYPES` for the dtypes it has."""
    values = zip(*rows, strict=True) if rows else [()] * len(columns)
    arrays = {}
    for (name, (_, dtype)), column in zip(columns.items(), values, strict=True):
        kept = pa.large_string() if dtype == "string" else pa.int64()
        arrays[name] = pa.array(column, kept).cast(ARROW_TYPES[dtype])
    return pa.table(arrays)


def frame_of_table(
    table: pa.Table, columns: Mapping[str, tuple[str, str]]
) -> pd.DataFrame:
    """Return a frame of these columns, as `build_frame` has it, of an Arrow table.

    The table has them in their order; times may be microseconds since 1970, and what is
    true or false a number.
    """
    fields = [(name, ARROW_TYPES[dtype]) for name, (_, dtype) in columns.items()]
    typed = table.rename_columns(list(columns)).cast(pa.schema(fields))
    frame: pd.DataFrame = typed.to_pandas(
        types_mapper=_PANDAS_TYPES.get, split_blocks=True
    )
    return frame


def add_rows(frame: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with the rows below; no text is copied."""
    if rows.empty:
        return frame
    if frame.empty:
        return rows
    return _join_small_parts(pd.concat([frame, rows], ignore_index=True))


def _join_small_parts(frame: pd.DataFrame) -> pd.DataFrame:
    """Keep texts that were added little by little from lying in thousands of parts."""
    texts = list(frame.columns[frame.dtypes == _TEXT])
    # What was added together lies alike in each of them.
    if texts and _small_parts(_parts(frame[texts[0]])) > _SMALL_PARTS:
        for name in texts:
            parts = _parts(frame[name])
            small = _small_parts(parts)
            joined = [*parts[:-small], pa.concat_arrays(parts[-small:])]
            frame[name] = _text_array(pa.chunked_array(joined))
    return frame


def _parts(texts: pd.Series[Any]) -> list[pa.Array]:
    return list(pa.chunked_array(pa.array(texts.array)).chunks)


def _small_parts(parts: Sequence[pa.Array]) -> int:
    """Return how many parts at the end are small."""
    large = (place for place, part in enumerate(parts) if len(part) >= _LARGE_PART)
    return len(parts) - 1 - max(large, default=-1)
