"""The plan of a run: steps, and where their inputs come from."""

import pytest
from factories import both, increment, listed, numbers, one

from opnb.definitions.graph import graph
from opnb.definitions.hook import failure_hook, success_hook
from opnb.definitions.in_out import In
from opnb.definitions.job import job
from opnb.definitions.op import op
from opnb.definitions.retry_policy import RetryPolicy
from opnb.definitions.type_check import Nothing
from opnb.execution.plan import (
    FromCollect,
    FromElement,
    FromMany,
    FromOutput,
    FromValue,
    Scope,
    build_plan,
    plan_of_op,
)
from opnb.model.errors import InvalidDefinitionError, OpnbError


@graph
def twice(n):
    return increment(increment(n))


@success_hook
def a_hook(context):
    """Hear of the end."""


@failure_hook(required_resource_keys={"pager"})
def z_hook(context):
    """Hear of the failure."""


def _plan(function, input_values=None, **options):
    made = job(name="whole", **options)(function)
    return build_plan(made, {}, input_values or {})


def test_graphs_are_flattened_into_steps_with_paths():
    def body():
        twice(one())

    plan = _plan(body)

    assert list(plan.steps) == ["one", "twice.increment", "twice.increment_2"]
    assert plan.steps["twice.increment"].path == ("twice", "increment")
    assert plan.steps["twice.increment"].inputs == {
        "n": FromOutput(plan.steps["one"], "result")
    }
    assert plan.node_outputs["twice"] == {"result": ("twice.increment_2", "result")}


def test_a_step_shows_its_key():
    assert repr(_plan(lambda: _call(one)).steps["one"]) == "PlannedStep('one')"


def _call(use, *inputs):
    use(*inputs)


def test_a_default_is_a_value_that_is_there_before():
    @op
    def limited(rows, limit=3):
        return rows[:limit]

    plan = _plan(lambda: _call(limited, one()))

    assert plan.steps["limited"].inputs["limit"] == FromValue(3)


def test_an_input_of_nothing_that_is_not_fed_is_left_out():
    late = op(name="late", ins={"after": In(Nothing)})(lambda: 1)

    assert _plan(lambda: _call(late)).steps["late"].inputs == {}


def test_a_list_and_a_collection_are_sources_of_their_own():
    def body(n):
        both(listed([one(), n]), numbers().map(increment).collect())

    plan = _plan(body, {(): {"n": 7}})
    mapped = plan.steps["increment"]

    assert plan.steps["listed"].inputs["items"] == FromMany(
        (FromOutput(plan.steps["one"], "result"), FromValue(7))
    )
    assert plan.steps["both"].inputs["b"] == FromCollect(mapped, "result")
    assert mapped.scope == Scope(plan.steps["numbers"], "result")
    assert plan.steps["both"].inputs["b"].scope == mapped.scope


def test_a_mapped_step_is_a_template_of_those_that_run():
    def body():
        numbers().map(lambda v: both(increment(v), v))

    plan = _plan(body)
    first = plan.steps["increment"].mapped("x", {})
    second = plan.steps["both"].mapped("x", {"increment": first})

    assert (first.key, first.mapping_key) == ("increment[x]", "x")
    assert first.inputs["n"] == FromElement(plan.steps["numbers"], "result", "x")
    assert second.inputs["a"] == FromOutput(first, "result")
    assert second.inputs["b"] == first.inputs["n"]


def test_hooks_of_the_job_its_graphs_and_its_nodes_come_in_alphabetical_order():
    @success_hook
    def m_hook(context):
        """Hear of the end."""

    def body():
        twice.with_hooks({m_hook})(one.with_hooks({a_hook})())

    plan = _plan(body, hooks={z_hook})

    assert [hook.name for hook in plan.steps["one"].hooks] == ["a_hook", "z_hook"]
    assert [hook.name for hook in plan.steps["twice.increment"].hooks] == [
        "m_hook", "z_hook",
    ]  # fmt: skip


def test_resources_are_asked_for_by_ops_and_hooks():
    reader = op(name="reader", required_resource_keys={"db"})(lambda context: context)
    plan = _plan(lambda: _call(reader), hooks={z_hook})

    assert plan.required_resource_keys == {
        "db": "op 'reader'",
        "pager": "hook 'z_hook'",
    }


def test_an_input_without_a_value_is_refused_before_anything_runs(session):
    @job
    def lonely():
        twice.alias("inner")(increment())

    with pytest.raises(OpnbError, match=r"increment[\s\S]*ops[\s\S]*inputs"):
        lonely.execute_in_process()

    assert len(session.log.frame) == 0


def test_a_step_may_not_be_mapped_over_two_outputs_hidden_in_graphs():
    inner = graph(name="inner")(lambda: numbers().map(increment))

    with pytest.raises(
        InvalidDefinitionError, match="downstream of two dynamic outputs"
    ):
        _plan(lambda: _call(lambda: inner().map(_joined(inner))))


def _joined(inner):
    return lambda v: inner.alias("other")().map(lambda w: both(v, w))


def test_an_op_alone_is_a_plan_of_one_step():
    policy = RetryPolicy(max_retries=1)
    definition = op(name="clean", retry_policy=policy)(lambda rows: rows)
    plan = plan_of_op(definition, {"rows": FromValue(3)}, {"a": 1})
    step = plan.steps["clean"]

    assert (step.config, step.retry_policy) == ({"a": 1}, policy)
    assert plan.node_outputs == {"clean": {"result": ("clean", "result")}}
