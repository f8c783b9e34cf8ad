import subprocess
import sys
import typing

import pandas as pd
import pandera.pandas as pa
import pytest
from pandera.typing import DataFrame, Series

from opnb.definitions.in_out import In, Out
from opnb.definitions.python_types import infer_type
from opnb.definitions.return_types import outs_of_annotation
from opnb.definitions.type_check import OpType
from opnb.model.errors import TypeCheckError

SCHEMA = pa.DataFrameSchema(
    {
        "age": pa.Column(int, pa.Check.ge(0), description="in years"),
        "name": pa.Column(str, unique=True, nullable=True),
    },
    name="People",
)
NAMELESS = pa.DataFrameSchema({"age": pa.Column(int, pa.Check.ge(0))})


class Model(pa.DataFrameModel):
    age: Series[int] = pa.Field(ge=0)


GOOD = pd.DataFrame({"age": [1, 2, 3], "name": ["a", "b", None]})
BAD = pd.DataFrame({"age": [-1, 2, -3], "name": ["a", "a", "b"]})


@pytest.mark.parametrize(
    ("annotation", "name"),
    [
        (SCHEMA, "People"),
        (Model, "Model"),
        (DataFrame[Model], "Model"),
        (typing.Annotated[DataFrame[Model], "x"], "Model"),
        (
            pa.DataFrameSchema({"age": pa.Column(int, pa.Check.ge(0))}),
            "DataFrameSchema",
        ),
    ],
    ids=["schema", "model", "frame", "annotated", "nameless"],
)
def test_a_schema_is_a_type(annotation, name):
    kind = infer_type(annotation)

    assert kind.name == name
    assert kind.type_check(None, GOOD).success
    assert not kind.type_check(None, BAD).success


def test_a_schema_is_declared_on_inputs_and_outputs():
    assert Out(SCHEMA).type.name == "People"
    assert In(SCHEMA).type.name == "People"
    assert In(Model, default_value=None).type.name == "Model"
    assert outs_of_annotation(SCHEMA, None, "load")["result"].type.name == "People"


def test_every_failure_is_told_and_the_first_are_kept():
    check = infer_type(SCHEMA).type_check(None, BAD)
    table = check.metadata["failure_cases"]

    assert check.description == (
        "People: 4 failures in 3 rows: 'age' greater_than_or_equal_to(0) (2 times), "
        "'name' field_uniqueness (2 times)."
    )
    assert check.metadata["failures"].value == 4
    assert [column.name for column in table.schema.columns] == [
        *("column", "check", "failure_case", "index")
    ]
    assert table.records[0].data == {
        "column": "age",
        "check": "greater_than_or_equal_to(0)",
        "failure_case": -1,
        "index": 0,
    }


def test_of_many_failures_twenty_are_kept():
    check = infer_type(Model).type_check(None, pd.DataFrame({"age": [-1] * 1500}))
    table = check.metadata["failure_cases"]

    assert (len(table.records), table.row_count) == (20, 1500)
    assert "1,500 failures in 1,500 rows" in check.description


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"age": [1]}, "1 failure in 1 row: no column 'name'."),
        ({"age": ["x"], "name": ["a"]}, "'age' dtype('int64')"),
        ({"age": [1, 2], "name": ["a", "a"], "b": [1, 2]}, "'name' field_uniqueness"),
    ],
    ids=["missing", "dtype", "unique"],
)
def test_the_reason_is_said_on_one_line(columns, reason):
    description = infer_type(SCHEMA).type_check(None, pd.DataFrame(columns)).description

    assert reason in description
    assert "\n" not in description


def test_a_column_too_many_is_said_and_reasons_beyond_three_are_counted():
    strict = pa.DataFrameSchema({"a": pa.Column(int)}, strict=True)
    frame = pd.DataFrame({"b": [1], "c": [1], "d": [1]})
    description = infer_type(strict).type_check(None, frame).description

    assert "a column 'b' too many, a column 'c' too many" in description
    assert description.endswith("and 1 more.")


@pytest.mark.parametrize("value", [None, 3, pd.Series([1])], ids=["none", "int", "row"])
def test_what_is_no_frame_fails(value):
    check = infer_type(SCHEMA).type_check(None, value)

    assert not check.success
    assert check.description.endswith("is not People.")


def test_a_series_has_a_schema_too():
    kind = infer_type(pa.SeriesSchema(int, pa.Check.lt(3), name="n"))

    assert (kind.name, dict(kind.metadata)) == ("n", {})
    assert kind.type_check(None, pd.Series([1, 2], name="n")).success
    assert kind.type_check(None, pd.Series([9], name="n")).description == (
        "n: 1 failure in 1 row: 'n' less_than(3)."
    )


def test_panderas_annotations_mean_what_they_say():
    assert infer_type(Series[int]).type_check(None, pd.Series([1])).success
    assert not infer_type(Series[int]).type_check(None, pd.Series([1.5])).success
    assert infer_type(DataFrame).type_check(None, GOOD).success
    assert not infer_type(DataFrame).type_check(None, [1]).success


def test_a_schema_that_coerces_leaves_the_value_as_it_is():
    frame = pd.DataFrame({"age": ["1"]})
    coerces = pa.DataFrameSchema({"age": pa.Column(int)}, coerce=True)

    assert infer_type(coerces).type_check(None, frame).success
    assert frame["age"].tolist() == ["1"]


def test_a_schema_shows_what_its_columns_must_be():
    schema = infer_type(SCHEMA).metadata["schema"].value
    age, name = schema.columns

    assert (age.name, age.type, age.description) == ("age", "int64", "in years")
    assert list(age.constraints.other) == ["greater_than_or_equal_to(0)"]
    assert (name.constraints.unique, name.constraints.nullable) == (True, True)


def test_a_check_that_raises_is_one_of_the_failures():
    broken = pa.DataFrameSchema({"age": pa.Column(int, pa.Check(lambda _: 1 / 0))})
    check = infer_type(broken).type_check(None, GOOD)

    case = check.metadata["failure_cases"].records[0].data["failure_case"]
    assert "ZeroDivisionError" in case


def test_a_schema_that_is_broken_itself_is_an_error():
    class Broken(pa.DataFrameSchema):
        def validate(self, *_, **__):
            raise RuntimeError("no")

    with pytest.raises(TypeCheckError, match="raised RuntimeError: no"):
        infer_type(Broken({})).type_check(None, GOOD)


def test_other_annotations_are_left_alone():
    own = OpType(lambda _: True, name="Own")

    assert infer_type(own) is own
    assert infer_type(pd.DataFrame).name == "DataFrame"


def test_pandera_is_not_imported_for_its_sake():
    code = "import sys; from opnb.definitions import python_types as p; "
    code += "p.infer_type(list[int]); sys.exit('pandera' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_frames_of_polars_are_checked_too():
    polars = pytest.importorskip("polars")
    from pandera import polars as pandera_polars
    from pandera.typing import polars as typed

    class Ages(pandera_polars.DataFrameModel):
        age: int = pandera_polars.Field(ge=0)

    kind = infer_type(typed.DataFrame[Ages])
    lazy = polars.DataFrame({"name": ["a"]}).lazy()

    assert kind.type_check(None, polars.DataFrame({"age": [1]})).success
    assert kind.type_check(None, polars.DataFrame({"age": [-1, 2]})).description == (
        "Ages: 1 failure in 2 rows: 'age' greater_than_or_equal_to(0)."
    )
    assert "1 failure: no column 'age'" in kind.type_check(None, lazy).description
    assert infer_type(typed.Series[int]).type_check(None, polars.Series([1])).success
