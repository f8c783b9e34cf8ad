"""What an event of the user's becomes in the log: a row at once, an entry when asked.

An op may tell of a million events, and hardly one of their entries is looked at before
it comes back from the log.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from opnb.model.entry import (
    AssetObservationData,
    EventData,
    EventLogEntry,
    EventType,
    StepExpectationResultData,
    StepMaterializationData,
)
from opnb.model.events import (
    AssetMaterialization,
    AssetObservation,
    ExpectationResult,
    UserEvent,
)
from opnb.model.serialize import EntryRow, asset_columns, expectation_columns

_LEVEL: Final = 10
_TYPES: Final[dict[type, str]] = {
    AssetMaterialization: EventType.ASSET_MATERIALIZATION.value,
    AssetObservation: EventType.ASSET_OBSERVATION.value,
    ExpectationResult: EventType.STEP_EXPECTATION_RESULT.value,
}
_DATA: Final[dict[type, Callable[[Any], EventData]]] = {
    AssetMaterialization: StepMaterializationData,
    AssetObservation: AssetObservationData,
    ExpectationResult: StepExpectationResultData,
}


def event_row(
    event: UserEvent, timestamp: float, step_key: str, op_name: str
) -> EntryRow:
    """Return the row of the entry that tells of an event, as `to_row` would.

    Args:
        event: Of exactly one of the three classes.
        timestamp: When, in seconds since 1970 in UTC.
        step_key: The step that told of it.
        op_name: The op of that step.

    Raises:
        InvalidMetadata: The metadata is larger than a row may be.
    """
    event_type, message = _TYPES[type(event)], None
    if isinstance(event, ExpectationResult):
        verdict = "passed" if event.success else "failed"
        message = event.description or f"Expectation {event.label} {verdict}"
        columns = expectation_columns(event)
    else:
        if isinstance(event, AssetMaterialization):
            message = event.description or f"Materialized value {event.label}."
        columns = asset_columns(event)
    time = round(timestamp * 1e6)
    # Tuples are joined faster than unpacked.
    return (time, event_type, step_key, op_name, _LEVEL, message) + columns  # noqa: RUF005


def event_entry(
    event: UserEvent, row: EntryRow, run_id: str, job_name: str
) -> EventLogEntry:
    """Return the entry whose row it is."""
    time, event_type, step_key, op_name, level, message = row[:6]
    return EventLogEntry(
        EventType(event_type),
        run_id,
        job_name,
        time / 1e6,
        step_key,
        op_name,
        level,
        message,
        _DATA[type(event)](event),
    )
