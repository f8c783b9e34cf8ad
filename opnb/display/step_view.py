"""What a card tells of one step, or of all steps mapped from one, as plain views."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from opnb.display import words
from opnb.display.asset_view import (
    AssetView,
    OutputView,
    all_assets,
    assets_of,
    outputs_of_mapped,
    outputs_of_step,
)
from opnb.display.changes import Earlier
from opnb.display.lazily import at_first_use
from opnb.display.scorecard import CheckView, checks_title, scorecard
from opnb.event_log.step_summary import StepSummary
from opnb.model.check_facts import Outcome
from opnb.model.entry import (
    FAILED_CHECKS,
    EventLogEntry,
    HookErroredData,
    SerializableErrorInfo,
)
from opnb.model.metadata import MetadataValue

if TYPE_CHECKING:
    from opnb.display.frames import FrameView

_PASSES_UNFOLDED = 5
_CAUSES = 3
_TALL_KINDS = frozenset(["md", "table", "table_schema", "column_lineage", "image"])
_WRAPPERS = frozenset(["ExecutionStepExecutionError", "RetryRequestedFromPolicy"])
_user_frames = at_first_use("frames.user_frames")


class FailureView(NamedTuple):
    """What a step or a run failed with.

    Args:
        frames: Where, by the user's own code.
        causes: What it was raised from.
    """

    title: str
    text: str
    metadata: Mapping[str, MetadataValue]
    frames: list[FrameView]
    causes: list[str]

    @property
    def lines(self) -> int:
        """How many lines it takes, about."""
        return 1 + len(self.metadata) + len(self.frames) + len(self.causes)


class LineView(NamedTuple):
    """One line of the log, with the mapping key of the step where there are several."""

    level: str
    text: str


class StepView(NamedTuple):
    """All that a card tells of a step beside what went in and came out.

    Args:
        checks: The scorecard, what failed first.
    """

    failure: FailureView | None
    checks: list[CheckView]
    checks_title: str
    assets: list[AssetView]
    assets_left_out: int
    outputs: list[OutputView]
    retries: list[str]
    retries_title: str
    first_retry: int
    hook_errors: list[str]
    log: list[LineView]
    log_title: str

    @property
    def failed_checks(self) -> list[CheckView]:
        """The expectations that were not met, or are unknown."""
        return [check for check in self.checks if not check.passed]

    @property
    def passed_checks(self) -> list[CheckView]:
        """The expectations that were met."""
        return [check for check in self.checks if check.passed]

    @property
    def folds_passes(self) -> bool:
        """Whether those are too many to stand before what comes below."""
        return len(self.passed_checks) > _PASSES_UNFOLDED

    @property
    def lines(self) -> int:
        """How many lines it takes, about."""
        return sum(
            [
                self.failure.lines if self.failure else 0,
                len(self.failed_checks),
                1 if self.folds_passes else len(self.passed_checks),
                *(len(asset.parts) or 1 for asset in self.assets),
                *(_rows(part.metadata) for a in self.assets for part in a.parts[:1]),
                *(_rows(o.parts[0].metadata) + len(o.parts) for o in self.outputs),
                len(self.retries),
                len(self.hook_errors),
                1 if self.log else 0,
            ]
        )


def _rows(metadata: Mapping[str, MetadataValue]) -> int:
    """Count the lines of metadata; a table takes several, and Markdown may."""
    return sum(6 if value.kind in _TALL_KINDS else 1 for value in metadata.values())


def step_view(
    step: StepSummary,
    earlier: Earlier,
    log: Sequence[EventLogEntry] | None = None,
    log_lines: int | None = None,
) -> StepView:
    """Return the view of one step.

    Args:
        step: Which.
        earlier: What earlier runs told of the same assets.
        log: The lines to show, if not the step's own.
        log_lines: How many lines there were.
    """
    lines = step.log if log is None else log
    return StepView(
        failure=_failure(step),
        checks=scorecard([(None, data) for data in step.checks]),
        checks_title=checks_title(step.outcomes, len(step.checks)),
        assets=assets_of(step.assets, earlier),
        assets_left_out=step.assets_left_out,
        outputs=list(outputs_of_step(step)),
        retries=[error_line(retry.error) for retry in step.retries],
        retries_title=_retries_title(step),
        first_retry=step.retry_count - len(step.retries) + 1,
        hook_errors=[_hook_error(entry) for entry in step.hook_errors],
        log=[_line(entry) for entry in lines],
        log_title=_log_title(
            step.log_lines if log_lines is None else log_lines, len(lines)
        ),
    )


def mapped_view(
    steps: Sequence[StepSummary], earlier: Earlier, outcomes: Mapping[Outcome, int]
) -> StepView:
    """Return one view of steps that were mapped from one.

    Args:
        steps: Those that the card tells of.
        earlier: What earlier runs told of the same assets.
        outcomes: How many expectations of theirs came out how, shown or not.
    """
    checks = [(step.mapping_key, data) for step in steps for data in step.checks]
    lines = [_line(entry, step.mapping_key) for step in steps for entry in step.log]
    retries = [
        f"[{step.mapping_key}] {error_line(retry.error)}"
        for step in steps
        for retry in step.retries
    ]
    return StepView(
        failure=None,
        checks=scorecard(checks),
        checks_title=checks_title(outcomes, len(checks)),
        assets=assets_of(all_assets(steps), earlier),
        assets_left_out=sum(step.assets_left_out for step in steps),
        outputs=list(outputs_of_mapped(steps)),
        retries=retries,
        retries_title="attempts that failed:" if retries else "",
        first_retry=1,
        hook_errors=[
            _hook_error(entry) for step in steps for entry in step.hook_errors
        ],
        log=lines,
        log_title=_log_title(sum(step.log_lines for step in steps), len(lines)),
    )


def own_log_view(log: Sequence[EventLogEntry], log_lines: int) -> StepView:
    """Return the view of lines that no step logged."""
    return step_view(StepSummary(), {}, log, log_lines)


def _failure(step: StepSummary) -> FailureView | None:
    if step.failure is None:
        return None
    user = step.failure.user_failure_data
    metadata = user.metadata if user else {}
    view = failure_of(step.failure.error, metadata, step.node_name)
    if user and user.label == FAILED_CHECKS:
        # The scorecard lists them.
        return view._replace(text=user.description or "")
    return view


def failure_of(
    error: SerializableErrorInfo,
    metadata: Mapping[str, MetadataValue] | None = None,
    op_name: str = "",
) -> FailureView:
    """Return the view of what something failed with."""
    error = unwrapped(error)
    text = "" if error.message == "None" else error.message
    return FailureView(
        error.cls_name or "Error",
        text,
        metadata or {},
        _user_frames(error.stack, op_name),
        [_cause(cause, op_name) for cause in islice(_causes(error), _CAUSES)],
    )


def _causes(error: SerializableErrorInfo) -> Iterator[SerializableErrorInfo]:
    while error.cause is not None:
        error = error.cause
        yield error


def _cause(error: SerializableErrorInfo, op_name: str) -> str:
    frames = _user_frames(error.stack, op_name)
    return error_line(error) + (f" ({frames[-1].place})" if frames else "")


def unwrapped(error: SerializableErrorInfo) -> SerializableErrorInfo:
    """Return the user's own error from within what Dagster wraps around it."""
    while error.cls_name in _WRAPPERS and error.cause is not None:
        error = error.cause
    return error


def error_line(error: SerializableErrorInfo) -> str:
    """Return the user's own error on one line."""
    inner = unwrapped(error)
    if inner.cls_name == "RetryRequested" and inner.cause is not None:
        inner = inner.cause  # a line tells why, not that it was asked for
    name, text = inner.cls_name or "Error", inner.message
    return words.cut(f"{name}: {text}" if text else name, 200)


def _retries_title(step: StepSummary) -> str:
    if not step.retries:
        return ""
    more = step.retry_count - len(step.retries)
    others = f" {more:,} others and" if more else ""
    return f"attempt {step.attempts:,}, after{others}:"


def _hook_error(entry: EventLogEntry) -> str:
    data = entry.event_specific_data
    message = (entry.message or "").removesuffix(".")
    if not isinstance(data, HookErroredData) or not data.error.message:
        return f"{message}."
    return f"{message}: {data.error.message}"


def _line(entry: EventLogEntry, mapping_key: str | None = None) -> LineView:
    origin = "" if mapping_key is None else f"[{mapping_key}] "
    return LineView(logging.getLevelName(entry.level), f"{origin}{entry.message or ''}")


def _log_title(lines: int, shown: int) -> str:
    title = words.count(lines, "line")
    return f"{title}, the last {shown}" if lines > shown else title
