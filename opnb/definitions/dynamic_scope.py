"""Which nodes of a graph are run once for each value of a dynamic output."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from opnb.definitions.dependency import (
    Dependency,
    DependencyDefinition,
    DynamicCollectDependencyDefinition,
)
from opnb.model.errors import InvalidDefinitionError

if TYPE_CHECKING:
    from opnb.definitions.graph import GraphDefinition

Scope: TypeAlias = tuple[str, str]  # the node and the dynamic output it is mapped over


def verify_dynamic(graph: GraphDefinition) -> None:
    """Refuse what cannot be run: a dynamic output within the reach of another.

    Raises:
        InvalidDefinitionError: A node is mapped over two dynamic outputs, has a dynamic
            output while mapped over another, or collects what is not dynamic.
    """
    scopes: dict[str, Scope] = {}
    for node in graph.nodes_in_topological_order:
        inputs = graph.dependencies.get(node.name, {})
        found = set(_scopes_of(graph, inputs, scopes, node.name))
        if len(found) > 1:
            _refuse(graph, node.name, found)
        if found:
            scopes[node.name] = scope = found.pop()
            if _has_dynamic_output(node.definition):
                raise InvalidDefinitionError(
                    f"In graph {graph.name!r}, {node.name!r} is dynamic within the "
                    f"dynamic {'.'.join(scope)}.",
                    hint="Collect the first before the second.",
                )


def _scopes_of(
    graph: GraphDefinition,
    inputs: Mapping[str, Dependency],
    scopes: Mapping[str, Scope],
    node_name: str,
) -> Iterator[Scope]:
    for input_name, dependency in inputs.items():
        if isinstance(dependency, DependencyDefinition):
            yield from _scope(graph, dependency, scopes)
        elif isinstance(dependency, DynamicCollectDependencyDefinition):
            source = DependencyDefinition(dependency.node_name, dependency.output_name)
            if not list(_scope(graph, source, scopes)):
                raise InvalidDefinitionError(
                    f"In graph {graph.name!r}, {node_name!r} collects "
                    f"{source.node}.{source.output}, which is not dynamic.",
                    hint="Pass it on as it is.",
                )
        else:
            for member in dependency.dependencies:
                if isinstance(member, DependencyDefinition) and list(
                    _scope(graph, member, scopes)
                ):
                    raise InvalidDefinitionError(
                        f"In graph {graph.name!r}, the list for {node_name}."
                        f"{input_name} holds the dynamic {member.node}."
                        f"{member.output}.",
                        hint="Collect it, and give it an input of its own.",
                    )


def _scope(
    graph: GraphDefinition,
    dependency: DependencyDefinition,
    scopes: Mapping[str, Scope],
) -> Iterator[Scope]:
    out = graph.node_dict[dependency.node].definition.outs[dependency.output]
    if dependency.node in scopes:
        yield scopes[dependency.node]
    elif out.is_dynamic:
        yield dependency.node, dependency.output


def _has_dynamic_output(definition: Any) -> bool:
    if not hasattr(definition, "op_definitions"):
        return any(out.is_dynamic for out in definition.outs.values())
    return any(_has_dynamic_output(op) for op in definition.op_definitions())


def _refuse(graph: GraphDefinition, node: str, found: set[Scope]) -> None:
    both = " and ".join(sorted(".".join(scope) for scope in found))
    raise InvalidDefinitionError(
        f"In graph {graph.name!r}, {node!r} is downstream of two dynamic outputs: "
        f"{both}.",
        hint="Collect one of them before.",
    )
