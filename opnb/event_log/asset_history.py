"""What happened to one asset: its materializations and observations, in order."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pandas as pd

from opnb.event_log.frame import build_series
from opnb.model.displayable import Displayable
from opnb.model.entry import (
    AssetObservationData,
    EventLogEntry,
    EventType,
    StepMaterializationData,
)

if TYPE_CHECKING:
    from opnb.model.asset_key import AssetKey
    from opnb.model.events import AssetMaterialization, AssetObservation
    from opnb.model.metadata import MetadataValue

# Beyond it pandas has no times, nor for NaN: those are missing.
_LATEST = (2**63 - 1) // 10**6
_FIXED = ("timestamp", "event_type", "run_id", "op", "partition", "description")


class AssetHistory(Displayable):
    """All that the log knows of one asset, oldest first.

    Args:
        key: The asset.
        entries: Its materializations and observations, oldest first.
    """

    def __init__(self, key: AssetKey, entries: Sequence[EventLogEntry]) -> None:
        self.key = key
        self.entries = tuple(entries)

    def __len__(self) -> int:
        return len(self.entries)

    def __repr__(self) -> str:
        return f"AssetHistory({self.key.to_user_string()!r}: {len(self)} events)"

    @property
    def latest(self) -> EventLogEntry | None:
        """The last materialization; the last observation if there is none."""
        newest_first = self.entries[::-1]
        for entry in newest_first:
            if entry.event_type is EventType.ASSET_MATERIALIZATION:
                return entry
        return newest_first[0] if newest_first else None

    @property
    def labels(self) -> list[str]:
        """The labels of all metadata, in the order in which they first came."""
        return list(dict.fromkeys(label for e in self.entries for label in e.metadata))

    @property
    def frame(self) -> pd.DataFrame:
        """One row an event, oldest first; one column a metadata label.

        The columns `timestamp` (UTC), `event_type`, `run_id`, `op`, `partition` and
        `description` come first. Numbers give numeric columns and timestamps give times
        in UTC; a label called like a fixed column becomes `label (metadata)`.
        """
        events = [event_of(entry) for entry in self.entries]
        fixed = {
            "timestamp": build_series(
                [round(entry.timestamp * 1e6) for entry in self.entries],
                "datetime64[us, UTC]",
            ),
            "event_type": _text([entry.event_type_value for entry in self.entries]),
            "run_id": _text([entry.run_id for entry in self.entries]),
            "op": _text([entry.node_name for entry in self.entries]),
            "partition": _text([event.partition for event in events]),
            "description": _text([event.description for event in events]),
        }
        labelled = {
            f"{label} (metadata)" if label in _FIXED else label: _label_series(
                [entry.metadata.get(label) for entry in self.entries]
            )
            for label in self.labels
        }
        return pd.DataFrame({**fixed, **labelled})


def event_of(entry: EventLogEntry) -> AssetMaterialization | AssetObservation:
    """Return the event that an entry about an asset carries."""
    data = entry.event_specific_data
    if isinstance(data, StepMaterializationData):
        return data.materialization
    assert isinstance(data, AssetObservationData)  # noqa: S101 - the query's promise
    return data.asset_observation


def _text(values: list[Any]) -> pd.Series[Any]:
    return pd.Series(values, dtype="string")


def _label_series(values: list[MetadataValue | None]) -> pd.Series[Any]:
    kinds = {value.kind for value in values if value is not None}
    plain = [None if value is None else value.value for value in values]
    if kinds <= {"int"} and all(_is_small(number) for number in plain):
        return pd.Series(plain, dtype="int64" if None not in plain else "Int64")
    if kinds <= {"int", "float"}:
        numbers = [math.nan if n is None else _as_float(n) for n in plain]
        return pd.Series(numbers, dtype="float64")
    if kinds == {"timestamp"}:
        micros = [
            round(time * 1e6) if time is not None and abs(time) < _LATEST else None
            for time in plain
        ]
        return build_series(micros, "datetime64[us, UTC]")
    if kinds == {"bool"}:
        return pd.Series(plain, dtype="boolean")
    return pd.Series(plain, dtype="object")


def _is_small(number: int | None) -> bool:
    return number is None or -(2**63) <= number < 2**63


def _as_float(number: float | Decimal) -> float:
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf
