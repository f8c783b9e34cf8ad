"""The user's Markdown is shown with tables and code, and can do no harm."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opnb import MetadataValue
from opnb.display.bundle import render_bundle
from opnb.display.markdown import _converter, render_markdown
from opnb.display.markdown_source import code_span, fenced, is_only_text, loosen

TABLE = "| a | b |\n|---|--:|\n| 1 | 2 |"


def test_tables_code_and_lists_are_rendered():
    html = render_markdown(f"**bold**\n\n{TABLE}\n\n```python\nx = 1\n```\n\n- one")

    for part in ("<strong>bold", ">2</td>", "<code>x = 1", "<li>one"):
        assert part in html


def test_a_cell_stands_on_the_side_that_its_column_says():
    html = render_markdown(TABLE)

    assert '<td align="right" style="text-align:right' in html
    assert '<td style="text-align:left' in html


def test_styles_of_the_user_s_are_left_out():
    html = render_markdown(
        '<td style="position:fixed">a</td><p style="color:red">b</p>\n\n'
        '<table style="position:fixed"><tr><th style="top:0">c</th></tr></table>'
    )

    for style in ("position", "color:red", "top:0"):
        assert style not in html


def test_it_may_be_indented_as_the_code_around_it():
    html = render_markdown("\n    Found:\n    - one\n    - two\n")

    assert "<li>one" in html
    assert "<pre" not in html


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("![spy](https://x.org/spy.png)", ">spy<"),
        ("![](https://x.org/spy.png)", ">picture<"),
        ('![a ><b "c](//x.org)', ">a &gt;&lt;b &quot;c<"),
        ('<img src=x alt="a&quot;><script>">', "a&quot;&gt;&lt;script&gt;"),
        ("<img>", "picture"),
        ("![](data:image/png;base64,aaaa)", 'alt="picture"'),
    ],
)
def test_a_picture_that_is_not_shown_is_told(source, html):
    shown = render_markdown(source)

    assert html in shown
    assert ("<img" in shown) == ("data:image" in source)
    assert "<script" not in shown


@pytest.mark.parametrize(
    ("source", "loose"),
    [
        ("Found:\n- one\n- two", "Found:\n\n- one\n- two"),
        ("Found:\n1. one\n2. two", "Found:\n\n1. one\n2. two"),
        (f"Found:\n{TABLE}", f"Found:\n\n{TABLE}"),
        (f"- one\n- two\nlazy\n- three\n\n{TABLE}", None),
        ("in the year\n2009. It was", None),
        ("```\ntext\n- one\n```", None),
        ("~~~\ntext\n```\n- one\n~~~", None),
        ("a | b\n- one", "a | b\n\n- one"),
        ("", None),
    ],
    ids=[
        "list",
        "numbers",
        "table",
        "in list",
        "year",
        "fence",
        "tilde",
        "bar",
        "none",
    ],
)
def test_a_list_or_a_table_after_text_gets_its_empty_line(source, loose):
    assert loosen(source) == (source if loose is None else loose)


@pytest.mark.parametrize(
    "source",
    [
        "plain **bold** a < b, a<5",
        TABLE,
        "[x](https://x.org) [y](a/b.html)",
        "![dot](data:image/png;base64,iVBORw0KGgo=)",
        "```html\n<script>\n```",
        "text\n\n~~~\n<script>\n~~~\n\nmore",
        "description: of data: 2009",
    ],
)
def test_markdown_of_mere_text_stands_as_it_is(source):
    assert is_only_text(source)


@pytest.mark.parametrize(
    "source",
    [
        "<script>",
        "a <!-- b",
        "</p>",
        "[x](javascript:alert(1))",
        "[x](java\\script:alert(1))",
        "[x](<java\tscript:alert(1)>)",
        "[x](JaVaScRiPt&#58;alert(1))",
        "[x](javascript&colon;alert(1))",
        "[x]: vbscript:x",
        "![x](data:image/svg+xml;base64,aaaa)",
        "[x](data:text/html,a)",
        "![x](https://x.org/spy.png)",
        "![x][spy]",
        "[x](//evil.org)",
        "[x]: <//evil.org>",
        "```\nopen\n<script>",
        "- a\n```\n<script>\n```",
        "```\na\n```\n```\n<script>",
    ],
)
def test_markdown_that_could_be_more_does_not(source):
    assert not is_only_text(source)


MARKS = st.text(st.sampled_from(" \n\t`~|-:*1.<>&#a[]()!"))


@given(MARKS)
def test_no_markdown_is_too_odd_to_be_rendered(source):
    bundle, _ = render_bundle(MetadataValue.md(source))

    assert set(bundle) == {"text/plain", "text/markdown", "text/html"}


@given(MARKS.filter(lambda source: "```" not in source and "~~~" not in source))
def test_without_a_fence_what_reads_fences_changes_nothing(source):
    plain, fencing = (_converter(with_fences=fences) for fences in (False, True))

    assert plain.reset().convert(source) == fencing.reset().convert(source)


@pytest.mark.parametrize("text", ["a", "```", "a ```` b", "`", ""])
def test_the_marks_around_code_are_not_in_it(text):
    fence = fenced(text).partition("\n")[0]
    marks = code_span(f"x{text}x").partition("x")[0]

    assert set(fence) == set(marks) == {"`"}
    assert fence not in text
    assert marks not in re.findall("`+", text)
