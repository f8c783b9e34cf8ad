"""How many rows met a check and how many did not, as metadata and in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from opnb.model.metadata import IntMetadataValue, MetadataValue

FAILED: Final = "failed"
ROWS: Final = "rows"


def row_counts(failed: int, rows: int) -> dict[str, int]:
    """Return the metadata that says so."""
    return {FAILED: failed, ROWS: rows}


def rows_failed(metadata: Mapping[str, MetadataValue]) -> str:
    """Return what metadata says of it in words; nothing where it says nothing.

    >>> from opnb.model.normalize import normalize_metadata
    >>> rows_failed(normalize_metadata(row_counts(3, 1000)))
    '3 of 1,000 rows'
    >>> rows_failed(normalize_metadata(row_counts(0, 1)))
    '1 row'
    """
    failed, rows = metadata.get(FAILED), metadata.get(ROWS)
    if not isinstance(failed, IntMetadataValue) or not isinstance(
        rows, IntMetadataValue
    ):
        return ""
    noun = "row" if rows.value == 1 else "rows"
    some = f"{failed.value:,} of " if failed.value else ""
    return f"{some}{rows.value:,} {noun}"
