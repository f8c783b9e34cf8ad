"""What may be within the reach of a dynamic output."""

import pytest
from factories import both, increment, listed, numbers, one

from opnb.definitions.dependency import (
    DependencyDefinition,
    DynamicCollectDependencyDefinition,
    MultiDependencyDefinition,
    NodeInvocation,
)
from opnb.definitions.graph import GraphDefinition, graph
from opnb.definitions.in_out import DynamicOut
from opnb.definitions.op import op
from opnb.model.errors import InvalidDefinitionError


@op(out=DynamicOut())
def spread(n):
    yield from ()


def _composed(function):
    return graph(name="g")(function)


def _refused(function, message):
    with pytest.raises(InvalidDefinitionError, match=message):
        _composed(function)


def test_a_dynamic_output_within_the_reach_of_another_is_refused():
    _refused(
        lambda: numbers().map(spread),
        r"'spread' is dynamic within the dynamic "
        r"numbers\.result.\nHint: Collect the first",
    )


def test_also_where_it_is_hidden_in_a_graph():
    inner = graph(name="inner")(lambda n: listed(spread(n).collect()))

    _refused(lambda: numbers().map(inner), "'inner' is dynamic within")


def test_two_dynamic_outputs_may_not_meet():
    _refused(
        lambda: numbers().map(
            lambda v: numbers.alias("more")().map(lambda w: both(v, w))
        ),
        r"'both' is downstream of two dynamic outputs: more\.result and numbers\.",
    )


def test_values_of_the_same_output_may_meet():
    def body():
        found = numbers()
        found.map(lambda v: both(increment(v), v))

    assert list(_composed(body).node_dict) == ["numbers", "increment", "both"]


def test_a_second_dynamic_output_may_begin_where_the_first_is_collected():
    made = _composed(lambda: spread(listed(numbers().collect())).map(increment))

    assert made.outs["result"].is_dynamic


def test_what_is_one_value_is_not_collected():
    with pytest.raises(
        InvalidDefinitionError,
        match=r"'listed' collects one\.result, which is not",
    ):
        GraphDefinition(
            "g",
            node_defs=[one, listed],
            dependencies={
                "listed": {"items": DynamicCollectDependencyDefinition("one")}
            },
        )


@pytest.mark.parametrize("source", ["numbers", "increment"])
def test_a_list_holds_nothing_dynamic(source):
    with pytest.raises(
        InvalidDefinitionError,
        match=f"the list for listed.items holds the dynamic {source}.result",
    ):
        GraphDefinition(
            "g",
            node_defs=[numbers, increment, listed, one],
            dependencies={
                "increment": {"n": DependencyDefinition("numbers")},
                "listed": {
                    "items": MultiDependencyDefinition(
                        [DependencyDefinition("one"), DependencyDefinition(source)]
                    )
                },
            },
        )


def test_by_hand_an_input_is_mapped_by_being_fed_from_a_dynamic_output():
    made = GraphDefinition(
        "g",
        node_defs=[numbers, increment, both],
        dependencies={
            "increment": {"n": DependencyDefinition("numbers")},
            NodeInvocation("both", "met"): {
                "a": DependencyDefinition("increment"),
                "b": DependencyDefinition("numbers"),
            },
        },
    )

    result = made.execute_in_process()

    assert result.output_for_node("met") == {"a": (1, 0), "b": (2, 1)}
