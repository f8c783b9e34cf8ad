"""The events of the user's code: what may be logged or yielded, and as what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from opnb.model.checks import shorten
from opnb.model.entry import (
    AssetObservationData,
    EventData,
    EventType,
    StepExpectationResultData,
    StepMaterializationData,
)
from opnb.model.errors import CheckError, InvariantViolationError
from opnb.model.events import (
    AssetMaterialization,
    AssetObservation,
    DynamicOutput,
    ExpectationResult,
    Output,
)
from opnb.model.signals import Failure, RetryRequested

if TYPE_CHECKING:
    from opnb.definitions.op import OpDefinition


_OBSERVATION: Final = EventType.ASSET_OBSERVATION  # a look-up takes as long as the rest


def event_type_and_data(event: Any) -> tuple[EventType, EventData, str | None]:
    """Return the entry type, its data and its message for an event of the user's.

    Raises:
        CheckError: It is no event that may be logged.
    """
    kind = type(event)
    if kind is AssetObservation:
        return _OBSERVATION, AssetObservationData(event), None
    if kind is AssetMaterialization:
        name = " ".join(event.asset_key.path)
        return (
            EventType.ASSET_MATERIALIZATION,
            StepMaterializationData(event),
            event.description or f"Materialized value {name}.",
        )
    if isinstance(event, ExpectationResult):
        verdict = "passed" if event.success else "failed"
        return (
            EventType.STEP_EXPECTATION_RESULT,
            # The result of a check may hold the rows; the record does not.
            StepExpectationResultData(event.plain()),
            event.description or f"Expectation {event.label} {verdict}",
        )
    if isinstance(event, Output | DynamicOutput):
        raise CheckError(
            f"log_event takes no {kind.__name__}.", hint="Yield or return it."
        )
    raise CheckError(
        f"No event: {shorten(event)}",
        hint="Use context.log."
        if isinstance(event, str)
        else "log_event takes AssetMaterialization, AssetObservation and "
        "ExpectationResult.",
    )


def unexpected_yield(op: OpDefinition, event: Any) -> InvariantViolationError:
    """Return the error for something yielded that is no event."""
    signal = isinstance(event, Failure | RetryRequested)
    return InvariantViolationError(
        f"Op {op.name!r} yielded {shorten(event)}, which is no event.",
        hint=f"raise {type(event).__name__}(...), do not yield it."
        if signal
        else "yield Output(value).",
    )
