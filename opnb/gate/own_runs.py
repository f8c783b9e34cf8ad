"""Which runs a notebook made itself: `%op last` shows cards of others, long past.

Where it is known when the cells ran, a run that began before all of them is another
one's. JupyterLab keeps no times unless it is told to; then the runs are those of the
kernel that made the latest of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from opnb.event_log.notebook_file import CardRecord

_BEGAN: Final = (("execution", "iopub.execute_input"), ("papermill", "start_time"))


def own_runs(notebook: Mapping[str, Any], cards: Sequence[CardRecord]) -> set[str]:
    """Return the ids of the runs that a notebook's own cells made."""
    told = [card for card in cards if card.entries]
    if not told:
        return set()
    times = [time for cell in notebook["cells"] for time in _times(cell)]
    if times:
        began = min(times)
        return {_run_id(card) for card in told if card.entries[0].timestamp >= began}
    latest = max(told, key=lambda card: card.entries[0].timestamp)
    return {_run_id(card) for card in told if _kernel(card) == _kernel(latest)}


def _run_id(card: CardRecord) -> str:
    return card.entries[0].run_id


def _kernel(card: CardRecord) -> tuple[str, int, float]:
    run = card.records[0].run
    return run.host, run.pid, run.pid_started


def _times(cell: Mapping[str, Any]) -> list[float]:
    """Return when a cell began to run, in seconds since 1970, if it is known."""
    metadata = cell.get("metadata") or {}
    told = [(metadata.get(part) or {}).get(name) for part, name in _BEGAN]
    return [time for time in map(_seconds, told) if time is not None]


def _seconds(text: Any) -> float | None:
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
