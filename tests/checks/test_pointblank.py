"""Validations of pointblank as expectation results: one a step, with its level."""

import pandas as pd
import pointblank as pb
import polars as pl
import pytest

from opnb import checks_from
from opnb.model.errors import ParameterCheckError

ORDERS = {"id": [1, 1, -5, 300], "name": ["a", "a", None, "x"]}


def validation(frame, **thresholds):
    levels = pb.Thresholds(**thresholds) if thresholds else None
    return pb.Validate(frame, thresholds=levels).col_vals_ge("id", 0)


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame])
def test_a_step_is_a_result_with_the_rows_that_failed(make):
    (result,) = checks_from(validation(make(ORDERS)).interrogate())

    assert (result.label, result.outcome) == ("values in id should be >= 0", "failed")
    assert result.metadata["failed"].value == 1
    assert result.metadata["rows"].value == 4
    (row,) = result.metadata["sample"].records
    assert row.data["id"] == -5


@pytest.mark.parametrize(
    ("thresholds", "outcome"),
    [
        ({}, "failed"),
        ({"warning": 1}, "warn"),
        ({"warning": 1, "error": 0.2}, "failed"),
        ({"warning": 1, "critical": 0.25}, "fatal"),
        ({"warning": 2}, "passed"),
    ],
    ids=str,
)
def test_the_level_that_a_step_reached_is_its_severity(thresholds, outcome):
    frame = pd.DataFrame(ORDERS)

    (result,) = checks_from(validation(frame, **thresholds).interrogate())

    assert result.outcome == outcome


def test_steps_about_the_table_have_no_rows_and_briefs_are_labels():
    checked = (
        pb.Validate(pd.DataFrame(ORDERS))
        .col_exists("id")
        .row_count_match(10, brief="ten rows.")
        .interrogate()
    )

    found = {result.label: result for result in checks_from(checked)}

    assert found["column id exists"].success
    assert not found["ten rows"].success
    assert not any(result.metadata for result in found.values())


def test_a_step_that_could_not_be_evaluated_does_not_pass():
    checked = pb.Validate(pd.DataFrame(ORDERS)).col_vals_gt("gone", 1).interrogate()

    (result,) = checks_from(checked)

    assert not result.success
    assert "(gone) does not match" in result.metadata["error"].value


def test_a_step_that_is_not_active_is_left_out():
    checked = (
        pb.Validate(pd.DataFrame(ORDERS))
        .col_vals_gt("id", 1, active=False)
        .interrogate()
    )

    assert checks_from(checked) == []


def test_a_fatal_step_comes_last_so_that_all_are_recorded():
    levels = pb.Thresholds(critical=1)
    checked = (
        pb.Validate(pd.DataFrame(ORDERS), thresholds=levels)
        .col_vals_ge("id", 0)
        .col_exists("id")
        .interrogate()
    )

    assert [result.outcome for result in checks_from(checked)] == ["passed", "fatal"]


def test_a_validation_that_was_not_interrogated_is_refused():
    with pytest.raises(ParameterCheckError, match=r"(?s)not been.*\.interrogate\(\)"):
        checks_from(validation(pd.DataFrame(ORDERS)))
