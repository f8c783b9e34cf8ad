"""What runs when: order, priorities, skips, failures, dynamic outputs."""

import pytest
from factories import (
    both,
    fails,
    increment,
    listed,
    numbers,
    one,
    order,
    ran,
    skips,
    told,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from opnb.definitions.dependency import DependencyDefinition, MultiDependencyDefinition
from opnb.definitions.graph import GraphDefinition, graph
from opnb.definitions.in_out import DynamicOut, In, Out
from opnb.definitions.job import job
from opnb.definitions.op import op
from opnb.definitions.type_check import Nothing
from opnb.execution.active import ActiveExecution, StepStatus
from opnb.execution.plan import build_plan
from opnb.model.errors import InvalidDefinitionError
from opnb.model.events import DynamicOutput, Output
from opnb.model.signals import RetryRequested
from opnb.session import Session, use_session


def _ran(function, **options):
    return ran(job(name="whole")(function), **options)


@op
def failed(n):
    raise LookupError(n)


@op(out=Out(is_required=False))
def only_odd(n):
    if n % 2:
        yield Output(n)


# The order of steps


def test_steps_run_by_levels_and_alphabetically_within_each():
    def body():
        increment.alias("b")(one.alias("z")())
        increment.alias("a")(one.alias("y")())
        one.alias("c")()

    assert order(_ran(body)) == ["c", "y", "z", "a", "b"]


def test_a_step_is_ready_when_the_last_of_its_sources_is_done():
    def body():
        first = one.alias("a")()
        late = increment.alias("b")(first)
        both.alias("m")(first, late)
        increment.alias("x")(first)

    assert order(_ran(body)) == ["a", "b", "x", "m"]


@pytest.mark.parametrize(
    ("tags", "found"),
    [
        ({"a": "1", "b": "2", "c": "3"}, ["c", "b", "a"]),
        ({"a": "-1"}, ["b", "c", "a"]),
        ({"b": 5}, ["b", "a", "c"]),
        ({}, ["a", "b", "c"]),
    ],
    ids=str,
)
def test_a_higher_priority_goes_first(tags, found):
    def body():
        for name in "cab":
            use = one.alias(name)
            if name in tags:
                use = use.tag({"dagster/priority": tags[name]})
            use()

    assert order(_ran(body)) == found


def test_a_priority_counts_among_what_is_ready_only():
    def body():
        first = one.alias("a")()
        increment.alias("urgent").tag({"dagster/priority": "9"})(first)
        one.alias("b")()

    assert order(_ran(body)) == ["a", "urgent", "b"]


def test_a_priority_is_a_whole_number():
    with pytest.raises(InvalidDefinitionError, match="must be a whole number, not 'x'"):
        _ran(lambda: _call(one.tag({"dagster/priority": "x"})))


def _call(use):
    use()


# Waiting without a value


def test_an_order_may_be_given_without_a_value():
    @op(ins={"after": In(Nothing)}, out=Out(Nothing))
    def silent():
        pass

    def body():
        silent.alias("a")(after=silent.alias("z")(after=one.alias("m")()))

    assert order(_ran(body)) == ["m", "z", "a"]


def test_a_list_may_be_waited_for_without_values():
    @op(ins={"after": In(Nothing)})
    def last():
        return 2

    def body():
        last([one.alias("z")(), skips(), one()])

    assert order(_ran(body)) == ["one", "skips", "z", "last"]


def test_what_waits_for_a_skipped_step_is_skipped():
    @op(ins={"after": In(Nothing)})
    def last():
        return 2

    assert told(_ran(lambda: _call_with(last, after=skips)), "SKIPPED") == [
        "SKIPPED last"
    ]


def _call_with(use, **inputs):
    use(**{name: source() for name, source in inputs.items()})


# Skips and failures


def test_a_skip_is_passed_on_and_the_run_goes_well():
    def body():
        increment(increment(skips()))
        one()

    result = _ran(body)

    assert result.success
    assert told(result) == [
        "START one", "OUTPUT one", "SUCCESS one", "START skips", "SUCCESS skips",
        "SKIPPED increment", "SKIPPED increment_2",
    ]  # fmt: skip


def test_a_default_does_not_save_from_a_skip():
    @op
    def limited(n=3):
        return n

    assert told(_ran(lambda: _call_with(limited, n=skips)), "SKIPPED") == [
        "SKIPPED limited"
    ]


def test_a_list_goes_on_with_what_came():
    result = _ran(
        lambda: _call(lambda: listed([skips(), one(), skips.alias("other")()]))
    )

    assert result.output_for_node("listed") == [1]


def test_a_list_of_which_nothing_came_is_skipped():
    result = _ran(lambda: _call(lambda: listed([skips(), skips.alias("other")()])))

    assert told(result, "SKIPPED") == ["SKIPPED listed"]


def test_one_skipped_input_is_enough():
    def body():
        both([one(), skips()], skips.alias("other")())

    assert told(_ran(body), "SKIPPED") == ["SKIPPED both"]


def test_what_follows_a_failure_is_untouched_and_the_rest_runs():
    def body():
        increment(increment(fails()))
        both.alias("met")(one(), fails.alias("other")())

    result = _ran(body)

    assert not result.success
    assert order(result) == ["fails", "one", "other"]
    assert result.is_node_untouched("increment_2")
    assert result.is_node_untouched("met")
    assert told(result, "SKIPPED") == []
    assert result.get_run_failure_event().event_specific_data.failed_steps == (
        "fails",
        "other",
    )


@pytest.mark.parametrize(
    ("make", "ends"),
    [
        (lambda: both(fails(), skips()), ["SKIPPED both"]),
        (lambda: both(skips(), fails()), ["SKIPPED both"]),
        (lambda: both(increment(fails()), skips()), ["SKIPPED both"]),
        (
            lambda: both(fails(), increment(skips())),
            ["SKIPPED increment", "SKIPPED both"],
        ),
        (lambda: listed([fails(), skips(), one()]), []),
        (lambda: both(listed([fails()]), skips()), ["SKIPPED both"]),
        (
            lambda: increment(both(fails(), skips())),
            ["SKIPPED both", "SKIPPED increment"],
        ),
    ],
    ids=range(7),
)
def test_a_skip_counts_more_than_a_failure_where_they_meet(make, ends):
    result = _ran(lambda: _call(make))

    assert told(result, "SKIPPED") == ends
    assert result.get_failed_step_keys() == {"fails"}
    assert result.get_run_failure_event().message.endswith("failed: ['fails'].")


def test_a_step_that_put_something_out_and_failed_feeds_nobody():
    @op(out={"a": Out(), "b": Out()})
    def half():
        yield Output(1, "a")
        raise LookupError

    result = _ran(lambda: _call(lambda: increment(half().a)))

    assert order(result) == ["half"]
    assert result.output_for_node("half", "a") == 1


# Dynamic outputs


def test_a_step_is_mapped_over_each_value():
    def body():
        listed(
            numbers().map(lambda v: increment(increment.alias("first")(v))).collect()
        )

    result = _ran(body)

    assert order(result) == [
        "numbers", "first[a]", "first[b]", "increment[a]", "increment[b]", "listed",
    ]  # fmt: skip
    assert result.output_for_node("listed") == [2, 3]


def test_what_is_mapped_takes_plain_values_as_well():
    @op(out={"many": DynamicOut(), "plain": Out()})
    def mixed():
        yield DynamicOutput(1, "x", "many")
        yield Output(10, "plain")
        yield DynamicOutput(2, "y", "many")

    def body():
        found = mixed()
        pairs = found.many.map(lambda v: both(v, found.plain))
        both.alias("all")(pairs.collect(), both.alias("o")(one(), found.plain))

    result = _ran(body)

    assert result.output_for_node("all") == ([(1, 10), (2, 10)], (1, 10))
    assert result.output_for_node("mixed", "many") == {"x": 1, "y": 2}


def test_a_graph_is_mapped_as_an_op_is():
    @graph
    def twice(n):
        return increment(increment(n))

    result = _ran(lambda: _call(lambda: listed(numbers().map(twice).collect())))

    assert order(result) == [
        "numbers", "twice.increment[a]", "twice.increment[b]",
        "twice.increment_2[a]", "twice.increment_2[b]", "listed",
    ]  # fmt: skip
    assert result.output_for_node("twice") == {"a": 2, "b": 3}
    assert result.output_for_node("listed") == [2, 3]


def test_a_list_within_a_graph_that_is_mapped_is_refused():
    @graph
    def spread(n):
        return listed([increment(n), increment(n)])

    with pytest.raises(InvalidDefinitionError, match="listed"):
        _ran(
            lambda: _call(lambda: listed.alias("all")(numbers().map(spread).collect()))
        )


def test_a_dynamic_output_may_be_mapped_several_times_and_collected_as_it_is():
    def body():
        found = numbers()
        left = found.map(increment)
        right = found.map(increment.alias("right"))
        listed.alias("lefts")(left.collect())
        listed.alias("rights")(right.map(increment.alias("more")).collect())
        listed.alias("raw")(found.collect())

    result = _ran(body)

    assert result.output_for_node("lefts") == [1, 2]
    assert result.output_for_node("rights") == [2, 3]
    assert result.output_for_node("raw") == [0, 1]


def test_two_dynamic_outputs_of_one_op_are_apart():
    @op(out={"few": DynamicOut(), "many": DynamicOut()})
    def twofold():
        yield DynamicOutput(1, "a", "few")
        yield DynamicOutput(1, "a", "many")
        yield DynamicOutput(2, "b", "many")

    def body():
        found = twofold()
        both(found.few.map(increment).collect(), found.many.collect())

    assert _ran(body).output_for_node("both") == ([2], [1, 2])


def test_a_dynamic_output_may_follow_another():
    @op(out=DynamicOut())
    def spread(items):
        for item in items:
            yield DynamicOutput(item, f"k{item}")

    def body():
        found = spread(listed(numbers().map(increment).collect()))
        listed.alias("last")(found.map(increment.alias("then")).collect())

    result = _ran(body)

    assert result.output_for_node("last") == [2, 3]
    assert result.is_node_success("then")


@pytest.mark.parametrize("required", [True, False], ids=["required", "optional"])
@pytest.mark.parametrize("mapped", [True, False], ids=["mapped", "raw"])
def test_of_nothing_an_empty_list_is_collected_unless_it_is_optional(required, mapped):
    @op(out=DynamicOut(is_required=required))
    def empty():
        yield from ()

    def body():
        found = empty()
        listed((found.map(increment) if mapped else found).collect())

    result = _ran(body)

    assert told(result)[2:] == (
        ["START listed", "INPUT listed", "OUTPUT listed", "SUCCESS listed"]
        if required
        else ["SKIPPED listed"]
    )
    assert result.success


def test_what_is_mapped_over_a_skipped_step_is_not_there_and_its_list_is_skipped():
    @op(out=DynamicOut())
    def spread(n):
        yield DynamicOutput(n, "a")

    def body():
        listed(spread(skips()).map(increment).collect())

    assert told(_ran(body), "START", "SKIPPED") == [
        "START skips", "SKIPPED spread", "SKIPPED listed",
    ]  # fmt: skip


def test_a_mapped_step_may_be_skipped_and_the_list_goes_on():
    def body():
        listed(numbers().map(lambda v: increment(only_odd(v))).collect())

    result = _ran(body)

    assert told(result, "SKIPPED") == ["SKIPPED increment[a]"]
    assert result.output_for_node("listed") == [2]
    assert result.output_for_node("increment") == {"b": 2}


def test_a_mapped_step_that_fails_leaves_the_list_alone():
    @op
    def inverse(n):
        return 1 / n

    def body():
        increment(
            listed(numbers().map(lambda v: increment.alias("i")(inverse(v))).collect())
        )

    result = _ran(body)

    assert result.get_failed_step_keys() == {"inverse[a]"}
    assert order(result) == ["numbers", "inverse[a]", "inverse[b]", "i[b]"]
    assert result.is_node_untouched("listed")
    assert result.output_for_node("inverse") == {"b": 1.0}


def test_a_dynamic_step_that_fails_half_way_is_not_mapped():
    @op(out=DynamicOut())
    def half():
        yield DynamicOutput(1, "a")
        raise LookupError

    result = _ran(lambda: _call(lambda: listed(half().map(increment).collect())))

    assert order(result) == ["half"]
    assert result.is_node_untouched("increment")


def test_a_mapped_step_that_is_skipped_and_one_that_failed_leave_the_list_alone():
    @op(out=Out(is_required=False))
    def picky(n):
        if n:
            raise LookupError
        yield from ()

    result = _ran(lambda: _call(lambda: listed(numbers().map(picky).collect())))

    assert result.get_failed_step_keys() == {"picky[b]"}
    assert result.is_node_untouched("listed")


def test_a_mapping_key_is_told_to_the_op():
    @op
    def key(context, n):
        return context.get_mapping_key(), n

    result = _ran(lambda: _call(lambda: numbers().map(key)))

    assert result.output_for_node("key") == {"a": ("a", 0), "b": ("b", 1)}


def test_ten_thousand_values_may_be_mapped():
    @op(out=DynamicOut())
    def spread():
        for number in range(10_000):
            yield DynamicOutput(number, f"k{number}")

    @op
    def total(items):
        return sum(items)

    result = _ran(lambda: _call(lambda: total(spread().map(increment).collect())))

    assert result.output_for_node("total") == 50_005_000


def test_a_chain_may_be_ten_thousand_steps_long():
    def body():
        value = one()
        for _ in range(10_000):
            value = increment(value)

    result = _ran(body)

    assert result.success
    assert result.output_for_node("increment_10000") == 10_001


# Retries


def test_others_run_while_a_step_waits_for_its_next_attempt():
    @op
    def again(context):
        if not context.retry_number:
            raise RetryRequested(seconds_to_wait=0.5)
        return 1

    def body():
        both(again(), one())
        increment(one.alias("other")())

    result = _ran(body)

    assert told(result, "START", "UP_FOR_RETRY", "RESTARTED") == [
        "START again", "UP_FOR_RETRY again", "START one", "START other",
        "START increment", "RESTARTED again", "START both",
    ]  # fmt: skip
    assert result.retry_attempts_for_node("again") == 1


def test_a_step_that_goes_on_at_once_goes_behind_what_is_ready():
    @op
    def again(context):
        if not context.retry_number:
            raise RetryRequested
        return 1

    def body():
        again()
        one()

    assert told(_ran(body), "START", "RESTARTED") == [
        "START again", "START one", "RESTARTED again",
    ]  # fmt: skip


def test_of_an_attempt_that_is_void_nothing_is_handed_on():
    @op(out=DynamicOut())
    def spread(context):
        if not context.retry_number:
            yield DynamicOutput("void", "void")
            raise RetryRequested
        yield DynamicOutput("kept", "kept")

    result = _ran(lambda: _call(lambda: listed(spread().collect())))

    assert result.output_for_node("spread") == {"kept": "kept"}
    assert result.output_for_node("listed") == ["kept"]


def test_the_plan_is_complete_before_it_begins_where_it_is_empty():
    active = ActiveExecution(build_plan(GraphDefinition("empty").to_job(), {}, {}))

    assert active.is_complete
    assert active.next_step() is None
    assert active.seconds_to_wait() == 0
    assert ran(GraphDefinition("empty").to_job()).success


# Any graph at all


@st.composite
def _graphs(draw):
    """Graphs of ops that put out, skip or fail, each fed by some before it."""
    size = draw(st.integers(1, 9))
    nodes = {}
    for number in range(size):
        feeds = (
            draw(st.lists(st.integers(0, number - 1), max_size=3, unique=True))
            if (number)
            else []
        )
        how = draw(st.sampled_from(["single", "fan-in"]))
        end = draw(st.sampled_from(["put", "put", "put", "skip", "fail"]))
        priority = draw(st.integers(-1, 1))
        nodes[f"n{number}"] = ([f"n{feed}" for feed in feeds], how, end, priority)
    return nodes


def _node_of(name, feeds, how, end, priority):
    count = len(feeds) if how == "single" else min(len(feeds), 1)

    def body(**inputs):
        if end == "fail":
            raise LookupError(name)
        if end == "put":
            yield Output((name, inputs))

    return op(
        name=name,
        ins={f"i{place}": In() for place in range(count)},
        out=Out(is_required=False),
        tags={"dagster/priority": priority},
    )(body)


def _dependencies(feeds, how):
    each = [DependencyDefinition(feed) for feed in feeds]
    if how == "single":
        return {f"i{place}": source for place, source in enumerate(each)}
    return {"i0": MultiDependencyDefinition(each)} if each else {}


def _expected(nodes):
    """Return how each node must end, by Dagster's rules alone."""
    ends = {}
    for name, (feeds, how, end, _) in nodes.items():
        before = [ends[feed] for feed in feeds]
        missing = [each == "skipped" for each in before]
        if missing and (any(missing) if how == "single" else all(missing)):
            ends[name] = "skipped"
        elif "lost" in before:
            ends[name] = "lost"
        else:
            ends[name] = {"put": "put", "skip": "skipped", "fail": "lost"}[end]
    return ends


@settings(max_examples=150, deadline=None)
@given(_graphs())
def test_every_step_of_any_graph_starts_after_its_sources_and_ends_once(nodes):
    use_session(Session("memory:"))
    made = GraphDefinition(
        "g",
        node_defs=[_node_of(name, *node) for name, node in nodes.items()],
        dependencies={
            name: _dependencies(feeds, how)
            for name, (feeds, how, _, _) in nodes.items()
        },
    )
    result = ran(made.to_job())
    lines = told(result, "START", "SUCCESS", "FAILURE", "SKIPPED")
    ends = {}
    for place, line in enumerate(lines):
        kind, _, name = line.partition(" ")
        if kind != "START":
            assert name not in ends
            ends[name] = place
    for place, line in enumerate(lines):
        if line.startswith("START "):
            feeds = nodes[line.removeprefix("START ")][0]
            assert all(ends[feed] < place for feed in feeds)
    expected = _expected(nodes)

    assert result.success == ("lost" not in expected.values())
    for name, (feeds, _, end, _) in nodes.items():
        found = expected[name]
        assert result.is_node_untouched(name) == (name not in ends)
        if found == "put":
            assert result.output_for_node(name)[0] == name
        elif name in ends:
            assert result.is_node_skipped(name) or end in ("skip", "fail")
        else:
            assert found == "lost"
            assert any(expected[feed] == "lost" for feed in feeds)


def test_a_step_that_is_missing_has_no_status():
    result = _ran(lambda: _call(lambda: increment(fails())))

    assert result._run.active.status == {
        "fails": StepStatus.FAILURE,
        "increment": StepStatus.ABANDONED,
    }
