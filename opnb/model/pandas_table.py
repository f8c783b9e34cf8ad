"""A pandas DataFrame or Series as table metadata; pandas is not imported here."""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING, Any

from opnb.model.metadata import TableMetadataValue
from opnb.model.table import TableColumn, TableRecord, TableSchema

if TYPE_CHECKING:
    from collections.abc import Iterable

# As many rows as pandas itself shows of a frame before it cuts.
ROWS_KEPT = 60


def is_pandas_table(value: object) -> bool:
    """Tell whether the value is a DataFrame or a Series."""
    pandas = sys.modules.get("pandas")
    # `import pandas` under way has no DataFrame yet.
    kinds = (getattr(pandas, "DataFrame", None), getattr(pandas, "Series", None))
    return any(kind is not None and isinstance(value, kind) for kind in kinds)


def table_of_pandas(value: Any) -> TableMetadataValue:
    """Keep the first rows of a frame, its schema and its true count of rows.

    A plain counting index is left out; any other comes first, level by level. Column
    labels become text, a repeated one gets its number.
    """
    frame = value
    if value.ndim == 1:
        frame = value.to_frame("value" if value.name is None else value.name)
    head = frame.head(ROWS_KEPT)
    columns = [*_index_levels(head), *_columns(head)]
    names = _unique(name for name, _ in columns)
    schema = TableSchema(
        [
            TableColumn(name, str(column.dtype))
            for name, (_, column) in zip(names, columns, strict=True)
        ]
    )
    cells = (_cells(column) for _, column in columns)
    rows = zip(*cells, strict=True) if columns else ()
    records = [TableRecord(dict(zip(names, row, strict=True))) for row in rows]
    return TableMetadataValue(records, schema, row_count=len(frame))


def _cells(column: Any) -> list[Any]:
    # pandas writes a missing text, date or flag as NaN; only a float's NaN is a value.
    cells: list[Any] = column.tolist()
    if column.dtype.kind == "f":
        return cells
    return [
        None if isinstance(cell, float) and math.isnan(cell) else cell for cell in cells
    ]


def _index_levels(frame: Any) -> list[tuple[str, Any]]:
    index = frame.index
    if type(index).__name__ == "RangeIndex" and index.name is None:
        return []
    # pandas takes a number for a level's name first, and names may be numbers.
    nameless = index.set_names([None] * index.nlevels)
    return [
        ("index" if name is None else _label(name), nameless.get_level_values(level))
        for level, name in enumerate(index.names)
    ]


def _columns(frame: Any) -> list[tuple[str, Any]]:
    return [
        (_label(label), frame.iloc[:, place])
        for place, label in enumerate(frame.columns)
    ]


def _label(label: object) -> str:
    if isinstance(label, tuple):
        return " / ".join(str(part) for part in label)
    return str(label)


def _unique(names: Iterable[str]) -> list[str]:
    seen: dict[str, int] = {}
    unique = []
    for name in names:
        candidate = name
        while candidate in seen:
            seen[name] += 1
            candidate = f"{name} ({seen[name]})"
        seen[candidate] = 1
        unique.append(candidate)
    return unique
