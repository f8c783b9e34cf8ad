"""How an entry of the log looks, alone and in a list: a glyph and a colour."""

from __future__ import annotations

import logging
from typing import NamedTuple

from opnb.display import style
from opnb.display.looks import outcome_look
from opnb.model.entry import EventType


class EntryLook(NamedTuple):
    """A glyph, which stands before the type of the entry, and its edge's colour."""

    glyph: str
    color: str


_LOOKS = {
    EventType.RUN_SUCCESS.value: EntryLook("✓", style.GREEN),
    EventType.RUN_FAILURE.value: EntryLook("✗", style.RED),
    EventType.RUN_CANCELED.value: EntryLook("■", style.AMBER),
    EventType.STEP_SUCCESS.value: EntryLook("✓", style.GREEN),
    EventType.STEP_FAILURE.value: EntryLook("✗", style.RED),
    EventType.STEP_SKIPPED.value: EntryLook("–", style.GREY),
    EventType.STEP_UP_FOR_RETRY.value: EntryLook("↻", style.AMBER),
    EventType.HOOK_COMPLETED.value: EntryLook("✓", style.GREY),
    EventType.HOOK_ERRORED.value: EntryLook("!", style.AMBER),
    EventType.HOOK_SKIPPED.value: EntryLook("–", style.GREY),
    EventType.ASSET_MATERIALIZATION.value: EntryLook("●", style.BLUE),
    EventType.ASSET_OBSERVATION.value: EntryLook("○", style.BLUE),
}
_PLAIN = EntryLook("·", style.GREY)
_CHECK = EventType.STEP_EXPECTATION_RESULT.value
_LOG_LINE = EventType.LOG_MESSAGE.value


def entry_look(event_type: str, level: int, *, success: bool | None) -> EntryLook:
    """Return how an entry of this type looks.

    Args:
        event_type: As the log has it.
        level: Of a line of the log, as `logging` counts.
        success: Whether an expectation was met.
    """
    if event_type == _CHECK:
        look = outcome_look("passed" if success else "failed")
        return EntryLook(look.glyph, look.color)
    if event_type == _LOG_LINE and level >= logging.WARNING:
        severe = level >= logging.ERROR
        return EntryLook("!", style.RED if severe else style.AMBER)
    return _LOOKS.get(event_type, _PLAIN)
