"""A line a cell, of several notebooks in their order."""

import pytest

from opnb.gate.cells import CodeCell
from opnb.gate.outcome import Case, Outcome, Place, Stop
from opnb.gate.progress import InOrder, Progress

PLACE = Place(0, 1)


def cell(number, op=None):
    return CodeCell(number, number, "", op, {})


def check(outcome):
    return Case("a::b", outcome, PLACE, "error")


def test_what_comes_first_is_told_at_once_and_the_rest_waits_for_its_turn():
    told = []
    order = InOrder(3, told.append)

    order.say(1, "b")
    order.say(0, "a")
    order.end(1)
    assert told == ["a"]
    order.say(0, "A")
    order.end(0)
    assert told == ["a", "A", "b"]
    order.say(2, "c")
    order.end(2)
    assert told == ["a", "A", "b", "c"]


@pytest.mark.parametrize(
    ("cases", "words"),
    [
        ([], "✓ done"),
        ([check(Outcome.PASSED), check(Outcome.UNKNOWN)], "✓ 2 checks passed"),
        ([check(Outcome.PASSED), check(Outcome.FAILED)], "✗ 1 of 2 checks failed"),
        ([check(Outcome.WARNED)], "! 1 of 1 check failed"),
        ([check(Outcome.EXPECTED)], "· 1 of 1 check failed (expected)"),
        (
            [
                check(Outcome.PASSED),
                Case("a", Outcome.RAISED, PLACE, "ValueError", is_check=False),
            ],
            "✗ ValueError",
        ),
    ],
)
def test_how_a_cell_went(cases, words):
    told = []

    Progress(told.append).end_cell(cases)

    assert told == [f"{words}\n"]


def test_a_notebook_and_its_cells():
    told = []
    progress = Progress(told.append)

    progress.begin_notebook("a.ipynb", ["no cell is tagged"])
    progress.begin_cell(cell(1))
    progress.end_cell([])
    progress.begin_cell(cell(12, "clean"))
    progress.stop_cell(Stop("time-out", "", ""))

    assert "".join(told).splitlines() == [
        "a.ipynb",
        "  Note: no cell is tagged",
        "  cell 1                              ✓ done",
        "  cell 12  clean                      ✗ time-out",
    ]
