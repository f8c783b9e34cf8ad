"""Metadata in long form: one row a label of an event."""

from __future__ import annotations

import gc
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from opnb.event_log.reading.dialect import DIALECTS, Dialect
from opnb.event_log.reading.frame import build_frame, build_series, select_list
from opnb.event_log.reading.metadata_values import (
    COMPOUND,
    IN_PAIRS,
    KINDS,
    NUMBERS,
    Kept,
    as_float,
    kept_values_of,
    plain_value,
)
from opnb.event_log.reading.query import Query, Several, parse_word, texts_of
from opnb.event_log.reading.seen import refuse_unseen
from opnb.model.checks import verify_type
from opnb.model.serialize import readable

if TYPE_CHECKING:
    from opnb.event_log.reading.reader import LogReader

# Columns that tell of the event: column → (SQL, dtype).
_EVENT_COLUMNS: Mapping[str, tuple[str, str]] = {
    "id": ("entries.id", "int64"),
    "timestamp": ("entries.timestamp", "datetime64[us, UTC]"),
    "run_id": ("runs.run_id", "string"),
    "op": ("entries.op", "string"),
    "event_type": ("entries.event_type", "string"),
    "asset_key": ("entries.asset_key", "string"),
    "partition": ("entries.partition", "string"),
    "event": ("entries.label", "string"),
}
_VALUE_COLUMNS = {
    "label": "string",
    "kind": "string",
    "value": "object",
    "number": "float64",
}
METADATA_COLUMNS = {
    **{name: dtype for name, (_, dtype) in _EVENT_COLUMNS.items()},
    **_VALUE_COLUMNS,
}

_MOST_AT_ONCE = 50_000
_FEWEST_AT_ONCE = 1000
_LABELS_LOOKED_THROUGH = 10_000


class ValueFilter:
    """Which values are wanted, by their label and kind; all if neither is given.

    The database looks for the text that such a value is kept by: no JSON is read there,
    and so none can be refused. What looks alike within other values is left out here.

    Raises:
        CheckError: There is no such kind.
    """

    def __init__(self, label: Several | None, kind: Several | None) -> None:
        self.labels = None if label is None else set(_texts_as_given(label))
        self.kinds = None if kind is None else set(texts_of(kind, "kind"))
        for each in self.kinds or ():
            parse_word(each, sorted(KINDS), "kind")

    @property
    def takes_all(self) -> bool:
        """Whether each value is wanted."""
        return self.labels is None and self.kinds is None

    def choose(self, events: list[dict[str, Kept]]) -> list[dict[str, Kept]]:
        """Return the wanted values of each event."""
        if self.takes_all:
            return events
        return [
            {label: kept for label, kept in values.items() if self._takes(label, kept)}
            for values in events
        ]

    def _takes(self, label: str, kept: Kept) -> bool:
        return (self.labels is None or label in self.labels) and (
            self.kinds is None or kept[0] in self.kinds
        )

    def narrow(self, query: Query, dialect: Dialect) -> Query:
        """Return the query without entries that surely have no such value."""
        if self.takes_all:
            return query
        texts = [*self._texts()]
        condition, begins = dialect.beginning("entries.metadata", IN_PAIRS)
        contains = dialect.containing("entries.metadata")
        either = " OR ".join([*[contains] * len(texts), condition])
        return query.and_where(f"({either})", *texts, *begins)

    def _texts(self) -> Iterator[str]:
        ends = [f'["{kind}",' for kind in sorted(self.kinds)] if self.kinds else ["["]
        for label in [None] if self.labels is None else sorted(self.labels):
            begin = "" if label is None else json.dumps(label)
            yield from (f"{begin}:{end}" for end in ends)


def _texts_as_given(label: Several) -> list[str]:
    # Within JSON a label is kept as it is, not as a column of the database has it.
    verify_type(label, (str, Iterable), "label", hint="Give a text or several.")
    labels = [label] if isinstance(label, str) else label
    return [verify_type(each, str, "label") for each in labels]


def read_metadata(
    reader: LogReader,
    query: Query,
    wanted: ValueFilter,
    *,
    newest_first: bool,
    limit: int | None,
) -> pd.DataFrame:
    """Return the metadata of the entries of a query, one row a label."""
    narrowed = wanted.narrow(query, DIALECTS[reader.dialect])
    frames: list[pd.DataFrame] = []
    found = 0
    with _uncollected():
        for rows in _pages(reader, narrowed, newest_first=newest_first, limit=limit):
            frame = _long_form(rows, wanted)
            frames.append(frame if limit is None else frame.head(limit - found))
            found += len(frame)
            if limit is not None and found >= limit:
                break
    filled = [frame for frame in frames if len(frame)] or frames[:1]
    return pd.concat(filled, ignore_index=True) if len(filled) > 1 else filled[0]


def _pages(
    reader: LogReader, query: Query, *, newest_first: bool, limit: int | None
) -> Iterator[list[tuple[Any, ...]]]:
    """Read so many events, then the next: the JSON of all would be as large again."""
    columns = f"{select_list(_EVENT_COLUMNS)}, entries.metadata"
    beyond = f"entries.id {'<' if newest_first else '>'} ?"
    having = query.and_where("entries.metadata IS NOT NULL")
    page = having
    size = _MOST_AT_ONCE
    if limit is not None:
        size = min(size, max(limit, _FEWEST_AT_ONCE))
    while True:
        statement = page.sql(columns, newest_first=newest_first, limit=size)
        rows = reader.select(statement, page.parameters)
        yield rows
        if len(rows) < size:
            return
        page = having.and_where(beyond, rows[-1][0])


@contextmanager
def _uncollected() -> Iterator[None]:
    """Let the garbage collector wait; it would look through each list of JSON anew.

    None of them is in a cycle, and looking takes twice as long as making them.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _long_form(rows: list[tuple[Any, ...]], wanted: ValueFilter) -> pd.DataFrame:
    values = wanted.choose(kept_values_of([row[-1] for row in rows]))
    counts = [len(of_event) for of_event in values]
    events = build_frame([row[:-1] for row in rows], _EVENT_COLUMNS)
    frame = events.take(np.repeat(np.arange(len(events)), counts))
    kept = [pair for of_event in values for pair in of_event.values()]
    return frame.reset_index(drop=True).assign(
        label=build_series(
            _readable([each for of_event in values for each in of_event]), "string"
        ),
        kind=build_series([kind for kind, _ in kept], "string"),
        value=_plain(kept),
        number=build_series(
            [as_float(v) if kind in NUMBERS else math.nan for kind, v in kept],
            "float64",
        ),
    )


def _readable(labels: list[str]) -> list[str]:
    shown = {label: readable(label) for label in set(labels)}
    return [shown[label] for label in labels]


def _plain(kept: list[Kept]) -> pd.Series[Any]:
    # Given a list, pandas would look for a dtype that holds them all.
    values = np.empty(len(kept), dtype=object)
    values[:] = [
        plain_value(kind, payload) if kind in COMPOUND else payload
        for kind, payload in kept
    ]
    return pd.Series(values, dtype="object")


def verify_labels(reader: LogReader, label: Several | None) -> None:
    """Refuse labels that no metadata of the log has, unless it has none at all.

    Raises:
        CheckError: The log has no such label.
    """
    recent = Query().and_where("entries.metadata IS NOT NULL")
    dialect = DIALECTS[reader.dialect]
    for text in [] if label is None else _texts_as_given(label):
        having = ValueFilter(text, None).narrow(recent, dialect)
        if reader.select(
            f"SELECT 1 FROM entries{having.clause} LIMIT 1",  # noqa: S608 - ours
            having.parameters,
        ):
            continue
        statement = recent.sql(
            "entries.metadata", newest_first=True, limit=_LABELS_LOOKED_THROUGH
        )
        known = {
            readable(each)
            for values in kept_values_of([row[0] for row in reader.select(statement)])
            for each in values
        }
        refuse_unseen("metadata label", text, sorted(known))
