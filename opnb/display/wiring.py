"""A graph or a job as it is defined: its nodes, and what feeds each of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from opnb.definitions.dependency import (
    Dependency,
    DependencyDefinition,
    DynamicCollectDependencyDefinition,
    Node,
)
from opnb.definitions.graph import GraphDefinition
from opnb.definitions.job import JobDefinition
from opnb.display import style, words
from opnb.display.engine import render
from opnb.display.flat_graph import Feed, FlatNode, flat_nodes
from opnb.display.graph_picture import (
    MOST_BOXES,
    BoxView,
    LinkView,
    graph_picture,
)
from opnb.display.narrow import one_name
from opnb.display.picture import Picture
from opnb.model.metadata import IntMetadataValue, TextMetadataValue

_NODES_SHOWN = 60
_TEXT_NODES = 10
_LONG = 8  # a table of more nodes is folded where there is a picture
_DEFAULT = "result"


@dataclass(frozen=True, slots=True)
class NodeView:
    """One node of a graph.

    Args:
        depth: How many graphs it is within, below the one that is shown.
        note: The name of its definition where it has another, and whether it is a
            graph.
        sources: What feeds its inputs, one part each.
    """

    depth: int
    name: str
    note: str
    sources: list[str]
    tags: str


def graph_forms(graph: GraphDefinition) -> dict[str, str]:
    """Draw a graph: its inputs and outputs, its nodes, what feeds them."""
    ports = f"{', '.join(graph.ins) or '–'} → {', '.join(graph.outs) or '–'}"
    return _forms("graph", graph.name, [ports], graph.description, graph, _tags(graph))


def job_forms(job: JobDefinition) -> dict[str, str]:
    """Draw a job: its nodes, what feeds them, and what its runs share."""
    ops = words.count(sum(1 for _ in job.graph.op_definitions()), "op")
    return _forms("job", job.name, [ops], job.description, job.graph, _facts(job))


def _forms(
    word: str,
    title: str,
    remarks: list[str],
    description: str | None,
    graph: GraphDefinition,
    metadata: Mapping[str, Any],
) -> dict[str, str]:
    nodes = list(_nodes(graph))
    view = {
        "glyph": "▸",
        "word": word,
        "title": title,
        "color": style.GREY,
        "remarks": remarks,
        "description": description,
        "metadata": metadata,
        "nodes": nodes[:_NODES_SHOWN],
        "more": _more(len(nodes), _NODES_SHOWN),
        "brief": nodes[:_TEXT_NODES],
        "brief_more": _more(len(nodes), _TEXT_NODES),
        "any_tags": any(node.tags for node in nodes),
        "total": len(nodes),
    }
    picture = _picture(word, title, graph)
    return {
        "text/plain": words.fit_terminal(render("graph.txt", **view)),
        "text/markdown": words.single_gaps(render("graph.md", **view)),
        "text/html": render(
            "graph.html",
            picture=picture,
            most=MOST_BOXES,
            is_folded=picture is not None and len(nodes) > _LONG,
            **view,
        ),
    }


def _picture(word: str, title: str, graph: GraphDefinition) -> Picture | None:
    """Draw the ops of all levels, and for a graph what goes in; None if too many."""
    ops = flat_nodes(graph)
    given = list(
        dict.fromkeys(f.path for op in ops for f in op.feeds if f.output is None)
    )
    boxes = [BoxView(path[-1], ("input",), style.BLUE) for path in given]
    boxes += [_box(op) for op in ops]
    numbers = {path: number for number, path in enumerate(given)}
    numbers |= {op.path: len(given) + number for number, op in enumerate(ops)}
    links = [_link(feed, op, numbers) for op in ops for feed in op.feeds]
    alt = f"The {word} {one_name(title)}: {words.count(len(ops), 'op')}"
    return graph_picture(boxes, links, f"{alt}, {words.count(len(links), 'link')}.")


def _box(op: FlatNode) -> BoxView:
    definition = op.node.definition.name
    lines = [f"op {definition}"] if definition != op.node.name else []
    if len(op.path) > 1:
        lines.append(f"in {'.'.join(op.path[:-1])}")
    return BoxView(op.node.name, tuple(lines))


def _link(feed: Feed, op: FlatNode, numbers: Mapping[tuple[str, ...], int]) -> LinkView:
    return LinkView(numbers[feed.path], numbers[op.path], feed.word, feed.is_order)


def _more(nodes: int, shown: int) -> str:
    return f"and {words.count(nodes - shown, 'further node')}" if nodes > shown else ""


def _facts(job: JobDefinition) -> dict[str, Any]:
    facts: dict[str, Any] = _tags(job)
    if job.op_retry_policy is not None:
        facts["retries"] = IntMetadataValue(job.op_retry_policy.max_retries)
    for label, names in (
        ("hooks", sorted(hook.name for hook in job.hook_defs)),
        ("resources", sorted(job.resource_defs)),
    ):
        if names:
            facts[label] = TextMetadataValue(", ".join(names))
    return facts


def _tags(definition: GraphDefinition | JobDefinition) -> dict[str, Any]:
    return {key: TextMetadataValue(value) for key, value in definition.tags.items()}


def _nodes(graph: GraphDefinition, depth: int = 0) -> Iterator[NodeView]:
    """Yield the nodes in the order they run in, each graph's after it."""
    for node in graph.nodes_in_topological_order:
        yield NodeView(
            depth,
            node.name,
            _note(node),
            list(_sources(graph, node)),
            ", ".join(f"{key} {value}" for key, value in node.tags.items()),
        )
        if isinstance(node.definition, GraphDefinition):
            yield from _nodes(node.definition, depth + 1)


def _note(node: Node) -> str:
    kind = "graph" if isinstance(node.definition, GraphDefinition) else "op"
    if node.definition.name != node.name:
        return f"{kind} {node.definition.name}"
    return kind if kind == "graph" else ""


def _sources(graph: GraphDefinition, node: Node) -> Iterator[str]:
    """Yield what feeds each input; its name is left out where there is but one."""
    wiring = graph.dependencies.get(node.name, {})
    given = _given(graph, node.name)
    ins = node.definition.ins
    for name in ins:
        dependency = wiring.get(name)
        if dependency is None and name not in given:
            continue
        source = (
            given[name][None]
            if dependency is None
            else _source(graph, dependency, given.get(name, {}))
        )
        if ins[name].type.is_nothing:
            source = f"after {source}"
        yield source if len(ins) == 1 else f"{name}: {source}"


def _given(graph: GraphDefinition, node_name: str) -> dict[str, dict[int | None, str]]:
    """Return which inputs of the graph feed a node, by input and place in a fan-in."""
    found: dict[str, dict[int | None, str]] = {}
    for mapping in graph.input_mappings:
        if mapping.mapped_node_name == node_name:
            places = found.setdefault(mapping.mapped_node_input_name, {})
            places[mapping.fan_in_index] = f"input {mapping.graph_input_name}"
    return found


def _source(
    graph: GraphDefinition, dependency: Dependency, given: Mapping[int | None, str]
) -> str:
    if isinstance(dependency, DependencyDefinition):
        return _output(graph, dependency)
    if isinstance(dependency, DynamicCollectDependencyDefinition):
        return f"all of {_named(dependency.node_name, dependency.output_name)}"
    members = [
        _output(graph, member)
        if isinstance(member, DependencyDefinition)
        else given.get(place, "an input")
        for place, member in enumerate(dependency.dependencies)
    ]
    return f"[{', '.join(members)}]"


def _output(graph: GraphDefinition, dependency: DependencyDefinition) -> str:
    outs = graph.node_dict[dependency.node].definition.outs
    name = _named(dependency.node, dependency.output)
    return f"each of {name}" if outs[dependency.output].is_dynamic else name


def _named(node: str, output: str) -> str:
    return node if output == _DEFAULT else f"{node}.{output}"
