"""Rows of the log as DataFrames with documented columns and dtypes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

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


def select_list(columns: Mapping[str, tuple[str, str]]) -> str:
    """Return the SQL of the columns."""
    return ", ".join(sql for sql, _ in columns.values())


def build_frame(
    rows: Sequence[tuple[Any, ...]], columns: Mapping[str, tuple[str, str]]
) -> pd.DataFrame:
    """Return a frame of these columns; of the right dtypes without any row, too."""
    values = zip(*rows, strict=True) if rows else [()] * len(columns)
    return pd.DataFrame(
        {
            name: build_series(list(column), dtype)
            for (name, (_, dtype)), column in zip(columns.items(), values, strict=True)
        }
    )


def build_series(values: list[Any], dtype: str) -> pd.Series[Any]:
    """Return one column; times come as microseconds since 1970."""
    if not dtype.startswith("datetime"):
        return pd.Series(values, dtype=dtype)
    counted = pd.Series(values, dtype="Int64")
    times = pd.to_datetime(counted, unit="us", utc=True)
    return pd.Series(times, dtype=dtype)


def add_rows(frame: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with the rows below."""
    if rows.empty:
        return frame
    return rows if frame.empty else pd.concat([frame, rows], ignore_index=True)
