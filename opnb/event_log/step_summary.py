"""One step, folded from its entries into what a card shows; of bounded size."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final

from opnb.model.check_facts import Outcome
from opnb.model.entry import (
    AssetObservationData,
    ErrorSource,
    EventLogEntry,
    EventType,
    StepExpectationResultData,
    StepFailureData,
    StepInputData,
    StepMaterializationData,
    StepOutputData,
    StepRetryData,
    StepStartData,
    StepSuccessData,
)
from opnb.model.events import AssetMaterialization, AssetObservation

# A card is read, not searched: beyond these counts it says how many there were more.
MOST_CHECKS: Final = 50
MOST_ASSETS: Final = 20
MOST_LOG_LINES: Final = 20
MOST_RETRIES: Final = 20
MOST_MAPPING_KEYS: Final = 10


def passed_of(outcomes: Mapping[Outcome, int]) -> int:
    """Return how many of these expectations were met."""
    return outcomes.get("passed", 0) + outcomes.get("unknown", 0)


def failed_of(outcomes: Mapping[Outcome, int]) -> int:
    """Return how many of these were not met, without those that only warn."""
    return outcomes.get("failed", 0) + outcomes.get("fatal", 0)


class StepEventStatus(Enum):
    """How a step stands, by Dagster's words."""

    IN_PROGRESS = "IN_PROGRESS"
    SUCCESS = "SUCCESS"
    FAILURE = "FAILURE"
    SKIPPED = "SKIPPED"


_SUCCESS: Final = StepEventStatus.SUCCESS  # an enum's attribute is slow to look up


@dataclass(slots=True)
class AssetSummary:
    """What one step told of one asset: how often, and the last of it."""

    last: EventLogEntry
    count: int = 1


@dataclass(slots=True)
class DynamicSummary:
    """What came out of one dynamic output: how many values, and the first of them."""

    count: int = 0
    first: list[StepOutputData] = field(default_factory=list)

    def add(self, data: StepOutputData) -> None:
        """Take in the next value."""
        self.count += 1
        if len(self.first) < MOST_MAPPING_KEYS:
            self.first.append(data)


AssetsByKey = dict[tuple[str, str, str | None], AssetSummary]


@dataclass(init=False)
class StepSummary:
    """What a card shows of one step.

    Most steps tell of nothing but inputs and outputs; until there is more, the values
    that are the class's own do for all of them.

    Args:
        key: The step's key, with `[mapping_key]` where it is mapped.
        row_key: The key without it: the same for all steps mapped from one.
        has_trouble: Whether it failed, or a check or a hook of it did: a card must not
            leave it out.
        node_name: What the op is called at its place in the graph.
        source: The op's code as it was written, where the log has it.
        reused_from: The run whose outputs were put out again.
        outputs: By name; of a dynamic output the last that came.
        dynamic: How many came of each dynamic output.
        outcomes: How many expectations came out how, see `ExpectationResult.outcome`;
            `checks` keeps the first of each.
        assets: By what was done to the asset, its key and its partition.
        retry_count: How many attempts failed and were followed by another; `retries`
            keeps why the last of them failed.
        log: The last lines; `log_lines` counts them all.
        hook_errors: The entries of hooks that raised.
    """

    key: str
    row_key: str
    node_name: str
    inputs: dict[str, StepInputData]
    outputs: dict[str, StepOutputData]
    dynamic: dict[str, DynamicSummary]
    assets: AssetsByKey
    outcomes: dict[Outcome, int]
    status: StepEventStatus = StepEventStatus.IN_PROGRESS
    has_trouble: bool = False
    code_version: str | None = None
    source: str | None = None
    reused_from: str | None = None
    checks: tuple[StepExpectationResultData, ...] = ()
    assets_left_out: int = 0
    retry_count: int = 0
    retries: tuple[StepRetryData, ...] = ()
    log: tuple[EventLogEntry, ...] = ()
    log_lines: int = 0
    failure: StepFailureData | None = None
    hook_errors: tuple[EventLogEntry, ...] = ()

    def __init__(self, key: str = "", row_key: str = "", node_name: str = "") -> None:
        self.key, self.row_key, self.node_name = key, row_key, node_name
        self.inputs = {}
        self.outputs = {}
        self.dynamic = {}
        self.assets = {}
        self.outcomes = {}

    @property
    def mapping_key(self) -> str | None:
        """Which value of a dynamic output the step is for; None if it is not mapped."""
        key = self.key.removeprefix(self.row_key)
        return key[1:-1] if key else None

    @property
    def attempts(self) -> int:
        """How often the op's code was started."""
        return self.retry_count + 1

    @property
    def passed(self) -> int:
        """How many expectations were met."""
        return passed_of(self.outcomes)

    @property
    def failed(self) -> int:
        """How many expectations were not met, without those that only warn."""
        return failed_of(self.outcomes)

    @property
    def checks_left_out(self) -> int:
        """How many expectation results are counted and not kept."""
        return sum(self.outcomes.values()) - len(self.checks)

    @property
    def is_canceled(self) -> bool:
        """Whether the step ended because the run was interrupted."""
        failure = self.failure
        return failure is not None and failure.error_source is ErrorSource.INTERRUPT

    def add(self, entry: EventLogEntry, times: int = 1) -> None:
        """Take in the step's next entry, or the last of so many observations alike."""
        data = entry.event_specific_data
        fold = _FOLDS.get(type(data))
        if fold is not None:
            fold(self, data)
        elif type(data) is AssetObservationData:
            self._add_asset(entry, "ASSET_OBSERVATION", data.asset_observation, times)
        elif type(data) is StepMaterializationData:
            self._add_asset(entry, "ASSET_MATERIALIZATION", data.materialization)
        else:
            self._add_entry(entry)

    def _add_entry(self, entry: EventLogEntry) -> None:
        kind = entry.event_type
        if kind is EventType.LOG_MESSAGE:
            self.log_lines += 1
            self.log = (*self.log, entry)[-MOST_LOG_LINES:]
        elif kind is EventType.STEP_SKIPPED:
            self.status = StepEventStatus.SKIPPED
        elif kind is EventType.HOOK_ERRORED:
            self.hook_errors += (entry,)
            self.has_trouble = True

    def _add_asset(
        self,
        entry: EventLogEntry,
        kind: str,
        event: AssetMaterialization | AssetObservation,
        times: int = 1,
    ) -> None:
        key = (kind, event.asset_key.to_user_string(), event.partition)
        known = self.assets.get(key)
        if known is not None:
            known.last = entry
            known.count += times
        elif len(self.assets) < MOST_ASSETS:
            self.assets[key] = AssetSummary(entry, times)
        else:
            self.assets_left_out += times


def _add_start(step: StepSummary, data: StepStartData) -> None:
    if data.code_version is not None:
        step.code_version = data.code_version
    if data.source is not None:
        step.source = data.source
    if data.reused_from is not None:
        step.reused_from = data.reused_from


def _add_input(step: StepSummary, data: StepInputData) -> None:
    step.inputs[data.input_name] = data


def _add_output(step: StepSummary, data: StepOutputData) -> None:
    step.outputs[data.output_name] = data
    if data.mapping_key is not None:
        step.dynamic.setdefault(data.output_name, DynamicSummary()).add(data)


def _add_success(step: StepSummary, _: StepSuccessData) -> None:
    step.status = _SUCCESS


def _add_failure(step: StepSummary, data: StepFailureData) -> None:
    step.status = StepEventStatus.FAILURE
    step.failure = data
    step.has_trouble = True


def _add_retry(step: StepSummary, data: StepRetryData) -> None:
    """Start anew: a card tells of the last attempt, and of the retries."""
    step.retry_count += 1
    step.retries = (*step.retries, data)[-MOST_RETRIES:]
    step.outputs.clear()
    step.dynamic.clear()
    step.checks = ()
    step.outcomes.clear()
    step.has_trouble = False


def _add_check(step: StepSummary, data: StepExpectationResultData) -> None:
    result = data.expectation_result
    outcome = result.outcome
    step.outcomes[outcome] = count = step.outcomes.get(outcome, 0) + 1
    if not result.success:
        step.has_trouble = True
    # Failures come first to a reader, so passes may not crowd them out.
    if count <= MOST_CHECKS:
        step.checks += (data,)


# By the class of the data: an entry costs one look-up, whatever it tells.
_FOLDS: Final[dict[type, Callable[[StepSummary, Any], None]]] = {
    StepStartData: _add_start,
    StepInputData: _add_input,
    StepOutputData: _add_output,
    StepSuccessData: _add_success,
    StepFailureData: _add_failure,
    StepRetryData: _add_retry,
    StepExpectationResultData: _add_check,
}
