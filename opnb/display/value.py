"""A metadata value on its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from opnb.display import values, words
from opnb.display.engine import render
from opnb.display.json_tree import tree_lines, tree_of
from opnb.display.markdown_source import loosen
from opnb.display.table_view import schema_view, table_lines, table_view
from opnb.model.metadata import MetadataValue
from opnb.model.normalize import normalize_metadata

_MOST_LINES = 15
_LONGEST_LINE = 100


def value_forms(value: MetadataValue) -> dict[str, str]:
    """Draw one metadata value as what it is."""
    return {
        "text/plain": words.fit_terminal(_text(value)),
        "text/markdown": words.single_gaps(render("value.md", it=value)),
        "text/html": render("single_value.html", it=value),
    }


def thing_forms(thing: Any) -> dict[str, str]:
    """Draw what becomes metadata: a key, a schema, a lineage."""
    return value_forms(normalize_metadata({"value": thing})["value"])


def _text(value: MetadataValue) -> str:
    lines = [line for line in _LINES.get(value.kind, _one_line)(value) if line.strip()]
    if len(lines) > _MOST_LINES:
        left_out = len(lines) - _MOST_LINES + 1
        more = f"… {words.count(left_out, 'line')} more"
        lines = [*lines[: _MOST_LINES - 1], more]
    return words.printable("\n".join(line[:_LONGEST_LINE] for line in lines))


def _one_line(value: MetadataValue) -> list[str]:
    return [values.one_line(value, 1000)]


def _json_lines(value: Any) -> list[str]:
    root = tree_of(value.value)
    return list(tree_lines(root)) or _one_line(value)


_LINES: dict[str, Callable[[Any], list[str]]] = {
    "md": lambda value: loosen(value.value).splitlines(),
    "text": lambda value: value.value.splitlines(),
    "json": _json_lines,
    "table": lambda value: table_lines(table_view(value)),
    "table_schema": lambda value: table_lines(schema_view(value.schema)),
    "column_lineage": values.lineage_lines,
    "code_references": values.reference_lines,
}
