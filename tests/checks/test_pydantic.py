"""A pydantic model over rows as expectation results: one a field."""

import pandas as pd
import polars as pl
import pydantic
import pytest

from opnb import checks_from
from opnb.model.errors import ParameterCheckError


class Order(pydantic.BaseModel):
    id: int
    amount: float | None = pydantic.Field(default=None, ge=0, alias="Amount")


class Strict(pydantic.BaseModel, extra="forbid"):
    id: int

    @pydantic.model_validator(mode="after")
    def _no_sevens(self):
        if self.id == 7:
            raise ValueError("a seven")
        return self


ROWS = [{"id": 1, "Amount": 2.5}, {"id": "x", "Amount": -1.0}, {"Amount": None}]


def told(results):
    return {
        result.label: tuple(result.metadata[name].value for name in ("failed", "rows"))
        for result in results
    }


def test_each_field_is_a_result_with_the_rows_that_failed():
    results = checks_from(Order, ROWS)

    assert told(results) == {"Order: id": (2, 3), "Order: amount": (1, 3)}
    assert [row.data for row in results[1].metadata["sample"].records] == [
        {
            "row": 1,
            "value": -1.0,
            "why": "Input should be greater than or equal to 0",
        }
    ]


def test_rows_that_fit_pass():
    assert told(checks_from(Order, ROWS[:1])) == {
        "Order: id": (0, 1),
        "Order: amount": (0, 1),
    }


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, lambda rows: rows])
def test_rows_come_from_frames_and_lists(make):
    rows = make([{"id": 1, "Amount": 2.5}, {"id": 2, "Amount": None}])

    assert all(result.success for result in checks_from(Order, rows))


def test_a_row_as_a_whole_and_other_fields_are_rules_where_the_model_has_them():
    rows = [{"id": 7}, {"id": 1, "extra": 1}]

    assert told(checks_from(Strict, rows)) == {
        "Strict: id": (0, 2),
        "Strict: no other fields": (1, 2),
        "Strict: the row as a whole": (1, 2),
    }


def test_an_instance_and_what_has_no_rows_are_refused():
    with pytest.raises(ParameterCheckError, match=r"(?s)the model, not one.*\(Order,"):
        checks_from(Order(id=1), ROWS)
    with pytest.raises(ParameterCheckError, match="as a DataFrame or a list, not 3"):
        checks_from(Order, 3)
