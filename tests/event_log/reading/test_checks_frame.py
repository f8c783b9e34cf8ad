import pandas as pd
import pytest
from factories import entry, started

from opnb.model.errors import CheckError
from opnb.model.events import AssetObservation, ExpectationResult

DTYPES = {
    "op": "string",
    "label": "string",
    "success": "boolean",
    "severity": "string",
    "evaluated": "int64",
    "passed": "int64",
    "failed": "int64",
    "pass_rate": "float64",
    "last_time": "datetime64[us, UTC]",
    "last_run_id": "string",
    "last_change": "datetime64[us, UTC]",
}


def check(log, label, outcomes, op="clean", run_id="r1", begin=0):
    """Append an expectation's results, a second apart: `+` where it was met."""
    for number, outcome in enumerate(outcomes):
        result = ExpectationResult(outcome == "+", label)
        fields = {"run_id": run_id, "node_name": op, "timestamp": begin + number}
        log.append([entry(result, **fields)])


def second(number):
    return pd.Timestamp(number, unit="s", tz="UTC")


@pytest.mark.parametrize("failing", [None, True], ids=str)
def test_without_a_check_the_columns_and_dtypes_are_the_same(log, failing):
    frame = log.checks(failing=failing)

    assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == DTYPES


def test_each_check_of_each_op_is_a_row(log):
    check(log, "b", "+")
    check(log, "a", "+")
    check(log, "a", "+", op="again")
    log.append([entry(AssetObservation("orders"))])
    frame = log.checks()

    assert frame[["op", "label"]].to_numpy().tolist() == [
        ["again", "a"],
        ["clean", "a"],
        ["clean", "b"],
    ]
    assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == DTYPES


@pytest.mark.parametrize(
    ("outcomes", "success", "passed", "rate", "changed"),
    [
        ("+", True, 1, 1.0, 0),
        ("-", False, 0, 0.0, 0),
        ("+++", True, 3, 1.0, 0),
        ("++-", False, 2, 2 / 3, 2),
        ("-+-++", True, 3, 0.6, 3),
        ("+--", False, 1, 1 / 3, 1),
    ],
)
def test_a_check_has_its_rate_and_its_last_change(
    log, outcomes, success, passed, rate, changed
):
    log.append([started("r0")])
    check(log, "age", outcomes)
    row = log.checks().iloc[0]

    assert (row["success"], row["last_run_id"]) == (success, "r1")
    assert row["evaluated"] == len(outcomes)
    assert (row["passed"], row["failed"]) == (passed, len(outcomes) - passed)
    assert row["pass_rate"] == pytest.approx(rate)
    assert row["last_time"] == second(len(outcomes) - 1)
    assert row["last_change"] == second(changed)


PASSED = [
    ({}, ["ok", "off", "twice"]),
    ({"failing": True}, ["off"]),
    ({"failing": False}, ["ok", "twice"]),
    ({"op": "b"}, ["twice"]),
    ({"op": ["a", "b"], "label": ["ok", "twice"]}, ["ok", "twice"]),
    ({"run": "r2"}, ["twice"]),
    ({"since": "1970-01-01T00:00:05Z"}, ["twice"]),
    ({"until": "1970-01-01T00:00:05Z", "op": "a"}, ["ok", "off"]),
    ({"since": "1d"}, []),
]


@pytest.fixture(name="full")
def _full(log):
    check(log, "ok", "+", op="a")
    check(log, "off", "-", op="a")
    check(log, "twice", "-+", op="b", run_id="r2", begin=5)
    return log


@pytest.mark.parametrize(("filters", "labels"), PASSED, ids=[str(f) for f, _ in PASSED])
def test_checks_pass_every_filter(full, filters, labels):
    assert sorted(full.checks(**filters)["label"]) == sorted(labels)


def test_only_what_passes_the_filters_is_counted(full):
    row = full.checks(since="1970-01-01T00:00:06Z", op="b").iloc[0]

    assert (row["evaluated"], row["pass_rate"]) == (1, 1.0)
    assert row["last_change"] == second(6)


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        ({"label": "twcie"}, "Did you mean 'twice'"),
        ({"op": "nope"}, "There is 'a', 'b'"),
        ({"failing": "yes"}, "'failing' must be bool"),
        ({"asset": "a"}, "has no filter 'asset'"),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_with_a_hint(full, filters, message):
    with pytest.raises(CheckError, match=message):
        full.checks(**filters)


def test_a_check_has_the_severity_that_it_had_last(log):
    results = [
        ExpectationResult(True, "a"),
        ExpectationResult(False, "b", severity="error"),
        ExpectationResult(False, "b", severity="warn"),
    ]
    log.append([entry(result) for result in results])

    assert log.checks()["severity"].tolist() == [pd.NA, "warn"]
