"""The catalog, the runs and the checks of a log, and its memo, as calm tables.

The catalog and the checks show no times: they are what a notebook shows at its end, and
the same events give the same output. Runs and what is kept are asked for by when they
were, and show it.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from opnb.display import grid, words
from opnb.display.engine import render
from opnb.display.grid import Cell
from opnb.display.looks import outcome_look, run_look
from opnb.display.time_words import moment_words, seconds_words
from opnb.event_log.reading.shown_frames import CatalogFrame, ChecksFrame, RunsFrame
from opnb.event_log.summary import RunStatus, RunSummary
from opnb.memo.listing import MemoFrame
from opnb.model.events import ExpectationResult

_ROWS_SHOWN = 30
_TEXT_ROWS = 11
_ID_SHOWN = 8


def catalog_forms(frame: CatalogFrame) -> dict[str, str]:
    """Draw the catalog: the last of each asset, how often, its checks."""
    return table_forms(
        frame,
        "asset",
        ["asset", "last", "events", "partitions", "checks"],
        "`%op asset NAME` shows the history of one; times and run ids are in the frame",
        asset_cells,
    )


def runs_forms(frame: RunsFrame) -> dict[str, str]:
    """Draw runs, newest first: how each ended, when it began, how long it took."""
    in_time = len(frame) > 1 and frame["start_time"].is_monotonic_increasing
    return table_forms(
        frame[::-1] if in_time else frame,
        "run",
        ["status", "job or op", "began (UTC)", "took", "partition", "run"],
        "`%op timeline RUN` shows the steps of one, `%op last OP` the card of the last",
        run_cells,
    )


def checks_forms(frame: ChecksFrame) -> dict[str, str]:
    """Draw checks: how each came out last and how often it passed."""
    return table_forms(
        frame,
        "check",
        ["last", "op", "check", "passed", "rate"],
        "`%op events --label CHECK` shows the results of one; times are in the frame",
        _check,
    )


def memo_forms(frame: MemoFrame) -> dict[str, str]:
    """Draw what is kept of the outputs of ops, the last used first."""
    return table_forms(
        frame,
        "memo",
        ["op", "outputs", "size", "kept (UTC)", "last used (UTC)"],
        f"{words.size(int(frame['size'].sum()))} in all; `%op memo clear` removes them",
        _memo,
    )


def _memo(record: dict[str, Any]) -> list[Cell]:
    outputs, is_ours = record["outputs"], not pd.isna(record["kept"])
    return [
        Cell(record["op"], strong=True),
        Cell(_text(outputs) if is_ours else "not kept by you, or damaged"),
        Cell(words.size(record["size"]), number=True, whole=True),
        Cell(moment_words(record["kept"]) if is_ours else "", whole=True),
        Cell(moment_words(record["used"]), whole=True),
    ]


def table_forms(
    frame: pd.DataFrame, noun: str, columns: list[str], note: str, row_of: Any
) -> dict[str, str]:
    """Draw a frame as a calm table: the first rows, and how many there are more."""
    shown = frame.head(_ROWS_SHOWN).to_dict("records")
    rows: list[list[Cell]] = [row_of(record) for record in shown]
    columns, rows = grid.without_empty(columns, rows)
    text_rows = rows[:_TEXT_ROWS]
    view = {
        "title": words.count(len(frame), noun),
        "columns": columns,
        "rows": rows,
        "more": grid.more(len(rows), len(frame), noun),
        "lines": grid.aligned(grid.with_head(columns, text_rows)),
        "more_lines": grid.more(len(text_rows), len(frame), noun),
        "note": note if rows else "",
    }
    return {
        "text/plain": words.fit_terminal(render("log_table.txt", **view)),
        "text/markdown": words.single_gaps(render("log_table.md", **view)),
        "text/html": render("log_table.html", **view),
    }


def asset_cells(record: dict[str, Any]) -> list[Cell]:
    """Return the cells of an asset: its key, the last of it, counts, its checks."""
    verb = "observed" if pd.isna(record["last_materialization"]) else "materialized"
    return [
        Cell(record["asset_key"], strong=True),
        Cell(f"{verb} by {_text(record['op'])}"),
        Cell(_count(record["materializations"] + record["observations"]), number=True),
        Cell(_count(record["partitions"]), number=True),
        _checks_cell(record["checks"], record["checks_failing"]),
    ]


def _count(number: int) -> str:
    return f"{number:,}" if number else ""


def _checks_cell(checks: int, failing: int) -> Cell:
    if not checks:
        return Cell("")
    if failing:
        return Cell(f"✗ {failing:,} of {checks:,} failed", strong=True, whole=True)
    return Cell(f"✓ {checks:,} passed", whole=True)


def run_cells(record: dict[str, Any]) -> list[Cell]:
    """Return the cells of a run: how it ended, whose it is, when it was."""
    look = run_look(RunSummary(status=RunStatus(record["status"])))
    is_calm = record["status"] in (RunStatus.SUCCESS.value, RunStatus.STARTED.value)
    took = record["duration"]
    return [
        Cell(f"{look.glyph} {look.word}", strong=not is_calm, whole=True),
        Cell(record["job"]),
        Cell(moment_words(record["start_time"]), whole=True),
        Cell("" if pd.isna(took) else seconds_words(took), number=True, whole=True),
        Cell(_text(record["partition"])),
        Cell(record["run_id"][:_ID_SHOWN]),
    ]


def _check(record: dict[str, Any]) -> list[Cell]:
    passed = bool(record["success"])
    severity = None if pd.isna(record["severity"]) else record["severity"]
    look = outcome_look(ExpectationResult(passed, severity=severity).outcome)
    evaluated = record["evaluated"]
    return [
        Cell(f"{look.glyph} {look.word}", strong=not passed, whole=True),
        Cell(_text(record["op"])),
        Cell(_text(record["label"]), strong=not passed),
        Cell(f"{record['passed']:,} of {evaluated:,}", number=True, whole=True),
        Cell(percent(record["passed"], evaluated), number=True, whole=True),
    ]


def percent(passed: int, evaluated: int) -> str:
    """Return a rate that is 0 or 100 % only where it is."""
    percent = 100 * passed / evaluated
    if 0 < passed < evaluated:
        percent = min(max(percent, 0.1), 99.9)
    return f"{percent:.1f} %".replace(".0 %", " %")


def _text(value: Any) -> str:
    return "" if pd.isna(value) else str(value)
