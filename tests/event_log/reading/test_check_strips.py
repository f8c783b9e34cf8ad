import pytest
from factories import entry

from opnb.event_log.reading.check_strips import MOST_CHECKS, MOST_RESULTS
from opnb.model.events import AssetMaterialization, ExpectationResult


def check(log, success, label="full", **fields):
    log.append([entry(ExpectationResult(success, label), **fields)])


def strips(history, *ops):
    found, is_all = history.check_strips(ops)
    return {(it.op, it.label): list(it.results) for it in found}, is_all


def test_a_strip_is_the_last_results_of_a_check_oldest_first(log):
    for number in range(MOST_RESULTS + 5):
        check(log, number % 3 > 0)
    check(log, False, "unique")
    check(log, True, node_name="load")
    (found, is_all) = strips(log.asset("orders"), "clean")

    assert found == {
        ("clean", "unique"): [False],
        ("clean", "full"): [n % 3 > 0 for n in range(5, MOST_RESULTS + 5)],
    }
    assert is_all


def test_what_failed_last_comes_first(log):
    for label, success in {"a": True, "b": False, "c": True}.items():
        check(log, success, label)
    found, _ = log.asset("orders").check_strips(["clean", "load"])

    assert [(it.label, it.success, it.passed) for it in found] == [
        ("b", False, 0),
        ("a", True, 1),
        ("c", True, 1),
    ]


def test_of_very_many_checks_the_first_are_read(log):
    log.append([entry(ExpectationResult(True, f"{n:03}")) for n in range(MOST_CHECKS)])
    history = log.asset("orders")
    assert strips(history, "clean")[1]

    check(log, True, "one more")
    found, is_all = strips(history, "clean")

    assert len(found) == MOST_CHECKS
    assert not is_all


@pytest.mark.parametrize(
    "filters",
    [{"run": "r2"}, {"since": "1970-01-01T00:00:05Z"}],
    ids=["run", "since"],
)
def test_the_filters_of_the_history_count_for_its_checks(log, filters):
    log.append([entry(AssetMaterialization("orders"))])
    check(log, False, timestamp=1)
    check(log, True, timestamp=6, run_id="r2")

    assert strips(log.asset("orders", **filters), "clean")[0] == {
        ("clean", "full"): [True]
    }


def test_an_op_without_checks_has_none(log):
    assert strips(log.asset("orders"), "clean") == ({}, True)
    assert strips(log.asset("orders")) == ({}, True)
