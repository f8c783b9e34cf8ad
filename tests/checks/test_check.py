"""`check` takes what people have, counts rows, and says what it cannot judge."""

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from opnb import ExpectationResult, Output, check, execute_op, op
from opnb.model.errors import ParameterCheckError

ORDERS = pd.DataFrame(
    {"id": [1, 2, 2, 4], "age": [3, -1, 5, -2]}, index=["a", "b", "c", "d"]
)
METS = [True, False, True, False]


def values(result):
    return {label: value.value for label, value in result.metadata.items()}


@pytest.mark.parametrize(
    "truth",
    [True, np.True_, np.array(True), lambda: True],
    ids=lambda it: type(it).__name__,
)
def test_a_truth_is_taken_as_it_is(truth):
    result = check(truth, "ok")

    assert result.success is True
    assert result.metadata == {}
    assert result.failed_rows is None


@pytest.mark.parametrize(
    "condition",
    [
        pd.Series(METS),
        pd.Series(METS, dtype="boolean"),
        pd.Series(METS, dtype="bool[pyarrow]"),
        pd.Series(METS, dtype="object"),
        pd.DataFrame({"a": [True] * 4, "b": METS}),
        np.array(METS),
        np.array([METS, [True] * 4]).T,
        np.array(METS, dtype=object),
        pl.Series(METS),
        pl.DataFrame({"a": METS, "b": [True] * 4}),
        pa.array(METS),
        pa.chunked_array([METS]),
        METS,
        lambda: pd.Series(METS),
    ],
    ids=lambda it: f"{type(it).__module__}.{type(it).__name__}",
)
def test_rows_that_failed_are_counted_and_sampled(condition):
    result = check(condition, "age")

    assert result.success is False
    told = values(result)
    assert (told["failed"], told["rows"]) == (2, 4)
    assert [record.data["row"] for record in told["sample"].records] == [1, 3]


def test_a_check_of_rows_is_told_in_words(session):
    @op
    def clean():
        yield check(ORDERS["age"].ge(0), "age ≥ 0")
        yield Output(1)

    lines = session.execute_op(clean)._repr_mimebundle_()[0]["text/plain"].splitlines()

    assert lines[3].startswith("    ✗ age ≥ 0 (2 of 4 rows, ")


@pytest.mark.parametrize(
    "rows",
    [
        ORDERS,
        pl.from_pandas(ORDERS),
        pa.Table.from_pandas(ORDERS),
        ORDERS.to_dict("records"),
    ],
    ids=lambda it: f"{type(it).__module__}.{type(it).__name__}",
)
def test_the_rows_themselves_are_sampled_where_they_are_given(rows):
    condition = (ORDERS["age"] >= 0).to_numpy()

    result = check(condition, "age ≥ 0", rows=rows)

    sample = result.metadata["sample"]
    assert [record.data["age"] for record in sample.records] == [-1, -2]
    assert sample.row_count == 2
    assert len(result.failed_rows) == 2


def test_failed_rows_are_a_frame_like_the_one_given():
    result = check(ORDERS["age"].ge(0), "age ≥ 0", rows=ORDERS)

    pd.testing.assert_frame_equal(result.failed_rows, ORDERS.loc[["b", "d"]])


def test_without_rows_the_failed_ones_are_told_by_their_labels():
    assert list(check(ORDERS["age"].ge(0), "age").failed_rows) == ["b", "d"]
    assert check(np.array(METS), "age").failed_rows.tolist() == [1, 3]


def test_rows_in_another_order_are_found_by_their_labels():
    condition = ORDERS["age"].sort_values().ge(0)

    result = check(condition, "age ≥ 0", rows=ORDERS)

    assert result.failed_rows["age"].tolist() == [-2, -1]


def test_a_condition_may_be_about_some_of_the_rows():
    result = check(ORDERS["age"].iloc[2:].ge(0), "age ≥ 0", rows=ORDERS)

    assert result.failed_rows.index.tolist() == ["d"]
    assert values(result)["rows"] == 2


@pytest.mark.parametrize(
    ("condition", "rows"),
    [
        (pd.Series(METS, index=list("wxyz")), ORDERS),
        (ORDERS["age"].ge(0), ORDERS.set_axis(["a", "a", "b", "b"])),
        (np.array(METS[:3]), ORDERS),
        (METS, pl.DataFrame({"a": [1]})),
    ],
    ids=["labels", "doubles", "length", "polars"],
)
def test_rows_that_the_condition_is_not_about_are_refused(condition, rows):
    with pytest.raises(ParameterCheckError, match=r"(?s)The condition has.*same rows"):
        check(condition, "age", rows=rows)


def test_the_sample_has_few_rows_and_columns_and_says_how_many_there_are():
    frame = pd.DataFrame(np.zeros((1000, 30)))

    sample = check(frame[0] > 0, "large", rows=frame).metadata["sample"]

    assert [record.data["row"] for record in sample.records] == [0, 1, 2, 3, 4]
    assert len(sample.schema.columns) == 1 + 20
    assert sample.row_count == 1000


@pytest.mark.parametrize("empty", [pd.Series([], dtype=bool), np.zeros(0, bool), []])
def test_no_rows_meet_every_condition_and_that_is_said(empty):
    result = check(empty, "age")

    assert result.success
    assert values(result) == {"failed": 0, "rows": 0}


@pytest.mark.parametrize(
    "condition",
    [
        pd.Series([True, pd.NA], dtype="boolean"),
        pd.Series([True, None], dtype="object"),
        pd.DataFrame({"a": pd.array([True, pd.NA], dtype="boolean"), "b": True}),
        pl.Series([True, None]),
        pa.array([True, None]),
        [True, None],
    ],
    ids=lambda it: f"{type(it).__module__}.{type(it).__name__}",
)
def test_a_missing_value_fails_unless_it_may_be_missing(condition):
    assert values(check(condition, "age"))["failed"] == 1
    assert check(condition, "age", na=True).success


def test_a_missing_truth_fails_unless_it_may_be_missing():
    assert not check(pd.NA, "age").success
    assert check(pd.NA, "age", na=True).success


def test_a_function_is_given_the_rows():
    result = check(lambda df: df["age"] >= 0, "age ≥ 0", rows=ORDERS)

    assert result.failed_rows.index.tolist() == ["b", "d"]


def test_a_condition_that_raises_is_not_met_and_says_why():
    result = check(lambda: ORDERS["agee"] > 0, "age", severity="warn")

    assert result.success is False
    assert values(result) == {"error": "KeyError: 'agee'"}
    assert result.severity == "warn"


def test_an_interrupt_is_no_failed_check():
    def stop():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check(stop, "age")


async def _later():
    return True


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (pd.Series([1, 2]), r'(?s)not Series.*df\["age"\]\.ge\(0\)'),
        (pd.Series(["yes"]), "not Series"),
        (pd.Series([1, "yes"], dtype=object), "not Series"),
        (pl.Series([1]), "not Series"),
        (np.array([1.0]), "not ndarray"),
        (pl.LazyFrame({"a": [True]}), r"(?s)lazy LazyFrame.*\.collect\(\)"),
        (1, "not int"),
        (None, "not NoneType"),
        (lambda: None, "not NoneType"),
        ("yes", "not str"),
        (_later, r"(?s)awaitable.*await condition\(\)"),
    ],
    ids=lambda it: type(it).__name__,
)
def test_what_is_neither_true_nor_false_is_refused(condition, words):
    with pytest.raises(ParameterCheckError, match=words):
        check(condition, "age")


def test_a_label_is_needed_and_a_severity_is_one_of_three():
    with pytest.raises(ParameterCheckError, match="'label' must be str"):
        check(True, None)
    with pytest.raises(ParameterCheckError, match="'severity' must be one of"):
        check(True, "age", severity="bad")


def test_metadata_of_the_users_own_comes_before_ours():
    result = check(METS, "age", metadata={"sample": "see the wiki", "source": "till"})

    assert values(result) == {
        "failed": 2,
        "rows": 4,
        "sample": "see the wiki",
        "source": "till",
    }


def test_a_result_is_as_true_as_the_check():
    assert check(True, "a")
    assert not check(False, "a")


def test_a_result_equals_what_the_log_keeps_of_it(session):
    result = check(ORDERS["age"].ge(0), "age ≥ 0", rows=ORDERS)

    @op
    def clean(context):
        context.log_event(result)

    run = execute_op(clean)

    (kept,) = (entry for entry in run.events if entry.is_expectation_result)
    assert type(kept.event_specific_data.expectation_result) is ExpectationResult
    assert result == kept.event_specific_data.expectation_result
    assert result == check(ORDERS["age"].ge(0), "age ≥ 0", rows=ORDERS)
    assert repr(result) == repr(result.plain())


def test_metadata_may_be_exchanged():
    result = check(METS, "age", severity="warn").with_metadata({"a": 1})

    assert (values(result), result.severity) == ({"a": 1}, "warn")
    assert result.failed_rows.tolist() == [1, 3]


def test_nothing_of_the_rows_stays_in_the_session(session):
    import gc
    import weakref

    frame = ORDERS.copy()
    alive = weakref.ref(frame)

    @op
    def clean(orders):
        yield check(orders["age"].ge(0), "age ≥ 0", rows=orders, severity="warn")
        yield Output(1)

    result = session.execute_op(clean, {"orders": frame})
    del frame
    gc.collect()

    assert result.summary.checks
    assert alive() is None
