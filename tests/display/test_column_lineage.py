"""The lineage of columns: a picture, and the same in lines."""

import base64
import re

from opnb.display.bundle import render_bundle
from opnb.model.metadata import MetadataValue
from opnb.model.table import TableColumnDep, TableColumnLineage


def drawn(**deps):
    lineage = TableColumnLineage(
        {
            column: [TableColumnDep(*source.rsplit(".", 1)) for source in sources]
            for column, sources in deps.items()
        }
    )
    return render_bundle(MetadataValue.column_lineage(lineage))[0]


def texts_of(form):
    source = re.search(r'src="data:image/svg\+xml;base64,([^"]+)"', form)[1]
    return re.findall(r"<text[^>]*>([^<]*)</text>", base64.b64decode(source).decode())


def test_columns_are_drawn_with_what_they_are_made_from():
    form = drawn(total=["orders.amount", "orders.tax"], name=["people.name"])[
        "text/html"
    ]

    assert texts_of(form) == [
        *["amount", "of orders", "tax", "of orders", "name", "of people"],
        *["total", "name"],
    ]
    assert "2 columns made from 3 columns of other assets." in form


def test_the_lines_say_the_same_in_a_fold():
    form = drawn(total=["orders.amount", "orders.tax"])["text/html"]

    assert "<summary>As text</summary>total ← orders.amount, orders.tax" in form


def test_a_column_that_is_made_from_none_is_told_in_the_lines_alone():
    form = drawn(total=["orders.amount"], now=[])["text/html"]

    assert texts_of(form) == ["amount", "of orders", "total"]
    assert "<br>now ←" in form


def test_where_no_column_is_made_from_another_there_is_no_picture():
    assert "<img" not in drawn(now=[])["text/html"]


def test_of_many_columns_there_are_the_lines_alone_and_the_others_are_counted():
    form = drawn(**{f"c{n}": [f"orders.c{n}"] for n in range(150)})["text/html"]

    assert "<img" not in form
    assert "and 50 further columns" in form


def test_names_become_no_markup():
    text = "<script>alert(1)</script>"

    form = drawn(**{text: [f"orders.{text}"]})["text/html"]

    assert "<script" not in form
    assert "&lt;script" in texts_of(form)[0]
