"""The card: what one run shows under its cell, in three forms from one view."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from opnb.display import style, values, words
from opnb.display.engine import render
from opnb.event_log.asset_history import event_of
from opnb.event_log.summary import AssetSummary, RunStatus, RunSummary
from opnb.model.entry import (
    EventType,
    SerializableErrorInfo,
    StepExpectationResultData,
)
from opnb.model.metadata import MetadataValue

_LOOKS = {
    RunStatus.SUCCESS: ("✓", "done", style.GREEN),
    RunStatus.FAILURE: ("✗", "failed", style.RED),
    RunStatus.CANCELED: ("■", "canceled", style.AMBER),
    RunStatus.INTERRUPTED: ("■", "interrupted", style.AMBER),
    RunStatus.STARTED: ("▸", "running", style.BLUE),
}
_PORTS_SHOWN = 6
_COLUMNS_SHOWN = 8
_SHORT = 70
_INLINE_KINDS = frozenset(
    ["int", "float", "bool", "null", "text", "timestamp", "path", "asset"]
)
_WRAPPERS = frozenset(["ExecutionStepExecutionError", "RetryRequestedFromPolicy"])


@dataclass(frozen=True, slots=True)
class CheckView:
    """One line of the scorecard; `short` is the metadata where it fits the line."""

    success: bool
    label: str
    description: str | None
    metadata: Mapping[str, MetadataValue]
    short: str


@dataclass(frozen=True, slots=True)
class PortView:
    """An input or output: its name, its type and shape, the op it came from."""

    name: str
    info: str
    origin: str | None = None


@dataclass(frozen=True, slots=True)
class PartView:
    """One partition of an asset (or all of it): how often, and the last of it."""

    partition: str | None
    description: str | None
    metadata: Mapping[str, MetadataValue]
    count: int


@dataclass(frozen=True, slots=True)
class AssetView:
    """One asset that the run touched.

    Args:
        parts: Its partitions.
        labels: Their metadata labels, where the parts make the rows of a table.
    """

    glyph: str
    verb: str
    key: str
    parts: list[PartView]
    labels: list[str]


def card_forms(summary: RunSummary) -> dict[str, str]:
    """Return the card as plain text, Markdown and HTML."""
    view = card_view(summary)
    return {
        "text/plain": words.fit_terminal(render("card.txt", **view)),
        "text/markdown": words.single_gaps(render("card.md", **view)),
        "text/html": render("card.html", **view),
    }


def card_view(summary: RunSummary) -> dict[str, Any]:
    """Return what the templates fill in; no time, no id, no path of a machine."""
    glyph, word, color = _look(summary)
    return {
        "glyph": glyph,
        "word": word,
        "color": color,
        "name": summary.job_name,
        "ports": {"in": _inputs(summary), "out": _outputs(summary)},
        "failure": _failure(summary),
        "checks": [_check(data) for data in summary.checks],
        "checks_title": _checks_title(summary),
        "assets": _assets(summary),
        "assets_left_out": summary.assets_left_out,
        "outputs": [
            {"name": name, "metadata": data.metadata}
            for name, data in summary.outputs.items()
            if data.metadata
        ],
        "retries": [_reason(retry.error) for retry in summary.retries],
        "retries_title": _retries_title(summary),
        "log": [
            {"level": logging.getLevelName(line.level), "text": line.message or ""}
            for line in summary.log
        ],
        "log_title": _log_title(summary),
    }


def _look(summary: RunSummary) -> tuple[str, str, str]:
    if summary.status is RunStatus.SUCCESS and summary.failed:
        return "!", f"{words.count(summary.failed, 'check')} failed", style.AMBER
    return _LOOKS[summary.status]


def _inputs(summary: RunSummary) -> list[PortView]:
    return _first_ports(
        [
            PortView(
                name,
                words.value_info(data.value_info),
                data.source.op_name if data.source else None,
            )
            for name, data in summary.inputs.items()
        ]
    )


def _outputs(summary: RunSummary) -> list[PortView]:
    return _first_ports(
        [
            PortView(name, words.value_info(data.value_info))
            for name, data in summary.outputs.items()
        ]
    )


def _first_ports(ports: list[PortView]) -> list[PortView]:
    more = len(ports) - _PORTS_SHOWN
    if more <= 0:
        return ports
    return [*ports[:_PORTS_SHOWN], PortView("", f"and {more} more")]


def _check(data: StepExpectationResultData) -> CheckView:
    result = data.expectation_result
    inline = all(value.kind in _INLINE_KINDS for value in result.metadata.values())
    text = values.pairs(result.metadata, 400)
    return CheckView(
        result.success,
        result.label,
        result.description,
        result.metadata,
        text if inline and len(text) <= _SHORT else "",
    )


def _checks_title(summary: RunSummary) -> str:
    parts = [f"{summary.passed:,} passed"] if summary.passed else []
    parts += [f"{summary.failed:,} failed"] if summary.failed else []
    if summary.checks_left_out:
        parts.append(f"{len(summary.checks)} of them listed, the rest is in the log")
    return ", ".join(parts)


def _assets(summary: RunSummary) -> list[AssetView]:
    groups: dict[tuple[str, EventType], list[AssetSummary]] = {}
    for asset in summary.assets.values():
        key = event_of(asset.last).asset_key.to_user_string()
        groups.setdefault((key, asset.last.event_type), []).append(asset)
    return [_asset(key, kind, parts) for (key, kind), parts in groups.items()]


def _asset(key: str, kind: EventType, assets: list[AssetSummary]) -> AssetView:
    written = kind is EventType.ASSET_MATERIALIZATION
    parts = [_part(asset) for asset in assets]
    labels = dict.fromkeys(label for part in parts for label in part.metadata)
    return AssetView(
        "●" if written else "○",
        "materialized" if written else "observed",
        key,
        parts,
        list(labels)[:_COLUMNS_SHOWN] if len(parts) > 1 else [],
    )


def _part(asset: AssetSummary) -> PartView:
    event = event_of(asset.last)
    return PartView(event.partition, event.description, event.metadata, asset.count)


def _failure(summary: RunSummary) -> dict[str, Any] | None:
    data = summary.failure
    if data is None:
        return None
    error = unwrapped(data.error)
    user = data.user_failure_data
    return {
        "title": error.cls_name or "Error",
        "text": "" if error.message == "None" else error.message,
        "metadata": user.metadata if user else {},
    }


def unwrapped(error: SerializableErrorInfo) -> SerializableErrorInfo:
    """Return the user's own error from within what Dagster wraps around it."""
    while error.cls_name in _WRAPPERS and error.cause is not None:
        error = error.cause
    return error


def _reason(error: SerializableErrorInfo) -> str:
    inner = unwrapped(error)
    name, text = inner.cls_name or "Error", inner.message
    return words.cut(f"{name}: {text}" if text else name, 200)


def _retries_title(summary: RunSummary) -> str:
    if not summary.retries:
        return ""
    return f"attempt {summary.attempts}, after:"


def _log_title(summary: RunSummary) -> str:
    title = words.count(summary.log_lines, "line")
    if summary.log_lines > len(summary.log):
        title += f", the last {len(summary.log)}"
    return title
