"""How an entry of the log looks, alone and in a list."""

from __future__ import annotations

import logging

from opnb.display import style
from opnb.display.looks import Look, outcome_look
from opnb.model.entry import EventType

_LOOKS = {
    EventType.RUN_SUCCESS.value: ("✓", style.GREEN),
    EventType.RUN_FAILURE.value: ("✗", style.RED),
    EventType.RUN_CANCELED.value: ("■", style.AMBER),
    EventType.STEP_SUCCESS.value: ("✓", style.GREEN),
    EventType.STEP_FAILURE.value: ("✗", style.RED),
    EventType.STEP_SKIPPED.value: ("–", style.GREY),
    EventType.STEP_UP_FOR_RETRY.value: ("↻", style.AMBER),
    EventType.HOOK_COMPLETED.value: ("✓", style.GREY),
    EventType.HOOK_ERRORED.value: ("!", style.AMBER),
    EventType.HOOK_SKIPPED.value: ("–", style.GREY),
    EventType.ASSET_MATERIALIZATION.value: ("●", style.BLUE),
    EventType.ASSET_OBSERVATION.value: ("○", style.BLUE),
}
_PLAIN = ("·", style.GREY)
_CHECK = EventType.STEP_EXPECTATION_RESULT.value
_LOG_LINE = EventType.LOG_MESSAGE.value


def entry_look(event_type: str, level: int, *, success: bool | None) -> Look:
    """Return how an entry of this type looks; the word is the type.

    Args:
        event_type: As the log has it.
        level: Of a line of the log, as `logging` counts.
        success: Whether an expectation was met.
    """
    glyph, color = _LOOKS.get(event_type, _PLAIN)
    if event_type == _CHECK:
        glyph, _, color = outcome_look("passed" if success else "failed")
    elif event_type == _LOG_LINE and level >= logging.WARNING:
        glyph, color = "!", style.RED if level >= logging.ERROR else style.AMBER
    return Look(glyph, event_type, color)
