"""What an event of the user's becomes in the log: a row at once, an entry when asked.

An op may tell of a million events, and hardly one of their entries is looked at before
it comes back from the log.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeAlias

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
from opnb.model.serialize import Columns, asset_columns, expectation_columns

# The columns of `Row`.
EventRow: TypeAlias = tuple[Any, ...]

_LEVEL: Final = 10
# An enum's values are slow to look up.
_MATERIALIZATION: Final = EventType.ASSET_MATERIALIZATION.value
_OBSERVATION: Final = EventType.ASSET_OBSERVATION.value
_EXPECTATION: Final = EventType.STEP_EXPECTATION_RESULT.value


def event_row(
    event: UserEvent, timestamp: float, step_key: str, op_name: str
) -> EventRow:
    """Return the row of the entry that tells of an event, as `to_row` would.

    Args:
        event: Of exactly one of the three classes.
        timestamp: When, in seconds since 1970 in UTC.
        step_key: The step that told of it.
        op_name: The op of that step.

    Raises:
        InvalidMetadata: The metadata is larger than a row may be.
    """
    time = round(timestamp * 1e6)
    if type(event) is AssetObservation:
        event_type, message, columns = _OBSERVATION, None, asset_columns(event)
    else:
        event_type, message, columns = _TOLD[type(event)](event)
    # Tuples are joined faster than unpacked.
    return (time, event_type, step_key, op_name, _LEVEL, message) + columns  # noqa: RUF005


def event_entry(
    event: UserEvent, row: EventRow, run_id: str, job_name: str
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


_Told: TypeAlias = tuple[str, str, Columns]


def _materialization(event: AssetMaterialization) -> _Told:
    message = event.description or f"Materialized value {event.label}."
    return _MATERIALIZATION, message, asset_columns(event)


def _expectation(event: ExpectationResult) -> _Told:
    verdict = "passed" if event.success else "failed"
    message = event.description or f"Expectation {event.label} {verdict}"
    return _EXPECTATION, message, expectation_columns(event)


_TOLD: dict[type, Callable[[Any], _Told]] = {
    AssetMaterialization: _materialization,
    ExpectationResult: _expectation,
}
_DATA: dict[type, Callable[[Any], EventData]] = {
    AssetObservation: AssetObservationData,
    AssetMaterialization: StepMaterializationData,
    ExpectationResult: StepExpectationResultData,
}
