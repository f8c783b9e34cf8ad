"""Graphs: by decorator and by hand, within one another, with inputs and outputs."""

import pytest
from factories import (
    both,
    calling,
    increment,
    listed,
    numbers,
    one,
    order,
    ran,
    skips,
    told,
)

from opnb.definitions.dependency import (
    DependencyDefinition,
    DynamicCollectDependencyDefinition,
    InputMapping,
    MappedInputPlaceholder,
    MultiDependencyDefinition,
    NodeInvocation,
    OutputMapping,
)
from opnb.definitions.graph import GraphDefinition, graph
from opnb.definitions.hook import success_hook
from opnb.definitions.in_out import GraphIn, GraphOut, In, Out
from opnb.definitions.job import job
from opnb.definitions.op import op
from opnb.definitions.retry_policy import RetryPolicy
from opnb.model.errors import (
    InvalidDefinitionError,
    InvariantViolationError,
    ParameterCheckError,
)
from opnb.model.events import Output

FROM_ONE = DependencyDefinition("one")


@graph
def twice(n):
    return increment(increment(n))


def test_a_graph_shows_its_nodes():
    assert repr(twice) == "GraphDefinition('twice': increment, increment_2)"
    assert repr(GraphDefinition("empty")) == "GraphDefinition('empty': –)"


def test_a_graph_is_described_by_its_functions_docstring():
    @graph
    def daily():
        """Load and clean."""
        one()

    assert daily.description == "Load and clean."
    assert graph(name="g", description="d")(calling(one)).description == "d"


def test_the_inputs_of_a_graph_are_those_of_its_nodes():
    @op(ins={"n": In(int, default_value=3)})
    def typed(n):
        return n

    made = graph(name="g", ins={"n": GraphIn("the n")})(
        lambda n, m=4: both(typed(n), m)
    )

    assert list(made.ins) == list(made.positional_inputs) == ["n", "m"]
    assert made.ins["n"].type.name == "Int"
    assert (made.ins["n"].description, made.ins["n"].default_value) == ("the n", 3)
    assert made.ins["m"].default_value == 4


def test_the_outputs_of_a_graph_are_those_of_its_nodes():
    @graph(out={"a": GraphOut("the a"), "b": GraphOut()})
    def two():
        return {"b": skips(), "a": numbers()}

    assert list(two.outs) == ["a", "b"]
    assert (two.outs["a"].description, two.outs["a"].is_dynamic) == ("the a", True)
    assert (two.outs["b"].is_required, two.outs["b"].is_dynamic) == (False, False)


def test_nodes_come_by_levels_and_alphabetically_within_each():
    def body():
        first = one.alias("z")()
        one.alias("m")()
        increment.alias("b")(first)
        increment.alias("a")(increment.alias("y")(first))
        one.alias("c")()

    made = graph(name="g")(body)

    assert [node.name for node in made.nodes] == ["z", "m", "b", "y", "a", "c"]
    assert [node.name for node in made.nodes_in_topological_order] == [
        "c", "m", "z", "b", "y", "a",
    ]  # fmt: skip


def test_ops_of_all_levels_are_found():
    made = graph(name="g")(lambda: twice(one()))

    assert [each.name for each in made.op_definitions()] == [
        "one", "increment", "increment",
    ]  # fmt: skip


def test_a_graph_runs_and_gives_its_outputs():
    @graph(out={"low": GraphOut(), "high": GraphOut()})
    def ends(n):
        return {"high": twice(n), "low": increment(n)}

    result = ends.execute_in_process(input_values={"n": 5})

    assert (result.output_value("low"), result.output_value("high")) == (6, 7)
    assert result.output_for_node("twice") == 7
    assert result.output_for_node("twice.increment_2") == 7
    assert order(result) == ["increment", "twice.increment", "twice.increment_2"]


def test_a_tuple_gives_the_outputs_by_position():
    made = graph(name="g", out={"a": GraphOut(), "b": GraphOut()})(
        lambda: (one(), increment(one()))
    )
    result = made.execute_in_process()

    assert (result.output_value("a"), result.output_value("b")) == (1, 2)


def test_graphs_within_graphs_feed_one_another():
    @graph
    def four_more(n):
        return twice(twice(n))

    @graph(out={"low": GraphOut(), "high": GraphOut()})
    def ends(a, b):
        pair = both(b, a)
        return {"high": pair, "low": four_more(a)}

    @job
    def whole():
        found = ends(one(), four_more.alias("first")(one.alias("other")()))
        both.alias("last")(found.low, found.high)

    result = whole.execute_in_process()

    assert result.output_for_node("last") == (5, (5, 1))
    assert result.output_for_node("ends", "low") == 5
    assert result.output_for_node("first.twice_2.increment") == 4


def test_an_input_of_a_graph_may_feed_several_nodes_and_graphs():
    @graph
    def spread(n):
        return listed([n, twice(n), increment(n), n])

    assert spread.execute_in_process(input_values={"n": 1}).output_value() == [
        1,
        3,
        2,
        1,
    ]


def test_an_input_with_a_default_need_not_be_given():
    made = graph(name="g")(lambda n=7: increment(n))
    outer = graph(name="outer")(lambda: increment(made()))

    assert made.execute_in_process().output_value() == 8
    assert made.execute_in_process(input_values={"n": 1}).output_value() == 2
    assert outer.execute_in_process().output_value() == 9


def test_a_default_of_the_inner_op_counts_where_nothing_is_given():
    @op
    def limited(n=3):
        return n

    inner = graph(name="inner")(lambda n: limited(n))  # noqa: PLW0108 - its input
    outer = graph(name="outer")(calling(inner))

    assert outer.execute_in_process().output_value() == 3


def _around(inner, name):
    return graph(name=name)(calling(inner))


@pytest.mark.parametrize("levels", [1, 60], ids=["one", "sixty"])
def test_graphs_may_be_deep(levels):
    made = one
    for number in range(levels):
        made = _around(made, f"g{number}")

    assert made.execute_in_process().output_value() == 1


# What a function with @graph may not do


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda *args: one(), r"takes '\*args'; a graph names each input"),  # noqa: ARG005 - what is refused
        (lambda **more: one(), r"takes '\*\*more'"),  # noqa: ARG005 - what is refused
        (lambda context: one(), "takes 'context'"),  # noqa: ARG005 - what is refused
        (lambda n: one(), "does not use its input 'n'"),  # noqa: ARG005 - what is refused
        (lambda: 5, "returns 5"),
        (lambda: [one()], r"returns \["),
        (lambda: one, "returns OpDefinition"),
        (lambda: {"a": one()}, "returns an output 'a' that it does not declare"),
        (lambda: {"result": 5}, "returns 5 for its output 'result'"),
        (lambda: (one(), one()), r"returns \("),
        (lambda n: n, "returns GraphInputHandle"),
    ],
    ids=range(11),
)
def test_a_function_that_makes_no_graph_is_refused(function, message):
    with pytest.raises(InvalidDefinitionError, match=f"@graph 'g' {message}"):
        graph(name="g")(function)


@pytest.mark.parametrize(
    ("out", "function", "message"),
    [
        (
            {"a": GraphOut(), "b": GraphOut()},
            one,
            "declares 2 outputs .a, b. and returns",
        ),
        (
            {"a": GraphOut()},
            lambda: None,
            "declares the output 'a' and does not return",
        ),
        (GraphOut(), lambda: None, "declares the output 'result' and does not"),
        ({"a": GraphOut()}, dict, "declares the output 'a' and does not"),
        ({"a": GraphOut()}, lambda: {"aa": one()}, "Did you mean 'a'|does not declare"),
    ],
    ids=range(5),
)
def test_declared_outputs_are_returned(out, function, message):
    with pytest.raises(InvalidDefinitionError, match=message):
        graph(name="g", out=out)(calling(function))


def test_declared_inputs_are_parameters():
    with pytest.raises(InvalidDefinitionError, match="Did you mean 'rows'"):
        graph(name="g", ins={"row": GraphIn()})(lambda rows: both(rows, one()))


@pytest.mark.parametrize(
    ("option", "hint"),
    [("input_defs", "ins="), ("output_defs", "out="), ("tag", "See graph")],
)
def test_an_argument_that_is_gone_is_refused(option, hint):
    with pytest.raises(
        InvalidDefinitionError, match=f"takes no '{option}'.\nHint: {hint}"
    ):
        graph(**{option: []})


@pytest.mark.parametrize("name", ["a.b", "a b", "", "a-b", "é", "input", "class"])
def test_a_name_of_letters_digits_and_underscores_is_asked_for(name):
    with pytest.raises(InvalidDefinitionError, match="cannot name a graph"):
        GraphDefinition(name)


def test_a_lambda_has_no_name_to_give():
    with pytest.raises(InvalidDefinitionError, match="name"):
        graph(lambda: 5)


def test_a_graph_is_not_called_outside_of_a_graph():
    with pytest.raises(InvariantViolationError, match="'twice' was called outside"):
        twice(1)


# By hand


def test_a_graph_by_hand_runs_as_a_composed_one():
    made = GraphDefinition(
        name="g",
        node_defs=[one, increment, both],
        dependencies={
            NodeInvocation("increment", alias="first"): {"n": FROM_ONE},
            "both": {"a": DependencyDefinition("first"), "b": FROM_ONE},
            "one": {},
        },
        output_mappings=[OutputMapping("pair", "both", "result")],
    )
    result = made.execute_in_process()

    assert result.output_value("pair") == (2, 1)
    assert order(result) == ["one", "first", "both"]


def test_nodes_that_nothing_feeds_need_no_entry():
    made = GraphDefinition(
        "g", node_defs=[increment, one], dependencies={"increment": {"n": FROM_ONE}}
    )

    assert made.execute_in_process().output_for_node("increment") == 2


def test_a_fan_in_by_hand_keeps_its_order_and_takes_inputs_of_the_graph():
    made = GraphDefinition(
        "g",
        node_defs=[one, listed],
        dependencies={
            NodeInvocation("one", "b"): {},
            NodeInvocation("one", "a"): {},
            "listed": {
                "items": MultiDependencyDefinition(
                    [
                        DependencyDefinition("b"),
                        MappedInputPlaceholder,
                        DependencyDefinition("a", "result"),
                    ]
                )
            },
        },
        input_mappings=[InputMapping("n", "listed", "items", 1)],
        output_mappings=[OutputMapping("result", "listed", "result")],
    )

    result = made.execute_in_process(input_values={"n": 7})

    assert result.output_value() == [1, 7, 1]
    assert list(made.node_dict) == ["b", "a", "listed"]


def test_a_dynamic_output_is_collected_by_hand():
    made = GraphDefinition(
        "g",
        node_defs=[numbers, increment, listed],
        dependencies={
            "increment": {"n": DependencyDefinition("numbers")},
            "listed": {"items": DynamicCollectDependencyDefinition("increment")},
        },
        output_mappings=[
            OutputMapping("each", "increment", "result", from_dynamic_mapping=True),
            OutputMapping("all", "listed", "result"),
        ],
    )
    result = made.execute_in_process()

    assert result.output_value("each") == {"a": 1, "b": 2}
    assert result.output_value("all") == [1, 2]


def test_an_invocation_adds_tags_hooks_and_a_policy():
    called = []

    @success_hook
    def note(context):
        called.append((context.op.name, dict(context.op.tags)))

    tries = []

    @op(tags={"team": "a", "kind": "x"})
    def shaky():
        tries.append(1)
        if len(tries) < 3:
            raise LookupError

    invocation = NodeInvocation(
        "shaky",
        "first",
        tags={"team": "b"},
        hook_defs={note},
        retry_policy=RetryPolicy(max_retries=2),
    )
    made = GraphDefinition("g", node_defs=[shaky], dependencies={invocation: {}})
    result = made.execute_in_process()

    assert called == [("first", {"team": "b", "kind": "x"})]
    assert result.retry_attempts_for_node("first") == 2


def test_a_graph_by_hand_may_hold_graphs():
    made = GraphDefinition(
        "g",
        node_defs=[twice, one],
        dependencies={"twice": {"n": FROM_ONE}},
        output_mappings=[OutputMapping("result", "twice", "result")],
    )

    assert made.execute_in_process().output_value() == 3


@pytest.mark.parametrize(
    ("parts", "kind", "message"),
    [
        ({"dependencies": {"two": {}}}, InvalidDefinitionError, "no 'two' among"),
        ({"dependencies": {"increment": {"m": FROM_ONE}}}, InvalidDefinitionError,
         "node 'increment' has no input 'm'"),
        ({"dependencies": {"increment": {"n": DependencyDefinition("on")}}},
         InvalidDefinitionError, "has no node 'on'.\nHint: Did you mean 'one'"),
        ({"dependencies": {"increment": {"n": DependencyDefinition("one", "reslt")}}},
         InvalidDefinitionError, "no output 'reslt'.\nHint: Did you mean 'result'"),
        ({"dependencies": {"increment": {"n": "one"}}}, ParameterCheckError,
         "what feeds increment.n"),
        ({"dependencies": {"increment": {"n": DependencyDefinition("increment")}}},
         InvalidDefinitionError, "increment → increment"),
        ({"input_mappings": [InputMapping("x", "nope", "n")]}, InvalidDefinitionError,
         "has no node 'nope'"),
        ({"input_mappings": [InputMapping("x", "increment", "m")]},
         InvalidDefinitionError, "has no input 'm'"),
        ({"output_mappings": [OutputMapping("x", "one", "r")]}, InvalidDefinitionError,
         "has no output 'r'"),
        ({"output_mappings": [OutputMapping("x", "nope", "r")]}, InvalidDefinitionError,
         "has no node 'nope'"),
        ({"node_defs": [one, len]}, ParameterCheckError, "'node_defs' must be"),
    ],
    ids=range(11),
)  # fmt: skip
def test_wiring_that_cannot_be_is_refused(parts, kind, message):
    with pytest.raises(kind, match=message):
        GraphDefinition("g", **{"node_defs": [one, increment], **parts})


def test_a_circle_is_refused_and_told():
    with pytest.raises(
        InvalidDefinitionError, match=r"has a circle: \w+ → \w+ → \w+\."
    ):
        GraphDefinition(
            "g",
            node_defs=[increment],
            dependencies={
                NodeInvocation("increment", "a"): {"n": DependencyDefinition("b")},
                NodeInvocation("increment", "b"): {"n": DependencyDefinition("a")},
            },
        )


def test_two_definitions_of_one_name_are_refused():
    other = op(name="one")(lambda: 2)

    with pytest.raises(InvalidDefinitionError, match="'one'"):
        GraphDefinition("g", node_defs=[one, other])


def test_two_uses_of_one_name_are_refused():
    with pytest.raises(InvalidDefinitionError, match="'same'"):
        GraphDefinition(
            "g",
            node_defs=[one, skips],
            dependencies={
                NodeInvocation("one", "same"): {},
                NodeInvocation("skips", "same"): {},
            },
        )


def test_two_definitions_of_one_name_in_different_graphs_are_refused():
    other = op(name="one")(lambda: 2)
    inner = graph(name="inner")(calling(other))

    def body():
        one()
        inner()

    with pytest.raises(InvalidDefinitionError, match="'one'"):
        job(name="j")(body)


def test_a_skip_goes_through_graphs():
    @graph(out={"a": GraphOut(), "b": GraphOut()})
    def passing(n):
        return {"a": twice(n), "b": one()}

    @job
    def whole():
        found = passing(skips())
        increment.alias("left")(found.a)
        increment.alias("right")(found.b)

    result = whole.execute_in_process()

    assert told(result, "SKIPPED") == [
        f"SKIPPED {key}"
        for key in ("passing.twice.increment", "passing.twice.increment_2", "left")
    ]
    assert result.output_for_node("right") == 2
    assert result.is_node_skipped("passing")


def test_a_graph_with_outputs_that_may_be_missing_is_a_source_like_any_other():
    @op(out={"low": Out(is_required=False), "high": Out(is_required=False)})
    def split(n):
        yield Output(n, "high" if n > 3 else "low")

    @graph(out={"low": GraphOut(), "high": GraphOut()})
    def choose(n):
        found = split(n)
        return {"low": increment(found.low), "high": twice(found.high)}

    @job
    def whole():
        found = choose(one())
        listed([found.high, found.low])

    result = ran(whole)

    assert result.output_for_node("listed") == [2]
    assert result.is_node_success("choose.increment")
    assert result.is_node_skipped("choose.twice")
