"""One run, folded from its entries into what a card shows; of bounded size.

The same fold makes the card under a running cell and, from the log, the card of a run
long past. Each step is folded into a `StepSummary`; steps mapped from one op share a
row. Of a large run the steps that went wrong and the first others are kept, the rest
is counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from typing import Final, NamedTuple, Protocol

from opnb.event_log.kept_rows import KeptRows
from opnb.event_log.step_summary import (
    MOST_LOG_LINES,
    AssetsByKey,
    StepEventStatus,
    StepSummary,
    failed_of,
    passed_of,
)
from opnb.model.asset_key import AssetKey
from opnb.model.check_facts import Outcome
from opnb.model.displayable import Displayable
from opnb.model.entry import (
    EventLogEntry,
    EventType,
    RunFailureData,
    SerializableErrorInfo,
    StepExpectationResultData,
    StepFailureData,
    StepInputData,
    StepOutputData,
    StepRetryData,
)

# Beyond these counts a card says how many steps there were more.
MOST_ROWS: Final = 50
MOST_MAPPED: Final = 10
MOST_TROUBLED: Final = 50


class AssetPart(NamedTuple):
    """What events of one kind are compared by: an asset, or a partition of one."""

    event_type: EventType
    asset_key: AssetKey
    partition: str | None


class Past(Protocol):
    """Who knows what earlier runs told: the log that a run is kept in."""

    def numbers_before(
        self, run_id: str, parts: Iterable[AssetPart]
    ) -> Mapping[AssetPart, Mapping[str, float | Decimal]]:
        """Return the last numbers told of each part before a run began, by label.

        Raises:
            LogError: The log cannot be read now.
        """

    def step_of(self, run_id: str) -> StepSummary | None:
        """Return what an earlier run of one op told; None if there is no such run.

        Raises:
            LogError: The log cannot be read now.
        """


class RunStatus(Enum):
    """How a run stands; Dagster's words, and INTERRUPTED for one that was killed."""

    STARTED = "STARTED"
    SUCCESS = "SUCCESS"
    FAILURE = "FAILURE"
    CANCELED = "CANCELED"
    INTERRUPTED = "INTERRUPTED"


_STATUS = {
    EventType.RUN_SUCCESS: RunStatus.SUCCESS,
    EventType.RUN_FAILURE: RunStatus.FAILURE,
    EventType.RUN_CANCELED: RunStatus.CANCELED,
}
# What may come after a step has ended, and must not begin it anew.
_LATE = (
    EventType.LOG_MESSAGE,
    EventType.HOOK_COMPLETED,
    EventType.HOOK_ERRORED,
    EventType.HOOK_SKIPPED,
)
# An enum's attributes are slow to look up.
_START: Final = EventType.STEP_START
_IN_PROGRESS: Final = StepEventStatus.IN_PROGRESS
_SUCCESS: Final = StepEventStatus.SUCCESS
_FAILURE: Final = StepEventStatus.FAILURE


@dataclass(slots=True)
class Counts:
    """How many steps ended how, and how many of their expectations came out how."""

    done: int = 0
    failed: int = 0
    skipped: int = 0
    outcomes: Counter[Outcome] = field(default_factory=Counter)

    def count(self, step: StepSummary) -> None:
        """Count a step, if it has ended, and its expectations."""
        if step.status is _SUCCESS:
            self.done += 1
        elif step.status is _FAILURE:
            self.failed += 1
        elif step.status is not _IN_PROGRESS:
            self.skipped += 1
        if step.outcomes:
            self.outcomes.update(step.outcomes)

    def add(self, other: Counts) -> None:
        """Add what another counted."""
        self.done += other.done
        self.failed += other.failed
        self.skipped += other.skipped
        if other.outcomes:
            self.outcomes.update(other.outcomes)

    @property
    def steps(self) -> int:
        """How many steps were counted."""
        return self.done + self.failed + self.skipped


@dataclass(slots=True)
class StepRow:
    """A step, or all that are mapped from one.

    Args:
        key: The step's key, without a mapping key.
        left_out: How those ended that are not kept.
        steps: Those kept, in the order that they began.
    """

    key: str
    left_out: Counts
    steps: list[StepSummary] = field(default_factory=list)

    @property
    def is_mapped(self) -> bool:
        """Whether its steps were mapped over a dynamic output."""
        return len(self.steps) > 1 or self.steps[0].key != self.key

    @property
    def outcomes(self) -> Mapping[Outcome, int]:
        """How many expectations of its steps came out how."""
        return self.counts.outcomes

    @property
    def counts(self) -> Counts:
        """How many of its steps ended how."""
        return _counts(self.steps, [self.left_out])

    @property
    def unfinished(self) -> int:
        """How many of its steps began and have not ended."""
        return sum(step.status is _IN_PROGRESS for step in self.steps)


def _counts(steps: Iterable[StepSummary], left_out: Iterable[Counts]) -> Counts:
    counts = Counts()
    for step in steps:
        counts.count(step)
    for each in left_out:
        counts.add(each)
    return counts


@dataclass(slots=True, repr=False)
class RunSummary(Displayable):
    """What a card shows of a run.

    A run of one op has one step; its inputs, outputs and what else it told can be
    asked of the run. They are empty where there are several steps.

    Args:
        error: What the run failed with, if no step of it failed.
        steps: Those kept, by key.
        left_out: How those ended that no row tells of.
        own_log: The last lines that belong to no step.
        past: What the card asks for what has changed, when it is drawn.
        kept: The entries that the card carries into the notebook file.
    """

    run_id: str = ""
    job_name: str = ""
    status: RunStatus = RunStatus.STARTED
    start_time: float | None = None
    end_time: float | None = None
    entries: int = 0
    error: SerializableErrorInfo | None = None
    steps: dict[str, StepSummary] = field(default_factory=dict)
    left_out: Counts = field(default_factory=Counts)
    own_log: list[EventLogEntry] = field(default_factory=list)
    own_log_lines: int = 0
    past: Past | None = field(default=None, compare=False)
    stale: tuple[str, ...] = field(default=(), compare=False)
    kept: KeptRows | None = field(default=None, compare=False)
    _ended: StepSummary | None = None
    _calm: dict[str, int] = field(default_factory=dict)
    _troubled: int = 0
    _left_out_of: dict[str, Counts] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"RunSummary({self.job_name!r}, {self.status.value})"

    @staticmethod
    def of(entries: Iterable[EventLogEntry], past: Past | None = None) -> RunSummary:
        """Return the summary of a run's entries."""
        summary = RunSummary(past=past)
        for entry in entries:
            summary.add(entry)
        return summary

    # The run of one op

    @property
    def is_one_op(self) -> bool:
        """Whether it is the run of an op on its own, not of a job."""
        return not self.steps or (
            len(self.steps) == 1
            and self.job_name in self.steps
            and not self.left_out.steps
        )

    @property
    def step(self) -> StepSummary:
        """The step of a run of one op; an empty one for any other run."""
        only = self.steps.get(self.job_name) if self.is_one_op else None
        return only or StepSummary()

    @property
    def code_version(self) -> str | None:
        """The version of the op's code."""
        return self.step.code_version

    @property
    def inputs(self) -> Mapping[str, StepInputData]:
        """What went into the op, by name."""
        return self.step.inputs

    @property
    def outputs(self) -> Mapping[str, StepOutputData]:
        """What came out of the op, by name."""
        return self.step.outputs

    @property
    def checks(self) -> Sequence[StepExpectationResultData]:
        """The expectation results of the op."""
        return self.step.checks

    @property
    def checks_left_out(self) -> int:
        """How many expectation results the card does not list."""
        return self.step.checks_left_out

    @property
    def assets(self) -> AssetsByKey:
        """The assets that the op told of."""
        return self.step.assets

    @property
    def assets_left_out(self) -> int:
        """How many events of further assets there were."""
        return self.step.assets_left_out

    @property
    def retries(self) -> Sequence[StepRetryData]:
        """Why the last of the op's failed attempts failed."""
        return self.step.retries

    @property
    def attempts(self) -> int:
        """How often the op's code was started."""
        return self.step.attempts

    @property
    def failure(self) -> StepFailureData | None:
        """Why the op failed."""
        return self.step.failure

    # The run of any number of steps

    @property
    def rows(self) -> list[StepRow]:
        """The steps kept, those mapped from one op together, as they began."""
        rows: dict[str, StepRow] = {}
        for step in self.steps.values():
            key = step.row_key
            if key not in rows:
                rows[key] = StepRow(key, self._left_out_of.get(key) or Counts())
            rows[key].steps.append(step)
        return list(rows.values())

    @property
    def outcomes(self) -> Mapping[Outcome, int]:
        """How many expectations came out how, see `ExpectationResult.outcome`."""
        return self.counts.outcomes

    @property
    def passed(self) -> int:
        """How many expectations were met."""
        return passed_of(self.outcomes)

    @property
    def failed(self) -> int:
        """How many expectations were not met, without those that only warn."""
        return failed_of(self.outcomes)

    @property
    def log(self) -> list[EventLogEntry]:
        """The last lines of the run's own and of the op's, in their order."""
        lines = sorted(
            [*self.own_log, *self.step.log], key=lambda entry: entry.timestamp
        )
        return lines[-MOST_LOG_LINES:]

    @property
    def log_lines(self) -> int:
        """How many lines those two logged."""
        return self.own_log_lines + self.step.log_lines

    @property
    def counts(self) -> Counts:
        """How many of all its steps ended how."""
        left_out = [self.left_out, *self._left_out_of.values()]
        return _counts(self.steps.values(), left_out)

    @property
    def unfinished(self) -> int:
        """How many steps began and have not ended."""
        return sum(step.status is _IN_PROGRESS for step in self.steps.values())

    # The fold

    def add(self, entry: EventLogEntry, times: int = 1) -> None:
        """Take in the run's next entry, or the last of so many observations alike."""
        self.entries += times
        key = entry.step_key
        if key is None:
            self._add_run(entry)
            return
        step = self.steps.get(key) or self._begin(key, entry)
        if step is None:
            return
        before = step.status
        step.add(entry, times)
        if step.status is not before:
            # Its hooks tell of it yet; not before the next ends is it let go.
            if self._ended is not None:
                self._settle(self._ended)
            self._ended = step

    def _add_run(self, entry: EventLogEntry) -> None:
        kind = entry.event_type
        if kind is EventType.LOG_MESSAGE:
            self.own_log_lines += 1
            self.own_log.append(entry)
            del self.own_log[:-MOST_LOG_LINES]
        elif kind is EventType.RUN_START:
            self.run_id, self.job_name = entry.run_id, entry.job_name
            self.start_time = entry.timestamp
        elif kind in _STATUS:
            self.status = _STATUS[kind]
            self.end_time = entry.timestamp
            data = entry.event_specific_data
            if isinstance(data, RunFailureData) and not data.failed_steps:
                self.error = data.error

    def _begin(self, key: str, entry: EventLogEntry) -> StepSummary | None:
        kind = entry.event_type
        if kind is not _START and kind in _LATE:
            return None
        row_key = key.partition("[")[0] if "[" in key else key
        step = self.steps[key] = StepSummary(key, row_key, entry.node_name or "")
        return step

    def _settle(self, step: StepSummary) -> None:
        """Keep a step that has ended, or only count it."""
        row_key = step.row_key
        if step.has_trouble:
            self._troubled += 1
            keep = self._troubled <= MOST_TROUBLED
            if keep:
                self._left_out_of.setdefault(row_key, Counts())
        else:
            keep = self._has_room(row_key)
        if not keep:
            del self.steps[step.key]
            self._left_out_of.get(row_key, self.left_out).count(step)

    def _has_room(self, row_key: str) -> bool:
        """Whether one more step of a row is kept that went well or was skipped."""
        kept = self._calm.get(row_key, 0)
        if kept == MOST_MAPPED or (not kept and len(self._calm) == MOST_ROWS):
            return False
        self._calm[row_key] = kept + 1
        if not kept:
            self._left_out_of.setdefault(row_key, Counts())
        return True
