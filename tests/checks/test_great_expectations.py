"""Results of Great Expectations as expectation results."""

import pandas as pd
import pytest

from opnb import checks_from
from opnb.model.errors import ParameterCheckError

# It warns of its own dependencies.
pytestmark = pytest.mark.filterwarnings("ignore")

ORDERS = pd.DataFrame({"id": [1, 1, -5, 300], "name": ["a", "a", None, "x"]})


@pytest.fixture(scope="module", name="gx")
def _gx():
    """Great Expectations, with all that it keeps in memory."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import great_expectations as gx
        from great_expectations.data_context import EphemeralDataContext

        context = gx.get_context(mode="ephemeral")
    assert isinstance(context, EphemeralDataContext)
    context.variables.progress_bars = {"globally": False}
    return gx, context


@pytest.fixture(scope="module", name="suite_result")
def _suite_result(gx):
    module, context = gx
    expect = module.expectations
    definition = (
        context.data_sources.add_pandas("memory")
        .add_dataframe_asset("orders")
        .add_batch_definition_whole_dataframe("whole")
    )
    suite = context.suites.add(
        module.ExpectationSuite(
            "orders",
            expectations=[
                expect.ExpectColumnValuesToBeBetween(
                    column="id", min_value=0, max_value=100, severity="warning"
                ),
                expect.ExpectColumnValuesToBeUnique(column="id"),
                expect.ExpectColumnValuesToNotBeNull(
                    column="name", mostly=0.5, description="most have a name"
                ),
                expect.ExpectTableRowCountToBeBetween(min_value=10),
                expect.ExpectColumnValuesToNotBeNull(column="gone"),
            ],
        )
    )
    validation = context.validation_definitions.add(
        module.ValidationDefinition(name="orders", data=definition, suite=suite)
    )
    return validation, validation.run(batch_parameters={"dataframe": ORDERS})


def test_each_expectation_of_a_suite_is_a_result(suite_result):
    results = checks_from(suite_result[1])

    assert [(result.label, result.outcome) for result in results] == [
        ("gone: values to not be null", "failed"),
        ("id: values to be between (max_value 100.0, min_value 0.0)", "warn"),
        ("id: values to be unique", "failed"),
        ("most have a name", "passed"),
        ("row count to be between (min_value 10)", "failed"),
    ]


def test_what_failed_is_told_with_its_cases(suite_result):
    found = {result.label: result.metadata for result in checks_from(suite_result[1])}

    unique = found["id: values to be unique"]
    assert (unique["failed"].value, unique["rows"].value) == (2, 4)
    assert [row.data for row in unique["sample"].records] == [
        {"row": 0, "value": 1},
        {"row": 1, "value": 1},
    ]
    assert found["row count to be between (min_value 10)"]["observed"].value == 4
    assert '"gone"' in found["gone: values to not be null"]["error"].value


def test_a_result_of_one_expectation_and_of_a_checkpoint_are_taken(gx, suite_result):
    module, context = gx
    validation, result = suite_result
    checkpoint = context.checkpoints.add(
        module.Checkpoint(name="nightly", validation_definitions=[validation])
    )

    run = checkpoint.run(batch_parameters={"dataframe": ORDERS})

    assert checks_from(run) == checks_from(result)
    assert len(checks_from(result.results[0])) == 1


def test_what_is_no_result_yet_is_refused(gx):
    module, _ = gx

    with pytest.raises(ParameterCheckError, match=r"(?s)takes results.*validate"):
        checks_from(module.ExpectationSuite("orders"))
