"""Schemas of pandera as expectation results: a rule each, also of what passes."""

import pandas as pd
import pandera.pandas as pa
import pandera.polars as pap
import polars as pl
import pytest

from opnb import checks_from
from opnb.model.errors import ParameterCheckError

SCHEMA = pa.DataFrameSchema(
    {
        "id": pa.Column(int, pa.Check.ge(0), unique=True),
        "name": pa.Column(str),
        "note": pa.Column(str, nullable=True, required=False),
    },
    checks=pa.Check(lambda df: df["id"] != 9, name="no nines"),
    strict=True,
)
ORDERS = pd.DataFrame({"id": [1, 2, 3], "name": ["a", "b", "c"]})
BAD = pd.DataFrame({"id": [1, 1, -5, 9], "name": ["a", None, None, "d"]})


def failed(results):
    return {result.label: result for result in results if not result.success}


def counts(result):
    return tuple(result.metadata[label].value for label in ("failed", "rows"))


def sample(result):
    return [record.data for record in result.metadata["sample"].records]


def test_each_rule_of_a_schema_is_a_result():
    results = checks_from(SCHEMA, ORDERS)

    assert all(result.success for result in results)
    assert [result.label for result in results if result.label.startswith("id")] == [
        "id is there",
        "id is int64",
        "id is not null",
        "id is unique",
        "id: greater_than_or_equal_to(0)",
    ]
    assert [result.label for result in results[-2:]] == ["no other columns", "no nines"]


def test_the_same_rules_come_whatever_fails():
    labels = [result.label for result in checks_from(SCHEMA, ORDERS)]

    assert [result.label for result in checks_from(SCHEMA, BAD)] == labels
    assert [result.label for result in checks_from(SCHEMA, BAD[["name"]])] == labels


def test_all_failures_are_told_with_their_rows():
    found = failed(checks_from(SCHEMA, BAD))

    assert {label: counts(result) for label, result in found.items()} == {
        "id is unique": (2, 4),
        "id: greater_than_or_equal_to(0)": (1, 4),
        "name is not null": (2, 4),
        "no nines": (1, 4),
    }
    assert sample(found["id: greater_than_or_equal_to(0)"]) == [{"row": 2, "value": -5}]
    assert sample(found["no nines"]) == [{"row": 3, "id": 9, "name": "d"}]


def test_what_cannot_be_looked_at_does_not_pass():
    found = failed(checks_from(SCHEMA, ORDERS[["name"]]))

    assert "id is there" in found
    told = found["id is unique"].metadata["error"].value
    assert told == "There is no column 'id'."
    assert "no nines" in found


def test_a_wrong_type_tells_what_was_found():
    found = failed(checks_from(SCHEMA, ORDERS.assign(id=[0.5, 1.5, 2.5])))

    assert found["id is int64"].metadata["found"].value == "float64"


def test_a_check_that_only_warns_keeps_that():
    schema = pa.DataFrameSchema(
        {"id": pa.Column(int, pa.Check.ge(0, raise_warning=True))}
    )

    (result,) = failed(checks_from(schema, BAD)).values()

    assert (result.outcome, counts(result)) == ("warn", (1, 4))
    assert schema.columns["id"].checks[0].raise_warning


def test_rows_are_looked_at_where_the_schema_would_drop_them():
    schema = pa.DataFrameSchema(
        {"id": pa.Column(int, pa.Check.ge(0))}, drop_invalid_rows=True
    )

    assert [*failed(checks_from(schema, BAD))] == ["id: greater_than_or_equal_to(0)"]


def test_a_setting_that_switches_pandera_off_lets_nothing_pass(monkeypatch):
    from pandera.config import CONFIG

    monkeypatch.setattr(CONFIG, "validation_enabled", False)

    assert failed(checks_from(SCHEMA, BAD))


def test_columns_by_a_pattern_are_one_rule():
    schema = pa.DataFrameSchema({"^n_.*$": pa.Column(int, pa.Check.ge(0), regex=True)})
    data = pd.DataFrame({"n_1": [1, -1, -1], "n_2": [1, 1, -1]})

    (result,) = failed(checks_from(schema, data)).values()

    assert (result.label, counts(result)) == (
        "^n_.*$: greater_than_or_equal_to(0)",
        (2, 3),
    )


def test_two_missing_columns_are_two_failures():
    schema = pa.DataFrameSchema({"a": pa.Column(), "b": pa.Column(), "id": pa.Column()})

    found = failed(checks_from(schema, BAD))

    assert {"a is there", "b is there"} <= found.keys()


def test_an_index_and_its_levels_have_rules():
    schema = pa.DataFrameSchema(
        {"n": pa.Column(int)},
        index=pa.MultiIndex(
            [pa.Index(int, pa.Check.ge(1), name="x"), pa.Index(str, name="y")]
        ),
    )
    index = pd.MultiIndex.from_tuples([(0, "a"), (2, "b")], names=["x", "y"])

    found = failed(checks_from(schema, pd.DataFrame({"n": [1, 2]}, index=index)))

    assert [*found] == ["index x: greater_than_or_equal_to(1)"]


def test_a_model_and_a_schema_of_a_series_are_schemas():
    class Orders(pa.DataFrameModel):
        id: int = pa.Field(ge=0)

    series = pa.SeriesSchema(int, pa.Check.ge(0), name="id")

    for schema, data in ((Orders, BAD), (series, BAD["id"])):
        found = failed(checks_from(schema, data))
        assert [*found] == ["id: greater_than_or_equal_to(0)"]


def test_frames_of_polars_are_taken():
    schema = pap.DataFrameSchema(
        {"id": pap.Column(int, pap.Check.ge(0), unique=True), "name": pap.Column(str)},
    )

    found = failed(checks_from(schema, pl.from_pandas(BAD)))

    assert {label: counts(result) for label, result in found.items()} == {
        "id is unique": (2, 4),
        "id: greater_than_or_equal_to(0)": (1, 4),
        "name is not null": (2, 4),
    }
    assert sample(found["name is not null"])[0]["row"] == 1


def test_a_lazy_frame_is_refused():
    schema = pap.DataFrameSchema({"id": pap.Column(int)})

    with pytest.raises(ParameterCheckError, match=r"(?s)lazy LazyFrame.*\.collect\(\)"):
        checks_from(schema, pl.LazyFrame({"id": [1]}))
