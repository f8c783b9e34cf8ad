"""How the nodes of a graph hang together: nodes, dependencies, mappings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from opnb.definitions.retry_policy import RetryPolicy
from opnb.model.checks import verify_name, verify_type

if TYPE_CHECKING:
    from opnb.definitions.graph import GraphDefinition
    from opnb.definitions.hook import HookDefinition
    from opnb.definitions.op import OpDefinition


@dataclass(frozen=True, slots=True)
class DependencyDefinition:
    """An input is fed by one output of another node.

    Args:
        node: The node's name in the graph.
        output: The name of its output.
        description: Why, in words.
    """

    node: str
    output: str = "result"
    description: str | None = None


class MappedInputPlaceholder:
    """Stands in a fan-in for an input of the graph."""


@dataclass(frozen=True, slots=True)
class MultiDependencyDefinition:
    """An input is fed by a list of outputs, in this order: a fan-in."""

    dependencies: Sequence[DependencyDefinition | type[MappedInputPlaceholder]]


@dataclass(frozen=True, slots=True)
class DynamicCollectDependencyDefinition:
    """An input takes all that a dynamic output, or what was mapped over it, gives."""

    node_name: str
    output_name: str = "result"


Dependency: TypeAlias = (
    DependencyDefinition
    | MultiDependencyDefinition
    | DynamicCollectDependencyDefinition
)


@dataclass(frozen=True, slots=True, eq=False)
class NodeInvocation:
    """One use of an op or a graph within a graph: the key of `dependencies`.

    Args:
        name: The name of the op or graph.
        alias: What it is called here, if not by its name.
        tags: What this use adds to the tags.
        hook_defs: The hooks of this use.
        retry_policy: The policy of this use; it comes before the op's own.
    """

    name: str
    alias: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    hook_defs: frozenset[HookDefinition] = frozenset()
    retry_policy: RetryPolicy | None = None

    def __post_init__(self) -> None:
        verify_type(self.name, str, "name")
        if self.alias is not None:
            verify_name(self.alias, "a node")
        object.__setattr__(self, "tags", dict(self.tags or {}))
        object.__setattr__(self, "hook_defs", frozenset(self.hook_defs or ()))


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """An op or a graph at its place in a graph.

    Args:
        name: What it is called there.
        definition: The op or graph.
        tags: The definition's tags and those of this use.
        hook_defs: The hooks of this use.
        retry_policy: The policy of this use, if it has one.
    """

    name: str
    definition: OpDefinition | GraphDefinition
    tags: Mapping[str, str] = field(default_factory=dict)
    hook_defs: frozenset[HookDefinition] = frozenset()
    retry_policy: RetryPolicy | None = None


@dataclass(frozen=True, slots=True)
class InputMapping:
    """An input of a graph goes to an input of one of its nodes.

    Args:
        graph_input_name: The graph's input.
        mapped_node_name: The node it goes to.
        mapped_node_input_name: The node's input.
        fan_in_index: The place within a fan-in; None if it is none.
        graph_input_description: What the input is, in words.
        dagster_type: Its type, if it is not the node's.
    """

    graph_input_name: str
    mapped_node_name: str
    mapped_node_input_name: str
    fan_in_index: int | None = None
    graph_input_description: str | None = None
    dagster_type: Any = None


@dataclass(frozen=True, slots=True)
class OutputMapping:
    """An output of a graph is an output of one of its nodes.

    Args:
        graph_output_name: The graph's output.
        mapped_node_name: The node that gives it.
        mapped_node_output_name: The node's output.
        graph_output_description: What the output is, in words.
        dagster_type: Its type, if it is not the node's.
        from_dynamic_mapping: Whether there is one for each mapping key.
    """

    graph_output_name: str
    mapped_node_name: str
    mapped_node_output_name: str
    graph_output_description: str | None = None
    dagster_type: Any = None
    from_dynamic_mapping: bool = False
