"""Each kind of metadata is drawn as what it is."""

import math
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from opnb import (
    AssetKey,
    MetadataValue,
    TableColumn,
    TableColumnConstraints,
    TableColumnDep,
    TableColumnLineage,
    TableSchema,
)
from opnb.display.bundle import render_bundle
from opnb.model.normalize import normalize_metadata


def drawn(raw, mime="text/html"):
    bundle, _ = render_bundle(normalize_metadata({"value": raw})["value"])
    return bundle[mime]


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (2026, "2026"),
        (1_234_567, "1,234,567"),
        (10**60, "1e+60 (61 digits)"),
        (0.1 + 0.2, "0.3"),
        (math.nan, "nan"),
        (-math.inf, "-inf"),
        (Decimal("3.50"), "3.50"),
        (True, "true"),
        (None, "null"),
        ("plain", "plain"),
        (Path("a/b.csv"), "a/b.csv"),
        (b"PK\x03", "3 bytes 50 4b 03"),
        (AssetKey(["a", "b"]), "a/b"),
        (pd.Timestamp("2009-12-01 09:30", tz="UTC"), "2009-12-01 09:30:00 UTC"),
        (pd.NaT, "NaT"),
        (MetadataValue.python_artifact(pd.read_csv), "pandas.read_csv"),
        (MetadataValue.job("nightly", "shop"), "nightly in shop"),
        (MetadataValue.pool("station"), "station"),
        (MetadataValue.dagster_run("7b6e"), "7b6e"),
        ([1, {"a": 2}], '[1, {"a": 2}]'),
    ],
    ids=repr,
)
def test_a_value_reads_as_words(raw, text):
    assert drawn(raw, "text/plain") == text


@pytest.mark.parametrize(
    "address", ["https://x.org/a?b=1", "mailto:a@b.org", "a/b.html"]
)
def test_a_safe_address_is_a_link(address):
    assert f'<a href="{address}"' in drawn(MetadataValue.url(address))


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", " java\nscript:alert(1)", "data:text/html,x", "//evil.org"],
)
def test_any_other_address_is_text(address):
    html = drawn(MetadataValue.url(address))

    assert "<a " not in html
    assert "<code>" in html


def test_markdown_is_rendered_with_tables_and_code():
    source = "**bold**\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```python\nx = 1\n```"

    html = drawn(MetadataValue.md(source))

    assert "<strong>bold</strong>" in html
    assert "<td>2</td>" in html
    assert "<pre><code>x = 1" in html


def test_a_picture_in_markdown_stays_if_it_is_within():
    inside = "![dot](data:image/png;base64,iVBORw0KGgo=)"
    outside = "![spy](https://x.org/spy.png)"

    assert 'src="data:image/png' in drawn(MetadataValue.md(inside))
    assert "x.org" not in drawn(MetadataValue.md(outside))


def test_long_json_folds_and_short_json_is_a_line():
    assert "<details>" not in drawn({"a": [1, 2]})
    tree = drawn({"station": {"name": "Palmer", "at": [-64.77, -64.05]}, "n": "x" * 80})

    assert tree.count("<details>") == 1
    assert "<b>station</b>" in tree


def test_huge_json_is_cut_and_the_cut_is_counted():
    html = drawn({"rows": list(range(100_000))})

    assert "more" in html
    assert len(html) < 20_000


def test_a_frame_is_a_table_of_ten_rows_that_says_how_many_there_were():
    html = drawn(pd.DataFrame({"n": range(1000)}))

    assert html.count("<tr") == 11
    assert "first 10 of 1,000 rows" in html


def test_a_schema_shows_types_constraints_and_descriptions():
    rules = TableColumnConstraints(nullable=False, unique=True, other=["> 0"])
    html = drawn(TableSchema([TableColumn("id", "int", "The key", rules)]))

    for text in ("id", "<code>int</code>", "not null", "unique", "&gt; 0", "The key"):
        assert text in html


def test_lineage_shows_what_each_column_is_made_from():
    lineage = TableColumnLineage({"total": [TableColumnDep("raw/orders", "amount")]})

    assert drawn(lineage, "text/plain") == "total ← raw/orders.amount"


def test_a_long_text_folds():
    html = drawn("word " * 1000)

    assert "<details><summary>word" in html
    assert "(5,000 characters)" in html
