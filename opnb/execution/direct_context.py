"""The context of an op that is called as a function: made by hand, in no run."""

from __future__ import annotations

from asyncio import AbstractEventLoop
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NoReturn, Self

from opnb.definitions.dependency import Node
from opnb.definitions.init_context import ScopedResources
from opnb.definitions.op import OpDefinition
from opnb.definitions.op_config import as_plain_config
from opnb.definitions.tags import normalize_tags
from opnb.execution.context import OpExecutionContext
from opnb.execution.failed_checks import judge
from opnb.execution.journal import Journal
from opnb.execution.loggers import LevelsByName, StepLogger
from opnb.execution.own_resources import OwnResources
from opnb.execution.plan import PlannedStep
from opnb.execution.run_facts import PartitionKeyRange
from opnb.execution.running import Life, running_context
from opnb.execution.step import RunInfo, StepRun
from opnb.execution.track import Bars
from opnb.execution.user_events import event_to_keep
from opnb.model.checks import verify_type
from opnb.model.errors import (
    InvalidInvocationError,
    InvalidPropertyError,
    InvariantViolationError,
)
from opnb.model.events import ExpectationResult, UserEvent

EPHEMERAL: Final = "EPHEMERAL"
_BUILDER: Final = "build_op_context"
_NO_RESOURCES: Final = OwnResources({}, builder=_BUILDER)
_NO_RUN: Final = RunInfo(EPHEMERAL, EPHEMERAL)


class _NoRecord:
    """Keeps nothing: a call is in no log."""

    def __call__(self, *_: object) -> None: ...

    def event(self, *_: object) -> None: ...


NO_JOURNAL: Final = Journal(_NoRecord())


def _absent(name: str) -> Any:
    """Return a property that refuses to tell what only a run has."""

    def ask(_: Any) -> NoReturn:
        raise InvalidPropertyError(
            f"A context outside of a run has no {name!r}.",
            hint="Run it: job.execute_in_process().",
        )

    return property(ask, doc=f"Refused: there is no run whose {name} could be told.")


class DirectOpExecutionContext(OpExecutionContext):
    """The context for ops that are called as functions; see `build_op_context`.

    What it knows of an op, it knows while that op is called with it.

    Args:
        info: The id, tags and partition.
        op_config: The config for the op, not yet fitted.
        resources: The resources.
        partition_key_range: Several partitions.
        mapping_key: What `get_mapping_key()` gives.
    """

    def __init__(
        self,
        info: RunInfo = _NO_RUN,
        *,
        op_config: Any = None,
        resources: OwnResources = _NO_RESOURCES,
        partition_key_range: PartitionKeyRange | None = None,
        mapping_key: str | None = None,
    ) -> None:
        self._life = Life()
        self.info = info
        self.given_config = op_config
        self._own = resources
        self._resources_of_call: ScopedResources | None = None
        self._range = partition_key_range
        self._mapping_key = mapping_key
        self._events: list[UserEvent] = []
        self._metadata: Mapping[tuple[str, str | None], Mapping[str, Any]] = {}

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"

    def __enter__(self) -> Self:
        self._own.open()
        return self

    def __exit__(self, *_: object) -> None:
        self._own.close()

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> NoReturn:
            if name == "_step":
                raise InvalidPropertyError(
                    "The context is in no call of an op.",
                    hint="Call an op with it: my_op(context, ...); ask within the op.",
                )
            super().__getattr__(name)

    # A call

    def bind(
        self,
        step: StepRun,
        events: list[UserEvent],
        resources: ScopedResources | None = None,
    ) -> None:
        """Begin a call.

        Args:
            step: What the context knows of it.
            events: Takes what is logged.
            resources: Those that were passed as arguments.

        Raises:
            InvalidInvocationError: Another call has not ended.
        """
        other: StepRun | None = self.__dict__.get("_step")
        if other is not None:
            raise InvalidInvocationError(
                f"The context is in use: the call of op {other.op.name!r} has not "
                "ended.",
                hint="Make one for each call: build_op_context().",
            )
        self._step = step
        self._events = events
        self._metadata = step.output_metadata
        self._resources_of_call = resources

    def unbind(self) -> None:
        """End a call; events and metadata are kept until the next one."""
        del self._step
        self._resources_of_call = None

    def get_events(self) -> Sequence[UserEvent]:
        """Return what was logged by `log_event` in the call, or in the last one."""
        return list(self._events)

    @property
    def alias(self) -> str:
        """The name that the op is called by: its alias, else its own."""
        return self._step.planned.node.name

    # What it knows by itself

    @property
    def _run_info(self) -> RunInfo:
        return self.info

    @property
    def run_id(self) -> str:
        """The word EPHEMERAL: there is no run."""
        return self.info.run_id

    @property
    def run_tags(self) -> Mapping[str, str]:
        """The tags that were given."""
        return self.info.tags

    @property
    def retry_number(self) -> int:
        """Zero: a call is not tried again."""
        return 0

    @property
    def op_config(self) -> Any:
        """The config: fitted to the op's schema in a call, else as it was given."""
        if "_step" in self.__dict__:
            return as_plain_config(self._step.config)
        return self.given_config

    @property
    def resource_keys(self) -> frozenset[str]:
        """The resources that were given to the context."""
        return self._own.keys

    @property
    def resources(self) -> ScopedResources:
        """The resources, by attribute.

        Raises:
            InvariantViolationError: One of them needs a `with` block.
        """
        if self._resources_of_call is not None:
            return self._resources_of_call
        return self._own.made

    @property
    def made_resources(self) -> Mapping[str, Any]:
        """All resources that were given to the context, by key."""
        return vars(self.resources)

    @property
    def log(self) -> LevelsByName:
        """The log of the op that makes the call; else Python's logger `opnb`."""
        around = running_context()
        if around is None:
            return StepLogger(None, self._life)
        log: LevelsByName = around.log
        return log

    @property
    def bars(self) -> Bars:
        """The loops of the op that makes the call; else its own."""
        around = running_context()
        if isinstance(around, OpExecutionContext):
            return around.bars
        return super().bars

    @property
    def has_partition_key_range(self) -> bool:
        """Whether a range of partitions was given."""
        return self._range is not None

    @property
    def partition_key_range(self) -> PartitionKeyRange:
        """The partitions that were given; a single one starts and ends it.

        Raises:
            InvariantViolationError: There are none.
        """
        return super().partition_key_range if self._range is None else self._range

    def _refuse_partition(self) -> NoReturn:
        raise InvariantViolationError(
            "The context has no partition.",
            hint="build_op_context(partition_key='2026-01-01').",
        )

    def get_mapping_key(self) -> str | None:
        """Return the mapping key that was given."""
        return self._mapping_key

    # What it knows in a call

    @property
    def failed_checks(self) -> list[ExpectationResult]:
        """The expectations that were logged and not met, and that fail the op."""
        return self._step.failed_checks

    @property
    def run_config(self) -> Mapping[str, Any]:
        """The run config that would have told the same."""
        told: dict[str, Any] = {}
        if self._step.config is not None:
            told["ops"] = {self._step.op.name: {"config": self.op_config}}
        return {**told, "resources": self._own.config}

    def describe_op(self) -> str:
        """Return what to call the op in a message."""
        return f'op "{self._step.op.name}"'

    def log_event(self, event: UserEvent) -> None:
        """Keep a materialization, an observation or an expectation result.

        Raises:
            CheckError: It is anything else; an `Output` is yielded or returned.
            CheckFailed: It is a check that failed and is fatal.
            InvalidPropertyError: No op is called with the context.
        """
        _ = self._step
        event_to_keep(event)
        self._events.append(event)
        judge(self._step.op.name, event, self._step.failed_checks)

    def get_output_metadata(
        self, output_name: str, mapping_key: str | None = None
    ) -> Mapping[str, Any] | None:
        """Return what was added for an output in the call, or in the last one."""
        return self._metadata.get((output_name, mapping_key))

    # What only a run has

    run = _absent("run")
    dagster_run = _absent("dagster_run")
    job_name = _absent("job_name")
    job_def = _absent("job_def")
    op = _absent("op")
    op_handle = _absent("op_handle")
    node_handle = _absent("node_handle")
    step_key = _absent("step_key")


def context_of_call(op: OpDefinition, name: str) -> DirectOpExecutionContext:
    """Return a context that is in a call of an op, and stays there.

    Args:
        op: What is called.
        name: The name it is called by.
    """
    context = DirectOpExecutionContext()
    node = Node(name, op, op.tags)
    planned = PlannedStep(name, (name,), node, op, {})
    context.bind(StepRun(context.info, planned, {}, NO_JOURNAL), [])
    return context


def build_op_context(  # noqa: PLR0913, PLR0917 - Dagster's parameters
    resources: Mapping[str, Any] | None = None,
    op_config: Any = None,
    resources_config: Mapping[str, Any] | None = None,
    instance: None = None,
    config: Any = None,
    partition_key: str | None = None,
    partition_key_range: PartitionKeyRange | None = None,
    mapping_key: str | None = None,
    run_tags: Mapping[str, str] | None = None,
    event_loop: AbstractEventLoop | None = None,  # noqa: ARG001 - Dagster's position
) -> DirectOpExecutionContext:
    """Return a context to call an op with, in a test or elsewhere.

    Args:
        resources: Definitions or any objects, by key; where one has to be put away,
            the context is used in a `with` statement.
        op_config: The config for the op.
        resources_config: The config of resources by key, each under "config".
        instance: Accepted for Dagster's sake, if None.
        config: The old name of `op_config`.
        partition_key: What `context.partition_key` gives.
        partition_key_range: What `context.partition_key_range` gives.
        mapping_key: What `context.get_mapping_key()` gives.
        run_tags: What `context.run_tags` gives.
        event_loop: Accepted for Dagster's sake.

    >>> from opnb.definitions.op import op
    >>> @op
    ... def greet(context, name):
    ...     return f"{context.op_config} {name}"
    >>> greet(build_op_context(op_config="hello"), "Ada")
    'hello Ada'

    Raises:
        InvalidInvocationError: Both `op_config` and `config`, or both a partition and a
            range of them.
        InvalidConfigError: The config of the resources does not fit.
        ResourceFunctionError: A resource could not be made.
    """
    verify_type(instance, type(None), "instance", hint="opnb has none; leave it out.")
    verify_type(partition_key, str, "partition_key", optional=True)
    verify_type(
        partition_key_range, PartitionKeyRange, "partition_key_range", optional=True
    )
    verify_type(mapping_key, str, "mapping_key", optional=True)
    if op_config is not None and config is not None:
        raise _either("op_config", "config")
    if partition_key is not None and partition_key_range is not None:
        raise _either("partition_key", "partition_key_range")
    return DirectOpExecutionContext(
        RunInfo(EPHEMERAL, EPHEMERAL, normalize_tags(run_tags), partition_key),
        op_config=config if op_config is None else op_config,
        resources=OwnResources(resources, resources_config, builder=_BUILDER),
        partition_key_range=partition_key_range,
        mapping_key=mapping_key,
    )


def _either(one: str, other: str) -> InvalidInvocationError:
    return InvalidInvocationError(
        f"{_BUILDER} was given both {one} and {other}.", hint="Give one of them."
    )
