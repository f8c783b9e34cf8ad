"""What an op's code may ask and tell while it runs: the `context`."""

from __future__ import annotations

import difflib
from collections.abc import AsyncIterable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeVar, overload

from opnb.definitions.init_context import ScopedResources
from opnb.definitions.op_config import as_plain_config
from opnb.execution.failed_checks import judge
from opnb.execution.loggers import LevelsByName, StepLogger
from opnb.execution.partition_facts import PartitionFacts
from opnb.execution.run_facts import NodeHandle, Run
from opnb.execution.running import RunningContext, running_context
from opnb.execution.track import Bars, Tracked, TrackedAsync, tracked
from opnb.execution.user_events import event_to_keep
from opnb.model.checks import verify_type
from opnb.model.errors import InvalidPropertyError, InvariantViolationError
from opnb.model.events import UserEvent

if TYPE_CHECKING:
    from pdb import Pdb

    from opnb.definitions.dependency import Node
    from opnb.definitions.job import JobDefinition
    from opnb.definitions.op import OpDefinition
    from opnb.execution.step import RunInfo, StepRun

T = TypeVar("T")

# What Dagster's context has and opnb's cannot have, and what to do instead.
_ABSENT: Final = {
    **dict.fromkeys(
        (
            *("asset_key", "assets_def", "output_for_asset_key"),
            *("asset_key_for_input", "asset_key_for_output"),
            *("asset_partition_key_for_input", "asset_partition_key_for_output"),
            *("asset_partition_key_range", "asset_partition_key_range_for_input"),
            *("asset_partition_key_range_for_output", "asset_partition_keys_for_input"),
            *("asset_partition_keys_for_output", "asset_partitions_def_for_input"),
            "asset_partitions_def_for_output",
            "asset_partitions_time_window_for_input",
            "asset_partitions_time_window_for_output",
            *("get_asset_provenance", "load_asset_value", "set_data_version"),
        ),
        "An op of opnb is no asset: it logs AssetMaterialization('key'), and knows the "
        "key where it makes that.",
    ),
    "instance": "opnb has no instances: the log is opnb.log.",
    "repository_def": "opnb has no code locations.",
    "location_name": "opnb has no code locations.",
    "step_launcher": "opnb runs steps itself.",
    "get_step_execution_context": "What there is of the step is on the context itself.",
}


class OpExecutionContext(RunningContext, PartitionFacts):
    """The run that an op's code is in; bound to `context` while the code runs.

    Once the step has ended it tells what it told, and takes nothing more: lines of its
    log go to Python's logger `opnb`, events and metadata are refused.
    """

    _logger: StepLogger | None = None
    _pdb: Pdb | None = None
    _bars: Bars | None = None

    def __init__(self, step: StepRun) -> None:
        super().__init__()
        self._step = step

    def __repr__(self) -> str:
        return f"OpExecutionContext({self._step.op.name!r})"

    def __reduce__(self) -> NoReturn:
        raise InvariantViolationError(
            "The context of an op stays in its process.",
            hint="Use threads, as by Parallel(prefer='threads'); or return what is to "
            "be told, and log it in the op.",
        )

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> NoReturn:
            if name in _ABSENT:
                raise InvalidPropertyError(
                    f"The context has no {name!r}.", hint=_ABSENT[name]
                )
            near = difflib.get_close_matches(name, CONTEXT_NAMES, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise AttributeError(f"The context has no {name!r}.{hint}")

    @staticmethod
    def get() -> OpExecutionContext:
        """Return the context of the op that runs here.

        Raises:
            InvariantViolationError: No op runs in this thread.
        """
        found = running_context()
        if not isinstance(found, OpExecutionContext):
            raise InvariantViolationError(
                "No op runs here.",
                hint="Ask in the op's own thread, or hand the context on.",
            )
        return found

    # The run

    @property
    def _run_info(self) -> RunInfo:
        return self._step.run

    @property
    def run(self) -> Run:
        """The run: its id, job, tags and config."""
        return Run(self.job_name, self.run_id, self.run_config, dict(self.run_tags))

    @property
    def dagster_run(self) -> Run:
        """The run, under Dagster's other name."""
        return self.run

    @property
    def run_id(self) -> str:
        """The id of the run."""
        return self._step.run.run_id

    @property
    def job_name(self) -> str:
        """The job of the run; the op's name where the op runs alone."""
        return self._step.run.job_name

    @property
    def job_def(self) -> JobDefinition:
        """The job.

        Raises:
            InvalidPropertyError: The op runs alone.
        """
        job: JobDefinition | None = self._step.run.job_def
        if job is None:
            raise InvalidPropertyError(
                f"Op {self._step.op.name!r} runs alone, not in a job.",
                hint="context.op_def is the op.",
            )
        return job

    @property
    def run_config(self) -> Mapping[str, Any]:
        """What the run was told; empty where it was told nothing."""
        given = self._step.run.run_config
        if given is None:
            return {}
        to_dict = getattr(given, "to_config_dict", None)
        found: Mapping[str, Any] = given if to_dict is None else to_dict()
        return found

    @property
    def run_tags(self) -> Mapping[str, str]:
        """The tags of the run."""
        return self._step.run.tags

    def has_tag(self, key: str) -> bool:
        """Tell whether the run has a tag."""
        return key in self.run_tags

    def get_tag(self, key: str) -> str | None:
        """Return a tag of the run, or None."""
        return self.run_tags.get(key)

    # The op and its place

    @property
    def op(self) -> Node:
        """The op at its place in the job: `op.name` is its name there."""
        return self._step.planned.node

    @property
    def op_def(self) -> OpDefinition:
        """The op that runs."""
        return self._step.op

    @property
    def op_handle(self) -> NodeHandle:
        """The place of the op in the job."""
        return NodeHandle.from_path(self._step.planned.path)

    @property
    def node_handle(self) -> NodeHandle:
        """The place of the op in the job, under Dagster's other name."""
        return self.op_handle

    @property
    def step_key(self) -> str:
        """The key of the step."""
        return self._step.step_key

    @property
    def retry_number(self) -> int:
        """How many attempts came before this one."""
        return self._step.retry_number

    @property
    def op_config(self) -> Any:
        """The op's config, fitted to its schema; that of a `Config` class as a dict."""
        return as_plain_config(self.fitted_config)

    @property
    def fitted_config(self) -> Any:
        """The op's config as its parameter `config` gets it."""
        return self._step.config

    @property
    def op_execution_context(self) -> OpExecutionContext:
        """This very object: Dagster's other contexts hold one."""
        return self

    @property
    def resources(self) -> ScopedResources:
        """The resources that the op asks for, by attribute; all where it runs alone."""
        run, op = self._step.run, self._step.op
        given = run.resources
        if run.job_def is None:
            hint = "opnb.resources['name'] = ..., or @op(required_resource_keys={...})."
            return ScopedResources(given, hint)
        asked = {key: given[key] for key in op.required_resource_keys if key in given}
        return ScopedResources(asked, "@op(required_resource_keys={...}).")

    @property
    def made_resources(self) -> Mapping[str, Any]:
        """All resources of the run by key; types ask for some that the op does not."""
        return self._step.run.resources

    @property
    def selected_output_names(self) -> AbstractSet[str]:
        """The names of the op's outputs."""
        return self._step.op.outs.keys()

    def get_mapping_key(self) -> str | None:
        """Return which value of a dynamic output this step is for; None if of none."""
        return self._step.planned.mapping_key

    def describe_op(self) -> str:
        """Return what to call the op in a message."""
        return f'op "{self.op_handle}"'

    @property
    def has_assets_def(self) -> bool:
        """Whether the op makes a declared asset: never."""
        return False

    @property
    def selected_asset_keys(self) -> AbstractSet[Any]:
        """The declared assets that the op makes: none."""
        return frozenset()

    @property
    def selected_asset_check_keys(self) -> AbstractSet[Any]:
        """The declared checks that the op makes: none."""
        return frozenset()

    # What the code tells

    @property
    def log(self) -> LevelsByName:
        """A logger whose lines, of every level, go into the event log."""
        if self._logger is None:
            self._logger = StepLogger(self._step, self._life)
        return self._logger

    def log_event(self, event: UserEvent) -> None:
        """Record a materialization, an observation or an expectation result, now.

        Raises:
            CheckError: It is anything else; an `Output` is yielded or returned.
            CheckFailed: It is a check that failed and is fatal.
            InvariantViolationError: The step has ended.
        """
        kept = event_to_keep(event)
        self._verify_goes_on(f"The {type(event).__name__} was not recorded")
        self._step.record_event(kept)
        judge(self._step.op.name, event, self._step.failed_checks)

    def add_output_metadata(
        self,
        metadata: Mapping[str, Any],
        output_name: str | None = None,
        mapping_key: str | None = None,
    ) -> None:
        """Keep metadata for an output that is still to come; later calls add to it.

        Raises:
            InvariantViolationError: The op has no such output, it came already, it is
                dynamic and no key is given, or the step has ended.
        """
        step = self._step
        self._verify_goes_on("The metadata was not kept")
        name = step.name_output(output_name, mapping_key)
        verify_type(metadata, Mapping, "metadata", hint="{'rows': 980}.")
        for label in metadata:
            verify_type(label, str, "a metadata label", hint="str(label).")
        if step.op.outs[name].is_dynamic and mapping_key is None:
            raise InvariantViolationError(
                f"The output {name!r} of op {step.op.name!r} is dynamic; say which of "
                "its values the metadata is for.",
                hint="add_output_metadata({...}, mapping_key='a').",
            )
        step.output_metadata.setdefault((name, mapping_key), {}).update(metadata)

    def get_output_metadata(
        self, output_name: str, mapping_key: str | None = None
    ) -> Mapping[str, Any] | None:
        """Return what has been added for an output so far."""
        return self._step.output_metadata.get((output_name, mapping_key), {})

    def set_requires_typed_event_stream(
        self, *, error_message: str | None = None
    ) -> None:
        """Take outputs only as events from now on, and want each that is declared.

        Args:
            error_message: What errors about it end with.
        """
        verify_type(error_message, str, "error_message", optional=True)
        self._step.typed_stream = error_message or ""

    @property
    def requires_typed_event_stream(self) -> bool:
        """Whether outputs are taken only as events."""
        return self._step.typed_stream is not None

    @property
    def typed_event_stream_error_message(self) -> str | None:
        """What errors about outputs that are no events end with."""
        return self._step.typed_stream or None

    @overload
    def track(
        self,
        iterable: Iterable[T],
        total: int | None = None,
        description: str | None = None,
    ) -> Tracked[T]: ...

    @overload
    def track(
        self,
        iterable: AsyncIterable[T],
        total: int | None = None,
        description: str | None = None,
    ) -> TrackedAsync[T]: ...

    def track(
        self,
        iterable: Iterable[T] | AsyncIterable[T],
        total: int | None = None,
        description: str | None = None,
    ) -> Tracked[T] | TrackedAsync[T]:
        """Pass the items on; show how far the loop is, and log it when the loop ends.

        Args:
            iterable: What to loop over, by `for` or by `async for`.
            total: How many items there will be, where `len(iterable)` cannot tell.
            description: What the items are, such as `"orders"`.

        Raises:
            CheckError: One of them is not what it must be.
        """
        bars = self.bars

        def tell(line: str) -> None:
            self.log.info("%s", line)

        return tracked(iterable, total, description, bars, tell)

    @property
    def bars(self) -> Bars:
        """The loops that `track` counts, under way and lately ended."""
        if self._bars is None:
            # At once, so that two threads get the same.
            self.__dict__.setdefault("_bars", Bars())
        found: Bars = self.__dict__["_bars"]
        return found

    @property
    def pdb(self) -> Pdb:
        """A debugger: `context.pdb.set_trace()` stops there."""
        if self._pdb is None:
            from pdb import Pdb  # noqa: PLC0415 - seldom wanted

            self._pdb = Pdb()
        return self._pdb

    def _verify_goes_on(self, what: str) -> None:
        if self.is_over:
            raise InvariantViolationError(
                f"{what}: the step {self._step.step_key!r} has ended.",
                hint="Let threads and callbacks end before the op does: thread.join().",
            )


# The names that a body can mean when it reads `context.<name>`.
CONTEXT_NAMES: Final = frozenset(
    name for name in (*dir(OpExecutionContext), *_ABSENT) if not name.startswith("_")
)
