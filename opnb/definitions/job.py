"""The job: a graph with all it needs to run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from typing import Any, overload

from opnb.definitions.composition import two_of_one_name
from opnb.definitions.dependency import Node
from opnb.definitions.doors import open_door
from opnb.definitions.function_hints import function_name
from opnb.definitions.graph import GraphDefinition, compose_graph
from opnb.definitions.hook import HookDefinition
from opnb.definitions.invocation import verify_hooks
from opnb.definitions.partitions import StaticPartitionsDefinition
from opnb.definitions.retry_policy import RetryPolicy
from opnb.definitions.signature import verify_port_name
from opnb.definitions.tags import normalize_tags
from opnb.model.checks import shorten, verify_type
from opnb.model.displayable import Displayable
from opnb.model.errors import (
    InvalidDefinitionError,
    InvariantViolationError,
    did_you_mean,
)
from opnb.model.normalize import normalize_metadata


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class JobDefinition(Displayable):
    """A graph, and what its runs share.

    Args:
        graph_def: What is run.
        name: The graph's name, if not another.
        description: What it does, in words.
        resource_defs: The resources by name: definitions, or any objects.
        config: Run config as a dict or a `RunConfig`, or a `ConfigMapping`.
        tags: Text by text.
        run_tags: The tags of its runs, if not the job's own.
        metadata: What to keep with the definition.
        logger_defs: Accepted for Dagster's sake and kept; lines go to the event log.
        executor_def: Accepted for Dagster's sake and kept.
        partitions_def: The partitions its runs may be for.
        hook_defs: Run after each of its steps.
        op_retry_policy: For ops that have none of their own.
        input_values: Values for the graph's inputs.
    """

    graph_def: GraphDefinition
    name: str
    description: str | None = None
    resource_defs: Mapping[str, Any] = field(default_factory=dict, repr=False)
    config: Any = field(default=None, repr=False)
    tags: Mapping[str, str] = field(default_factory=dict, repr=False)
    run_tags: Mapping[str, str] | None = field(default=None, repr=False)
    metadata: Mapping[str, Any] | None = field(default=None, repr=False)
    logger_defs: Mapping[str, Any] | None = field(default=None, repr=False)
    executor_def: Any = field(default=None, repr=False)
    partitions_def: StaticPartitionsDefinition | None = field(default=None, repr=False)
    hook_defs: frozenset[HookDefinition] = field(default=frozenset(), repr=False)
    op_retry_policy: RetryPolicy | None = field(default=None, repr=False)
    input_values: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        verify_type(self.graph_def, GraphDefinition, "graph_def")
        verify_port_name(self.name, "a job")
        _set(self, "tags", normalize_tags(self.tags))
        if self.run_tags is not None:
            _set(self, "run_tags", normalize_tags(self.run_tags))
        if self.metadata is not None:
            _set(self, "metadata", normalize_metadata(self.metadata))
        _set(self, "hook_defs", verify_hooks(self.hook_defs or frozenset()))
        _set(self, "resource_defs", dict(self.resource_defs or {}))
        _set(self, "input_values", dict(self.input_values or {}))
        verify_type(self.op_retry_policy, RetryPolicy, "op_retry_policy", optional=True)
        _verify_one_definition_a_name(self)
        for name in self.input_values:
            if name not in self.graph_def.ins:
                raise InvalidDefinitionError(
                    f"Job {self.name!r} has no input {name!r} to give a value for.",
                    hint=did_you_mean(name, self.graph_def.ins),
                )

    def __repr__(self) -> str:
        return f"JobDefinition({self.name!r}: {', '.join(self.graph_def.node_dict)})"

    def __call__(self, *_: Any, **__: Any) -> Any:
        """Refuse to be called: a job is run."""
        raise InvariantViolationError(
            f"The job {self.name!r} was called.",
            hint=f"Run it: {self.name}.execute_in_process(). In a graph use a @graph.",
        )

    @property
    def graph(self) -> GraphDefinition:
        """What is run."""
        return self.graph_def

    @property
    def nodes(self) -> Sequence[Node]:
        """The nodes of its graph."""
        return self.graph_def.nodes

    def with_hooks(self, hook_defs: AbstractSet[HookDefinition]) -> JobDefinition:
        """Return the same job with further hooks."""
        return replace(self, hook_defs=self.hook_defs | verify_hooks(hook_defs))

    def execute_in_process(self, run_config: Any = None, **options: Any) -> Any:
        """Run the job in this process, recorded in the log.

        Args:
            run_config: Config of ops and resources, and values for inputs: a dict or a
                `RunConfig`.
            options: `partition_key`, `raise_on_error` (True: the first step that fails
                ends the run, and its exception is raised), `op_selection` (names, or
                `*name`, `name+`), `run_id`, `input_values`, `tags`, `resources`,
                `keep_outputs` (None: the last outputs, and the small ones; True: all;
                False: those of the graph only). `instance` and `asset_selection` are
                accepted if None.

        Returns:
            An `ExecuteInProcessResult`; it shows as the card of the run.

        Raises:
            InvalidConfigError: The config does not fit; nothing has run.
            InvalidDefinitionError: A resource is missing; nothing has run.
            InvalidSubsetError: The selection names no op; nothing has run.
            BaseException: What the first failing op raised.
        """
        return open_door("execute_job")(self, run_config=run_config, **options)

    async def execute_in_process_async(
        self, run_config: Any = None, **options: Any
    ) -> Any:
        """Run the job in the running loop, which goes on while the job waits.

        The arguments, results and errors are those of `execute_in_process`.
        """
        return await open_door("execute_job_async")(
            self, run_config=run_config, **options
        )


_set = object.__setattr__


def _verify_one_definition_a_name(job: JobDefinition) -> None:
    known: dict[str, Any] = {}
    graphs = [job.graph_def]
    seen: set[int] = set()
    while graphs:
        graph = graphs.pop()
        if id(graph) in seen:
            continue
        seen.add(id(graph))
        for node in graph.node_dict.values():
            definition = node.definition
            if known.setdefault(definition.name, definition) is not definition:
                raise two_of_one_name(definition.name)
            if isinstance(definition, GraphDefinition):
                graphs.append(definition)


@overload
def job(fn: Callable[..., Any]) -> JobDefinition: ...


@overload
def job(
    *,
    name: str | None = None,
    description: str | None = None,
    resource_defs: Mapping[str, Any] | None = None,
    config: Any = None,
    tags: Mapping[str, Any] | None = None,
    run_tags: Mapping[str, Any] | None = None,
    metadata: Mapping[str, Any] | None = None,
    logger_defs: Mapping[str, Any] | None = None,
    executor_def: Any = None,
    hooks: AbstractSet[HookDefinition] | None = None,
    op_retry_policy: RetryPolicy | None = None,
    partitions_def: StaticPartitionsDefinition | None = None,
    input_values: Mapping[str, Any] | None = None,
    owners: Sequence[str] | None = None,
) -> Callable[[Callable[..., Any]], JobDefinition]: ...


def job(  # noqa: PLR0913 - Dagster's parameters
    fn: Callable[..., Any] | None = None,
    *,
    name: str | None = None,
    description: str | None = None,
    resource_defs: Mapping[str, Any] | None = None,
    config: Any = None,
    tags: Mapping[str, Any] | None = None,
    run_tags: Mapping[str, Any] | None = None,
    metadata: Mapping[str, Any] | None = None,
    logger_defs: Mapping[str, Any] | None = None,
    executor_def: Any = None,
    hooks: AbstractSet[HookDefinition] | None = None,
    op_retry_policy: RetryPolicy | None = None,
    partitions_def: StaticPartitionsDefinition | None = None,
    input_values: Mapping[str, Any] | None = None,
    owners: Sequence[str] | None = None,
) -> JobDefinition | Callable[[Callable[..., Any]], JobDefinition]:
    """Make a job of a function that calls ops; bare or with arguments.

    See `JobDefinition`; `hooks` are its `hook_defs`. `owners` is accepted for Dagster's
    sake.

    >>> from opnb.definitions.op import op
    >>> @op
    ... def one(): return 1
    >>> @job
    ... def daily(): one()
    >>> daily
    JobDefinition('daily': one)
    """
    del owners

    def make(function: Callable[..., Any]) -> JobDefinition:
        job_name = name or function_name(function, "@job")
        return job_of_graph(
            compose_graph(
                _without_return(function, job_name),
                "@job",
                job_name,
                description=description,
            ),
            job_name,
            resource_defs=resource_defs,
            config=config,
            tags=tags,
            run_tags=run_tags,
            metadata=metadata,
            logger_defs=logger_defs,
            executor_def=executor_def,
            hooks=hooks,
            op_retry_policy=op_retry_policy,
            partitions_def=partitions_def,
            input_values=input_values,
        )

    return make if fn is None else make(fn)


def _without_return(function: Callable[..., Any], job_name: str) -> Callable[..., Any]:
    import functools  # noqa: PLC0415 - needed here only

    @functools.wraps(function)
    def composed(**inputs: Any) -> None:
        returned = function(**inputs)
        if returned is not None:
            raise InvalidDefinitionError(
                f"@job {job_name!r} must not return {shorten(returned)}.",
                hint="Drop the return, or use a @graph.",
            )

    return composed


def job_of_graph(  # noqa: PLR0913, PLR0917 - Dagster's parameters
    graph: GraphDefinition,
    name: str | None = None,
    description: str | None = None,
    resource_defs: Mapping[str, Any] | None = None,
    config: Any = None,
    tags: Mapping[str, Any] | None = None,
    run_tags: Mapping[str, Any] | None = None,
    metadata: Mapping[str, Any] | None = None,
    logger_defs: Mapping[str, Any] | None = None,
    executor_def: Any = None,
    hooks: AbstractSet[HookDefinition] | None = None,
    op_retry_policy: RetryPolicy | None = None,
    partitions_def: StaticPartitionsDefinition | None = None,
    input_values: Mapping[str, Any] | None = None,
) -> JobDefinition:
    """Return the job of a graph; the arguments are Dagster's `to_job`'s."""
    return JobDefinition(
        graph,
        name or graph.name,
        description or graph.description,
        resource_defs or {},
        config,
        {**graph.tags, **normalize_tags(tags)},
        run_tags,
        metadata,
        logger_defs,
        executor_def,
        partitions_def,
        verify_hooks(hooks or frozenset()),
        op_retry_policy,
        input_values or {},
    )
