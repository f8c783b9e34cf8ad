"""The observations that are kept: read, written, and compared as text."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

RECORDED = Path(__file__).with_name("recorded.json")


@functools.cache
def read_recorded() -> dict[str, dict[str, Any]]:
    """Return what was observed, by program and by side."""
    recorded: dict[str, dict[str, Any]] = json.loads(
        RECORDED.read_text(encoding="utf-8")
    )
    return recorded


def write_json(path: Path, value: Any, depth: int) -> None:
    """Write JSON of which as many levels have lines of their own."""
    path.write_text(as_text(value, depth) + "\n", encoding="utf-8")


def as_text(value: Any, depth: int = 2) -> str:
    """Return JSON with sorted keys, of which as many levels have lines of their own.

    Text tells apart what Python calls equal: 1, 1.0 and true.
    """
    if depth == 0 or not value or not isinstance(value, dict | list):
        return json.dumps(value, sort_keys=True, ensure_ascii=False)
    if isinstance(value, list):
        items = [as_text(item, depth - 1) for item in value]
        return "[\n" + ",\n".join(items) + "\n]"
    pairs = [
        f"{json.dumps(key, ensure_ascii=False)}: {as_text(value[key], depth - 1)}"
        for key in sorted(value)
    ]
    return "{\n" + ",\n".join(pairs) + "\n}"
