"""The graph of ops as a value."""

import pytest

from opnb.event_log.reading.op_graph import Mark, OpEdge, OpGraph, OpNode
from opnb.model.errors import CheckError

NAMES = ["load", "clean", "report", "other"]
GRAPH = OpGraph(
    {name: OpNode(name) for name in NAMES},
    (OpEdge("load", "clean", "orders"), OpEdge("clean", "report")),
)


def test_what_is_before_and_after_an_op():
    assert GRAPH.before("report") == ["clean", "load"]
    assert GRAPH.after("load") == ["clean", "report"]
    assert GRAPH.before("other") == GRAPH.after("other") == []


def test_around_an_op_is_what_is_before_and_after_it():
    around = GRAPH.around(["clean"])

    assert list(around.nodes) == ["load", "clean", "report"]
    assert around.edges == GRAPH.edges
    assert around.about == "clean"


def test_siblings_are_neither_before_nor_after():
    graph = OpGraph(GRAPH.nodes, (OpEdge("load", "clean"), OpEdge("load", "other")))

    assert list(graph.around(["clean"]).nodes) == ["load", "clean"]


def test_in_a_circle_each_is_before_itself():
    graph = OpGraph(GRAPH.nodes, (OpEdge("load", "clean"), OpEdge("clean", "load")))

    assert graph.before("load") == ["clean", "load"]


def test_marks_are_added_to_those_that_are_there():
    first, second = Mark("↻", "stale"), Mark("!", "slow")

    marked = GRAPH.with_marks({"load": [first]}).with_marks({"load": [second]})

    assert marked.nodes["load"].marks == (first, second)
    assert GRAPH.nodes["load"].marks == ()


def test_a_mark_has_a_glyph_and_a_word():
    with pytest.raises(CheckError, match="its word is ''"):
        Mark("↻", "")


@pytest.mark.parametrize(
    "ask",
    [
        lambda: GRAPH.before("lod"),
        lambda: GRAPH.after("lod"),
        lambda: GRAPH.around(["lod"]),
        lambda: GRAPH.with_marks({"lod": []}),
        lambda: OpGraph(GRAPH.nodes, (OpEdge("lod", "clean"),)),
    ],
    ids=["before", "after", "around", "with_marks", "edge"],
)
def test_an_op_that_is_not_there_is_named(ask):
    with pytest.raises(CheckError) as caught:
        ask()

    assert caught.value.message == "The graph has no op 'lod'."
    assert "'load'" in caught.value.hint


def test_the_output_that_all_have_goes_without_a_word():
    assert OpEdge("a", "b").word == ""
    assert OpEdge("a", "b", "tidy").word == "tidy"


def test_its_repr_is_short():
    assert repr(GRAPH) == "OpGraph(4 ops, 2 edges)"
