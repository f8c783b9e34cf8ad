"""Each kind of metadata is drawn as what it is."""

import math
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from opnb import (
    AssetKey,
    CodeReferencesMetadataValue,
    LocalFileCodeReference,
    MetadataValue,
    TableColumn,
    TableColumnConstraints,
    TableColumnDep,
    TableColumnLineage,
    TableSchema,
    UrlCodeReference,
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
        (MetadataValue.redacted("hunter2"), "•••• redacted"),
        (MetadataValue.redacted(3, reason="a key"), "•••• redacted: a key"),
        ("plain", "plain"),
        (Path("a/b.csv"), "a/b.csv"),
        (b"PK\x03", "3 bytes 50 4b 03"),
        (AssetKey(["a", "b"]), "a/b"),
        (pd.Timestamp("2009-12-01 09:30", tz="UTC"), "2009-12-01 09:30:00 UTC"),
        (pd.NaT, "NaT"),
        (MetadataValue.python_artifact(pd.read_csv), "pandas.read_csv"),
        (MetadataValue.job("nightly", "shop"), "nightly in shop"),
        (
            MetadataValue.job("nightly", "shop", repository_name="r"),
            "nightly in shop, repository r",
        ),
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
    assert "</code>" in html


def test_a_picture_in_markdown_stays_if_it_is_within():
    inside = "![dot](data:image/png;base64,iVBORw0KGgo=)"
    outside = "![spy](https://x.org/spy.png)"

    assert 'src="data:image/png' in drawn(MetadataValue.md(inside))
    assert "x.org" not in drawn(MetadataValue.md(outside))


def test_long_json_folds_and_short_json_is_a_line():
    assert "<details>" not in drawn({"a": [1, 2]})
    tree = drawn({"station": {"name": "x" * 60, "at": [-64.77, -64.05]}, "price": 1})

    assert "<details open><summary>2 keys" in tree
    assert "<details><summary><b>station</b>: 2 keys" in tree
    assert ">[-64.77, -64.05]</code>" in tree


def test_json_reads_as_a_tree_in_text_and_as_code_in_markdown():
    data = {"station": {"name": "x" * 60, "at": [-64.77, -64.05]}, "price": 1}
    tree = f'station: 2 keys\n  name: "{"x" * 60}"\n  at: [-64.77, -64.05]\nprice: 1'

    assert drawn(data, "text/plain") == tree
    assert drawn(data, "text/markdown") == f"```\n{tree}\n```"


def test_huge_json_is_cut_and_the_cut_is_counted():
    html = drawn({"rows": [{"name": "x" * 60}] * 100_000})

    assert "99,950 more" in html
    assert len(html) < 20_000


def test_a_frame_is_a_table_of_ten_rows_that_says_how_many_there_were():
    html = drawn(pd.DataFrame({"n": range(1000)}))

    assert html.count("<tr") == 11
    assert "first 10 of 1,000 rows" in html


def test_a_schema_shows_types_constraints_and_descriptions():
    rules = TableColumnConstraints(nullable=False, unique=True, other=["> 0"])
    html = drawn(TableSchema([TableColumn("id", "int", "The key", rules)]))

    for text in ("id", "int", "not null, unique, &gt; 0", "The key"):
        assert f">{text}</td>" in html


def test_a_table_shows_what_its_schema_says_without_a_pointer_over_it():
    rules = TableColumnConstraints(nullable=False)
    schema = TableSchema([TableColumn("id", "int", "The key", rules)])
    html = drawn(MetadataValue.table([{"id": None}, {"id": 7}], schema))

    assert ">int</span></th>" in html
    assert "<b>id</b>: The key; not null" in html
    assert ">–</span></td>" in html
    assert "title=" not in html


def test_a_table_is_a_table_in_markdown_too():
    frame = pd.DataFrame({"a|b": [1, 2], "c": ["x", None]})

    assert drawn(frame, "text/markdown") == (
        "| a\\|b (int64) | c (str) |\n| ---: | --- |\n| 1 | x |\n| 2 | – |"
    )


def test_lineage_shows_what_each_column_is_made_from():
    lineage = TableColumnLineage({"total": [TableColumnDep("raw/orders", "amount")]})

    assert drawn(lineage, "text/plain") == "total ← raw/orders.amount"


def test_a_long_text_folds():
    html = drawn("word " * 1000)

    assert "<details><summary>word" in html
    assert "(5,000 characters)" in html


def test_a_text_of_lines_keeps_them():
    assert "one\n  two</pre>" in drawn("one\n  two")
    assert drawn("one\n  two", "text/plain") == "one\n  two"
    assert drawn("one\n  two", "text/markdown") == "```\none\n  two\n```"


def test_what_is_left_of_a_long_text_is_counted():
    lines = drawn("line\n" * 5000, "text/plain").splitlines()

    assert (len(lines), lines[-1]) == (15, "… 4,986 lines more")


@pytest.mark.parametrize("path", ["a/b.ipynb", "second look.ipynb"])
def test_a_notebook_beside_the_page_is_a_link(path):
    assert f'<a href="{path.replace(" ", "%20")}"' in drawn(
        MetadataValue.notebook(path)
    )


@pytest.mark.parametrize(
    "path",
    ["/home/ann/a.ipynb", "C:\\a.ipynb", "~/a.ipynb", "javascript:x", "//evil.org/a"],
)
def test_a_notebook_elsewhere_is_text_to_copy(path):
    html = drawn(MetadataValue.notebook(path))

    assert "<a " not in html
    assert f">{path}</code>" in html


def test_a_path_is_text_to_copy_as_a_whole():
    html = drawn(Path("data/orders.csv"))

    assert 'user-select:all">data/orders.csv</code>' in html
    assert drawn(Path("a`b.csv"), "text/markdown") == "``a`b.csv``"


def test_code_references_say_where_the_code_is():
    value = CodeReferencesMetadataValue(
        code_references=[
            LocalFileCodeReference(file_path="load.py", line_number=3, label="loads"),
            UrlCodeReference(url="https://x.org/a"),
            UrlCodeReference(url="javascript:x"),
        ]
    )
    html = drawn(value)

    assert drawn(value, "text/plain") == (
        "load.py:3 loads\nhttps://x.org/a\njavascript:x"
    )
    assert ">load.py:3</code>" in html
    assert html.count("<a ") == 1
    assert 'href="https://x.org/a"' in html


def test_many_code_references_are_cut_and_counted():
    places = [LocalFileCodeReference(file_path=f"f{n}.py") for n in range(30)]
    value = CodeReferencesMetadataValue(code_references=places)

    assert "… 10 further places" in drawn(value)


def test_markdown_that_could_be_more_than_text_is_shown_as_its_source():
    value = MetadataValue.md("<b onclick=x>\n")

    assert drawn(MetadataValue.md("a **b**"), "text/markdown") == "a **b**"
    assert drawn(value, "text/markdown") == "```markdown\n<b onclick=x>\n```"


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (1_234_567.891, "1,234,567.89"),
        (4201.754, "4201.75"),
        (0.000012, "1.2e-05"),
        (1e20, "1e+20"),
        (152.0, "152"),
        (-98765.4321, "-98,765.43"),
    ],
    ids=repr,
)
def test_a_number_keeps_its_whole_part(raw, text):
    assert drawn(raw, "text/plain") == text
