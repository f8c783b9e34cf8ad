"""Completion of what follows `%%op` and `%op`: options, ops, assets, event types."""

from __future__ import annotations

from typing import Any

from opnb.event_log.reading.metadata_values import KINDS
from opnb.event_log.reading.query import LEVELS, ORDERS
from opnb.event_log.summary import RunStatus
from opnb.model.entry import EventType
from opnb.model.errors import LogError
from opnb.notebook.arguments import options_of
from opnb.notebook.directive import MARK
from opnb.notebook.filters import options_of_verb
from opnb.notebook.magics import VERBS, OpMagics
from opnb.session import current_session

# Options whose values are of a short list.
_WORDS = {
    "--type": [event_type.value for event_type in EventType],
    "--kind": sorted(KINDS),
    "--level": [*LEVELS],
    "--status": [status.value for status in RunStatus],
    "--order": [*ORDERS],
}

_OF_OPS = frozenset("clear diff inputs last plan run timeline --op --job".split())


def complete_cell(shell: Any, event: Any) -> list[str]:
    """Complete the first line of a `%%op` cell."""
    words = event.line.split()
    options = options_of(OpMagics.op_cell)
    if event.symbol.startswith("-"):
        return options
    values = _values_of_cell(shell, _word_before(event))
    if values is not None:
        return values
    if len(words) <= (2 if event.symbol else 1):
        return list(current_session().ops)
    return options


def complete_directive(shell: Any, event: Any) -> list[str]:
    """Complete a line such as `#| in: orders`."""
    key, colon, _ = event.line.removeprefix(MARK).strip().partition(":")
    if not colon:
        return ["op", *(name[2:] for name in options_of(OpMagics.op_cell))]
    if key.strip() == "op":
        return list(current_session().ops)
    return _values_of_cell(shell, f"--{key.strip()}") or []


def _values_of_cell(shell: Any, option: str) -> list[str] | None:
    """Return what may follow an option of `%%op`; None if that is not known."""
    if option == "--in":
        produced = current_session().produced
        return sorted(produced, key=lambda name: "." in name)
    if option == "--config":
        return [name for name in shell.user_ns if not name.startswith("_")]
    return None


def complete_line(shell: Any, event: Any) -> list[str]:
    """Complete a `%op` line."""
    del shell
    words = event.line.split()
    before = words[:-1] if event.symbol else words
    if len(before) <= 1:
        return options_of(OpMagics.op_line) if _is_option(event.symbol) else [*VERBS]
    verb = before[1]
    options = options_of_verb(verb)
    if _is_option(event.symbol):
        return options
    # An option takes several values: what may follow is told by the last one.
    asked = next(filter(_is_option, reversed(before)), before[-1])
    return _values(verb, asked) or options


def _is_option(word: str) -> bool:
    return word.startswith("-")


def _values(verb: str, asked: str) -> list[str]:
    """Return what may follow an option, or the verb where there is none yet."""
    if asked in _OF_OPS:
        return _ops()
    if asked in ("asset", "--asset"):
        return _assets()
    if asked == "graph":
        return [*_ops(), *_assets()]
    if asked == "--label" and verb == "checks":
        return _labels_of_checks()
    return ["clear"] if asked == "memo" else _WORDS.get(asked, [])


def _ops() -> list[str]:
    return sorted({*current_session().ops, *_from_log("last_statuses")})


def _assets() -> list[str]:
    return [key.to_user_string() for key in _from_log("asset_keys")]


def _labels_of_checks() -> list[str]:
    checks = _from_log("checks")
    return list(checks["label"].unique()) if len(checks) else []


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
