"""A graph as a tree of text."""

from itertools import pairwise

from opnb.display.text_tree import Branch, tree_lines


def tree(text, *branches):
    names = text.split()
    return tree_lines(
        names,
        [f"✓ {name}" for name in names],
        [Branch(names.index(a), names.index(b), word) for a, b, word in branches],
    )


def test_each_thing_stands_below_what_leads_to_it():
    lines = tree(
        "load clean report", ("load", "clean", "orders"), ("clean", "report", "")
    )

    assert lines == ["✓ load", "└─ orders → ✓ clean", "   └─ ✓ report"]


def test_what_was_shown_before_is_pointed_at():
    lines = tree("a b c", ("a", "c", ""), ("b", "c", ""))

    assert lines == ["✓ a", "└─ ✓ c", "✓ b", "└─ ↑ c"]


def test_several_outputs_that_lead_to_one_thing_share_a_line():
    assert tree("a b", ("a", "b", "x"), ("a", "b", "y"))[1] == "└─ x, y → ✓ b"


def test_a_circle_ends_where_it_began():
    assert tree("a b", ("a", "b", ""), ("b", "a", "")) == ["✓ a", "└─ ✓ b", "   └─ ↑ a"]


def test_what_takes_its_own_output_points_at_itself():
    assert tree("a", ("a", "a", "x")) == ["✓ a", "└─ x → ↑ a"]


def test_what_is_too_deep_goes_on_at_the_left():
    names = [f"n{number}" for number in range(500)]

    lines = tree(" ".join(names), *((a, b, "") for a, b in pairwise(names)))

    assert "↓ n12" in lines[12]
    assert lines[13] == "✓ n12"
    assert {line.split()[-1] for line in lines} == set(names)
    assert max(map(len, lines)) < 60


def test_nothing_is_an_empty_tree():
    assert tree("") == []
