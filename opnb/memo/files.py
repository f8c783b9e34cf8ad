"""The state of the files that texts name: what is read from them may have changed."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path

# What is longer, or has lines, is no name of a file.
_LONGEST = 1024
_MOST = 2000


def states_of(texts: Iterable[str]) -> list[tuple[str, int, int]]:
    """Return size and time of change of each file that one of the texts names.

    Of a folder these are the states of the files in it. A text that names nothing is
    told, too, by its absence: a file that comes into being changes what is returned.
    """
    states: list[tuple[str, int, int]] = []
    for text in sorted(texts):
        if not text or len(text) > _LONGEST or "\n" in text or "\0" in text:
            continue
        states += _states(text)
    return states


def _states(text: str) -> list[tuple[str, int, int]]:
    path = Path(text)
    try:
        path = path.expanduser()
        found = path.stat()
        if not stat.S_ISDIR(found.st_mode):
            return [_state(str(path.absolute()), found)]
        with os.scandir(path.absolute()) as entries:
            files = [entry for entry in entries if entry.is_file()]
            states = [_state(entry.path, entry.stat()) for entry in files]
    except (OSError, ValueError, RuntimeError):  # none, no name, nobody's home
        return []
    # What lies in a folder of so many is told by how many there are.
    return sorted(states) if len(states) <= _MOST else [(str(path), len(states), 0)]


def _state(path: str, found: os.stat_result) -> tuple[str, int, int]:
    return path, found.st_size, found.st_mtime_ns
