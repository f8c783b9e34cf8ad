"""Tables and schemas as views: what is shown, what is cut, what is told beside."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from opnb.display import narrow, words
from opnb.display.json_text import bytes_text
from opnb.model.metadata import TableMetadataValue
from opnb.model.table import TableColumn, TableSchema

_ROWS = 10
_COLUMNS = 20
_COLUMNS_OF_SCHEMA = 60
_NOTES = 12
_CELL = 120
_NAME = 60
_LINE = 300
_SHORT = 40
# In a terminal.
_WIDTH = 80
_COLUMN_WIDTH = 30
_GAP = 2


@dataclass(frozen=True, slots=True)
class ColumnView:
    """The head of a column: its name, its type, and whether numbers stand in it."""

    name: str
    type: str = ""
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class CellView:
    """One cell; what is missing is told by a word of its own."""

    text: str
    is_missing: bool = False

    @property
    def is_short(self) -> bool:
        """Whether it is to stay on one line."""
        return len(self.text) <= _SHORT


@dataclass(frozen=True, slots=True)
class TableView:
    """What is shown of a table.

    Args:
        rows_told: Of how many rows these are the first; empty if these are all.
        column_count: How many columns there are, shown or not.
        notes: What else the schema says of a column: its name, and the words.
        more_notes: How many further columns have such words.
    """

    columns: Sequence[ColumnView]
    rows: Sequence[Sequence[CellView]]
    rows_told: str = ""
    column_count: int = 0
    notes: Sequence[tuple[str, str]] = field(default_factory=tuple)
    more_notes: int = 0

    @property
    def caption(self) -> str:
        """What is cut, with the counts; empty if nothing is."""
        return self.caption_of(len(self.columns))

    def caption_of(self, shown: int) -> str:
        """Return what is cut where so many columns are shown."""
        cut = self.column_count > shown
        columns = words.count(self.column_count, "column")
        parts = [self.rows_told, f"first {shown} of {columns}" if cut else ""]
        return ", ".join(filter(None, parts))


def table_view(value: TableMetadataValue) -> TableView:
    """Return the first rows and columns of a table, and what its schema says."""
    columns = _columns_of(value)
    shown = columns[:_COLUMNS]
    rows = [record.data for record in value.records[:_ROWS]]
    notes = list(_notes(value.schema))
    return TableView(
        columns=[
            ColumnView(
                words.cut(words.printable(column.name), _NAME),
                words.cut(words.printable(column.type), _NAME),
                _are_numbers(row.get(column.name) for row in rows),
            )
            for column in shown
        ],
        rows=[[_cell(row.get(column.name)) for column in shown] for row in rows],
        rows_told=_first(len(rows), value.row_count, "row"),
        column_count=len(columns),
        notes=notes[:_NOTES],
        more_notes=max(0, len(notes) - _NOTES),
    )


def schema_view(schema: TableSchema) -> TableView:
    """Return the columns of a schema as rows; what none of them has is left out."""
    shown = schema.columns[:_COLUMNS_OF_SCHEMA]
    heads = ["column", "type", "constraints", "description", "tags"]
    texts = [
        [c.name, c.type, _constraints(c), c.description or "", _tags(c)] for c in shown
    ]
    used = [
        place
        for place in range(len(heads))
        if place <= 1 or any(row[place] for row in texts)
    ]
    rules = _line(", ".join(schema.constraints.other))
    return TableView(
        columns=[ColumnView(heads[place]) for place in used],
        rows=[[CellView(_line(row[place])) for place in used] for row in texts],
        rows_told=_first(len(shown), len(schema.columns), "column"),
        column_count=len(used),
        notes=[("table", rules)] if rules else [],
    )


def table_lines(view: TableView) -> list[str]:
    """Return the table as lines of text that fit a terminal."""
    widths = [
        min(_COLUMN_WIDTH, max(map(narrow.columns, texts)))
        for texts in _texts_by_column(view)
    ]
    fitting = _how_many_fit(widths)
    caption = view.caption_of(fitting)
    lines = [
        _text_row([column.name for column in view.columns], view, widths[:fitting]),
        *(
            _text_row([c.text for c in row], view, widths[:fitting])
            for row in view.rows
        ),
    ]
    return [*lines, *([f"… {caption}"] if caption else []), *note_lines(view)]


def note_lines(view: TableView) -> list[str]:
    """Return what the schema says of columns, one on a line."""
    lines = [f"{name}: {text}" for name, text in view.notes]
    more = words.count(view.more_notes, "further column")
    return lines + ([f"… {more} described"] if view.more_notes else [])


def _texts_by_column(view: TableView) -> Iterator[list[str]]:
    for place, column in enumerate(view.columns):
        yield [column.name, *(row[place].text for row in view.rows)]


def _how_many_fit(widths: Sequence[int]) -> int:
    used = 0
    for place, width in enumerate(widths):
        used += width + (_GAP if place else 0)
        if used > _WIDTH:
            return place
    return len(widths)


def _text_row(texts: Sequence[str], view: TableView, widths: Sequence[int]) -> str:
    cells = []
    for text, width, column in zip(texts, widths, view.columns, strict=False):
        fitted = narrow.fit(text, width)
        gap = " " * (width - narrow.columns(fitted))
        cells.append(gap + fitted if column.is_number else fitted + gap)
    return (" " * _GAP).join(cells).rstrip()


def _columns_of(value: TableMetadataValue) -> list[TableColumn]:
    """Return the columns of the schema, then those that only the rows have."""
    known = {column.name for column in value.schema.columns}
    names = value.records[0].data if value.records else ()
    others = [TableColumn(name, "?") for name in names if name not in known]
    return [*value.schema.columns, *others]


def _notes(schema: TableSchema) -> Iterator[tuple[str, str]]:
    for column in schema.columns:
        parts = [column.description or "", _constraints(column), _tags(column)]
        text = "; ".join(part for part in parts if part)
        if text:
            yield words.cut(words.printable(column.name), _NAME), _line(text)
    if schema.constraints.other:
        yield "table", _line(", ".join(schema.constraints.other))


def _constraints(column: TableColumn) -> str:
    rules = column.constraints
    known = [("not null", not rules.nullable), ("unique", rules.unique)]
    return ", ".join([*(word for word, holds in known if holds), *rules.other])


def _tags(column: TableColumn) -> str:
    return ", ".join(
        f"{key}={value}" if value else key for key, value in column.tags.items()
    )


def _line(text: str) -> str:
    return words.cut(words.printable(text), _LINE)


def _first(shown: int, total: int, noun: str) -> str:
    return f"first {shown} of {words.count(total, noun)}" if total > shown else ""


def _are_numbers(cells: Iterable[Any]) -> bool:
    present = [cell for cell in cells if cell is not None]
    return bool(present) and all(
        isinstance(cell, int | float | Decimal) and not isinstance(cell, bool)
        for cell in present
    )


def _cell(value: Any) -> CellView:
    if value is None:
        return CellView("–", is_missing=True)
    if isinstance(value, bool):
        return CellView("true" if value else "false")
    if isinstance(value, int | float | Decimal):
        is_nan = isinstance(value, float) and math.isnan(value)
        return CellView("NaN" if is_nan else words.number(value), is_nan)
    text = bytes_text(value) if isinstance(value, bytes) else value
    return CellView(words.cut(words.printable(text), _CELL))
