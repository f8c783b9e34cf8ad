"""The events of the user's code: what may be logged or yielded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast, get_args

from opnb.model.checks import shorten
from opnb.model.errors import CheckError, InvariantViolationError
from opnb.model.events import (
    DynamicOutput,
    ExpectationResult,
    Output,
    UserEvent,
)
from opnb.model.signals import Failure, RetryRequested

if TYPE_CHECKING:
    from opnb.definitions.op import OpDefinition

_CLASSES: Final = frozenset(get_args(UserEvent))


def event_to_keep(event: Any) -> UserEvent:
    """Return what is kept of an event of the user's.

    Raises:
        CheckError: It is no event that may be logged.
    """
    if type(event) in _CLASSES:
        return cast("UserEvent", event)
    if isinstance(event, ExpectationResult):
        return event.plain()  # the result of a check may hold the rows
    if isinstance(event, Output | DynamicOutput):
        raise CheckError(
            f"log_event takes no {type(event).__name__}.", hint="Yield or return it."
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
