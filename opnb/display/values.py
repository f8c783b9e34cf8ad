"""Metadata values on one line of plain text, for terminals and for Markdown."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from opnb.display import words
from opnb.model.metadata import MetadataValue

_BYTES_SHOWN = 16


def one_line(value: MetadataValue, width: int = 60) -> str:
    """Return the value as one line of at most `width` characters."""
    return words.cut(words.printable(_TEXT[value.kind](value)), width)


def pairs(metadata: Mapping[str, MetadataValue], width: int = 60) -> str:
    """Return all values on one line: `rows 980, path data/orders.parquet`."""
    parts = (
        f"{words.cut(words.printable(label), 30)} {one_line(value, 40)}"
        for label, value in metadata.items()
    )
    return words.cut(", ".join(parts), width)


def json_text(data: Any) -> str:
    """Return JSON on one line; bytes and decimals as text."""
    return json.dumps(data, ensure_ascii=False, default=str)


def bytes_text(data: bytes) -> str:
    """Return how many bytes there are, and the first of them."""
    more = "…" if len(data) > _BYTES_SHOWN else ""
    return f"{words.count(len(data), 'byte')} {data[:_BYTES_SHOWN].hex(' ')}{more}"


def lineage_lines(value: Any) -> list[str]:
    """Return a line a column: `total ← orders.amount, orders.tax`."""
    return [
        f"{column} ← "
        + ", ".join(f"{d.asset_key.to_user_string()}.{d.column_name}" for d in deps)
        for column, deps in value.value.deps_by_column.items()
    ]


def _table(value: Any) -> str:
    names = ", ".join(column.name for column in value.schema.columns)
    rows = words.count(value.row_count, "row")
    columns = words.count(len(value.schema.columns), "column")
    return f"table of {rows} × {columns}: {names}"


def _schema(value: Any) -> str:
    return ", ".join(f"{column.name} {column.type}" for column in value.schema.columns)


def _plain(value: Any) -> str:
    return str(value.value)


_TEXT: dict[str, Callable[[Any], str]] = {
    "text": _plain,
    "url": _plain,
    "path": _plain,
    "notebook": _plain,
    "md": _plain,
    "dagster_run": _plain,
    "pool": _plain,
    "json": lambda value: json_text(value.value),
    "int": lambda value: words.number(value.value),
    "float": lambda value: words.number(value.value),
    "bool": lambda value: "true" if value.value else "false",
    "null": lambda _: "null",
    "timestamp": lambda value: words.time(value.value),
    "bytes": lambda value: bytes_text(value.value),
    "asset": lambda value: value.value.to_user_string(),
    "python_artifact": lambda value: f"{value.module}.{value.name}",
    "job": lambda value: f"{value.job_name} in {value.location_name}",
    "table": _table,
    "table_schema": _schema,
    "column_lineage": lambda value: "; ".join(lineage_lines(value)),
}
