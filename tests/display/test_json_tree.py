"""JSON as a tree: short data is a line, the rest folds, and what is cut is counted."""

import math
from decimal import Decimal

import pytest

from opnb.display.json_tree import MOST_NODES, tree_lines, tree_of

LONG = "x" * 60
KEYS = ", ".join(f"key {number}" for number in range(7))


def nodes(node):
    yield node
    for child in node.children:
        yield from nodes(child)


def test_short_data_is_one_line():
    root = tree_of({"a": [1, 2]})

    assert (root.text, root.children) == ('{"a": [1, 2]}', [])


def test_a_fold_says_how_many_are_within_and_names_the_first():
    root = tree_of({"station": {"name": LONG, "at": [1, 2]}, "open": True})
    station = root.children[0]

    assert (root.text, root.preview) == ("2 keys", "station, open")
    assert (station.key, station.text, station.preview) == (
        "station",
        "2 keys",
        "name, at",
    )
    assert [child.text for child in station.children] == [f'"{LONG}"', "[1, 2]"]


@pytest.mark.parametrize(
    ("data", "text", "preview"),
    [
        ([LONG, "b"], "2 texts", f'"{"x" * 48}…'),
        (["b" * 20] * 12, "12 texts", f'"{"b" * 20}", "{"b" * 20}", …'),
        ([{"a": LONG, "b": 1}] * 2, "2 objects", "a, b"),
        ([[LONG]] * 2, "2 lists", ""),
        ([LONG, 1], "2 items", f'"{"x" * 48}…'),
        ({f"key {n}": LONG for n in range(99)}, "99 keys", f"{KEYS}, …"),
    ],
    ids=["texts", "many", "objects", "lists", "mixed", "keys"],
)
def test_a_list_says_what_it_is_of(data, text, preview):
    root = tree_of(data)

    assert (root.text, root.preview) == (text, preview)


def test_a_row_of_numbers_stays_a_row():
    root = tree_of({"days": list(range(300)), "more": [None, 0.5] * 99})
    days, more = root.children

    assert days.text.startswith("[0, 1, 2, ")
    assert days.text.endswith(", …]")
    assert (days.kind, more.kind) == ("300 numbers", "198 items")
    assert not days.children


@pytest.mark.parametrize(
    ("data", "text", "kind"),
    [
        ("a", '"a"', ""),
        (1, "1", ""),
        (None, "null", ""),
        (True, "true", ""),
        (math.nan, "NaN", "number"),
        (Decimal("1.10"), "1.10", "decimal"),
        (10**60, "1e+60 (61 digits)", "number"),
        (b"PK", "2 bytes 50 4b", ""),
        ("x" * 500, f'"{"x" * 398}…', "text, 500 characters"),
    ],
    ids=lambda value: repr(value)[:12],
)
def test_a_value_says_its_type_where_it_does_not_show(data, text, kind):
    node = tree_of({"key": data, "other": LONG}).children[0]

    assert (node.text, node.kind) == (text, kind)


def test_each_list_is_cut_and_so_is_the_whole():
    wide = tree_of({"a": [{"b": LONG}] * 1000, "last": 1})

    assert wide.children[0].children[-1].text == "950 more"
    assert wide.children[-1].key == "last"

    deep = tree_of([[[LONG] * 20] * 20] * 20)

    assert sum(1 for _ in nodes(deep)) < 2 * MOST_NODES
    assert deep.children[-1].key == "…"


def test_what_is_very_deep_ends_in_a_count():
    data = LONG
    for _ in range(50):
        data = [data]

    deepest = list(nodes(tree_of(data)))[-1]

    assert (deepest.text, deepest.children) == ("1 list", [])


def test_the_tree_reads_as_indented_lines():
    data = {"station": {"name": LONG, "a\nb": math.inf}, "many": [{"c": LONG}] * 60}
    lines = list(tree_lines(tree_of(data)))

    assert lines[:3] == [
        "station: 2 keys",
        f'  name: "{LONG}"',
        "  a b: Infinity (number)",
    ]
    assert lines[-1] == "  … 10 more"
