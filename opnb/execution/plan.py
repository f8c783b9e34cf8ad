"""The plan of a run: its steps, and where each of their inputs comes from.

A job's graphs are flattened into steps in Dagster's order: level by level within each
graph, alphabetically within a level. A step that is mapped over a dynamic output is a
template until the run knows the output's mapping keys.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from opnb.definitions.dependency import (
    Dependency,
    DependencyDefinition,
    DynamicCollectDependencyDefinition,
    MultiDependencyDefinition,
    Node,
)
from opnb.definitions.op import OpDefinition
from opnb.model.errors import InvalidConfigError, InvalidDefinitionError

if TYPE_CHECKING:
    from opnb.definitions.graph import GraphDefinition
    from opnb.definitions.hook import HookDefinition
    from opnb.definitions.job import JobDefinition
    from opnb.definitions.retry_policy import RetryPolicy
    from opnb.model.entry import OutputSource

PRIORITY_TAG = "dagster/priority"

# What a step puts out: its key, the output, and a mapping key where it is dynamic.
OutputHandle: TypeAlias = tuple[str, str] | tuple[str, str, str]


# The steps and the outputs of theirs that a source takes.
Handles: TypeAlias = "tuple[tuple[PlannedStep, OutputHandle], ...]"


@dataclass(frozen=True, slots=True)
class FromValue:
    """A value that is there before the run: given, configured, or a default."""

    handles: ClassVar[Handles] = ()
    value: Any
    source: OutputSource | None = None
    fingerprint: str | None = None


@dataclass(frozen=True, slots=True)
class FromOutput:
    """An output of another step."""

    step: PlannedStep
    output_name: str
    handles: Handles = field(init=False, repr=False)

    def __post_init__(self) -> None:
        handle = (self.step.key, self.output_name)
        object.__setattr__(self, "handles", ((self.step, handle),))


@dataclass(frozen=True, slots=True)
class FromElement:
    """The value of a dynamic output under one mapping key."""

    step: PlannedStep
    output_name: str
    mapping_key: str
    handles: Handles = field(init=False, repr=False)

    def __post_init__(self) -> None:
        handle = (self.step.key, self.output_name, self.mapping_key)
        object.__setattr__(self, "handles", ((self.step, handle),))


@dataclass(frozen=True, slots=True)
class FromMany:
    """A list of what several sources give; what was skipped is left out."""

    members: tuple[Source, ...]
    handles: Handles = field(init=False, repr=False)

    def __post_init__(self) -> None:
        handles = tuple(h for member in self.members for h in member.handles)
        object.__setattr__(self, "handles", handles)


@dataclass(frozen=True, slots=True)
class FromCollect:
    """All values of a dynamic output, or of an output of a step mapped over one."""

    handles: ClassVar[Handles] = ()
    step: PlannedStep
    output_name: str

    @property
    def scope(self) -> Scope:
        """The dynamic output whose mapping keys decide how many there are."""
        return self.step.scope or Scope(self.step, self.output_name)


Source: TypeAlias = FromValue | FromOutput | FromElement | FromMany | FromCollect


@dataclass(frozen=True, slots=True)
class Scope:
    """A dynamic output that steps are mapped over."""

    step: PlannedStep
    output_name: str


@dataclass(slots=True, eq=False)
class PlannedStep:
    """An op at its place in a run.

    Args:
        key: The path of node names with dots between; `[key]` after it where mapped.
        path: The node names.
        node: The op with what its use in the graph adds.
        op: What runs.
        inputs: Where each input comes from; one of `Nothing` may be missing.
        config: The op's config, fitted to its schema.
        hooks: Run after it: the job's, its graphs' and its own.
        retry_policy: The use's, else the op's, else the job's.
        scope: The dynamic output it is mapped over; None for a step that runs once.
        mapping_key: Which value of that output; None for a template.
        priority: Ready steps of a higher one go first.
    """

    key: str
    path: tuple[str, ...]
    node: Node
    op: OpDefinition
    inputs: dict[str, Source]
    config: Any = None
    hooks: tuple[HookDefinition, ...] = ()
    retry_policy: RetryPolicy | None = None
    scope: Scope | None = None
    mapping_key: str | None = None
    priority: int = 0

    def __repr__(self) -> str:
        return f"PlannedStep({self.key!r})"

    @property
    def collects(self) -> Iterator[FromCollect]:
        """The inputs that wait for mapping keys."""
        return (s for s in self.inputs.values() if isinstance(s, FromCollect))

    def mapped(self, mapping_key: str, instances: Mapping[str, PlannedStep]) -> Self:
        """Return the step for one value of the output that this one is mapped over.

        Args:
            mapping_key: Which value.
            instances: The steps of the same mapping key made so far, by the key of
                their template.
        """
        inputs = {
            name: self._mapped_source(source, mapping_key, instances)
            for name, source in self.inputs.items()
        }
        return replace(
            self,
            key=f"{self.key}[{mapping_key}]",
            inputs=inputs,
            mapping_key=mapping_key,
        )

    def _mapped_source(
        self, source: Source, mapping_key: str, instances: Mapping[str, PlannedStep]
    ) -> Source:
        if not isinstance(source, FromOutput):
            return source
        if source.step.scope is not None and source.step.mapping_key is None:
            return FromOutput(instances[source.step.key], source.output_name)
        if source.step.op.outs[source.output_name].is_dynamic:
            return FromElement(source.step, source.output_name, mapping_key)
        return source


Self: TypeAlias = PlannedStep


@dataclass(slots=True, eq=False)
class ExecutionPlan:
    """The steps of a run.

    Args:
        steps: By key, in the order that they run where nothing else decides.
        graph_outputs: Which step's output each output of the graph is.
        node_outputs: Which step's output each output of a node is, graphs included.
    """

    steps: dict[str, PlannedStep]
    graph_outputs: dict[str, tuple[str, str]] = field(default_factory=dict)
    node_outputs: dict[str, dict[str, tuple[str, str]]] = field(default_factory=dict)
    _asked: dict[str, str] | None = None

    @property
    def required_resource_keys(self) -> dict[str, str]:
        """The resources that steps and hooks ask for, and who asks first."""
        if self._asked is None:
            self._asked = self._find_asked()
        return self._asked

    def _find_asked(self) -> dict[str, str]:
        asked: dict[str, str] = {}
        for step in self.steps.values():
            for key in step.op.required_resource_keys:
                asked.setdefault(key, f"op {step.key!r}")
            types = [port.type for port in step.op.ins.values()]
            types += [port.type for port in step.op.outs.values()]
            for kind in types:
                for key in kind.required_resource_keys:
                    asked.setdefault(key, f"type {kind.name!r}")
            for hook in step.hooks:
                for key in hook.required_resource_keys:
                    asked.setdefault(key, f"hook {hook.name!r}")
        return asked


@dataclass(slots=True)
class _Planner:
    """Flattens graphs into steps."""

    job: JobDefinition
    configs: Mapping[tuple[str, ...], Any]
    input_values: Mapping[tuple[str, ...], Mapping[str, Any]]
    steps: dict[str, PlannedStep] = field(default_factory=dict)
    node_outputs: dict[str, dict[str, tuple[str, str]]] = field(default_factory=dict)

    def add_graph(
        self,
        graph: GraphDefinition,
        path: tuple[str, ...],
        given: Mapping[str, Source],
        hooks: frozenset[HookDefinition],
    ) -> dict[str, FromOutput]:
        """Add the steps of a graph; return what its outputs are."""
        outputs: dict[str, dict[str, FromOutput]] = {}
        into = _inputs_of_graph(graph)
        for node in graph.nodes_in_topological_order:
            wiring = graph.dependencies.get(node.name, {})
            inputs = {
                name: source
                for name in node.definition.ins
                if (
                    source := self._source(
                        (*path, node.name),
                        name,
                        wiring.get(name),
                        into.get((node.name, name), ()),
                        given,
                        outputs,
                    )
                )
                is not None
            }
            outputs[node.name] = self._add_node(
                node, (*path, node.name), inputs, hooks | node.hook_defs
            )
        return {
            mapping.graph_output_name: outputs[mapping.mapped_node_name][
                mapping.mapped_node_output_name
            ]
            for mapping in graph.output_mappings
        }

    def _add_node(
        self,
        node: Node,
        path: tuple[str, ...],
        inputs: dict[str, Source],
        hooks: frozenset[HookDefinition],
    ) -> dict[str, FromOutput]:
        key = ".".join(path)
        definition = node.definition
        if isinstance(definition, OpDefinition):
            self._add_defaults(definition, inputs)
            step = self._step(node, definition, path, inputs, hooks)
            self.steps[key] = step
            found = {name: FromOutput(step, name) for name in definition.outs}
        else:
            self._add_unfed_of_graph(definition, path, inputs)
            found = self.add_graph(definition, path, inputs, hooks)
        self.node_outputs[key] = {
            name: (source.step.key, source.output_name)
            for name, source in found.items()
        }
        return found

    def _step(
        self,
        node: Node,
        op: OpDefinition,
        path: tuple[str, ...],
        inputs: dict[str, Source],
        hooks: frozenset[HookDefinition],
    ) -> PlannedStep:
        key = ".".join(path)
        return PlannedStep(
            key,
            path,
            node,
            op,
            inputs,
            self.configs.get(path),
            tuple(sorted(hooks, key=lambda hook: hook.name)) if hooks else (),
            node.retry_policy or op.retry_policy or self.job.op_retry_policy,
            _scope_of(key, inputs.values()),
            priority=_priority(node.tags, key),
        )

    def _source(
        self,
        path: tuple[str, ...],
        name: str,
        dependency: Dependency | None,
        mapped: Iterable[tuple[str, int | None]],
        given: Mapping[str, Source],
        outputs: Mapping[str, Mapping[str, FromOutput]],
    ) -> Source | None:
        if isinstance(dependency, DependencyDefinition):
            return outputs[dependency.node][dependency.output]
        if isinstance(dependency, DynamicCollectDependencyDefinition):
            source = outputs[dependency.node_name][dependency.output_name]
            return FromCollect(source.step, source.output_name)
        from_graph = {place: given.get(graph_input) for graph_input, place in mapped}
        if isinstance(dependency, MultiDependencyDefinition):
            return _fan_in(dependency, from_graph, outputs)
        configured = self.input_values.get(path)
        if configured and name in configured:
            return FromValue(configured[name])
        return from_graph.get(None)

    @staticmethod
    def _add_defaults(op: OpDefinition, inputs: dict[str, Source]) -> None:
        for name, declared in op.ins.items():
            if name not in inputs and declared.has_default:
                inputs[name] = FromValue(declared.default_value)

    def _add_unfed_of_graph(
        self, graph: GraphDefinition, path: tuple[str, ...], inputs: dict[str, Source]
    ) -> None:
        configured = self.input_values.get(path, {})
        for name in graph.ins:
            if name not in inputs and name in configured:
                inputs[name] = FromValue(configured[name])
            elif name not in inputs and name in graph.input_defaults:
                inputs[name] = FromValue(graph.input_defaults[name])


def _inputs_of_graph(
    graph: GraphDefinition,
) -> dict[tuple[str, str], list[tuple[str, int | None]]]:
    """Return which inputs of the graph feed each input of its nodes."""
    found: dict[tuple[str, str], list[tuple[str, int | None]]] = {}
    for mapping in graph.input_mappings:
        into = (mapping.mapped_node_name, mapping.mapped_node_input_name)
        place = (mapping.graph_input_name, mapping.fan_in_index)
        found.setdefault(into, []).append(place)
    return found


def _fan_in(
    dependency: MultiDependencyDefinition,
    from_graph: Mapping[int | None, Source | None],
    outputs: Mapping[str, Mapping[str, FromOutput]],
) -> FromMany:
    members: list[Source] = []
    for place, member in enumerate(dependency.dependencies):
        if isinstance(member, DependencyDefinition):
            members.append(outputs[member.node][member.output])
        else:
            source = from_graph.get(place)
            members += () if source is None else (source,)
    return FromMany(tuple(members))


def _scope_of(key: str, sources: Iterable[Source]) -> Scope | None:
    found: Scope | None = None
    for source in sources:
        if isinstance(source, FromMany):
            _verify_no_scope(key, source)
        if not isinstance(source, FromOutput):
            continue
        scope = source.step.scope
        if scope is None and source.step.op.outs[source.output_name].is_dynamic:
            scope = Scope(source.step, source.output_name)
        if scope is None:
            continue
        if found is not None and found != scope:
            raise InvalidDefinitionError(
                f"{key!r} is downstream of two dynamic outputs: "
                f"{found.step.key}.{found.output_name} and "
                f"{scope.step.key}.{scope.output_name}.",
                hint="Collect one of them before.",
            )
        found = scope
    return found


def _verify_no_scope(key: str, fan_in: FromMany) -> None:
    for member in fan_in.members:
        if _scope_of(key, (member,)) is not None:
            raise InvalidDefinitionError(
                f"{key!r} takes a list in which one output is dynamic.",
                hint="Collect it, and give it an input of its own.",
            )


def _priority(tags: Mapping[str, str], key: str) -> int:
    given = tags.get(PRIORITY_TAG)
    if given is None:
        return 0
    try:
        return int(given)
    except ValueError:
        raise InvalidDefinitionError(
            f"The tag {PRIORITY_TAG!r} of {key!r} must be a whole number, not "
            f"{given!r}.",
            hint="Give digits, such as '10'.",
        ) from None


def verify_fed(plan: ExecutionPlan, job: JobDefinition) -> None:
    """Refuse a plan in which an input gets no value.

    Raises:
        InvalidConfigError: One gets none.
    """
    for step in plan.steps.values():
        for name, declared in step.op.ins.items():
            if name not in step.inputs and not declared.type.is_nothing:
                raise InvalidConfigError(
                    f"The input {name!r} of op {step.key!r} in job {job.name!r} gets "
                    "no value.",
                    hint=_hint_for_unfed(job.graph, step.path, name),
                )


def _hint_for_unfed(graph: GraphDefinition, path: tuple[str, ...], name: str) -> str:
    path, name = _where_to_give(graph, path, name)
    config: dict[str, Any] = {"inputs": {name: "..."}}
    for part in reversed(path):
        config = {"ops": {part: config}}
    return (
        f"Feed it from another op, give it a default, or run_config={config} "
        "with the value in place of '...'."
    )


def _where_to_give(
    graph: GraphDefinition, path: tuple[str, ...], name: str
) -> tuple[tuple[str, ...], str]:
    """Return the node and input that run config names: the graph's that feeds it."""
    if len(path) > 1:
        inner = graph.node_dict[path[0]].definition
        where, name = _where_to_give(inner, path[1:], name)  # type: ignore[arg-type]
        if where:
            return (path[0], *where), name
    for mapping in graph.input_mappings:
        into = (mapping.mapped_node_name, mapping.mapped_node_input_name)
        if into == (path[0], name):
            return (), mapping.graph_input_name
    return path[:1], name


def build_plan(
    job: JobDefinition,
    configs: Mapping[tuple[str, ...], Any],
    input_values: Mapping[tuple[str, ...], Mapping[str, Any]],
) -> ExecutionPlan:
    """Return the plan of a job.

    Args:
        job: What is run.
        configs: The config of ops, by the path of their nodes.
        input_values: Values for inputs, by the path of their nodes; those of the job
            itself under the empty path.

    An input that gets no value is left out; see `verify_fed`.

    Raises:
        InvalidDefinitionError: A step would be mapped over two dynamic outputs.
    """
    planner = _Planner(job, configs, input_values)
    given: dict[str, Source] = {}
    for name in job.graph.ins:
        if name in input_values.get((), {}):
            given[name] = FromValue(input_values[()][name])
        elif name in job.graph.input_defaults:
            given[name] = FromValue(job.graph.input_defaults[name])
    outputs = planner.add_graph(job.graph, (), given, job.hook_defs)
    return ExecutionPlan(
        planner.steps,
        {
            name: (source.step.key, source.output_name)
            for name, source in outputs.items()
        },
        planner.node_outputs,
    )


def plan_of_op(
    op: OpDefinition, inputs: Mapping[str, FromValue], config: Any
) -> ExecutionPlan:
    """Return the plan of a run of one op."""
    node = Node(op.name, op, op.tags)
    step = PlannedStep(
        op.name,
        (op.name,),
        node,
        op,
        dict(inputs),
        config,
        retry_policy=op.retry_policy,
    )
    outputs = {name: (op.name, name) for name in op.outs}
    return ExecutionPlan({op.name: step}, {}, {op.name: outputs})
