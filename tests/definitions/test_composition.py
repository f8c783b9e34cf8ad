"""Composing a graph: what calls note, and what they refuse."""

import threading

import pytest
from factories import both, increment, listed, numbers, one

from opnb.definitions.composition import composing, current_composition
from opnb.definitions.dependency import (
    DependencyDefinition,
    DynamicCollectDependencyDefinition,
    MappedInputPlaceholder,
    MultiDependencyDefinition,
)
from opnb.definitions.graph import graph
from opnb.definitions.job import job
from opnb.definitions.op import op
from opnb.model.errors import InvalidDefinitionError


def _composed(function):
    return graph(name="g")(function)


def test_each_call_is_a_node_and_what_it_is_given_feeds_it():
    made = _composed(lambda: both(one(), b=increment(one.alias("other")())))

    assert list(made.node_dict) == ["one", "other", "increment", "both"]
    assert made.dependencies["both"] == {
        "a": DependencyDefinition("one"),
        "b": DependencyDefinition("increment"),
    }
    assert made.dependencies["increment"] == {"n": DependencyDefinition("other")}


def test_an_op_that_is_used_again_gets_a_number():
    made = _composed(lambda: increment(increment(increment(one()))))

    assert list(made.node_dict) == ["one", "increment", "increment_2", "increment_3"]
    assert made.dependencies["increment_3"]["n"].node == "increment_2"


def test_a_name_given_by_hand_does_not_count():
    def body():
        one()
        one.alias("first")()
        one()

    assert list(_composed(body).node_dict) == ["one", "first", "one_2"]


@pytest.mark.parametrize(
    "names",
    [("x", "x"), (None, "one"), (None, None, "one_2"), ("one_2", None, None)],
    ids=str,
)
def test_two_nodes_of_one_name_are_refused(names):
    def body():
        for name in names:
            (one if name is None else one.alias(name))()

    with pytest.raises(InvalidDefinitionError, match="@graph 'g' has two nodes '"):
        _composed(body)


def test_another_definition_of_the_same_name_is_refused():
    @op(name="one")
    def other():
        return 2

    def body():
        one()
        other.alias("two")()

    with pytest.raises(
        InvalidDefinitionError, match=r"'one' names two definitions.\nHint: .*rerun"
    ):
        _composed(body)


def test_a_list_feeds_one_input_in_its_order():
    made = _composed(lambda n: listed([one(), n, increment(n)]))

    assert made.dependencies["listed"]["items"] == MultiDependencyDefinition(
        (
            DependencyDefinition("one"),
            MappedInputPlaceholder,
            DependencyDefinition("increment"),
        )
    )
    assert [(m.mapped_node_name, m.fan_in_index) for m in made.input_mappings] == [
        ("increment", None),
        ("listed", 1),
    ]


def test_what_is_collected_feeds_one_input():
    made = _composed(lambda: listed(numbers().collect()))

    assert made.dependencies["listed"] == {
        "items": DynamicCollectDependencyDefinition("numbers")
    }


def _several():
    @op(out={"low": one.outs["result"], "high": one.outs["result"]})
    def ends():
        return 1, 2

    return ends()


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        (lambda: 5, "Make it an op's output"),
        (lambda: None, "Make it an op's output"),
        (lambda: one, "Add the parentheses"),
        (lambda: one.alias("x"), "Add the parentheses"),
        (numbers, r"\.map\(op\) .* \.collect\(\)"),
        (lambda: (one(),), "A fan-in is written as a list"),
        (_several, r"pass one, such as \.low"),
        (lambda: {"a": one()}, "Make it an op's output"),
    ],
    ids=["int", "none", "op", "alias", "dynamic", "tuple", "several", "dict"],
)
def test_what_no_op_put_out_does_not_flow(given, hint):
    with pytest.raises(
        InvalidDefinitionError, match=f"input 'n' of .* got .*\nHint:.*{hint}"
    ):
        _composed(lambda: increment(given()))


@pytest.mark.parametrize(
    "member", [lambda: 5, numbers, lambda: numbers().collect(), lambda: [one()]]
)
def test_a_list_holds_outputs_and_inputs_of_the_graph_only(member):
    with pytest.raises(InvalidDefinitionError, match="at position 1"):
        _composed(lambda: listed([one(), member()]))


@pytest.mark.parametrize(
    "prepare",
    [
        lambda: one.alias("x"),
        lambda: one.tag({"a": "b"}),
        lambda: one.with_hooks(set()),
    ],
    ids=["alias", "tag", "hooks"],
)
def test_what_is_prepared_and_never_called_is_warned_of(prepare):
    def body():
        prepare()
        increment(one.alias("used")())

    with pytest.warns(UserWarning, match="was prepared and never called"):
        made = _composed(body)

    assert list(made.node_dict) == ["used", "increment"]


def test_a_graph_within_a_graph_is_composed_on_its_own():
    def body():
        inner = _composed(lambda: increment(one()))
        return inner.alias("inner")()

    made = _composed(body)

    assert list(made.node_dict) == ["inner"]
    assert current_composition() is None


def test_what_raises_while_composing_leaves_nothing_behind():
    def body():
        one()
        raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        _composed(body)

    assert current_composition() is None


def test_threads_compose_each_their_own():
    seen = []
    with composing("@graph", "g") as composition:
        thread = threading.Thread(target=lambda: seen.append(current_composition()))
        thread.start()
        thread.join()
        one()

    assert seen == [None]
    assert list(composition.nodes) == ["one"]


def test_a_message_names_the_job_where_a_job_is_composed():
    with pytest.raises(
        InvalidDefinitionError, match="In @job 'j', input 'n' of 'increment'"
    ):
        job(name="j")(lambda: increment(1))
