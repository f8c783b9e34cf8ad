"""`%op graph` in a shell."""

import pytest

from opnb import CellError
from opnb.event_log.reading.op_graph import OpEdge, OpGraph


@pytest.fixture(name="shop")
def _shop(run):
    run("from opnb import *")
    run("%%op load\norders = [1]")
    run("%%op clean\ntidy = orders * 2\nyield AssetMaterialization('tidy')")
    run("%%op other\nalone = [1]")


def test_the_graph_of_the_session_follows_what_cells_read(run, shop):
    graph = run("%op graph").value

    assert isinstance(graph, OpGraph)
    assert list(graph.nodes) == ["load", "clean", "other"]
    assert graph.edges == (OpEdge("load", "clean", "orders"),)


def test_of_one_op_it_shows_what_is_before_and_after(run, shop):
    assert list(run("%op graph load").value.nodes) == ["load", "clean"]


def test_of_an_asset_it_shows_the_ops_that_made_it(run, shop):
    graph = run("%op graph tidy").value

    assert list(graph.nodes) == ["load", "clean"]
    assert graph.about == "tidy"


def test_an_op_that_was_redefined_is_one_node(run, shop):
    run("%%op clean\ntidy = [3]")

    graph = run("%op graph").value

    assert list(graph.nodes).count("clean") == 1
    assert graph.edges == ()


def test_cells_that_read_each_other_make_a_circle(run, shop):
    run("%%op a\nx = [1]")
    run("%%op b\ny = [x]")
    run("%%op a\nx = [y]")

    assert run("%op graph a").value.before("a") == ["a", "b"]


def test_before_any_op_the_graph_is_empty(run):
    assert not run("%op graph").value.nodes


def test_a_name_that_nothing_has_is_an_error_with_the_nearest_one(run, shop):
    error = run("%op graph laod").error

    assert isinstance(error, CellError)
    assert "'laod'" in error.message
    assert "'load'" in error.hint


def test_it_takes_no_filters(run, shop):
    assert isinstance(run("%op graph --op load").error, CellError)
