"""A table shows its schema, its first rows and columns, and what it leaves out."""

import math
from decimal import Decimal

import pandas as pd
import pytest

from opnb import (
    MetadataValue,
    TableColumn,
    TableColumnConstraints,
    TableConstraints,
    TableSchema,
)
from opnb.display.table_view import CellView, schema_view, table_lines, table_view
from opnb.model.normalize import normalize_metadata

SCHEMA = TableSchema(
    [
        TableColumn("mass", "float", "Mean body mass", tags={"unit": "g"}),
        TableColumn("species", constraints=TableColumnConstraints(False, True, ["a"])),
        TableColumn("gone", "int"),
    ],
    TableConstraints(["sorted", "no gaps"]),
)


def frame_view(frame):
    return table_view(normalize_metadata({"x": frame})["x"])


def test_columns_are_those_of_the_schema_then_those_of_the_rows():
    rows = [{"species": "Adelie", "extra": 1, "mass": 3700.5}]
    view = table_view(MetadataValue.table(rows, SCHEMA))

    assert [(c.name, c.type, c.is_number) for c in view.columns] == [
        ("mass", "float", True),
        ("species", "string", False),
        ("gone", "int", False),
        ("extra", "?", True),
    ]
    assert [cell.text for cell in view.rows[0]] == ["3700.5", "Adelie", "–", "1"]


def test_what_the_schema_says_of_columns_stands_beside_the_table():
    view = table_view(MetadataValue.table([], SCHEMA))

    assert view.notes == [
        ("mass", "Mean body mass; unit=g"),
        ("species", "not null, unique, a"),
        ("table", "sorted, no gaps"),
    ]


def test_many_notes_are_cut_and_counted():
    columns = [TableColumn(f"c{n}", description="words") for n in range(20)]
    view = table_view(MetadataValue.table([], TableSchema(columns)))

    assert (len(view.notes), view.more_notes) == (12, 8)
    assert table_lines(view)[-1] == "… 8 further columns described"


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, CellView("–", is_missing=True)),
        (math.nan, CellView("NaN", is_missing=True)),
        (True, CellView("true")),
        (1234567, CellView("1,234,567")),
        (1234.5678, CellView("1234.57")),
        (Decimal("1.10"), CellView("1.10")),
        (b"PK", CellView("2 bytes 50 4b")),
        ("a\n b\x00", CellView("a b\\x00")),
        ("x" * 500, CellView("x" * 119 + "…")),
    ],
    ids=lambda value: repr(value)[:12] if not isinstance(value, CellView) else "",
)
def test_a_cell_is_text_and_what_is_missing_is_told(value, cell):
    assert table_view(MetadataValue.table([{"a": value}])).rows[0][0] == cell


def test_rows_and_columns_are_cut_and_counted():
    frame = pd.DataFrame({f"c{n}": range(1000) for n in range(50)})
    view = frame_view(frame)

    assert (len(view.rows), len(view.columns)) == (10, 20)
    assert view.caption == "first 10 of 1,000 rows, first 20 of 50 columns"
    assert frame_view(frame.head(10)[["c1"]]).caption == ""


def test_text_stands_in_columns_with_numbers_to_the_right():
    frame = pd.DataFrame({"name": ["a", "bcd\u6ce8"], "n": [1, 20000]})

    assert table_lines(frame_view(frame)) == [
        "name        n",
        "a           1",
        "bcd\u6ce8  20,000",
    ]


def test_text_keeps_the_columns_that_fit_a_terminal():
    frame = pd.DataFrame({f"measurement {n}": range(20) for n in range(9)})
    lines = table_lines(frame_view(frame))

    assert max(map(len, lines)) <= 80
    assert lines[-1] == "… first 10 of 20 rows, first 5 of 9 columns"


def test_a_schema_is_a_table_of_what_its_columns_have():
    view = schema_view(SCHEMA)
    plain = schema_view(TableSchema.from_name_type_dict({"id": "int"}))

    assert table_lines(view) == [
        "column   type    constraints          description     tags",
        "mass     float                        Mean body mass  unit=g",
        "species  string  not null, unique, a",
        "gone     int",
        "table: sorted, no gaps",
    ]
    assert table_lines(plain) == ["column  type", "id      int"]


def test_a_long_schema_is_cut_and_counted():
    view = schema_view(TableSchema([TableColumn(f"c{n}") for n in range(100)]))

    assert (len(view.rows), view.caption) == (60, "first 60 of 100 columns")
