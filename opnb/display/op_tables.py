"""The ops of a session and the plan of a `%op run` as calm tables."""

from __future__ import annotations

from typing import Any

from opnb.display.grid import Cell
from opnb.display.log_tables import table_forms
from opnb.event_log.reading.shown_frames import OpsFrame, PlanFrame

_CALM = {"up to date": "✓", "has not run here": "–"}


def ops_forms(frame: OpsFrame) -> dict[str, str]:
    """Draw the ops: how each stands, what goes in and comes out, what is doubtful."""
    return table_forms(
        frame.reset_index(),
        "op",
        ["state", "op", "in", "out", "note"],
        "`%op run --stale` runs what is not up to date, `%op plan --stale` tells of it",
        _op,
    )


def plan_forms(frame: PlanFrame) -> dict[str, str]:
    """Draw a plan: what would run, in order, why, and how it stands."""
    return table_forms(
        frame.reset_index(),
        "op",
        ["runs", "since it is", "state"],
        "`%op run` with the same words runs them, up to the first that fails",
        _planned,
    )


def _op(record: dict[str, Any]) -> list[Cell]:
    return [
        _state(record["state"]),
        Cell(record["op"], strong=True),
        Cell(record["inputs"]),
        Cell(record["outputs"]),
        Cell(f"! {record['notes']}" if record["notes"] else ""),
    ]


def _planned(record: dict[str, Any]) -> list[Cell]:
    return [
        Cell(record["op"], strong=True),
        Cell(record["asked"]),
        _state(record["state"]),
    ]


def _state(state: str) -> Cell:
    """Return how an op stands: a glyph and the words."""
    calm = _CALM.get(state)
    glyph = calm or ("↻" if state.startswith("stale") else "✗")
    return Cell(f"{glyph} {state}", strong=calm is None, whole=calm is not None)
