"""Random graphs of ops with random endings do the same on both sides."""

import json

import pytest
from hypothesis import HealthCheck, assume, given, settings
from parity.harness import observe
from parity.random_graphs import graphs, program_of, skips_behind_a_failure
from parity.recorded import as_text
from parity.registry import DRAWN

import opnb.dagster

# The fixtures that hypothesis warns of keep nothing from one example to the next.
STEADY = settings(
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(name="dagster", scope="module")
def _dagster():
    return pytest.importorskip("dagster")


@given(graphs())
@settings(STEADY, max_examples=25)
def test_a_random_graph_does_the_same_on_both(dagster, graph):
    program = program_of("random", graph)
    ours = observe(opnb.dagster, program)
    assume(not skips_behind_a_failure(graph, ours))

    assert as_text(ours) == as_text(observe(dagster, program))


@given(graphs())
@settings(STEADY, max_examples=50)
def test_a_run_of_a_random_graph_ends_as_its_steps_did(graph):
    observed = observe(opnb.dagster, program_of("random", graph))
    kinds = [kind for kind, _, _ in observed["events"]]

    assert kinds[0] == "RUN_START"
    assert kinds[-1] == ("RUN_FAILURE" if observed["failed"] else "RUN_SUCCESS")
    assert kinds.count("STEP_FAILURE") == len(observed["failed"])


def test_ten_random_graphs_are_recorded():
    assert len(json.loads(DRAWN.read_text(encoding="utf-8"))) == 10
