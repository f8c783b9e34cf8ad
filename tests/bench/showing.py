"""Showing: what a card, a history and a first card cost, and a watched loop."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
from bench import large_log, ops, watched_loop
from bench.measure import Work, medians, told_by
from bench.table import AtMost, Table, Within

import opnb
from opnb.session import Session

EVENTS = 1_000
ROUNDS = 11
_COMMON = "opnb: the card of a common op"
_LONG = f"opnb: the card of {EVENTS:,} events"
_HISTORY = f"opnb: a history of {EVENTS:,} events in a log of {large_log.TOTAL:,}"
_FIRST = "opnb: the first card of a process"


@opnb.op
def tidy() -> pd.DataFrame:
    """Do what most cells do: three checks, one asset, one output."""
    frame = pd.DataFrame({"id": range(980), "net": 1.5})
    for label in ("ids are there", "ids are unique", "net is positive"):
        yield opnb.ExpectationResult(success=True, label=label)
    text = opnb.MetadataValue.md("**bold**")
    yield opnb.AssetMaterialization("orders", metadata=ops.labels(len(frame), text))
    yield opnb.Output(frame)


def tables(folder: Path) -> Iterator[Table]:
    """Measure all."""
    yield _cards(folder)
    yield _first()
    yield _loop()


def _cards(folder: Path) -> Table:
    session = Session(folder / "cards.db")
    common = session.execute_op(tidy)
    long = session.execute_op(ops.tending(EVENTS))
    history = Session(large_log.copy(folder, "shown.db")).log.asset(ops.asset(1))
    assert len(history) == EVENTS
    frame = pd.DataFrame({name: range(60) for name in "abcdef"})
    figures = medians(
        {
            "pandas: a frame of 60 rows": Work(frame._repr_html_, times=5),
            _COMMON: Work(_drawn(common), times=5),
            _LONG: Work(_drawn(long), times=5),
            _HISTORY: Work(_drawn(history), times=5),
        },
        ROUNDS,
    )
    return Table(
        "drawing for a notebook, each after its first",
        figures,
        {_COMMON: Within(0.002), _LONG: Within(0.010), _HISTORY: Within(0.020)},
        own=None,
        note="text, Markdown and HTML; pandas: HTML",
    )


def _drawn(shown: object) -> Callable[[], object]:
    """Return a call that draws anew; it must have drawn."""

    def draw() -> None:
        data, _ = shown._repr_mimebundle_()
        assert "text/html" in data

    return draw


def _first() -> Table:
    seconds = sorted(told_by("first_card")["seconds"] for _ in range(5))[2]
    return Table(
        "the first card of a process, after the op has run",
        {_FIRST: seconds},
        {_FIRST: Within(0.080)},
        own=None,
    )


def _loop() -> Table:
    plain, tracked = watched_loop.medians_of()
    return Table(
        f"a loop of {watched_loop.TIMES:,} steps in a cell that a person watches",
        {"the loop as it is": plain, "opnb": tracked},
        {"the loop as it is": AtMost(1.02)},
        note="opnb: with context.track and its live card",
    )
