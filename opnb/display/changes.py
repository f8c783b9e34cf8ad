"""What changed in the numbers of an asset since an earlier run told of it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from contextlib import suppress
from decimal import Decimal
from typing import TypeAlias

from opnb.display import words
from opnb.event_log.reading.asset_history import event_of
from opnb.event_log.step_summary import AssetSummary
from opnb.event_log.summary import AssetPart, RunSummary
from opnb.model.errors import LogError
from opnb.model.metadata import MetadataValue

# The numbers told before, by what they were told of.
Earlier: TypeAlias = Mapping[AssetPart, Mapping[str, float | Decimal]]

_NUMBERS = frozenset(["int", "float"])
# A part of what was before; below, the difference itself says more, above, what it was.
_LEAST_SHARE, _MOST_SHARE = 0.001, 10
_WHOLE_PERCENT = 0.01


def read_earlier(summary: RunSummary) -> Earlier:
    """Return what was told before the run of the assets that a card shows.

    A log that cannot be read costs the card nothing else.
    """
    shown = (asset for step in summary.steps.values() for asset in step.assets.values())
    parts = dict.fromkeys(part_of(asset) for asset in shown if has_numbers(asset))
    if parts and summary.past is not None:
        with suppress(LogError):
            return summary.past.numbers_before(summary.run_id, parts)
    return {}


def has_numbers(asset: AssetSummary) -> bool:
    """Whether there is something to compare."""
    metadata = event_of(asset.last).metadata
    return any(value.kind in _NUMBERS for value in metadata.values())


def part_of(asset: AssetSummary) -> AssetPart:
    """Return what the events about an asset are compared by."""
    event = event_of(asset.last)
    return AssetPart(asset.last.event_type, event.asset_key, event.partition)


def changes_of(asset: AssetSummary, earlier: Earlier) -> dict[str, str]:
    """Return how the numbers of an asset changed, by label; only where they did."""
    before = earlier.get(part_of(asset))
    return changed(event_of(asset.last).metadata, before) if before else {}


def changed(
    metadata: Mapping[str, MetadataValue], before: Mapping[str, float | Decimal]
) -> dict[str, str]:
    """Return the words for each number that differs from the one before."""
    told = (
        (label, change_words(value.value, before[label]))
        for label, value in metadata.items()
        if label in before and value.kind in _NUMBERS
    )
    return {label: text for label, text in told if text}


def change_words(new: float | Decimal, old: float | Decimal) -> str:
    """Return how a number changed; nothing where both read the same.

    >>> change_words(1019, 980), change_words(950, 1000), change_words(7, 7)
    ('+4 %', '-5 %', '')
    >>> change_words(1_000_003, 1_000_000), change_words(3, 0), change_words(99, 1)
    ('+3', 'was 0', 'was 1')
    """
    was, now = words.number(old), words.number(new)
    if was == now or new == old:
        return ""
    difference, share = _compare(new, old)
    if not abs(share) < _MOST_SHARE:
        return f"was {was}"
    if abs(share) < _LEAST_SHARE:
        return _signed(words.number(difference))
    digits = 0 if round(abs(share), 3) >= _WHOLE_PERCENT else 1
    return _signed(f"{share * 100:.{digits}f} %")


def _compare(new: float | Decimal, old: float | Decimal) -> tuple[float, float]:
    """Return new less old, also as a part of old; NaN where no float can tell."""
    try:
        was = float(old)
        whole = type(new) is type(old) is int
        difference = new - old if whole else float(new) - was  # type: ignore[operator]  # two ints
        return difference, difference / abs(was)  # type: ignore[operator, return-value]  # no Decimal
    except (OverflowError, ValueError, ZeroDivisionError):
        return math.nan, math.nan


def _signed(text: str) -> str:
    return text if text.startswith("-") else f"+{text}"
