"""A report of a log: one HTML page that stands alone, for people without a kernel.

Unlike a card it is a page of its own: it has a stylesheet, follows the reader's choice
of light or dark, and shows times. It needs no script and asks for nothing elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd

from opnb.display import grid, words
from opnb.display.engine import render
from opnb.display.grid import Cell
from opnb.display.history import history_view
from opnb.display.log_tables import asset_cells, percent, run_cells
from opnb.display.looks import run_look
from opnb.display.pairs import pairs_line
from opnb.display.time_words import moment_words
from opnb.event_log.reading.asset_history import AssetHistory
from opnb.event_log.reading.report import (
    MOST_ASSETS,
    MOST_RUNS,
    Report,
    ReportedCheck,
)
from opnb.event_log.summary import RunStatus, RunSummary
from opnb.model.entry import EventLogEntry, StepExpectationResultData

TITLE = "Assets and checks"
# In characters; a page that is larger is slow to open on a phone.
_MOST_OF_HISTORIES = 8_000_000
_ID_SHOWN = 8
_PAIRS = 120
_ASSET_COLUMNS = ["asset", "last", "events", "partitions", "checks", "told last (UTC)"]
_RUN_COLUMNS = ["status", "job or op", "began (UTC)", "took", "partition", "run"]


@dataclass(frozen=True, slots=True)
class _CheckView:
    """A row of the table of checks.

    Args:
        results: Whether each of the last evaluations was met, oldest first.
        sentence: What they show, as a sentence.
        failed_at: When it failed last; empty if it never did.
        why: What was told of that failure.
    """

    success: bool
    op: str
    label: str
    rate: str
    count: str
    results: list[bool]
    sentence: str
    failed_at: str
    why: str


def render_report(report: Report, title: str = TITLE) -> str:
    """Return the page; the same for the same log and the same moment."""
    sections = _sections(report)
    places = {key: f"#asset-{place}" for place, key in enumerate(sections, 1)}
    assets = _records(report.catalog[:MOST_ASSETS])
    runs = _records(report.runs[:MOST_RUNS])
    asset_columns, asset_rows = grid.without_empty(
        _ASSET_COLUMNS, [_asset_row(asset) for asset in assets]
    )
    run_columns, run_rows = grid.without_empty(
        _RUN_COLUMNS, [run_cells(run) for run in runs]
    )
    return render(
        "report.html",
        title=title,
        facts=_facts(report),
        tiles=_tiles(report),
        asset_columns=asset_columns,
        assets=asset_rows,
        asset_links=[places.get(asset["asset_key"], "") for asset in assets],
        more_assets=grid.more(len(assets), len(report.catalog), "asset"),
        sections=list(sections.values()),
        more_sections=_more_sections(len(sections), len(report.catalog)),
        checks=[_check(check) for check in report.checks],
        more_checks=grid.more(len(report.checks), len(report.all_checks), "check"),
        run_columns=run_columns,
        runs=run_rows,
        more_runs=grid.more(len(runs), len(report.runs), "run"),
    )


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    records: list[Any] = frame.to_dict("records")
    return records


def _facts(report: Report) -> str:
    """Return the line below the title."""
    since = "all of it" if report.since is None else f"since {_moment(report.since)}"
    return f"{report.address}, {since}; made {_moment(report.made)}"


def _moment(moment: datetime) -> str:
    return f"{moment_words(pd.Timestamp(moment).tz_convert('UTC'))} UTC"


def _tiles(report: Report) -> list[dict[str, str]]:
    """Return what is seen first: how many there are, and how many went wrong."""
    failing = int((~report.all_checks["success"].astype(bool)).sum())
    troubled = int((report.catalog["checks_failing"] > 0).sum())
    statuses = report.runs["status"].value_counts()
    ended = [
        f"{statuses[status.value]:,} {run_look(RunSummary(status=status)).word}"
        for status in RunStatus
        if status.value in statuses
    ]
    checks = len(report.all_checks)
    told = f"✗ {failing:,} failed last" if failing else "✓ all passed last"
    return [
        _tile(
            "assets",
            len(report.catalog),
            "asset",
            f"✗ {troubled:,} with failing checks" if troubled else "",
        ),
        _tile("checks", checks, "check", told if checks else ""),
        _tile("runs", len(report.runs), "run", ", ".join(ended)),
    ]


def _tile(place: str, count: int, noun: str, told: str) -> dict[str, str]:
    return {"place": place, "count": words.count(count, noun), "told": told}


def _asset_row(record: dict[str, Any]) -> list[Cell]:
    last = [record["last_materialization"], record["last_observation"]]
    moments = [moment for moment in last if not pd.isna(moment)]
    return [*asset_cells(record), Cell(moment_words(max(moments)), whole=True)]


def _sections(report: Report) -> dict[str, str]:
    """Return the assets in full, as HTML by their keys, while there is room."""
    records = {asset["asset_key"]: asset for asset in _records(report.catalog)}
    room, sections = _MOST_OF_HISTORIES, dict[str, str]()
    for key, history in report.histories.items():
        html = _section(len(sections) + 1, history, records[key])
        room -= len(html)
        if room < 0 and sections:
            break
        sections[key] = html
    return sections


def _section(number: int, history: AssetHistory, record: dict[str, Any]) -> str:
    made, seen = record["last_materialization"], record["last_observation"]
    told = [
        f"{verb} {moment_words(moment)} UTC"
        for verb, moment in (("materialized", made), ("observed", seen))
        if not pd.isna(moment)
    ]
    run = f"run {str(record['run_id'])[:_ID_SHOWN]}"
    return render(
        "report_asset.html",
        number=number,
        view=history_view(history),
        told=", ".join(["last " + " and ".join(told), run]),
    )


def _more_sections(shown: int, total: int) -> str:
    if shown == total:
        return ""
    return (
        f"In full are the {shown} of {words.count(total, 'asset')} that something was "
        "told of last. --asset names others."
    )


def _check(check: ReportedCheck) -> _CheckView:
    strip = check.strip
    last = "passed" if strip.success else "failed"
    return _CheckView(
        strip.success,
        strip.op,
        strip.label,
        percent(check.passed, check.evaluated),
        f"{check.passed:,} of {check.evaluated:,}",
        list(strip.results),
        f"{strip.passed} of the last {len(strip.results)} passed, the newest {last}",
        *_failure(check.last_failure),
    )


def _failure(entry: EventLogEntry | None) -> tuple[str, str]:
    if entry is None:
        return "", ""
    data = entry.event_specific_data
    assert isinstance(data, StepExpectationResultData)  # noqa: S101 - it was asked for
    result = data.expectation_result
    why = [result.description or "", pairs_line(result.metadata, _PAIRS)]
    moment = pd.Timestamp(entry.timestamp, unit="s", tz="UTC")
    return moment_words(moment), " · ".join(filter(None, why))
