"""`expect_fresh` looks at when an asset was materialized last, or at its data."""

from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest
from factories import ended, entry, started

from opnb import AssetMaterialization, AssetObservation, expect_fresh
from opnb.model.entry import EventType
from opnb.model.errors import ParameterCheckError

DAY = 86_400


def materialized(session, age, run_id="r1", ends=EventType.RUN_SUCCESS, **fields):
    """Append a run that materialized `orders` so many seconds ago."""
    when = datetime.now(UTC).timestamp() - age
    event = AssetMaterialization("orders", **fields)
    begin, end = started(run_id), ended(ends, run_id)
    session.log.append([begin, entry(event, run_id=run_id, timestamp=when), end])


def told(result):
    return {label: value.value for label, value in result.metadata.items()}


@pytest.mark.parametrize(
    ("within", "success"), [("2d", True), ("12h", False), (timedelta(days=2), True)]
)
def test_the_last_materialization_is_young_enough_or_not(session, within, success):
    materialized(session, DAY)

    result = expect_fresh("orders", within=within)

    assert (result.label, result.success) == ("orders fresh", success)


def test_how_old_it_is_is_not_told(session):
    materialized(session, DAY)

    assert told(expect_fresh("orders", within="2d")) == {"within": "2d"}


def test_what_was_never_materialized_is_unknown(session):
    assert told(expect_fresh("orders", within="2d")) == {
        "within": "2d",
        "opnb/unknown": "not materialized yet",
    }

    materialized(session, DAY)

    unknown = told(expect_fresh("ordres", within="2d"))["opnb/unknown"]
    assert unknown == "not materialized yet. Did you mean 'orders'?"


def test_a_run_that_failed_made_nothing_fresh(session):
    materialized(session, 3 * DAY, "r1")
    materialized(session, DAY, "r2", ends=EventType.RUN_FAILURE)

    assert not expect_fresh("orders", within="2d").success


def test_what_this_run_materialized_is_fresh(run):
    def make():
        yield AssetMaterialization("orders")
        yield expect_fresh("orders", within="1h")

    assert run(make).outcome == "passed"


def test_an_observation_makes_nothing_fresh(run):
    run(lambda: AssetObservation("orders"))

    assert expect_fresh("orders", within="1h").outcome == "unknown"


def test_each_partition_has_its_own_age(session):
    materialized(session, 3 * DAY, "r1", partition="a")
    materialized(session, DAY, "r2", partition="b")

    def fresh(**options):
        return expect_fresh("orders", within="2d", **options).outcome

    assert (fresh(partition="a"), fresh(partition="b")) == ("failed", "passed")
    assert fresh(partition=None) == "passed"
    assert fresh() == "unknown"


@pytest.mark.parametrize(
    ("newest", "success"),
    [
        (datetime.now(UTC) - timedelta(hours=1), True),
        (pd.Timestamp.now("UTC") - pd.Timedelta(days=3), False),
        (datetime(2020, 1, 1), False),  # noqa: DTZ001 - as in data
        (date(2020, 1, 1), False),
        (pd.NaT, False),
    ],
    ids=lambda it: type(it).__name__,
)
def test_the_newest_of_the_data_may_be_looked_at(newest, success):
    assert expect_fresh("orders", newest, within="2d").success is success


@pytest.mark.parametrize("within", ["soon", "2026-01-01Z", 3, "2 fortnights"])
def test_what_is_no_stretch_of_time_is_refused(within):
    with pytest.raises(ParameterCheckError, match=r"(?s)within.*'2d'"):
        expect_fresh("orders", within=within)


def test_what_is_no_time_is_refused():
    with pytest.raises(ParameterCheckError, match=r"(?s)no time: 3.*updated_at"):
        expect_fresh("orders", 3, within="2d")


def test_a_stale_asset_may_fail_the_op(session, run):
    materialized(session, 3 * DAY)

    result = run(lambda: expect_fresh("orders", within="2d", severity="error"))

    assert result.outcome == "failed"
    assert session.log.last_statuses()["clean"] == "FAILURE"
