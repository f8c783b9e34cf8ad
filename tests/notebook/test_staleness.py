"""Which ops are stale, and why, in a shell."""

import pytest

from opnb.notebook.book import book_of
from opnb.notebook.staleness import stale_ops


@pytest.fixture(name="stale")
def _stale(run, ns, session):
    """Ops that read each other and the notebook; then what is stale."""
    run("import pandas as pd\nfrom opnb import *")
    run("limit = 3\ndef small(table): return table[table.n < limit]")
    run("%%op load\norders = pd.DataFrame({'n': [1, 2, 3]})")
    run("%%op clean\ntidy = small(orders)")
    run("%%op report\ntotal = int(tidy.n.sum())")
    return lambda: dict(stale_ops(book_of(session), session, ns))


def test_what_has_just_run_is_not_stale(stale):
    assert stale() == {}


def test_another_result_of_the_producer_makes_stale_and_what_is_after_it(run, stale):
    run("%%op load\norders = pd.DataFrame({'n': [1, 2]})")

    assert stale() == {"clean": ("orders changed",), "report": ("clean is stale",)}


def test_an_equal_result_makes_nothing_stale(run, stale):
    run("%%op load\norders = pd.DataFrame({'n': [1, 2, 3]})")

    assert stale() == {}


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("tidy = tidy * 100", "tidy was rebound"),
        ("tidy.loc[0, 'n'] = 999", "tidy was changed in place"),
        ("del tidy", "tidy was deleted"),
        ("total = total", None),
    ],
)
def test_after_an_equal_result_a_change_is_noticed_as_before(run, stale, cell, reason):
    run("%%op clean\ntidy = small(orders)")
    assert stale() == {}

    run(cell)

    assert stale() == ({"report": (reason,)} if reason else {})


def test_what_ran_again_is_up_to_date(run, stale):
    run("%%op load\norders = pd.DataFrame({'n': [1]})")
    run("%%op clean\ntidy = small(orders)")

    assert stale() == {"report": ("tidy changed",)}


def test_a_failed_run_of_the_producer_changes_nothing(run, stale):
    run("%%op load\n1 / 0")

    assert "clean" not in stale()


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("limit = 2", "limit changed"),
        ("def small(table): return table.head(1)", "small changed"),
        ("del limit", "limit was deleted"),
        ("orders['new'] = 1", "orders was changed in place"),
        ("orders = orders.head(2)", "orders was rebound"),
        ("del orders", "orders was deleted"),
        ("%%op clean --no-run\ntidy = small(orders).copy()", "its code changed"),
    ],
)
def test_each_change_is_told_by_its_reason(run, stale, cell, reason):
    run(cell)

    assert stale().get("clean") == (reason,)


@pytest.mark.parametrize(
    "cell",
    [
        "limit = 3",
        "orders = orders.copy()",
        "\ndef small(table): return table[table.n < limit]",
        "unrelated = 5",
        "import pandas as pd",
    ],
)
def test_the_same_again_is_no_change(run, stale, cell):
    run(cell)

    assert stale() == {}


def test_what_an_op_changes_itself_does_not_make_it_stale(run, stale):
    run("seen = []\n%op")
    run("%%op note\nseen.append(len(orders))\norders['x'] = 1")

    assert "note" not in stale()


def test_an_op_that_reads_its_own_result_is_not_stale_by_running(run, stale):
    run("%%op grow\norders = pd.concat([orders, orders])")
    run("%%op grow\norders = pd.concat([orders, orders])")

    assert "grow" not in stale()


def test_a_name_that_another_op_took_over_leaves_the_result_of_before_as_it_is(
    run, stale
):
    run("%%op trim\norders = orders.head(1)")

    assert stale() == {}


def test_of_an_input_by_hand_the_source_is_followed(run, stale):
    run("%%op double --in table=load.orders\ntwice = len(table) * 2")

    run("%%op load\norders = pd.DataFrame({'n': [9]})")

    assert stale()["double"] == ("table changed",)


def test_an_object_without_a_fingerprint_is_told_by_its_identity(run, stale):
    run("class Box:\n    pass\nbox = Box()")
    run("%%op use\nsize = len(vars(box))")
    run("box.a = 1")
    assert "use" not in stale()

    run("box = Box()")

    assert stale()["use"] == ("box changed",)


def test_stale_ops_in_a_circle_are_found(run, stale):
    run("%%op a\nx = [1]")
    run("%%op b\ny = [x]")
    run("%%op a\nx = [y]")

    assert stale() == {"a": ("b is stale",), "b": ("x changed", "a is stale")}


def test_the_graph_and_the_table_tell_it(run, stale):
    run("%%op load\norders = pd.DataFrame({'n': [1, 2]})")

    graph, table = run("%op graph").value, run("%op").value

    (mark,) = graph.nodes["clean"].marks
    assert (mark.glyph, mark.word) == ("↻", "stale: orders changed")
    assert dict(table["state"]) == {
        "clean": "stale: orders changed",
        "report": "stale: clean is stale",
        "load": "up to date",
    }
