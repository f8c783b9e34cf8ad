"""`expect_no_new_values` knows a column by what it held in earlier runs."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

from opnb import expect_no_new_values
from opnb.model.errors import ParameterCheckError

ORDERS = pd.DataFrame({"id": [7, 8, 9], "status": ["paid", "new", "odd"]})


def told(result):
    return {label: value.value for label, value in result.metadata.items()}


def saw(run, *values, **options):
    return run(lambda: expect_no_new_values(list(values), "status", **options))


def test_the_first_time_it_is_unknown(run):
    result = saw(run, "new", "paid", None)

    assert (result.outcome, result.label) == ("unknown", "no new values in status")
    assert told(result)["opnb/values"] == ["new", "paid"]


def test_what_was_there_before_is_known(run):
    saw(run, "new", "paid")

    assert saw(run, "paid", None).outcome == "passed"


def test_what_was_not_is_told_with_its_rows(run):
    saw(run, "new", "paid")

    result = run(lambda: expect_no_new_values(ORDERS["status"], "status", rows=ORDERS))

    assert result.outcome == "failed"
    assert told(result)["new"] == ["odd"]
    assert (told(result)["failed"], told(result)["rows"]) == (1, 3)
    (row,) = result.metadata["sample"].records
    assert (row.data["id"], row.data["status"]) == (9, "odd")


def test_rows_that_failed_are_at_hand(run):
    result = expect_no_new_values(
        ORDERS["status"], "status", known=["paid", "new"], rows=ORDERS
    )

    assert result.failed_rows["id"].tolist() == [9]


def test_a_new_value_is_known_from_then_on_if_the_run_went_well(run):
    saw(run, "new")
    assert not saw(run, "new", "odd", severity="warn").success

    assert saw(run, "odd").success


def test_a_new_value_that_failed_the_run_stays_new(run):
    saw(run, "new")
    assert not saw(run, "odd", severity="error").success

    assert not saw(run, "odd", severity="error").success


def test_values_beyond_the_window_are_forgotten(run):
    saw(run, "old")
    saw(run, "new", severity="warn")

    assert not saw(run, "old", of="last 1").success


def test_each_partition_knows_its_own(run):
    def check():
        return expect_no_new_values(["a"], "status")

    run(check, partition_key="x")

    assert run(check, partition_key="x").outcome == "passed"
    assert run(check, partition_key="y").outcome == "unknown"


@pytest.mark.parametrize(
    "column",
    [
        pd.Series(["a", "b", None]),
        pd.Series(["a", "b"], dtype="category"),
        pd.Series(pd.to_datetime(["2026-01-01", "2026-01-02"])),
        pl.Series(["a", "b", None]),
        np.array([1, 2]),
        (True, False),
    ],
    ids=lambda it: f"{type(it).__module__}.{type(it).__name__}",
)
def test_columns_of_all_kinds_are_the_same_the_next_time(run, column):
    run(lambda: expect_no_new_values(column, "status"))

    assert run(lambda: expect_no_new_values(column, "status")).outcome == "passed"
    other = run(lambda: expect_no_new_values(["z"], "status"))
    assert told(other)["new"] == ["z"]


def test_what_it_remembers_is_not_shown(run):
    result = saw(run, "new", "paid")

    assert "paid" not in result._repr_mimebundle_()[0]["text/plain"]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (range(2000), r"'range\(0, 2000\)'|range"),
        (list(range(2000)), r"(?s)'status' has 2,000 values.*categories"),
        ([["a"], ["b"]], "no categories"),
        (pd.DataFrame({"a": [1]}), "must be a column, not DataFrame"),
        (3, "must be a column, not int"),
    ],
    ids=["range", "many", "lists", "frame", "number"],
)
def test_what_is_no_column_of_categories_is_refused(values, words):
    with pytest.raises(ParameterCheckError, match=words):
        expect_no_new_values(values, "status")
