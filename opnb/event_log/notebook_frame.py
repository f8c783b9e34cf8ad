"""Notebook files as a frame: `opnb.read_notebook`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from opnb.event_log.notebook_runs import FoundRun, find_runs
from opnb.event_log.reading.frame import ENTRY_COLUMNS, build_frame
from opnb.model.checks import verify_type

_PLACES = {"notebook": ("", "string"), "cell": ("", "int64")}
_COMMIT = {"commit": ("", "string")}


def read_notebook(path: str | Path, *, history: bool = False) -> pd.DataFrame:
    """Return the entries that notebook files hold, as `EventLog.frame` has them.

    Each card holds those of its run, whether the log that they were written to is still
    there or not; `opnb log import FILE` takes them into a log. Further columns are
    `notebook`, `cell` (its index among all cells) and, of a history, `commit`. `id`
    counts the rows. A run that stands in several files or versions is there once.

    Args:
        path: A notebook, or a folder: then all below it but in hidden folders.
        history: Whether to read each version of the notebook that is in git's history,
            also by the names that it had; `commit` is the first that has the run.

    Raises:
        LogUnavailableError: There is no such file, or no history of it.
        ForeignLogError: It is no notebook, or a card in it was changed by hand.
        NewerLogError: A newer opnb made a card.
    """
    verify_type(path, (str, Path), "path", hint="The name of a file: 'executed.ipynb'.")
    verify_type(history, bool, "history")
    columns = {**ENTRY_COLUMNS, **_PLACES, **(_COMMIT if history else {})}
    rows = [
        (number, *row[: len(columns) - 1])
        for number, row in enumerate(_rows(find_runs(path, history=history)), 1)
    ]
    return build_frame(rows, columns)


def _rows(runs: list[FoundRun]) -> Iterator[tuple[Any, ...]]:
    """Yield the rows without their ids, each with the commit last."""
    for run in runs:
        for _, (run_id, job, *_), row in run.card.records:
            timestamp, event_type, step_key, op, *rest = row
            yield (
                *(timestamp, run_id, job, op, step_key, event_type, *rest[:5]),
                None if row[9] is None else bool(row[9]),
                *(run.notebook, run.card.cell, run.commit),
            )
