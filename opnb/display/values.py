"""Metadata values on one line of plain text, for terminals and for Markdown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from opnb.display import words
from opnb.display.json_text import bytes_text, json_text
from opnb.display.lazily import at_first_use
from opnb.model.code_references import LocalFileCodeReference, UrlCodeReference
from opnb.model.metadata import MetadataValue


def one_line(value: MetadataValue, width: int = 60) -> str:
    """Return the value as one line of at most `width` characters."""
    text = _TEXT.get(value.kind, _plain)(value)
    return words.cut(words.printable(text), width)


def lineage_lines(value: Any) -> list[str]:
    """Return a line a column: `total ← orders.amount, orders.tax`."""
    return [
        f"{column} ← "
        + ", ".join(f"{d.asset_key.to_user_string()}.{d.column_name}" for d in deps)
        for column, deps in value.value.deps_by_column.items()
    ]


def reference_place(reference: LocalFileCodeReference | UrlCodeReference) -> str:
    """Return where code is: `load.py:3`, or an address."""
    if isinstance(reference, UrlCodeReference):
        return reference.url
    line = "" if reference.line_number is None else f":{reference.line_number}"
    return f"{reference.file_path}{line}"


def reference_lines(value: Any) -> list[str]:
    """Return a line a place: `load.py:3 the loader`."""
    return [
        " ".join(filter(None, [reference_place(reference), reference.label]))
        for reference in value.code_references
    ]


def job_text(value: Any) -> str:
    """Return the names of a job and of where it is: `nightly in shop`."""
    place = f"{value.job_name} in {value.location_name}"
    if value.repository_name is None:
        return place
    return f"{place}, repository {value.repository_name}"


def _table(value: Any) -> str:
    names = ", ".join(column.name for column in value.schema.columns)
    rows = words.count(value.row_count, "row")
    columns = words.count(len(value.schema.columns), "column")
    return f"table of {rows} × {columns}: {names}"


def _schema(value: Any) -> str:
    return ", ".join(f"{column.name} {column.type}" for column in value.schema.columns)


def _redacted(value: Any) -> str:
    return "•••• redacted" + (f": {value.reason}" if value.reason else "")


def _plain(value: Any) -> str:
    return str(value.value)


# The kinds that are no more than their text need no entry.
_TEXT: dict[str, Callable[[Any], str]] = {
    "json": lambda value: json_text(value.value),
    "int": lambda value: words.number(value.value),
    "float": lambda value: words.number(value.value),
    "bool": lambda value: "true" if value.value else "false",
    "null": lambda _: "null",
    "redacted": _redacted,
    "timestamp": lambda value: words.time(value.value),
    "bytes": lambda value: bytes_text(value.value),
    "asset": lambda value: value.value.to_user_string(),
    "python_artifact": lambda value: f"{value.module}.{value.name}",
    "job": job_text,
    "image": at_first_use("image_view.image_text"),
    "table": _table,
    "table_schema": _schema,
    "column_lineage": lambda value: "; ".join(lineage_lines(value)),
    "code_references": lambda value: ", ".join(reference_lines(value)),
}
