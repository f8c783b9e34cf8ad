"""Jobs as they are defined."""

import pytest
from factories import calling, fails, increment, one, ran

from opnb.definitions.graph import graph
from opnb.definitions.hook import failure_hook, success_hook
from opnb.definitions.job import JobDefinition, job
from opnb.definitions.op import op
from opnb.definitions.partitions import StaticPartitionsDefinition
from opnb.definitions.retry_policy import RetryPolicy
from opnb.model.errors import (
    InvalidDefinitionError,
    InvariantViolationError,
    ParameterCheckError,
    UnknownPartitionError,
)


@success_hook
def done(context):
    """Hear of the end."""


@failure_hook
def failed(context):
    """Hear of the failure."""


@graph(tags={"kind": "graph", "team": "g"}, description="the graph")
def more(n):
    return increment(n)


def test_a_job_is_made_bare_or_with_arguments():
    @job
    def daily():
        """Run daily."""
        one()

    @job(name="other", description="d", tags={"a": 1}, hooks={done}, owners=["me"])
    def named():
        one()

    assert repr(daily) == "JobDefinition('daily': one)"
    assert (daily.description, named.description) == ("Run daily.", "d")
    assert (named.name, named.tags, named.hook_defs) == ("other", {"a": "1"}, {done})
    assert [node.name for node in daily.nodes] == ["one"]
    assert daily.graph is daily.graph_def


def test_a_graph_becomes_a_job_with_its_tags_and_words():
    made = more.to_job(tags={"team": "j"}, hooks={done})
    other = more.to_job("other", description="own", input_values={"n": 1})

    assert (made.name, made.description) == ("more", "the graph")
    assert made.tags == {"kind": "graph", "team": "j"}
    assert (other.name, other.description) == ("other", "own")
    assert other.execute_in_process().output_value() == 2


def test_hooks_are_added_to_a_copy():
    made = more.to_job(hooks={done}, input_values={"n": 1})
    with_more = made.with_hooks({failed})

    assert (made.hook_defs, with_more.hook_defs) == ({done}, {done, failed})
    assert with_more.input_values == {"n": 1}


@pytest.mark.parametrize(
    ("options", "kind", "message"),
    [
        ({"hooks": {len}}, ParameterCheckError, "is no hook"),
        ({"op_retry_policy": 3}, ParameterCheckError, "'op_retry_policy' must be"),
        ({"tags": {"a": object()}}, InvalidDefinitionError, "is no JSON"),
        ({"run_tags": {"a": object()}}, InvalidDefinitionError, "is no JSON"),
        ({"input_values": {"m": 1}}, InvalidDefinitionError, "no input 'm'.*\n.*'n'"),
        ({"name": "a.b"}, InvalidDefinitionError, "cannot name a job"),
    ],
    ids=range(6),
)
def test_what_a_job_cannot_have_is_refused(options, kind, message):
    with pytest.raises(kind, match=message):
        more.to_job(**options)


@pytest.mark.parametrize(
    "returned", [one, lambda: {"a": one()}, lambda: 5], ids=["output", "dict", "value"]
)
def test_a_job_returns_nothing(returned):
    with pytest.raises(
        InvalidDefinitionError, match=r"must not return .*\nHint: Drop the return"
    ):
        job(name="j")(calling(returned))


def test_a_job_is_made_of_a_graph():
    with pytest.raises(
        ParameterCheckError, match="'graph_def' must be GraphDefinition"
    ):
        JobDefinition(one, "j")


@pytest.mark.parametrize(
    "use",
    [lambda made: made(1), lambda made: job(name="j")(calling(made))],
    ids=["outside", "in-a-job"],
)
def test_a_job_is_not_called(use):
    with pytest.raises(InvariantViolationError, match=r"more.execute_in_process\(\)"):
        use(more.to_job())


def test_a_job_with_inputs_takes_them_by_name():
    @job
    def whole(n, m=5):
        increment(n)
        increment.alias("other")(m)

    result = whole.execute_in_process(input_values={"n": 1})

    assert result.output_for_node("increment") == 2
    assert result.output_for_node("other") == 6


def test_values_of_the_run_come_before_the_jobs():
    @job(input_values={"n": 1})
    def whole(n):
        increment(n)

    assert whole.execute_in_process().output_for_node("increment") == 2
    given = whole.execute_in_process(input_values={"n": 7})
    assert given.output_for_node("increment") == 8


def test_the_policy_of_the_job_counts_where_an_op_has_none():
    made = job(name="j", op_retry_policy=RetryPolicy(max_retries=2))(_failing)

    assert ran(made).retry_attempts_for_node("fails") == 2


def _failing():
    fails()


def test_the_runs_of_a_job_have_its_tags_or_its_run_tags(session):
    seen = []

    @op
    def look(context):
        seen.append(dict(context.run_tags))

    def body():
        look()

    job(name="a", tags={"x": "job"})(body).execute_in_process(tags={"y": 1})
    job(name="b", tags={"x": "job"}, run_tags={"x": "run"})(body).execute_in_process()

    assert seen == [{"x": "job", "y": "1"}, {"x": "run"}]


def test_a_run_is_for_a_partition_that_there_is():
    seen = []

    @op
    def look(context):
        seen.append((context.partition_key, context.run_tags["dagster/partition"]))

    @job(partitions_def=StaticPartitionsDefinition(["a", "b"]))
    def whole():
        look()

    whole.execute_in_process(partition_key="b")

    assert seen == [("b", "b")]
    with pytest.raises(UnknownPartitionError, match="No partition 'c'"):
        whole.execute_in_process(partition_key="c")


def test_a_job_shows_its_name(session):
    result = more.to_job(input_values={"n": 1}).execute_in_process()

    assert result.job_def.name == "more"
    assert session.log.runs()["job"].tolist() == ["more"]
