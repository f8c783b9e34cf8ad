"""Nodes, dependencies and mappings, as they are written by hand."""

import pytest

from opnb.definitions.dependency import (
    DependencyDefinition,
    DynamicCollectDependencyDefinition,
    InputMapping,
    MultiDependencyDefinition,
    NodeInvocation,
    OutputMapping,
)
from opnb.model.errors import InvalidDefinitionError, ParameterCheckError


def test_a_dependency_is_on_the_result_unless_told():
    assert DependencyDefinition("a") == DependencyDefinition("a", "result", None)
    assert DynamicCollectDependencyDefinition("a").output_name == "result"
    assert DependencyDefinition("a", "b") != DependencyDefinition("a")


def test_dependencies_can_be_told_apart_and_hashed():
    fan_in = MultiDependencyDefinition((DependencyDefinition("a"),))

    assert len({DependencyDefinition("a"), DependencyDefinition("a"), fan_in}) == 2
    with pytest.raises(AttributeError, match="cannot assign"):
        DependencyDefinition("a").node = "b"


def test_an_invocation_is_a_key_of_its_own():
    first, second = NodeInvocation("one", "a"), NodeInvocation("one", "a")

    assert len({first: 1, second: 2}) == 2


def test_an_invocation_takes_nothing_for_what_is_left_out():
    invocation = NodeInvocation("one", tags=None, hook_defs=None)

    assert (invocation.alias, invocation.tags, invocation.hook_defs) == (
        None,
        {},
        frozenset(),
    )


def test_an_invocation_does_not_follow_the_callers_tags():
    tags = {"a": "b"}
    invocation = NodeInvocation("one", tags=tags)
    tags["a"] = "c"

    assert invocation.tags == {"a": "b"}


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [
        ((5,), ParameterCheckError),
        (("one", 5), ParameterCheckError),
        (("one", "a.b"), InvalidDefinitionError),
        (("one", ""), InvalidDefinitionError),
    ],
    ids=str,
)
def test_an_invocation_has_names(arguments, kind):
    with pytest.raises(kind):
        NodeInvocation(*arguments)


def test_mappings_take_dagsters_positions():
    into = InputMapping("n", "node", "m", 2, "words", int)
    out = OutputMapping("r", "node", "result", "words", int, True)

    assert (into.fan_in_index, into.graph_input_description) == (2, "words")
    assert (out.graph_output_description, out.from_dynamic_mapping) == ("words", True)
