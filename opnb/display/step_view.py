"""What a card tells of one step, or of all steps mapped from one, as plain views."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from opnb.display import values, words
from opnb.event_log.reading.asset_history import event_of
from opnb.event_log.step_summary import (
    AssetsByKey,
    AssetSummary,
    StepSummary,
)
from opnb.model.entry import (
    EventLogEntry,
    EventType,
    HookErroredData,
    SerializableErrorInfo,
    StepExpectationResultData,
    StepFailureData,
    StepOutputData,
)
from opnb.model.metadata import MetadataValue

_COLUMNS_SHOWN = 8
_SHORT = 70
_INLINE_KINDS = frozenset(
    ["int", "float", "bool", "null", "text", "timestamp", "path", "asset"]
)
_TALL_KINDS = frozenset(["md", "table", "table_schema", "column_lineage"])
_WRAPPERS = frozenset(["ExecutionStepExecutionError", "RetryRequestedFromPolicy"])


@dataclass(frozen=True, slots=True)
class FailureView:
    """What a step or a run failed with."""

    title: str
    text: str
    metadata: Mapping[str, MetadataValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CheckView:
    """One line of the scorecard.

    Args:
        mapping_key: Which of the mapped steps checked, where there are several.
        short: The metadata where it fits the line.
    """

    success: bool
    label: str
    description: str | None
    metadata: Mapping[str, MetadataValue]
    short: str
    mapping_key: str | None = None


@dataclass(frozen=True, slots=True)
class PartView:
    """One partition of an asset or one value of an output, or all of it."""

    key: str | None
    description: str | None
    metadata: Mapping[str, MetadataValue]
    count: int = 1


@dataclass(frozen=True, slots=True)
class AssetView:
    """One asset that the step touched.

    Args:
        parts: Its partitions.
        labels: Their metadata labels, where the parts make the rows of a table.
    """

    glyph: str
    verb: str
    key: str
    parts: list[PartView]
    labels: list[str]


@dataclass(frozen=True, slots=True)
class OutputView:
    """The metadata of one output; the parts of a dynamic one have mapping keys."""

    name: str
    parts: list[PartView]
    labels: list[str]


@dataclass(frozen=True, slots=True)
class LineView:
    """One line of the log, with the mapping key of the step where there are several."""

    level: str
    text: str


@dataclass(frozen=True, slots=True)
class StepView:
    """All that a card tells of a step beside what went in and came out."""

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
    def lines(self) -> int:
        """How many lines it takes, about."""
        return sum(
            [
                len(self.failure.metadata) + 1 if self.failure else 0,
                len(self.checks),
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
    log: Sequence[EventLogEntry] | None = None,
    log_lines: int | None = None,
) -> StepView:
    """Return the view of one step.

    Args:
        step: Which.
        log: The lines to show, if not the step's own.
        log_lines: How many lines there were.
    """
    lines = step.log if log is None else log
    return StepView(
        failure=_failure(step.failure),
        checks=[_check(data) for data in step.checks],
        checks_title=_checks_title(step.passed, step.failed, len(step.checks)),
        assets=_assets(step.assets),
        assets_left_out=step.assets_left_out,
        outputs=list(_outputs(step)),
        retries=[error_line(retry.error) for retry in step.retries],
        retries_title=_retries_title(step),
        first_retry=step.retry_count - len(step.retries) + 1,
        hook_errors=[_hook_error(entry) for entry in step.hook_errors],
        log=[_line(entry) for entry in lines],
        log_title=_log_title(
            step.log_lines if log_lines is None else log_lines, len(lines)
        ),
    )


def mapped_view(steps: Sequence[StepSummary], passed: int, failed: int) -> StepView:
    """Return one view of steps that were mapped from one.

    Args:
        steps: Those that the card tells of.
        passed: How many expectations all of them met, shown or not.
        failed: How many they did not.
    """
    checks = [_check(data, step.mapping_key) for step in steps for data in step.checks]
    lines = [_line(entry, step.mapping_key) for step in steps for entry in step.log]
    retries = [
        f"[{step.mapping_key}] {error_line(retry.error)}"
        for step in steps
        for retry in step.retries
    ]
    return StepView(
        failure=None,
        checks=checks,
        checks_title=_checks_title(passed, failed, len(checks)),
        assets=_assets(_all_assets(steps)),
        assets_left_out=sum(step.assets_left_out for step in steps),
        outputs=list(_outputs_of_mapped(steps)),
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
    return step_view(StepSummary(), log, log_lines)


def _failure(data: StepFailureData | None) -> FailureView | None:
    if data is None:
        return None
    user = data.user_failure_data
    return failure_of(data.error, user.metadata if user else {})


def failure_of(
    error: SerializableErrorInfo, metadata: Mapping[str, MetadataValue] | None = None
) -> FailureView:
    """Return the view of what something failed with."""
    error = unwrapped(error)
    text = "" if error.message == "None" else error.message
    return FailureView(error.cls_name or "Error", text, metadata or {})


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


def _check(
    data: StepExpectationResultData, mapping_key: str | None = None
) -> CheckView:
    result = data.expectation_result
    inline = all(value.kind in _INLINE_KINDS for value in result.metadata.values())
    text = values.pairs(result.metadata, 400)
    return CheckView(
        result.success,
        result.label,
        result.description,
        result.metadata,
        text if inline and len(text) <= _SHORT else "",
        mapping_key,
    )


def checks_words(passed: int, failed: int) -> list[str]:
    """Return how many expectations were met and how many were not."""
    parts = [f"{passed:,} passed"] if passed else []
    return parts + ([f"{failed:,} failed"] if failed else [])


def _checks_title(passed: int, failed: int, listed: int) -> str:
    parts = checks_words(passed, failed)
    if passed + failed > listed:
        parts.append(f"{listed} of them listed, the rest is in the log")
    return ", ".join(parts)


def _all_assets(steps: Iterable[StepSummary]) -> AssetsByKey:
    together: AssetsByKey = {}
    for step in steps:
        for key, asset in step.assets.items():
            before = together[key].count if key in together else 0
            together[key] = AssetSummary(asset.last, asset.count + before)
    return together


def _assets(assets: AssetsByKey) -> list[AssetView]:
    groups: dict[tuple[str, EventType], list[AssetSummary]] = {}
    for asset in assets.values():
        key = event_of(asset.last).asset_key.to_user_string()
        groups.setdefault((key, asset.last.event_type), []).append(asset)
    return [_asset(key, kind, parts) for (key, kind), parts in groups.items()]


def _asset(key: str, kind: EventType, assets: list[AssetSummary]) -> AssetView:
    written = kind is EventType.ASSET_MATERIALIZATION
    parts = [_part(asset) for asset in assets]
    return AssetView(
        "●" if written else "○",
        "materialized" if written else "observed",
        key,
        parts,
        _labels(parts) if len(parts) > 1 else [],
    )


def _part(asset: AssetSummary) -> PartView:
    event = event_of(asset.last)
    return PartView(event.partition, event.description, event.metadata, asset.count)


def _labels(parts: Iterable[PartView]) -> list[str]:
    labels = dict.fromkeys(label for part in parts for label in part.metadata)
    return list(labels)[:_COLUMNS_SHOWN]


def _outputs(step: StepSummary) -> Iterable[OutputView]:
    for name, data in step.outputs.items():
        dynamic = step.dynamic.get(name)
        shown = [data] if dynamic is None else dynamic.first
        yield from _output(name, [(each.mapping_key, each) for each in shown])


def _outputs_of_mapped(steps: Sequence[StepSummary]) -> Iterable[OutputView]:
    names = dict.fromkeys(name for step in steps for name in step.outputs)
    for name in names:
        shown = [
            (step.mapping_key, step.outputs[name])
            for step in steps
            if name in step.outputs
        ]
        yield from _output(name, shown)


def _output(
    name: str, shown: Iterable[tuple[str | None, StepOutputData]]
) -> Iterable[OutputView]:
    parts = [PartView(key, None, data.metadata) for key, data in shown if data.metadata]
    if parts:
        table = len(parts) > 1 or parts[0].key is not None
        yield OutputView(name, parts, _labels(parts) if table else [])


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
