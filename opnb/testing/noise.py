"""What a display must not hold: addresses, ids, times of now, paths of a machine."""

from __future__ import annotations

import base64
import binascii
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}")
_ID = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b[0-9a-f]{32}\b")
# Seconds since 1970 as they are in this century's first half, also in milliseconds …
_SECONDS = re.compile(r"(?<![\w.,#])1\d{9}(?=(?:\d{3}){0,3}(?:\.\d+)?(?![\w,]))")
_DATA = re.compile(r"data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)")
_NOW = timedelta(days=2)
_SHORTEST_PATH = 4


def noise_in(text: str) -> Iterator[str]:
    """Yield what of a display differs from run to run, as words."""
    whole = "\n".join([text, *_drawings(text)])
    for pattern, what in ((_ADDRESS, "an address"), (_ID, "an id")):
        if found := pattern.search(whole):
            yield f"{what}: {found[0]}"
    for moment in _moments(whole):
        yield f"a time of now: {moment}"
    for path in _paths():
        if path in whole:
            yield f"a path of this machine: {path}"


def _drawings(text: str) -> Iterator[str]:
    """Yield the drawings within, which hide their text in base64."""
    for data in _DATA.findall(text):
        try:
            yield base64.b64decode(data).decode("utf-8", "replace")
        except binascii.Error:
            continue


def _moments(text: str) -> Iterator[str]:
    now = datetime.now(UTC)
    for days in (-1, 0, 1):
        day = f"{now + timedelta(days=days):%Y-%m-%d}"
        if day in text:
            yield day
    for seconds in _SECONDS.findall(text):
        if abs(float(seconds) - time.time()) < _NOW.total_seconds():
            yield seconds


def _paths() -> list[str]:
    """Return what paths of this machine begin with."""
    known = (Path.home(), Path.cwd(), Path(tempfile.gettempdir()), Path(sys.prefix))
    return sorted({str(path) for path in known if len(str(path)) > _SHORTEST_PATH})
