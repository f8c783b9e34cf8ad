"""A metadata value on its own."""

from __future__ import annotations

from opnb.display import values, words
from opnb.display.engine import render
from opnb.model.metadata import MetadataValue


def value_forms(value: MetadataValue) -> dict[str, str]:
    """Draw one metadata value as what it is."""
    return {
        "text/plain": words.fit_terminal(_text(value)),
        "text/markdown": render("value.md", it=value),
        "text/html": render("single_value.html", it=value),
    }


def _text(value: MetadataValue) -> str:
    if value.kind in ("md", "text"):
        return words.printable(value.value)
    if value.kind == "column_lineage":
        return words.printable("\n".join(values.lineage_lines(value)))
    return values.one_line(value, 1000)
