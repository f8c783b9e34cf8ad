"""The part of a run config that is about ops and graphs, resolved node by node."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from opnb.definitions.config_problem import ConfigDoesNotFit, Problem
from opnb.definitions.graph import nodes_before
from opnb.definitions.in_out import NOT_GIVEN
from opnb.definitions.input_config import input_value
from opnb.model.checks import shorten
from opnb.model.errors import did_you_mean

if TYPE_CHECKING:
    from opnb.definitions.config_mapping import ConfigMapping

Path = tuple[str, ...]


class Node(Protocol):
    """An op or a graph at its place."""

    @property
    def name(self) -> str:
        """What it is called there."""

    @property
    def definition(self) -> Any:
        """The op, or the graph."""


class Graph(Protocol):
    """What has nodes."""

    @property
    def node_dict(self) -> Mapping[str, Any]:
        """The nodes by name."""


class NodeConfigs:
    """Resolves the config of all nodes of a graph, and keeps every problem.

    `op_configs` and `input_values` are by the path of node names; `expected` holds, for
    each place where config does not fit, the schema that it must fit.

    Args:
        selected: The keys of the steps that run; all do if None.
    """

    def __init__(self, selected: Collection[str] | None = None) -> None:
        self._selected = None if selected is None else _with_graphs(selected)
        self.op_configs: dict[Path, Any] = {}
        self.input_values: dict[Path, dict[str, Any]] = {}
        self.problems: list[Problem] = []
        self.expected: list[tuple[tuple[str, ...], Any]] = []
        self._plain: dict[int, bool] = {}

    def add_graph(self, graph: Graph, given: Any, path: Path = ()) -> None:
        """Resolve what is given for the nodes of a graph, by their names."""
        where = _path(path, "ops")
        if given is NOT_GIVEN:
            given = {}
        if not self._is_mapping(given, where, "node names"):
            return
        for name in given:
            if name not in graph.node_dict:
                hint = did_you_mean(str(name), graph.node_dict)
                self._tell((*where, str(name)), f"no such node. {hint}")
        if not given and self._asks_nothing(graph):
            return
        for name, node in graph.node_dict.items():
            self._add_node(graph, node, given.get(name, NOT_GIVEN), (*path, name))

    def add_inputs(
        self, ins: Mapping[str, Any], given: Any, path: Path, fed: Collection[str]
    ) -> None:
        """Resolve values that are given for inputs."""
        where = (*_path(path), "inputs")
        if given is NOT_GIVEN or not self._is_mapping(given, where, "input names"):
            return
        for name, value in given.items():
            if name not in ins:
                hint = did_you_mean(str(name), ins)
                self._tell((*where, str(name)), f"no such input. {hint}")
            elif name in fed:
                self._tell(
                    (*where, name), "it is fed by what is before it in the graph"
                )
            else:
                self._add_input(ins[name], value, path, (*where, name))

    def _asks_nothing(self, graph: Graph) -> bool:
        """Tell whether no op within has a schema, so that nothing is to be done."""
        known = self._plain.get(id(graph))
        if known is None:
            known = getattr(graph, "config_mapping", None) is None and all(
                self._asks_nothing(node.definition)
                if hasattr(node.definition, "node_dict")
                else node.definition.config_schema is None
                for node in graph.node_dict.values()
            )
            self._plain[id(graph)] = known
        return known

    def _add_node(self, graph: Graph, node: Node, given: Any, path: Path) -> None:
        definition = node.definition
        is_graph = hasattr(definition, "node_dict")
        if given is NOT_GIVEN and (
            not self._runs(path) or (not is_graph and definition.config_schema is None)
        ):
            return
        parts = self._parts(node, given, path)
        if parts is None:
            return
        fed = self._fed(graph, path)
        self.add_inputs(definition.ins, parts.get("inputs", NOT_GIVEN), path, fed)
        config = parts.get("config", NOT_GIVEN)
        if not is_graph:
            self._add_op(definition, config, path)
        elif getattr(definition, "config_mapping", None) is None:
            self.add_graph(definition, parts.get("ops", NOT_GIVEN), path)
        else:
            self._add_mapped(definition, config, path)

    def _runs(self, path: Path) -> bool:
        return self._selected is None or ".".join(path) in self._selected

    def _fed(self, graph: Any, path: Path) -> set[str]:
        """Return the inputs of a node that get their value within the graph."""
        name = path[-1]
        fed = {
            mapping.mapped_node_input_name
            for mapping in getattr(graph, "input_mappings", ())
            if mapping.mapped_node_name == name
        }
        for input_name, source in (
            getattr(graph, "dependencies", {}).get(name, {}).items()
        ):
            nodes = nodes_before({input_name: source})
            if any(self._runs((*path[:-1], node)) for node in nodes):
                fed.add(input_name)
        return fed

    def _parts(self, node: Node, given: Any, path: Path) -> Mapping[str, Any] | None:
        """Return what is given for a node by "config", "inputs" or "ops"."""
        if given is NOT_GIVEN:
            return {}
        if is_config(given):
            return {"config": given}
        where = _path(path)
        takes = _takes(node.definition)
        schema = getattr(node.definition, "config_schema", None)
        if not self._is_mapping(given, where, " and ".join(map(repr, takes))):
            self._show(schema, (*where, "config"))
            return None
        for key in given:
            if key not in takes:
                hint = did_you_mean(str(key), takes)
                self._tell((*where, str(key)), f"no such key. {hint}")
        if "config" in takes and set(given) - set(takes):
            # What was meant for "config" may be at the wrong place: one error will do.
            self._show(schema, (*where, "config"))
            return None
        return dict(given)

    def _add_op(self, definition: Any, given: Any, path: Path) -> None:
        if definition.config_schema is None:
            if given is not NOT_GIVEN:
                self.op_configs[path] = given
            return
        schema = _schema_of(definition.config_schema)
        try:
            self.op_configs[path] = schema.fit(given)
        except ConfigDoesNotFit as error:
            where = (*_path(path), "config")
            self.problems += [problem.under(*where) for problem in error.problems]
            self._show(schema, where)

    def _add_mapped(self, definition: Any, given: Any, path: Path) -> None:
        mapping: ConfigMapping = definition.config_mapping
        where = (*_path(path), "config")
        try:
            made = mapping.resolve(given)
        except ConfigDoesNotFit as error:
            self.problems += [problem.under(*where) for problem in error.problems]
            self._show(mapping.config_schema, where)
            return
        told, shown = len(self.problems), len(self.expected)
        self.add_graph(definition, nodes_of(made), path)
        del self.expected[shown:]  # nobody could write it there
        name = getattr(mapping.config_fn, "__name__", "config_fn")
        self.problems[told:] = [
            Problem(problem.path, f"{problem.text}, in what {name!r} made of it")
            for problem in self.problems[told:]
        ]

    def _add_input(
        self, declared: Any, given: Any, path: Path, where: tuple[str, ...]
    ) -> None:
        if declared.type.is_nothing:
            self._tell(where, "it passes no value, only the order")
            return
        try:
            value = input_value(declared.type, given)
        except ConfigDoesNotFit as error:
            self.problems += [problem.under(*where) for problem in error.problems]
            return
        self.input_values.setdefault(path, {})[where[-1]] = value

    def _show(self, schema: Any, where: tuple[str, ...]) -> None:
        if schema is not None:
            self.expected.append((where, _schema_of(schema)))

    def _is_mapping(self, given: Any, where: tuple[str, ...], of: str) -> bool:
        if isinstance(given, Mapping):
            return True
        self._tell(where, f"must be a dict of {of}, not {shorten(given)}")
        return False

    def _tell(self, path: tuple[str, ...], text: str) -> None:
        self.problems.append(Problem(path, text.rstrip(".")))


def op_definitions(graph: Any) -> Iterator[tuple[Any, Any]]:
    """Give each op within a graph, and the node it is at."""
    for node in graph.node_dict.values():
        if hasattr(node.definition, "node_dict"):
            yield from op_definitions(node.definition)
        else:
            yield node.definition, node


def is_config(given: Any) -> bool:
    """Tell whether something is an instance of a `Config` class."""
    return hasattr(type(given), "model_fields")


def nodes_of(given: Any) -> Any:
    """Return the config of nodes by name: of a `RunConfig` what it has for ops."""
    return getattr(given, "ops", given)


def _takes(definition: Any) -> tuple[str, ...]:
    if not hasattr(definition, "node_dict"):
        return ("config", "inputs")
    if getattr(definition, "config_mapping", None) is None:
        return ("ops", "inputs")
    return ("config", "inputs")


def _with_graphs(keys: Collection[str]) -> frozenset[str]:
    """Return the dotted paths of steps, and of the graphs that they are in."""
    found: set[str] = set()
    for key in keys:
        parts = key.split("[")[0].split(".")
        found.update(".".join(parts[:depth]) for depth in range(1, len(parts) + 1))
    return frozenset(found)


def _path(path: Path, *more: str) -> tuple[str, ...]:
    """Return where a node is in a run config: `ops`, its name, `ops`, …."""
    return (*(part for name in path for part in ("ops", name)), *more)


def _schema_of(declared: Any) -> Any:
    from opnb.definitions.config_schema import (  # noqa: PLC0415 - pydantic at first use
        schema_of,
    )

    return schema_of(declared)
