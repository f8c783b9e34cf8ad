"""The events of an asset as a DataFrame: one row an event, one column a label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from opnb.event_log.reading.frame import build_frame, select_list
from opnb.event_log.reading.metadata_values import Kept, kept_values_of, label_series
from opnb.event_log.reading.query import Query
from opnb.model.serialize import decode_json, readable

if TYPE_CHECKING:
    from opnb.event_log.reading.reader import LogReader

HISTORY_COLUMNS: Mapping[str, tuple[str, str]] = {
    "id": ("entries.id", "int64"),
    "timestamp": ("entries.timestamp", "datetime64[us, UTC]"),
    "event_type": ("entries.event_type", "string"),
    "run_id": ("runs.run_id", "string"),
    "op": ("entries.op", "string"),
    "partition": ("entries.partition", "string"),
    "description": ("entries.body", "string"),
}


def read_history(reader: LogReader, query: Query, limit: int | None) -> pd.DataFrame:
    """Return the events of a query, oldest first; of a limit, the newest are kept."""
    columns = f"{select_list(HISTORY_COLUMNS)}, entries.metadata"
    statement = query.sql(columns, newest_first=limit is not None, limit=limit)
    rows = reader.select(statement, query.parameters)
    if limit is not None:
        rows.reverse()
    fixed = [(*row[:-2], _description(row[-2])) for row in rows]
    labels = columns_of(kept_values_of([row[-1] for row in rows]))
    labelled = {
        _column(label): label_series(values) for label, values in labels.items()
    }
    return pd.concat(
        [build_frame(fixed, HISTORY_COLUMNS), pd.DataFrame(labelled)], axis="columns"
    )


def columns_of(
    events: Sequence[Mapping[str, Kept]],
) -> dict[str, list[Kept | None]]:
    """Return the values of events by label, in the order in which the labels came."""
    columns: dict[str, list[Kept | None]] = {}
    for place, values in enumerate(events):
        for label, value in values.items():
            if label not in columns:
                columns[label] = [None] * len(events)
            columns[label][place] = value
    return columns


def _column(label: str) -> str:
    shown = readable(label)
    return f"{shown} (metadata)" if shown in HISTORY_COLUMNS else shown


def _description(body: str | None) -> str | None:
    text: Any = (decode_json(body) or {}).get("description")
    return None if text is None else readable(text)
