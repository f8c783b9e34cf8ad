"""The graph: ops and graphs that feed one another, made by `@graph` or by hand."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Any, overload

from opnb.definitions.composition import Composition, composing, two_of_one_name
from opnb.definitions.dependency import (
    Dependency,
    DependencyDefinition,
    DynamicCollectDependencyDefinition,
    InputMapping,
    MultiDependencyDefinition,
    Node,
    NodeInvocation,
    OutputMapping,
)
from opnb.definitions.dynamic_scope import verify_dynamic
from opnb.definitions.function_hints import function_name
from opnb.definitions.handles import DynamicHandle, GraphInputHandle, OutputHandle
from opnb.definitions.in_out import NOT_GIVEN, DynamicOut, GraphIn, GraphOut, In, Out
from opnb.definitions.invocation import Invocable
from opnb.definitions.op import OpDefinition
from opnb.definitions.signature import verify_port_name
from opnb.definitions.tags import normalize_tags
from opnb.model.checks import shorten, verify_name, verify_type
from opnb.model.displayable import Displayable
from opnb.model.errors import InvalidDefinitionError, did_you_mean

if TYPE_CHECKING:
    from opnb.definitions.config_mapping import ConfigMapping
    from opnb.definitions.job import JobDefinition


@dataclass(frozen=True, eq=False, init=False)
class GraphDefinition(Invocable, Displayable):
    """Ops and graphs, and what feeds what.

    Args:
        name: Letters, digits and underscores.
        description: What it does, in words.
        node_defs: The ops and graphs in it.
        dependencies: For each node, by its name or a `NodeInvocation`, what feeds each
            of its inputs.
        input_mappings: Which nodes take the graph's inputs.
        output_mappings: Which nodes give the graph's outputs.
        config: A `ConfigMapping`, or fixed config for its nodes.
        tags: Text by text.

    Raises:
        InvalidDefinitionError: A node, an input or an output is not there, the nodes
            wait for one another in a circle, or a dynamic output is in another's reach.
    """

    name: str
    description: str | None
    node_dict: Mapping[str, Node] = field(repr=False)
    dependencies: Mapping[str, Mapping[str, Dependency]] = field(repr=False)
    input_mappings: Sequence[InputMapping] = field(repr=False)
    output_mappings: Sequence[OutputMapping] = field(repr=False)
    config_mapping: Any = field(repr=False)
    tags: Mapping[str, str] = field(repr=False)
    input_defaults: Mapping[str, Any] = field(repr=False)

    def __init__(
        self,
        name: str,
        *,
        description: str | None = None,
        node_defs: Sequence[OpDefinition | GraphDefinition] = (),
        dependencies: Mapping[str | NodeInvocation, Mapping[str, Dependency]]
        | None = None,
        input_mappings: Sequence[InputMapping] = (),
        output_mappings: Sequence[OutputMapping] = (),
        config: Any = None,
        tags: Mapping[str, Any] | None = None,
    ) -> None:
        nodes, wiring = _nodes_of(node_defs, dependencies or {}, name)
        self._init(name, nodes, wiring, input_mappings, output_mappings)
        _set(self, "description", description)
        _set(self, "config_mapping", _config_mapping(config))
        _set(self, "tags", normalize_tags(tags))

    def _init(
        self,
        name: str,
        nodes: Mapping[str, Node],
        dependencies: Mapping[str, Mapping[str, Dependency]],
        input_mappings: Sequence[InputMapping],
        output_mappings: Sequence[OutputMapping],
    ) -> None:
        _set(self, "name", verify_port_name(name, "a graph"))
        _set(self, "node_dict", dict(nodes))
        _set(self, "dependencies", dict(dependencies))
        _set(self, "input_mappings", tuple(input_mappings))
        _set(self, "output_mappings", tuple(output_mappings))
        _set(self, "description", None)
        _set(self, "config_mapping", None)
        _set(self, "tags", {})
        _set(self, "input_defaults", {})
        _verify_wiring(self)
        _ = self.nodes_in_topological_order
        verify_dynamic(self)

    def __repr__(self) -> str:
        return f"GraphDefinition({self.name!r}: {', '.join(self.node_dict) or '–'})"

    @property
    def nodes(self) -> list[Node]:
        """The nodes, in the order of their calls."""
        return list(self.node_dict.values())

    @cached_property
    def nodes_in_topological_order(self) -> list[Node]:
        """The nodes by levels, alphabetically within each: the order they run in."""
        before = {
            name: set(nodes_before(self.dependencies.get(name, {})))
            for name in self.node_dict
        }
        return [self.node_dict[name] for name in _by_levels(before, self.name)]

    @cached_property
    def ins(self) -> Mapping[str, In]:
        """The graph's inputs, each with the type of the node's input that it feeds."""
        found: dict[str, In] = {}
        for mapping in self.input_mappings:
            inner = self.node_dict[mapping.mapped_node_name].definition.ins[
                mapping.mapped_node_input_name
            ]
            kind = mapping.dagster_type or inner.dagster_type or NOT_GIVEN
            if mapping.fan_in_index is not None:
                kind = NOT_GIVEN  # the node's type is that of the list
            default = self.input_defaults.get(
                mapping.graph_input_name, inner.default_value
            )
            found.setdefault(
                mapping.graph_input_name,
                In(
                    kind,
                    mapping.graph_input_description or inner.description,
                    default_value=default,
                ),
            )
        return found

    @cached_property
    def outs(self) -> Mapping[str, Out]:
        """The graph's outputs, each as the node's output that it is."""
        return {
            mapping.graph_output_name: self._out(mapping)
            for mapping in self.output_mappings
        }

    def _out(self, mapping: OutputMapping) -> Out:
        inner = self.node_dict[mapping.mapped_node_name].definition.outs[
            mapping.mapped_node_output_name
        ]
        kind = DynamicOut if mapping.from_dynamic_mapping or inner.is_dynamic else Out
        return kind(
            inner.dagster_type or NOT_GIVEN,
            mapping.graph_output_description or inner.description,
            inner.is_required,
        )

    @property
    def positional_inputs(self) -> Sequence[str]:
        """The inputs that a call may give by position, in their order."""
        return list(self.ins)

    def op_definitions(self) -> Iterator[OpDefinition]:
        """Yield the ops of all levels, once for each use."""
        for node in self.node_dict.values():
            if isinstance(node.definition, OpDefinition):
                yield node.definition
            else:
                yield from node.definition.op_definitions()

    def configured(
        self,
        config_or_config_fn: Any,
        name: str | None = None,
        config_schema: Any = None,
        description: str | None = None,
    ) -> GraphDefinition:
        """Return the same graph with its config given, or made of simpler config.

        Raises:
            InvalidDefinitionError: The graph has no config mapping.
        """
        if self.config_mapping is None:
            raise InvalidDefinitionError(
                f"The graph {self.name!r} has no config of its own to be given.",
                hint="@graph(config=config_mapping(...)), or configure its ops.",
            )
        made = copy(self)
        mapping = self.config_mapping.configured(config_or_config_fn, config_schema)
        _set(made, "config_mapping", mapping)
        _set(made, "name", verify_port_name(name or self.name, "a graph"))
        _set(made, "description", description or self.description)
        return made

    def to_job(self, name: str | None = None, **options: Any) -> JobDefinition:
        """Make a job of the graph.

        Args:
            name: The job's name; the graph's if not given.
            options: As in `JobDefinition`, with `hooks` for `hook_defs`.
        """
        from opnb.definitions.job import job_of_graph  # noqa: PLC0415 - jobs hold graphs

        return job_of_graph(self, name, **options)

    def execute_in_process(self, *args: Any, **options: Any) -> Any:
        """Run the graph as a job of its name, as `JobDefinition.execute_in_process`."""
        resources = options.pop("resources", None)
        job = self.to_job(resource_defs=resources)
        return job.execute_in_process(*args, **options)


_set = object.__setattr__


def _config_mapping(config: Any) -> ConfigMapping | None:
    """Return what makes the config of the nodes; a dict is theirs for good."""
    if config is None:
        return None
    from opnb.definitions.config_mapping import (  # noqa: PLC0415 - pydantic at first use
        ConfigMapping,
    )

    if isinstance(config, ConfigMapping):
        return config
    verify_type(config, Mapping, "config", hint="A dict by node, or a ConfigMapping.")
    return ConfigMapping(lambda _: config, {})


def nodes_before(dependencies: Mapping[str, Dependency]) -> Iterator[str]:
    """Yield the names of the nodes that feed these inputs."""
    for dependency in dependencies.values():
        yield from (node for node, _ in outputs_of(dependency))


def outputs_of(dependency: Dependency) -> Iterator[tuple[str, str]]:
    """Yield the node and the output of each thing that feeds one input."""
    if isinstance(dependency, DependencyDefinition):
        yield dependency.node, dependency.output
    elif isinstance(dependency, DynamicCollectDependencyDefinition):
        yield dependency.node_name, dependency.output_name
    else:
        for member in dependency.dependencies:
            if isinstance(member, DependencyDefinition):
                yield member.node, member.output


def _by_levels(before: Mapping[str, Iterable[str]], graph_name: str) -> Iterator[str]:
    sorter = TopologicalSorter(before)
    try:
        sorter.prepare()
    except CycleError as error:
        circle = " → ".join(reversed(error.args[1]))
        raise InvalidDefinitionError(
            f"Graph {graph_name!r} has a circle: {circle}.",
            hint="Take one link away.",
        ) from None
    while sorter.is_active():
        level = sorted(sorter.get_ready())
        yield from level
        sorter.done(*level)


def _nodes_of(
    node_defs: Sequence[OpDefinition | GraphDefinition],
    dependencies: Mapping[str | NodeInvocation, Mapping[str, Dependency]],
    graph_name: str,
) -> tuple[dict[str, Node], dict[str, Mapping[str, Dependency]]]:
    definitions: dict[str, OpDefinition | GraphDefinition] = {}
    for definition in node_defs:
        verify_type(definition, (OpDefinition, GraphDefinition), "node_defs")
        known = definitions.setdefault(definition.name, definition)
        if known is not definition:
            raise two_of_one_name(definition.name)
    nodes: dict[str, Node] = {}
    wiring: dict[str, Mapping[str, Dependency]] = {}
    used = set()
    for key, inputs in dependencies.items():
        invocation = NodeInvocation(key) if isinstance(key, str) else key
        if invocation.name not in definitions:
            raise InvalidDefinitionError(
                f"Graph {graph_name!r} has no {invocation.name!r} among its node_defs.",
                hint=did_you_mean(invocation.name, definitions),
            )
        definition = definitions[invocation.name]
        name = invocation.alias or invocation.name
        if name in nodes:
            raise InvalidDefinitionError(
                f"Graph {graph_name!r} has two nodes named {name!r}.",
                hint=f"NodeInvocation({invocation.name!r}, alias='other').",
            )
        tags = {**definition.tags, **invocation.tags}
        nodes[name] = Node(
            name, definition, tags, invocation.hook_defs, invocation.retry_policy
        )
        wiring[name] = dict(inputs)
        used.add(invocation.name)
    for name, definition in definitions.items():
        if name not in used:
            nodes[name] = Node(name, definition, definition.tags)
    return nodes, wiring


def _verify_wiring(graph: GraphDefinition) -> None:
    for name, inputs in graph.dependencies.items():
        definition = graph.node_dict[name].definition
        for input_name, dependency in inputs.items():
            _verify_known(graph, name, "input", input_name, definition.ins)
            verify_type(
                dependency,
                (
                    DependencyDefinition,
                    MultiDependencyDefinition,
                    DynamicCollectDependencyDefinition,
                ),
                f"what feeds {name}.{input_name}",
                hint="DependencyDefinition('load', 'result').",
            )
            for source, output in outputs_of(dependency):
                _verify_output(graph, source, output)
    for mapping in graph.output_mappings:
        _verify_output(graph, mapping.mapped_node_name, mapping.mapped_node_output_name)
    for into in graph.input_mappings:
        node = _node(graph, into.mapped_node_name)
        wanted = into.mapped_node_input_name
        _verify_known(graph, node.name, "input", wanted, node.definition.ins)


def _node(graph: GraphDefinition, name: str) -> Node:
    if name not in graph.node_dict:
        raise InvalidDefinitionError(
            f"Graph {graph.name!r} has no node {name!r}.",
            hint=did_you_mean(name, graph.node_dict),
        )
    return graph.node_dict[name]


def _verify_output(graph: GraphDefinition, node: str, output: str) -> None:
    outs = _node(graph, node).definition.outs
    _verify_known(graph, node, "output", output, outs)


def _verify_known(
    graph: GraphDefinition, node: str, what: str, name: str, known: Mapping[str, Any]
) -> None:
    if name not in known:
        raise InvalidDefinitionError(
            f"In graph {graph.name!r}, node {node!r} has no {what} {name!r}.",
            hint=did_you_mean(name, known),
        )


@overload
def graph(fn: Callable[..., Any]) -> GraphDefinition: ...


@overload
def graph(
    *,
    name: str | None = None,
    description: str | None = None,
    ins: Mapping[str, GraphIn] | None = None,
    out: GraphOut | Mapping[str, GraphOut] | None = None,
    tags: Mapping[str, Any] | None = None,
    config: Any = None,
) -> Callable[[Callable[..., Any]], GraphDefinition]: ...


def graph(
    fn: Callable[..., Any] | None = None,
    *,
    name: str | None = None,
    description: str | None = None,
    ins: Mapping[str, GraphIn] | None = None,
    out: GraphOut | Mapping[str, GraphOut] | None = None,
    tags: Mapping[str, Any] | None = None,
    config: Any = None,
    **gone: Any,
) -> GraphDefinition | Callable[[Callable[..., Any]], GraphDefinition]:
    """Make a graph of a function that calls ops; bare or with arguments.

    Its parameters are the graph's inputs. It returns what an op call gave, or a dict of
    such for several outputs named in `out`. See `GraphDefinition` for the rest.

    >>> from opnb.definitions.op import op
    >>> @op
    ... def one(): return 1
    >>> @op
    ... def double(n: int): return 2 * n
    >>> @graph
    ... def two(): return double(one())
    >>> two
    GraphDefinition('two': one, double)
    """

    def make(function: Callable[..., Any]) -> GraphDefinition:
        graph_name = name or function_name(function, "@graph")
        return compose_graph(
            function,
            "@graph",
            graph_name,
            ins=ins,
            out=out,
            description=description,
            tags=tags,
            config=config,
        )

    _refuse_gone(gone)
    return make if fn is None else make(fn)


def _refuse_gone(given: Mapping[str, Any]) -> None:
    for name in given:
        hint = {"input_defs": "ins={'n': GraphIn()}.", "output_defs": "out=GraphOut()."}
        raise InvalidDefinitionError(
            f"@graph takes no {name!r}.", hint=hint.get(name, "See graph? for what is.")
        )


def compose_graph(
    fn: Callable[..., Any],
    kind: str,
    name: str,
    *,
    ins: Mapping[str, GraphIn] | None = None,
    out: GraphOut | Mapping[str, GraphOut] | None = None,
    description: str | None = None,
    tags: Mapping[str, Any] | None = None,
    config: Any = None,
) -> GraphDefinition:
    """Return the graph of the calls that a function makes.

    Raises:
        InvalidDefinitionError: The calls make no graph.
    """
    verify_name(name, "a graph")
    parameters = _parameters(fn, kind, name)
    with composing(kind, name) as composition:
        returned = fn(**{each: GraphInputHandle(each) for each in parameters})
    outputs = _output_mappings(composition, returned, out)
    mappings = _input_mappings(composition, parameters, ins or {})
    made = GraphDefinition.__new__(GraphDefinition)
    made._init(  # noqa: SLF001 - a second constructor
        name, composition.nodes, composition.dependencies, mappings, outputs
    )
    _set(made, "description", description or inspect.getdoc(fn))
    _set(made, "config_mapping", _config_mapping(config))
    _set(made, "tags", normalize_tags(tags))
    _set(made, "input_defaults", _defaults(parameters))
    return made


def _parameters(
    fn: Callable[..., Any], kind: str, name: str
) -> Mapping[str, inspect.Parameter]:
    parameters = inspect.signature(fn).parameters
    for parameter in parameters.values():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            raise InvalidDefinitionError(
                f"{kind} {name!r} takes {str(parameter)!r}; a graph names each input.",
                hint="Give each input a parameter.",
            )
        if parameter.name == "context":
            raise InvalidDefinitionError(
                f"{kind} {name!r} takes 'context': it runs once, to be composed, and "
                "there is no context then.",
                hint="Ops take it: def op(context, ...).",
            )
    return parameters


def _defaults(parameters: Mapping[str, inspect.Parameter]) -> dict[str, Any]:
    return {
        name: parameter.default
        for name, parameter in parameters.items()
        if parameter.default is not inspect.Parameter.empty
    }


def _input_mappings(
    composition: Composition,
    parameters: Iterable[str],
    ins: Mapping[str, GraphIn],
) -> list[InputMapping]:
    found: list[InputMapping] = []
    for name in ins:
        if name not in parameters:
            raise InvalidDefinitionError(
                f"{composition} declares the input {name!r}, and its function has no "
                "such parameter.",
                hint=did_you_mean(name, parameters),
            )
    for name in parameters:
        of_input = [m for m in composition.input_mappings if m.graph_input_name == name]
        if not of_input:
            raise InvalidDefinitionError(
                f"{composition} does not use its input {name!r}.",
                hint="Pass it to an op, or take the parameter away.",
            )
        description = ins[name].description if name in ins else None
        found += (replace(m, graph_input_description=description) for m in of_input)
    return found


def _output_mappings(
    composition: Composition,
    returned: Any,
    out: GraphOut | Mapping[str, GraphOut] | None,
) -> list[OutputMapping]:
    declared = out if isinstance(out, Mapping) else {"result": out or GraphOut()}
    handles = _returned_handles(composition, returned, declared)
    missing = [name for name in declared if name not in handles]
    if missing and out is not None:
        raise InvalidDefinitionError(
            f"{composition} declares the output {missing[0]!r} and does not return it.",
            hint="Return it, or a dict of all outputs.",
        )
    return [
        OutputMapping(
            name,
            handle.node_name,
            handle.output_name,
            declared[name].description,
            from_dynamic_mapping=isinstance(handle, DynamicHandle),
        )
        for name, handle in handles.items()
    ]


def _returned_handles(
    composition: Composition, returned: Any, declared: Mapping[str, GraphOut]
) -> dict[str, OutputHandle | DynamicHandle]:
    if returned is None:
        return {}
    if isinstance(returned, (OutputHandle, DynamicHandle)):
        if len(declared) != 1:
            entries = ", ".join(f"{name!r}: ..." for name in declared)
            raise InvalidDefinitionError(
                f"{composition} declares {len(declared)} outputs "
                f"({', '.join(declared)}) and returns one.",
                hint=f"Return a dict: {{{entries}}}.",
            )
        return {next(iter(declared)): returned}
    if isinstance(returned, tuple) and len(returned) == len(declared):
        returned = dict(zip(declared, returned, strict=True))
    if not isinstance(returned, dict):
        raise InvalidDefinitionError(
            f"{composition} returns {shorten(returned)}.",
            hint="Return what an op call gave, or a dict of such for several outputs.",
        )
    for name, handle in returned.items():
        _verify_returned(composition, name, handle, declared)
    return {name: returned[name] for name in declared if name in returned}


def _verify_returned(
    composition: Composition, name: Any, handle: Any, declared: Mapping[str, GraphOut]
) -> None:
    if name not in declared:
        near = did_you_mean(str(name), declared)
        raise InvalidDefinitionError(
            f"{composition} returns an output {name!r} that it does not declare.",
            hint=f"out={{{name!r}: GraphOut(), ...}}. {near}",
        )
    if not isinstance(handle, (OutputHandle, DynamicHandle)):
        raise InvalidDefinitionError(
            f"{composition} returns {shorten(handle)} for its output {name!r}.",
            hint="Return what an op call gave.",
        )
