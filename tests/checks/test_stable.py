"""`expect_stable` measures a number by what it was in earlier runs."""

from decimal import Decimal

import pytest

from opnb import (
    AssetMaterialization,
    DynamicOut,
    DynamicOutput,
    ExpectationResult,
    Output,
    expect_stable,
    job,
    op,
)
from opnb.event_log.log import EventLog
from opnb.model.errors import ParameterCheckError


def told(result):
    return {label: value.value for label, value in result.metadata.items()}


def seen(run, *values, **options):
    """Run the check for each of these values; return the last result."""
    results = [
        run(lambda value=value: expect_stable("rows", value, within="30%", **options))
        for value in values
    ]
    return results[-1]


def wrote(rows, partition=None):
    return AssetMaterialization("orders", metadata={"rows": rows}, partition=partition)


def test_with_too_little_past_it_passes_as_unknown(run):
    result = seen(run, 100, 5)

    assert (result.outcome, result.label) == ("unknown", "rows stable")
    assert told(result) == {"value": 5, "opnb/unknown": "1 of 7 runs"}


@pytest.mark.parametrize(
    ("value", "success"), [(100, True), (130, True), (131, False), (69, False)]
)
def test_it_is_measured_by_the_median_of_earlier_runs(run, value, success):
    result = seen(run, 90, 100, 110, value)

    assert result.success is success
    assert told(result) == {
        "value": value,
        "median": 100,
        "low": 70,
        "high": 130,
        "runs": 3,
    }


def test_the_last_runs_count_alone(run):
    result = seen(run, 1, 1, 1, 100, 100, 100, 90, of="last 3", severity="warn")

    assert told(result)["median"] == 100
    assert result.success


@pytest.mark.parametrize(
    ("direction", "value", "success"),
    [("up", 1, True), ("up", 900, False), ("down", 900, True), ("down", 1, False)],
)
def test_one_direction_may_be_the_one_that_counts(run, direction, value, success):
    result = seen(run, 100, 100, 100, value, direction=direction)

    assert result.success is success


def test_runs_that_failed_are_no_measure(run):
    result = seen(run, 100, 100, 100, 500, 500, 500, 500, 101, severity="error")

    assert result.success
    assert told(result)["runs"] == 3


def test_without_a_severity_a_new_level_becomes_the_measure(run):
    result = seen(run, 100, 100, 100, 500, 500, 500, 500, 500, 500, of="last 5")

    assert result.success


def test_another_op_and_another_label_have_another_past(run):
    seen(run, 100, 100, 100)

    other = run(lambda: expect_stable("rows", 5, within=0.3), name="again")
    label = run(lambda: expect_stable("sum", 5, within=0.3))

    assert (other.outcome, label.outcome) == ("unknown", "unknown")


def test_a_run_of_a_partition_is_measured_by_that_partition(run):
    for value in (10, 10, 10):
        run(lambda v=value: expect_stable("rows", v, within=0.3), partition_key="a")
        run(lambda v=value: expect_stable("rows", v * 9, within=0.3), partition_key="b")

    def check(**options):
        return expect_stable("rows", 90, within="30%", severity="warn", **options)

    assert run(check, partition_key="b").success
    assert not run(check, partition_key="a").success
    assert run(check, partition_key="c").outcome == "unknown"
    assert run(check).outcome == "unknown"
    assert told(run(lambda: check(partition=None), partition_key="c"))["runs"] >= 6
    assert run(lambda: check(partition="b")).success


def test_with_an_asset_its_events_are_the_past(run):
    for rows in (100, 100, 100):
        run(lambda rows=rows: wrote(rows), name="load")

    result = run(lambda: expect_stable("rows", 50, within="30%", asset="orders"))

    assert result.label == "orders: rows stable"
    assert not result.success
    assert told(result)["median"] == 100


def test_with_an_asset_the_value_is_what_this_run_told_of_it(run):
    def make(rows):
        def lazily():
            yield wrote(rows)
            yield expect_stable("rows", within="30%", asset="orders")

        return lazily

    for rows in (100, 100, 100):
        run(make(rows))

    result = run(make(40))

    assert not result.success
    assert (told(result)["value"], told(result)["runs"]) == (40, 3)


def test_an_event_of_another_partition_is_no_part_of_the_past(run):
    for rows in (100, 100, 100):
        run(lambda rows=rows: wrote(rows, "a"), name="load")

    def check(**options):
        return expect_stable("rows", 100, within=0.3, asset="orders", **options)

    assert run(lambda: check(partition="a")).outcome == "passed"
    assert run(lambda: check(partition=None)).outcome == "passed"
    assert run(check).outcome == "unknown"


def test_a_stretch_of_time_may_be_the_past(run):
    result = seen(run, 100, 100, 100, 100, of="30d")

    assert told(result)["runs"] == 3
    assert told(seen(run, 5, of="0s")) == {"value": 5, "opnb/unknown": "0 runs in 0s"}


def test_many_runs_that_failed_do_not_hide_those_that_went_well(run, monkeypatch):
    monkeypatch.setattr("opnb.checks.past._READ_AT_FIRST", 0)
    seen(run, 100, 100, 100, *[900] * 20, severity="error")

    assert told(seen(run, 100, of="last 3"))["runs"] == 3


def test_a_middle_of_zero_leaves_room_for_an_amount_alone(run):
    assert not seen(run, 0, 0, 0, 1).success
    assert run(lambda: expect_stable("rows", 1, within="±2")).success


def test_outside_of_an_op_it_has_no_past_but_that_of_an_asset(run, session):
    seen(run, 100, 100, 100)
    for _ in range(3):
        run(lambda: wrote(100), name="load")

    assert expect_stable("rows", 5, within=0.3).outcome == "unknown"
    assert not expect_stable("rows", 5, within=0.3, asset="orders").success


def test_the_past_may_be_in_another_log(run, tmp_path):
    other = EventLog(tmp_path / "events.db")

    result = run(
        lambda: expect_stable("rows", 5, within=0.3, asset="orders", log=other)
    )

    assert result.outcome == "unknown"
    other.close()


@pytest.mark.parametrize("before", [[], [100, 100, 100]], ids=["new", "known"])
def test_a_number_that_is_none_fails(run, before):
    assert seen(run, *before, float("nan")).outcome == "failed"


def test_a_decimal_is_a_number(run):
    assert told(seen(run, Decimal("1.5")))["value"] == 1.5


def test_each_of_the_steps_mapped_from_an_op_has_its_own_past(session):
    @op(out=DynamicOut())
    def shops():
        yield DynamicOutput(10, "north")
        yield DynamicOutput(900, "south")

    @op
    def count(rows):
        yield expect_stable("rows", rows, within="30%", severity="error")
        yield Output(1)

    @job
    def nightly():
        shops().map(count)

    for _ in range(4):
        nightly.execute_in_process()

    frame = session.log.metadata(op="count", label="runs")
    assert frame["event"].tolist() == ["rows stable [north]", "rows stable [south]"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"within": "lots"}, r"(?s)no share and no amount: 'lots'.*'30%'"),
        ({"within": 30}, r"(?s)no share and no amount: 30.*±100"),
        ({"within": True}, "no share and no amount: True"),
        ({"within": 0.3, "of": "last week"}, r"(?s)no runs and no time.*'last 7'"),
        ({"within": 0.3, "of": "last 0"}, "no runs and no time"),
        ({"within": 0.3, "direction": "dwon"}, r"(?s)direction 'dwon'.*'down'"),
        ({"within": 0.3, "value": "many"}, "'value' must be a number, not 'many'"),
        ({"within": 0.3, "value": True}, "'value' must be a number, not True"),
        ({"within": 0.3, "value": None}, r"(?s)no value.*\(\"rows\", len\(df\)"),
        ({"within": 0.3, "value": None, "asset": "orders"}, "told no number 'rows'"),
        ({"within": 0.3, "partition": 3}, "'partition' must be"),
    ],
    ids=str,
)
def test_what_cannot_be_measured_is_refused(options, words):
    with pytest.raises(ParameterCheckError, match=words):
        expect_stable("rows", **{"value": 1, **options})


def test_it_shows_nothing_that_changes_by_itself(run):
    result = seen(run, 100, 100, 100, 100)

    assert isinstance(result, ExpectationResult)
    assert result._repr_mimebundle_()[0]["text/plain"].splitlines()[0].startswith("✓")
