"""How a run of a job went: outputs, statuses and events, by the names of nodes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from opnb.execution.active import StepStatus
from opnb.execution.run_facts import Run as RunFacts
from opnb.model.checks import verify_type
from opnb.model.displayable import Displayable
from opnb.model.entry import (
    EventLogEntry,
    EventType,
    StepExpectationResultData,
    StepFailureData,
)
from opnb.model.errors import InvariantViolationError, OpnbError, did_you_mean
from opnb.model.events import (
    AssetMaterialization,
    AssetObservation,
    ExpectationResult,
)

if TYPE_CHECKING:
    from opnb.definitions.job import JobDefinition
    from opnb.event_log.log import EventLog
    from opnb.event_log.summary import RunSummary
    from opnb.execution.run import Run


class ExecuteInProcessResult(Displayable):
    """How a run of a job went; shows as its card.

    Nodes are named as in the job, those within graphs with dots: `"graph.op"`.
    """

    def __init__(self, run: Run, log: EventLog, summary: RunSummary) -> None:
        self._run = run
        self._log = log
        self.summary = summary
        self._entries: list[EventLogEntry] | None = None

    def __repr__(self) -> str:
        return (
            f"ExecuteInProcessResult({self.summary.job_name!r}, success={self.success})"
        )

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> tuple[dict[str, str], dict[str, Any]]:
        return self.summary._repr_mimebundle_(include, exclude)

    @property
    def success(self) -> bool:
        """Whether every step that ran went well."""
        return self._run.error is None

    @property
    def error(self) -> BaseException | None:
        """What the run ended with; None if it went well."""
        return self._run.error

    @property
    def run_id(self) -> str:
        """The id of the run."""
        return self._run.info.run_id

    @property
    def dagster_run(self) -> RunFacts:
        """The run itself: its job, id, tags, config, and how it ended."""
        info = self._run.info
        return RunFacts(
            info.job_name,
            info.run_id,
            info.run_config or {},
            info.tags,
            self.summary.status.value,
        )

    @property
    def job_def(self) -> JobDefinition:
        """The job."""
        job: JobDefinition = self._run.info.job_def
        return job

    # Values

    def output_for_node(self, node_str: str, output_name: str = "result") -> Any:
        """Return what a node put out; by mapping key where that is dynamic.

        Raises:
            InvariantViolationError: There is no such node or output, it was not put
                out, or its value was let go.
        """
        outputs = self._run.plan.node_outputs.get(self._verify_node(node_str), {})
        if output_name not in outputs:
            raise InvariantViolationError(
                f"{node_str!r} has no output {output_name!r}.",
                hint=did_you_mean(output_name, outputs),
            )
        return self._value(*outputs[output_name], name=f"{node_str}.{output_name}")

    def output_value(self, output_name: str = "result") -> Any:
        """Return an output of the graph itself.

        Raises:
            InvariantViolationError: The graph has no such output, or it did not come.
        """
        outputs = self._run.plan.graph_outputs
        if output_name not in outputs:
            raise InvariantViolationError(
                f"{self.summary.job_name!r} has no output {output_name!r}.",
                hint=did_you_mean(output_name, outputs)
                if outputs
                else "Use output_for_node() for an op's.",
            )
        return self._value(*outputs[output_name], name=output_name)

    def _value(self, step_key: str, output_name: str, *, name: str) -> Any:
        step = self._run.plan.steps.get(step_key)
        held, let_go = self._run.values.held, self._run.values.let_go
        if step is None:
            raise self._not_put_out(name)
        if step.scope is not None:
            keys = self._keys(step.scope.step.key, step.scope.output_name)
            handles = {key: (f"{step_key}[{key}]", output_name) for key in keys}
        elif step.op.outs[output_name].is_dynamic:
            keys = self._keys(step_key, output_name)
            handles = {key: (step_key, output_name, key) for key in keys}  # type: ignore[misc]
        else:
            handle = (step_key, output_name)
            if handle in let_go:
                raise _let_go(name)
            if handle not in held:
                raise self._not_put_out(name)
            return held[handle]
        if any(handle in let_go for handle in handles.values()):
            raise _let_go(name)
        found = {key: held[h] for key, h in handles.items() if h in held}
        if not found:
            raise self._not_put_out(name)
        return found

    def _keys(self, step_key: str, output_name: str) -> list[str]:
        return self._run.active.mapping_keys.get((step_key, output_name), [])

    def _not_put_out(self, name: str) -> InvariantViolationError:
        return InvariantViolationError(
            f"{name!r} never came.",
            hint="See the run's card.",
        )

    def _verify_node(self, node: str) -> str:
        verify_type(node, str, "node_str")
        known = self._run.plan.node_outputs
        if node not in known:
            raise InvariantViolationError(
                f"{self.summary.job_name!r} has no op {node!r}.",
                hint=did_you_mean(node, known),
            )
        return node

    # Statuses

    def is_node_success(self, node_str: str) -> bool:
        """Whether all steps of a node went well, and there was one."""
        found = self._statuses(node_str)
        return bool(found) and all(s is StepStatus.SUCCESS for s in found)

    def is_node_failed(self, node_str: str) -> bool:
        """Whether a step of a node failed."""
        return StepStatus.FAILURE in self._statuses(node_str)

    def is_node_skipped(self, node_str: str) -> bool:
        """Whether a step of a node was skipped."""
        return StepStatus.SKIPPED in self._statuses(node_str)

    def is_node_untouched(self, node_str: str) -> bool:
        """Whether nothing of a node ran or was skipped."""
        return not self._statuses(node_str)

    def _statuses(self, node: str) -> list[StepStatus]:
        self._verify_node(node)
        return [
            status
            for key, status in self._run.active.status.items()
            if status is not StepStatus.ABANDONED and _is_of_node(key, node)
        ]

    def get_failed_step_keys(self) -> set[str]:
        """Return the keys of the steps that failed."""
        return set(self._run.failed_steps)

    def failure_data_for_node(self, node_str: str) -> StepFailureData | None:
        """Return why a node failed; None if it did not."""
        self._verify_node(node_str)
        for key, data in self._run.failures.items():
            if _is_of_node(key, node_str):
                return data
        return None

    def retry_attempts_for_node(self, node_str: str) -> int:
        """Return how often a node was tried again."""
        self._verify_node(node_str)
        return sum(
            count
            for key, count in self._run.active.attempts.items()
            if _is_of_node(key, node_str)
        )

    # Events

    @property
    def all_events(self) -> Sequence[EventLogEntry]:
        """The entries of the run in their order, without lines of `context.log`."""
        if self._entries is None:
            self._entries = [
                entry
                for entry in self._log.entries(self.run_id)
                if entry.event_type is not EventType.LOG_MESSAGE
            ]
        return self._entries

    @property
    def all_node_events(self) -> Sequence[EventLogEntry]:
        """The entries of steps, without those of the run itself."""
        return [entry for entry in self.all_events if entry.step_key is not None]

    def events_for_node(self, node_name: str) -> Sequence[EventLogEntry]:
        """Return the entries of one node."""
        self._verify_node(node_name)
        return [
            entry
            for entry in self.all_node_events
            if _is_of_node(entry.step_key or "", node_name)
        ]

    def filter_events(
        self, event_filter: Callable[[EventLogEntry], bool]
    ) -> Sequence[EventLogEntry]:
        """Return the entries that a function returns True for."""
        return [entry for entry in self.all_events if event_filter(entry)]

    def asset_materializations_for_node(
        self, node_name: str
    ) -> Sequence[AssetMaterialization]:
        """Return what a node materialized."""
        return [
            entry.materialization
            for entry in self._of_type(EventType.ASSET_MATERIALIZATION, node_name)
        ]

    def asset_observations_for_node(self, node_name: str) -> Sequence[AssetObservation]:
        """Return what a node observed."""
        return [
            entry.asset_observation_data.asset_observation
            for entry in self._of_type(EventType.ASSET_OBSERVATION, node_name)
        ]

    def expectation_results_for_node(
        self, node_name: str
    ) -> Sequence[ExpectationResult]:
        """Return what a node checked."""
        return [
            entry.event_specific_data.expectation_result
            for entry in self._of_type(EventType.STEP_EXPECTATION_RESULT, node_name)
            if isinstance(entry.event_specific_data, StepExpectationResultData)
        ]

    def get_asset_materialization_events(self) -> Sequence[EventLogEntry]:
        """Return the entries that tell of materializations."""
        return list(self._of_type(EventType.ASSET_MATERIALIZATION))

    def get_asset_observation_events(self) -> Sequence[EventLogEntry]:
        """Return the entries that tell of observations."""
        return list(self._of_type(EventType.ASSET_OBSERVATION))

    def get_step_success_events(self) -> Sequence[EventLogEntry]:
        """Return the ends of the steps that went well."""
        return list(self._of_type(EventType.STEP_SUCCESS))

    def get_step_failure_events(self) -> Sequence[EventLogEntry]:
        """Return the ends of the steps that failed."""
        return list(self._of_type(EventType.STEP_FAILURE))

    def get_step_skipped_events(self) -> Sequence[EventLogEntry]:
        """Return the entries that tell of skipped steps."""
        return list(self._of_type(EventType.STEP_SKIPPED))

    def get_run_success_event(self) -> EventLogEntry:
        """Return the entry of the run's good end.

        Raises:
            OpnbError: It did not end well.
        """
        return self._one(EventType.RUN_SUCCESS)

    def get_run_failure_event(self) -> EventLogEntry:
        """Return the entry of the run's failure.

        Raises:
            OpnbError: It did not fail.
        """
        return self._one(EventType.RUN_FAILURE)

    def _of_type(
        self, event_type: EventType, node: str | None = None
    ) -> Iterator[EventLogEntry]:
        entries = self.all_events if node is None else self.events_for_node(node)
        return (entry for entry in entries if entry.event_type is event_type)

    def _one(self, event_type: EventType) -> EventLogEntry:
        found = list(self._of_type(event_type))
        if not found:
            raise OpnbError(
                f"{self.summary.job_name!r} has no {event_type.value}.",
                hint="See result.success.",
            )
        return found[0]


def _is_of_node(step_key: str, node: str) -> bool:
    """Whether a step is the node's own, one of its mapped ones, or within its graph."""
    return step_key == node or (
        step_key.startswith(node) and step_key[len(node)] in ".["
    )


def _let_go(name: str) -> InvariantViolationError:
    return InvariantViolationError(
        f"The value of {name!r} was let go when the last step had taken it.",
        hint="Run the job with keep_outputs=True to keep all values.",
    )
