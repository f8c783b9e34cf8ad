"""`checks_from` finds the engine, and says what it cannot take."""

import subprocess
import sys

import pandas as pd
import pandera.pandas as pa
import pointblank as pb
import pydantic
import pytest
from factories import executed

from opnb import checks_from, op
from opnb.model.errors import CheckFailed, ParameterCheckError


class Order(pydantic.BaseModel):
    id: int


ROWS = [{"id": "x"}]


def test_a_severity_counts_for_every_rule_whatever_the_engine_says():
    schema = pa.DataFrameSchema({"id": pa.Column(checks=pa.Check.ge(0))})
    results = checks_from(schema, pd.DataFrame({"id": [-1]}), severity="error")

    assert {result.severity for result in results} == {"error"}


def test_rules_that_fail_with_a_severity_fail_the_op():
    @op(name="clean")
    def body():
        yield from checks_from(Order, ROWS, severity="error")

    assert isinstance(executed(body).error, CheckFailed)


def test_labels_that_come_again_are_numbered():
    schema = pa.DataFrameSchema(
        {"id": pa.Column(checks=[pa.Check(lambda s: s > 0), pa.Check(lambda s: s < 9)])}
    )
    labels = [result.label for result in checks_from(schema, pd.DataFrame({"id": [1]}))]

    assert labels[-2:] == ["id: <lambda>", "id: <lambda> (2)"]


@pytest.mark.parametrize(
    ("source", "data", "words"),
    [
        (3, None, r"(?s)knows no rules in 3.*pandera"),
        (Order, None, r"(?s)needs the data that Order.*\(schema, df\)"),
        (pa.DataFrameSchema({}), None, "needs the data that DataFrameSchema"),
    ],
    ids=["unknown", "pydantic", "pandera"],
)
def test_what_cannot_be_checked_is_told(source, data, words):
    with pytest.raises(ParameterCheckError, match=words):
        checks_from(source, data)


def test_a_result_takes_no_data():
    done = pb.Validate(pd.DataFrame({"id": [1]})).col_exists("id").interrogate()

    with pytest.raises(ParameterCheckError, match="Validate knows its data"):
        checks_from(done, ROWS)


def test_a_severity_that_there_is_not_is_refused():
    with pytest.raises(ParameterCheckError, match="'severity' must be one of"):
        checks_from(Order, ROWS, severity="bad")


def test_no_engine_is_loaded_by_opnb():
    engines = ["pandas", "pandera", "great_expectations", "pointblank", "pydantic"]
    code = (
        "import sys, opnb; opnb.checks_from, opnb.check; "
        f"print([name for name in {engines} if name in sys.modules])"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "[]"
