"""An entry as one row of a list: a glyph and a word, its op, what it is about."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from opnb.display.entry_look import entry_look
from opnb.event_log.reading.page import Line
from opnb.explorer.moments import age, moment

_CHECK = "STEP_EXPECTATION_RESULT"
_LOG_LINE = "LOG_MESSAGE"
_REPEATS = "Materialized value "


@dataclass(frozen=True, slots=True)
class RowView:
    """What a row shows.

    Args:
        op: The op, or the job where the entry is the run's own.
        moment: When, in UTC.
        age: How long ago.
    """

    id: int
    glyph: str
    word: str
    op: str
    about: str
    message: str
    moment: str
    age: str


def row_view(line: Line, now: float) -> RowView:
    """Return the row of an entry.

    Args:
        line: The entry.
        now: Seconds since 1970, to tell its age.
    """
    look = entry_look(line.event_type, line.level, success=bool(line.success))
    return RowView(
        line.id,
        look.glyph,
        look.word,
        line.op or line.job,
        _about(line),
        _message(line),
        moment(line.micros),
        age(line.micros, now),
    )


def _message(line: Line) -> str:
    """Return what the message adds; without a description it repeats the asset."""
    message = line.message or ""
    is_repeated = line.asset_key is not None and message.startswith(_REPEATS)
    return "" if is_repeated else message


def _about(line: Line) -> str:
    if line.asset_key is not None:
        part = "" if line.partition is None else f" [{line.partition}]"
        return line.asset_key + part
    if line.event_type == _CHECK:
        return f"{'passed' if line.success else 'failed'}: {line.label}"
    if line.event_type == _LOG_LINE:
        return logging.getLevelName(line.level)
    return line.label or ""
