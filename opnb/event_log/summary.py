"""One run, folded from its entries into what a card shows; of bounded size.

The same fold makes the card under a running cell and, from the log, the card of a run
long past.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum

from opnb.model.displayable import Displayable
from opnb.model.entry import (
    EventLogEntry,
    EventType,
    StepExpectationResultData,
    StepFailureData,
    StepInputData,
    StepOutputData,
    StepRetryData,
    StepStartData,
)

# A card is read, not searched: beyond these counts it says how many there were more.
MOST_CHECKS = 50
MOST_ASSETS = 20
MOST_LOG_LINES = 20


class RunStatus(Enum):
    """How a run stands; Dagster's words, and INTERRUPTED for one that was killed."""

    STARTED = "STARTED"
    SUCCESS = "SUCCESS"
    FAILURE = "FAILURE"
    CANCELED = "CANCELED"
    INTERRUPTED = "INTERRUPTED"


_STATUS = {
    EventType.RUN_START: RunStatus.STARTED,
    EventType.RUN_SUCCESS: RunStatus.SUCCESS,
    EventType.RUN_FAILURE: RunStatus.FAILURE,
    EventType.RUN_CANCELED: RunStatus.CANCELED,
}


@dataclass(slots=True)
class AssetSummary:
    """What one run told of one asset: how often, and the last of it."""

    last: EventLogEntry
    count: int = 1


@dataclass(slots=True)
class RunSummary(Displayable):
    """What a card shows of a run."""

    run_id: str = ""
    job_name: str = ""
    status: RunStatus = RunStatus.STARTED
    start_time: float | None = None
    end_time: float | None = None
    code_version: str | None = None
    inputs: dict[str, StepInputData] = field(default_factory=dict)
    outputs: dict[str, StepOutputData] = field(default_factory=dict)
    checks: list[StepExpectationResultData] = field(default_factory=list)
    passed: int = 0
    failed: int = 0
    assets: dict[tuple[str, str, str | None], AssetSummary] = field(
        default_factory=dict
    )
    assets_left_out: int = 0
    retries: list[StepRetryData] = field(default_factory=list)
    log: deque[EventLogEntry] = field(
        default_factory=lambda: deque(maxlen=MOST_LOG_LINES)
    )
    log_lines: int = 0
    failure: StepFailureData | None = None
    entries: int = 0
    _passed_kept: int = 0
    _failed_kept: int = 0

    @staticmethod
    def of(entries: Iterable[EventLogEntry]) -> RunSummary:
        """Return the summary of a run's entries."""
        summary = RunSummary()
        for entry in entries:
            summary.add(entry)
        return summary

    @property
    def attempts(self) -> int:
        """How often the op's code was started."""
        return len(self.retries) + 1

    @property
    def checks_left_out(self) -> int:
        """How many expectation results the card does not list."""
        return self.passed + self.failed - len(self.checks)

    def add(self, entry: EventLogEntry) -> None:
        """Take in the run's next entry."""
        self.entries += 1
        kind = entry.event_type
        if kind in (EventType.ASSET_OBSERVATION, EventType.ASSET_MATERIALIZATION):
            self._add_asset(entry)
        elif kind is EventType.LOG_MESSAGE:
            self.log.append(entry)
            self.log_lines += 1
        elif kind in _STATUS:
            self._add_run(entry)
        else:
            self._add_step(entry)

    def _add_run(self, entry: EventLogEntry) -> None:
        self.status = _STATUS[entry.event_type]
        if entry.event_type is EventType.RUN_START:
            self.run_id, self.job_name = entry.run_id, entry.job_name
            self.start_time = entry.timestamp
        else:
            self.end_time = entry.timestamp

    def _add_step(self, entry: EventLogEntry) -> None:
        data = entry.event_specific_data
        if isinstance(data, StepExpectationResultData):
            self._add_check(data)
        elif isinstance(data, StepOutputData):
            self.outputs[data.output_name] = data
        elif isinstance(data, StepInputData):
            self.inputs[data.input_name] = data
        elif isinstance(data, StepRetryData):
            self.retries.append(data)
            self._forget_attempt()
        elif isinstance(data, StepFailureData):
            self.failure = data
        elif isinstance(data, StepStartData):
            self.code_version = data.code_version

    def _forget_attempt(self) -> None:
        """Start the card anew: it tells of the last attempt, and of the retries."""
        self.outputs.clear()
        self.checks.clear()
        self.passed = self.failed = self._passed_kept = self._failed_kept = 0

    def _add_check(self, data: StepExpectationResultData) -> None:
        # Failures come first to a reader, so passes may not crowd them out.
        if data.expectation_result.success:
            self.passed += 1
            keep = self._passed_kept < MOST_CHECKS
            self._passed_kept += keep
        else:
            self.failed += 1
            keep = self._failed_kept < MOST_CHECKS
            self._failed_kept += keep
        if keep:
            self.checks.append(data)

    def _add_asset(self, entry: EventLogEntry) -> None:
        data = entry.event_specific_data
        event = getattr(data, "materialization", None) or data.asset_observation  # type: ignore[union-attr]
        key = (
            entry.event_type.value,
            event.asset_key.to_user_string(),
            event.partition,
        )
        known = self.assets.get(key)
        if known is not None:
            known.last = entry
            known.count += 1
        elif len(self.assets) < MOST_ASSETS:
            self.assets[key] = AssetSummary(entry)
        else:
            self.assets_left_out += 1
