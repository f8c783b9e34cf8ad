"""Completion of what follows `%%op` and `%op`: options, ops, assets, event types."""

from __future__ import annotations

from typing import Any

from opnb.model.entry import EventType
from opnb.model.errors import LogError
from opnb.notebook.arguments import options_of
from opnb.notebook.magics import VERBS, OpMagics
from opnb.session import current_session


def complete_cell(shell: Any, event: Any) -> list[str]:
    """Complete the first line of a `%%op` cell."""
    words = event.line.split()
    last = _word_before(event)
    if event.symbol.startswith("-"):
        return options_of(OpMagics.op_cell)
    if last == "--in":
        session = current_session()
        outputs = [name for name in session.produced if "." in name]
        return [*(name for name in session.produced if "." not in name), *outputs]
    if last == "--config":
        return [name for name in shell.user_ns if not name.startswith("_")]
    if len(words) <= (2 if event.symbol else 1):
        return list(current_session().ops)
    return options_of(OpMagics.op_cell)


def complete_line(shell: Any, event: Any) -> list[str]:
    """Complete a `%op` line."""
    del shell
    words = event.line.split()
    last = _word_before(event)
    if event.symbol.startswith("-"):
        return options_of(OpMagics.op_line)
    if last in ("last", "--op"):
        return sorted({*current_session().ops, *_from_log("last_statuses")})
    if last in ("asset", "--asset"):
        return [key.to_user_string() for key in _from_log("asset_keys")]
    if last == "--type":
        return [event_type.value for event_type in EventType]
    if len(words) <= (2 if event.symbol else 1):
        return list(VERBS)
    return options_of(OpMagics.op_line)


def _word_before(event: Any) -> str:
    """Return the word before the one under the cursor."""
    before = event.line[: len(event.line) - len(event.symbol)]
    words = before.split()
    return words[-1] if words else ""


def _from_log(what: str) -> Any:
    try:
        return getattr(current_session().log, what)()
    except LogError:
        return []  # a completion must not fail a keystroke
