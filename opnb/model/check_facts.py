"""What the metadata of a check tells of it: how many rows failed, or why it is unknown.

The labels are those that checks of opnb write; the words are those that people read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from opnb.model.metadata import IntMetadataValue, MetadataValue, TextMetadataValue

# From what is bad to what is good.
Outcome = Literal["fatal", "failed", "warn", "unknown", "passed"]
OUTCOMES: Final[tuple[Outcome, ...]] = ("fatal", "failed", "warn", "unknown", "passed")

FAILED_ROWS: Final = "failed"
ROWS: Final = "rows"
# A check that could not be judged yet passes, and says here why.
UNKNOWN: Final = "opnb/unknown"
# The values that a column held, for later runs to compare with.
VALUES: Final = "opnb/values"
_OWN: Final = "opnb/"


def row_counts(failed: int, rows: int) -> dict[str, int]:
    """Return the metadata that says how many rows failed."""
    return {FAILED_ROWS: failed, ROWS: rows}


def check_words(metadata: Mapping[str, MetadataValue]) -> str:
    """Return what the labels of a check say in words; nothing if there are none.

    >>> from opnb.model.normalize import normalize_metadata
    >>> check_words(normalize_metadata(row_counts(3, 1000)))
    '3 of 1,000 rows'
    >>> check_words(normalize_metadata({UNKNOWN: "2 of 7 runs"}))
    '2 of 7 runs'
    """
    return ", ".join(filter(None, [_why_unknown(metadata), _rows(metadata)]))


def beside_words(metadata: Mapping[str, MetadataValue]) -> dict[str, MetadataValue]:
    """Return the metadata to show beside `check_words`."""
    told = {FAILED_ROWS, ROWS} if _rows(metadata) else set()
    return {
        label: value
        for label, value in metadata.items()
        if label not in told and not label.startswith(_OWN)
    }


def _why_unknown(metadata: Mapping[str, MetadataValue]) -> str:
    why = metadata.get(UNKNOWN)
    return why.value if isinstance(why, TextMetadataValue) else ""


def _rows(metadata: Mapping[str, MetadataValue]) -> str:
    failed, rows = metadata.get(FAILED_ROWS), metadata.get(ROWS)
    if not isinstance(failed, IntMetadataValue) or not isinstance(
        rows, IntMetadataValue
    ):
        return ""
    noun = "row" if rows.value == 1 else "rows"
    some = f"{failed.value:,} of " if failed.value else ""
    return f"{some}{rows.value:,} {noun}"
