"""A graph as it is defined, without its inner walls: each op, and what feeds it.

What leaves an op may go through the outputs and inputs of graphs within graphs before
it reaches another op. For a picture only the two ends count.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from opnb.definitions.dependency import (
    Dependency,
    DependencyDefinition,
    DynamicCollectDependencyDefinition,
    MultiDependencyDefinition,
    Node,
)
from opnb.definitions.graph import GraphDefinition

_DEFAULT = "result"


@dataclass(frozen=True, slots=True)
class Feed:
    """What feeds an input.

    Args:
        path: The op that puts it out, by the names of the graphs around it and its own;
            or the input of the outermost graph.
        output: The name of the output; None where it is an input of that graph.
        way: "each of" or "all of" it, where it is dynamic.
        is_order: Whether it says nothing but what comes after what.
    """

    path: tuple[str, ...]
    output: str | None
    way: str = ""
    is_order: bool = False

    @property
    def word(self) -> str:
        """What the link is called; empty where there is nothing to say."""
        if self.is_order:
            return "then"
        name = "" if self.output in (None, _DEFAULT) else self.output
        return f"{self.way} {name}" if self.way and name else self.way or name or ""


@dataclass(frozen=True, slots=True)
class FlatNode:
    """An op at its place, and all that feeds it."""

    path: tuple[str, ...]
    node: Node
    feeds: tuple[Feed, ...]


@dataclass(frozen=True, slots=True)
class _Level:
    """A graph at its place.

    Args:
        given: What feeds each of its inputs.
    """

    graph: GraphDefinition
    path: tuple[str, ...] = ()
    given: Mapping[str, tuple[Feed, ...]] = field(default_factory=dict)

    def feeds_of(self, node: Node, name: str) -> Iterator[Feed]:
        """Yield what feeds an input of a node."""
        dependency = self.graph.dependencies.get(node.name, {}).get(name)
        if dependency is not None:
            yield from self._of(dependency)
        for mapping in self.graph.input_mappings:
            ends = (mapping.mapped_node_name, mapping.mapped_node_input_name)
            if ends == (node.name, name):
                yield from self.given.get(mapping.graph_input_name, ())

    def _of(self, dependency: Dependency) -> Iterator[Feed]:
        if isinstance(dependency, DependencyDefinition):
            yield from self._output(dependency.node, dependency.output, "each of")
        elif isinstance(dependency, DynamicCollectDependencyDefinition):
            name = dependency.output_name
            for feed in self._output(dependency.node_name, name, ""):
                yield replace(feed, way="all of")
        elif isinstance(dependency, MultiDependencyDefinition):
            for member in dependency.dependencies:
                if isinstance(member, DependencyDefinition):
                    yield from self._of(member)

    def _output(self, name: str, output: str, dynamic: str) -> Iterator[Feed]:
        """Yield the op's output that a node's output is."""
        definition = self.graph.node_dict[name].definition
        path = (*self.path, name)
        if not isinstance(definition, GraphDefinition):
            way = dynamic if definition.outs[output].is_dynamic else ""
            yield Feed(path, output, way)
            return
        inner = _Level(definition, path)
        for mapping in definition.output_mappings:
            if mapping.graph_output_name == output:
                node, port = mapping.mapped_node_name, mapping.mapped_node_output_name
                yield from inner._output(node, port, dynamic)

    def nodes(self) -> Iterator[FlatNode]:
        """Yield the ops in the order they run in, those of inner graphs too."""
        for node in self.graph.nodes_in_topological_order:
            path = (*self.path, node.name)
            feeds = {
                name: tuple(self.feeds_of(node, name)) for name in node.definition.ins
            }
            if isinstance(node.definition, GraphDefinition):
                yield from _Level(node.definition, path, feeds).nodes()
                continue
            for name, declared in node.definition.ins.items():
                if declared.type.is_nothing:
                    feeds[name] = tuple(replace(f, is_order=True) for f in feeds[name])
            told = dict.fromkeys(feed for found in feeds.values() for feed in found)
            yield FlatNode(path, node, tuple(told))


def flat_nodes(graph: GraphDefinition) -> list[FlatNode]:
    """Return the ops of a graph and of all graphs in it, as they are fed."""
    given = {name: (Feed((name,), None),) for name in graph.ins}
    return list(_Level(graph, (), given).nodes())
