"""Checks: a scorecard of many on many rows, beside plain pandas and its peer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from bench.measure import Work, medians
from bench.table import AtLeast, AtMost, Table

import opnb
from opnb.session import Session

ROWS = 1_000_000
CHECKS = 500
# Of Great Expectations: so many of the same take long enough.
FEW = 50
COLUMNS = 10
_PANDAS = "plain pandas"
_GX = "Great Expectations"


def orders() -> pd.DataFrame:
    """Return a million rows of ten columns, from 0 to 100, a few of them missing."""
    numbers = np.random.default_rng(7).random((ROWS, COLUMNS)) * 100
    numbers[::100_000] = np.nan
    return pd.DataFrame(numbers, columns=[f"c{n}" for n in range(COLUMNS)])


def bounds(checks: int) -> Iterator[tuple[str, float]]:
    """Yield the column and the bound of each check; a tenth of them fail."""
    for number in range(checks):
        share = 50 if number % 10 == 3 else 101
        yield f"c{number % COLUMNS}", share + number / CHECKS


def tables(folder: Path) -> Iterator[Table]:
    """Measure all."""
    frame = orders()
    session = Session(folder / "checks.db")
    op = _op(frame)
    figures = medians(
        {
            _PANDAS: Work(lambda: _by_pandas(frame), units=CHECKS),
            "opnb": Work(lambda: session.execute_op(op), units=CHECKS),
        },
        rounds=5,
    )
    assert session.execute_op(op).summary.failed == CHECKS // 10
    figures |= medians({_GX: Work(_by_great_expectations(frame), units=FEW)}, rounds=1)
    yield Table(
        f"one of {CHECKS} checks on {ROWS:,} rows",
        figures,
        {_PANDAS: AtMost(1.2), _GX: AtLeast(3)},
        note=f"pandas: yes or no; opnb: counts, samples, log; {_GX}: {FEW} of them",
    )


def _met(frame: pd.DataFrame, column: str, bound: float) -> pd.Series:
    return frame[column].lt(bound) | frame[column].isna()


def _by_pandas(frame: pd.DataFrame) -> list[bool]:
    return [bool(_met(frame, column, bound).all()) for column, bound in bounds(CHECKS)]


def _op(frame: pd.DataFrame) -> opnb.OpDefinition:
    @opnb.op(name="check")
    def body():
        for number, (column, bound) in enumerate(bounds(CHECKS)):
            label = f"{number}: {column} < {bound}"
            yield opnb.check(_met(frame, column, bound), label, rows=frame)
        yield opnb.Output(1)

    return body


def _by_great_expectations(frame: pd.DataFrame) -> Callable[[], object]:
    """Return a call that validates a suite of the same checks."""
    import great_expectations as gx

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    batch = (
        context.data_sources.add_pandas("memory")
        .add_dataframe_asset("orders")
        .add_batch_definition_whole_dataframe("whole")
        .get_batch(batch_parameters={"dataframe": frame})
    )
    suite = gx.ExpectationSuite("orders")
    for column, bound in bounds(FEW):
        suite.add_expectation(
            gx.expectations.ExpectColumnValuesToBeBetween(
                column=column, max_value=bound, strict_max=True
            )
        )

    def validate() -> None:
        result = batch.validate(suite, result_format="BASIC")
        assert result.statistics["unsuccessful_expectations"] == FEW // 10

    return validate
