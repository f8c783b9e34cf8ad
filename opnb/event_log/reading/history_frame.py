"""The events of an asset as a DataFrame: one row an event, one column a label."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from opnb.event_log.reading.frame import build_frame, select_list
from opnb.event_log.reading.metadata_values import Kept, kept_values_of, label_series
from opnb.event_log.reading.query import Query
from opnb.event_log.reading.step_durations import read_durations
from opnb.model.serialize import readable
from opnb.model.strict_json import decode_json

if TYPE_CHECKING:
    from opnb.event_log.reading.reader import LogReader

# The last two are made of what the log keeps: of the body, of the end of the step.
HISTORY_COLUMNS: Mapping[str, tuple[str, str]] = {
    "id": ("entries.id", "int64"),
    "timestamp": ("entries.timestamp", "datetime64[us, UTC]"),
    "event_type": ("entries.event_type", "string"),
    "run_id": ("runs.run_id", "string"),
    "op": ("entries.op", "string"),
    "partition": ("entries.partition", "string"),
    "description": ("entries.body", "string"),
    "duration": ("entries.run", "float64"),
}


def read_history(reader: LogReader, query: Query, limit: int | None) -> pd.DataFrame:
    """Return the events of a query, oldest first; of a limit, the newest are kept."""
    columns = f"{select_list(HISTORY_COLUMNS)}, entries.step_key, entries.metadata"
    statement = query.sql(columns, newest_first=limit is not None, limit=limit)
    rows = reader.select(statement, query.parameters)
    if limit is not None:
        rows.reverse()
    seconds = read_durations(reader, query, limit)
    fixed = [
        (*columns, _description(body), seconds.get((run, step_key), math.nan))
        for *columns, body, run, step_key, _ in rows
    ]
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
