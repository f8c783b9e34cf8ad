"""What a step told of assets and of its outputs, as plain views."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from opnb.display.changes import Earlier, changes_of
from opnb.display.pairs import pairs_line
from opnb.event_log.reading.asset_history import event_of
from opnb.event_log.step_summary import AssetsByKey, AssetSummary, StepSummary
from opnb.model.entry import EventType, StepOutputData
from opnb.model.metadata import MetadataValue

_COLUMNS_SHOWN = 8
# So many assets are drawn in full, each value as what it is; the others on one line.
_IN_FULL = 6
# The longest that a form shows of metadata on one line.
_LINE = 300


class PartView(NamedTuple):
    """One partition of an asset or one value of an output, or all of it.

    Args:
        line: The metadata on one line, with the changes.
        times: How often that was told.
        changes: How numbers changed since an earlier run, by label.
    """

    key: str | None
    description: str | None
    metadata: Mapping[str, MetadataValue]
    line: str
    times: int
    changes: Mapping[str, str]


class AssetView(NamedTuple):
    """One asset that the step touched.

    Args:
        parts: Its partitions.
        labels: Their metadata labels, where the parts make the rows of a table.
        labels_left_out: How many further labels they have.
        in_full: Whether each value is drawn as what it is, and not all on one line.
    """

    glyph: str
    verb: str
    key: str
    parts: list[PartView]
    labels: list[str]
    labels_left_out: int = 0
    in_full: bool = True


class OutputView(NamedTuple):
    """The metadata of one output; the parts of a dynamic one have mapping keys."""

    name: str
    parts: list[PartView]
    labels: list[str]
    labels_left_out: int = 0


def all_assets(steps: Iterable[StepSummary]) -> AssetsByKey:
    """Return what steps mapped from one told of assets, as if one had told it all."""
    together: AssetsByKey = {}
    for step in steps:
        for key, asset in step.assets.items():
            before = together[key].count if key in together else 0
            together[key] = AssetSummary(asset.last, asset.count + before)
    return together


def assets_of(assets: AssetsByKey, earlier: Earlier) -> list[AssetView]:
    """Return a view of each asset; its partitions make one table."""
    groups: dict[tuple[str, EventType], list[AssetSummary]] = {}
    for asset in assets.values():
        key = event_of(asset.last).asset_key.to_user_string()
        groups.setdefault((key, asset.last.event_type), []).append(asset)
    return [
        _asset(key, kind, [_part(asset, earlier) for asset in told], place)
        for place, ((key, kind), told) in enumerate(groups.items())
    ]


def _asset(key: str, kind: EventType, parts: list[PartView], place: int) -> AssetView:
    written = kind is EventType.ASSET_MATERIALIZATION
    return AssetView(
        "●" if written else "○",
        "materialized" if written else "observed",
        key,
        parts,
        *(_labels(parts) if len(parts) > 1 else ([], 0)),
        in_full=place < _IN_FULL,
    )


def _part(asset: AssetSummary, earlier: Earlier) -> PartView:
    event, changes = event_of(asset.last), changes_of(asset, earlier)
    return PartView(
        event.partition,
        event.description,
        event.metadata,
        pairs_line(event.metadata, _LINE, changes),
        asset.count,
        changes,
    )


def _labels(parts: Iterable[PartView]) -> tuple[list[str], int]:
    """Return the labels that are columns, and how many there are more."""
    labels = list(dict.fromkeys(label for part in parts for label in part.metadata))
    return labels[:_COLUMNS_SHOWN], max(len(labels) - _COLUMNS_SHOWN, 0)


def outputs_of_step(step: StepSummary) -> Iterable[OutputView]:
    """Return a view of each output of a step that has metadata."""
    for name, data in step.outputs.items():
        dynamic = step.dynamic.get(name)
        shown = [data] if dynamic is None else dynamic.first
        yield from _output(name, [(each.mapping_key, each) for each in shown])


def outputs_of_mapped(steps: Sequence[StepSummary]) -> Iterable[OutputView]:
    """Return a view of each output that has metadata, of steps mapped from one."""
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
    parts = [
        PartView(key, None, data.metadata, pairs_line(data.metadata, _LINE), 1, {})
        for key, data in shown
        if data.metadata
    ]
    if parts:
        table = len(parts) > 1 or parts[0].key is not None
        yield OutputView(name, parts, *(_labels(parts) if table else ([], 0)))
