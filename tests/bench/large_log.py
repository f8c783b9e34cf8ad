"""A log of a million events, which opnb writes once and several parts read."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from bench.measure import told_by

RUNS, EVENTS = 100, 10_000
TOTAL = RUNS * EVENTS

_told: dict[Path, Any] = {}


def copy(folder: Path, name: str) -> Path:
    """Return the log as one's own; it is made if it is not there."""
    written(folder)
    return shutil.copy(folder / "large.db", folder / name)


def written(folder: Path) -> dict[str, float]:
    """Return what writing it cost: seconds, and bytes of memory, for an event."""
    if folder not in _told:
        _told[folder] = told_by("fill", folder / "large.db", RUNS, EVENTS)
    return dict(_told[folder])
