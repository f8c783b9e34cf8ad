"""What `%op plan` and `%op run` take a selection for, in a shell."""

import pytest

from opnb import CellError


@pytest.fixture(name="shop")
def _shop(run):
    run("from opnb import *")
    run("%%op load\norders = [1]\nusers = ['ann']")
    run("%%op clean\ntidy = orders * 2")
    run("%%op people\nnames = users * 2")
    run("%%op report\nlines = [tidy, names]")


def planned(run, line):
    ran = run(f"%op plan {line}")
    assert ran.error is None, ran.error
    return list(ran.value.index)


@pytest.mark.parametrize(
    ("selection", "ops"),
    [
        ("clean", ["clean"]),
        ("report clean", ["clean", "report"]),
        ("+report", ["load", "clean", "people", "report"]),
        ("*report", ["load", "clean", "people", "report"]),
        ("1+report", ["clean", "people", "report"]),
        ("load+", ["load", "clean", "people", "report"]),
        ("load+1", ["load", "clean", "people"]),
        ("orders+1", ["load", "clean", "people"]),
        ("+clean+", ["load", "clean", "report"]),
        ("tidy", ["clean"]),
        ("clean.tidy", ["clean"]),
        ("--all", ["load", "clean", "people", "report"]),
    ],
)
def test_a_selection_means_these_ops_in_this_order(run, shop, selection, ops):
    assert planned(run, selection) == ops


def test_a_plan_says_why_and_how_each_stands(run, shop):
    run("users = ['bob']")
    run("%%op late --no-run\nlast = lines")

    plan = run("%op plan +late").value

    assert plan.to_dict("index") == {
        "load": {"asked": "before late", "state": "up to date"},
        "clean": {"asked": "before late", "state": "up to date"},
        "people": {"asked": "before late", "state": "stale: users was rebound"},
        "report": {"asked": "before late", "state": "stale: people is stale"},
        "late": {"asked": "asked for", "state": "has not run here"},
    }


def test_stale_is_what_is_not_up_to_date(run, shop):
    assert planned(run, "--stale") == []

    run("users = ['bob']")
    run("%%op broken\n1 / 0")

    assert planned(run, "--stale") == ["people", "report", "broken"]
    assert planned(run, "+clean --stale") == []
    assert planned(run, "--stale people+1") == ["people", "report"]


def test_a_name_that_several_put_out_means_all_of_them(run, shop):
    run("%%op other\ntidy = [3]")

    assert planned(run, "tidy") == ["clean", "other"]


def test_ops_are_wired_to_the_nearest_one_before(run):
    run("from opnb import *")
    run("%%op load\ntable = [1]")
    run("%%op clean\ntable = table * 2")
    run("%%op report\nlast = table")

    assert planned(run, "+clean") == ["load", "clean"]
    assert planned(run, "1+report") == ["clean", "report"]


def test_the_order_is_that_of_the_first_definition_where_nothing_else_says(run, shop):
    run("%%op load\norders = [1]\nusers = ['ann']")

    assert planned(run, "clean people load") == ["load", "clean", "people"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("plan", "Nothing says which ops are meant"),
        ("run", "Nothing says which ops are meant"),
        ("plan cleen", "Did you mean 'clean'"),
        ("plan orderz+", "Did you mean 'orders'"),
        ("plan cle-an", "no selection of ops"),
        ("plan ++clean", "no selection of ops"),
        ("run --all clean", "goes with no selection"),
        ("plan clean --status FAILURE", "has no option --status"),
        ("last clean report", "does not know what 'report' is"),
    ],
)
def test_a_selection_that_cannot_be_is_an_error(run, shop, line, said):
    error = run(f"%op {line}").error

    assert isinstance(error, CellError)
    assert said in str(error)
    assert "Hint: " in str(error)


def test_ops_that_take_from_each_other_are_told_with_what_they_take(run):
    run("%%op a\nx = [1]")
    run("%%op b\ny = [x]")
    run("%%op a\nx = [y]")

    error = run("%op run a b").error

    assert "a takes y of b, b takes x of a" in str(error)


def test_what_is_doubtful_is_noted_at_the_ops(run):
    run("from opnb import *")
    run("%%op one\nx = [1]")
    run("%%op two\nx = [2]")
    run("start = [0]\ncount = [0]")
    run("%%op grow\ncount = count + start")
    run("%%op grow\ncount = count + start")

    notes = dict(run("%op").value["notes"])

    assert notes["one"] == (
        "x is also put out by two: the last to run counts; rename one"
    )
    assert notes["grow"].startswith("reads its own count: run again, it takes its own")


def test_where_there_is_no_op_nothing_can_run(run):
    assert run("%op run --all").stdout == "Nothing to run: there is no op yet.\n"
