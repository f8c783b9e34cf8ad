"""Metadata on one line, no longer than what is shown of it."""

from __future__ import annotations

from collections.abc import Mapping

from opnb.display import values, words
from opnb.model.metadata import MetadataValue

_LABEL = 30
_VALUE = 40


def pairs_line(
    metadata: Mapping[str, MetadataValue],
    width: int = 60,
    changes: Mapping[str, str] | None = None,
) -> str:
    """Return metadata on one line: `rows 1,019 (+4 %), path orders.csv`.

    What does not fit it is not looked at.

    Args:
        metadata: Which.
        width: How long the line is at most.
        changes: How numbers changed since an earlier run, by label.
    """
    told: list[str] = []
    room = width + len(", ")  # none follows the last
    for label, value in metadata.items():
        change = f" ({changes[label]})" if changes and label in changes else ""
        name = words.cut(words.printable(label), _LABEL)
        told.append(f"{name} {values.one_line(value, _VALUE)}{change}")
        room -= len(told[-1]) + len(", ")
        if room < 0:
            break
    return words.cut(", ".join(told), width)
