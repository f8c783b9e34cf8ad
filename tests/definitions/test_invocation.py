"""Using ops and graphs: renamed, tagged, with hooks, with a policy."""

import pytest
from factories import both, calling, fails, increment, numbers, one, ran, told

from opnb.definitions.graph import graph
from opnb.definitions.hook import failure_hook, success_hook
from opnb.definitions.in_out import In, Out
from opnb.definitions.job import job
from opnb.definitions.op import op
from opnb.definitions.retry_policy import RetryPolicy
from opnb.definitions.type_check import Nothing
from opnb.model.errors import (
    InvalidDefinitionError,
    InvalidInvocationError,
    InvariantViolationError,
    ParameterCheckError,
)

AGAIN = RetryPolicy(max_retries=1)


@success_hook
def done(context):
    """Hear of the end."""


@failure_hook
def failed(context):
    """Hear of the failure."""


@graph
def two():
    return increment(one())


def _node(invocation):
    made = graph(name="g")(lambda: _call(invocation))
    return next(iter(made.node_dict.values()))


def _call(invocation):
    invocation()


@op(tags={"team": "a", "kind": "x"}, retry_policy=RetryPolicy(max_retries=5))
def tagged():
    return 1


def test_what_a_use_adds_is_at_its_node():
    node = _node(
        tagged.alias("mine").tag({"team": "b"}).tag({"n": 3}).with_hooks({done})
        .with_hooks({failed}).with_retry_policy(AGAIN)
    )  # fmt: skip

    assert node.name == "mine"
    assert node.tags == {"team": "b", "kind": "x", "n": "3"}
    assert node.hook_defs == {done, failed}
    assert node.retry_policy is AGAIN


def test_the_op_itself_stays_as_it_was():
    tagged.tag({"team": "b"})

    assert tagged.tags == {"team": "a", "kind": "x"}
    assert _node(tagged).tags == {"team": "a", "kind": "x"}


def test_something_prepared_once_may_be_used_again():
    prepared = tagged.tag({"n": "1"})

    @graph
    def made():
        prepared()
        prepared()

    assert list(made.node_dict) == ["tagged", "tagged_2"]
    assert [node.tags["n"] for node in made.nodes] == ["1", "1"]


@pytest.mark.parametrize("made", [one, two], ids=["op", "graph"])
@pytest.mark.parametrize("name", ["a.b", "", "a b", "é", "x-1"])
def test_an_alias_is_a_name(made, name):
    with pytest.raises(InvalidDefinitionError, match="cannot name a node"):
        made.alias(name)


@pytest.mark.parametrize(
    ("use", "kind", "message"),
    [
        (lambda o: o.with_hooks([done]), ParameterCheckError, "'hooks' must be"),
        (
            lambda o: o.with_hooks({len}),
            ParameterCheckError,
            "<built-in function len> is no hook.\nHint: Use @success_hook",
        ),
        (
            lambda o: o.with_retry_policy(3),
            ParameterCheckError,
            "'retry_policy' must be",
        ),
        (lambda o: o.tag(["a"]), ParameterCheckError, "'tags' must be"),
        (lambda o: o.tag({"a": object}), InvalidDefinitionError, "that is no JSON"),
        (lambda o: o.alias(5), ParameterCheckError, "'a node' must be str"),
    ],
    ids=range(6),
)
def test_what_a_use_cannot_add_is_refused(use, kind, message):
    with pytest.raises(kind, match=message):
        use(one)


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (
            lambda v: increment(v, v),
            InvalidDefinitionError,
            "got 2 inputs by position, takes 1.\nHint: Its inputs: n",
        ),
        (
            one,
            InvalidDefinitionError,
            "'one' got 1 inputs by position, takes 0",
        ),
        (lambda v: increment(v, n=v), InvalidInvocationError, "'n' twice"),
        (
            lambda v: increment(m=v),
            InvalidDefinitionError,
            "no input 'm'.\nHint: .*'n'",
        ),
        (two.alias("t"), InvalidDefinitionError, "takes 0"),
    ],
    ids=range(5),
)
def test_inputs_that_are_not_there_are_refused(call, kind, message):
    with pytest.raises(kind, match=message):
        graph(name="g")(lambda: call(one.alias("v")()))


def test_several_outputs_come_as_a_tuple_with_names():
    @op(out={"low": Out(), "high": Out()})
    def ends():
        return 1, 2

    seen = []

    @job
    def whole():
        found = ends()
        low, high = found
        seen.append((found._fields, low == found.low, high == found[1]))
        both(low, found.high)

    assert seen == [(("low", "high"), True, True)]
    assert whole.execute_in_process().output_for_node("both") == (1, 2)


def test_an_op_without_outputs_gives_nothing():
    silent = op(name="silent", out={})(lambda: None)
    seen = []
    graph(name="g")(lambda: seen.append(silent()))

    assert seen == [None]


def test_an_input_of_nothing_says_what_comes_first():
    @op(ins={"after": In(Nothing)})
    def last():
        return 2

    @job
    def whole():
        last(after=increment(one()))

    assert told(whole.execute_in_process(), "START", "INPUT") == [
        "START one", "START increment", "INPUT increment", "START last",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("of_job", "of_op", "of_use", "tries"),
    [
        (None, None, None, 0),
        (1, None, None, 1),
        (1, 2, None, 2),
        (1, 2, 3, 3),
        (1, 2, 0, 0),
        (1, 0, None, 0),
    ],
    ids=str,
)
def test_the_policy_of_the_use_comes_before_the_op_s_and_the_job_s(
    of_job, of_op, of_use, tries
):
    def policy(retries):
        return None if retries is None else RetryPolicy(max_retries=retries)

    @op(retry_policy=policy(of_op))
    def shaky():
        raise LookupError

    @job(op_retry_policy=policy(of_job))
    def whole():
        use = shaky if of_use is None else shaky.with_retry_policy(policy(of_use))
        use()

    result = ran(whole)

    assert result.retry_attempts_for_node("shaky") == tries
    assert len(told(result, "RESTARTED")) == tries


def test_the_policy_of_a_graph_is_not_its_ops():
    inner = graph(name="inner")(calling(fails))
    result = ran(job(name="j")(lambda: _call(inner.with_retry_policy(AGAIN))))

    assert result.retry_attempts_for_node("inner") == 0


def test_a_graph_with_more_is_run_as_it_is():
    called = []

    @success_hook
    def note(context):
        called.append(context.step_key)

    made = two.alias("mine").with_hooks({note})

    assert made.execute_in_process().output_value() == 2
    assert called == ["one", "increment"]
    assert made.to_job(tags={"a": 1}).tags == {"a": "1"}
    assert made.to_job().name == "mine"


def test_no_job_is_made_of_an_op():
    with pytest.raises(
        InvalidInvocationError, match="'one' is an op; a job is made of"
    ):
        one.alias("x").to_job()


def test_a_graph_is_called_in_graphs_only():
    with pytest.raises(InvariantViolationError, match="called outside of a graph"):
        two.alias("mine")()


def test_a_dynamic_output_of_a_graph_is_dynamic():
    inner = graph(name="inner")(calling(numbers))
    mapped = graph(name="mapped")(lambda: numbers().map(increment))

    @graph
    def whole():
        return both(inner().map(increment).collect(), mapped().collect())

    assert whole.execute_in_process().output_value() == ([1, 2], [1, 2])
