from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest

from opnb.event_log.query import asset_column, parse_event_type, parse_time
from opnb.model.entry import EventType
from opnb.model.errors import CheckError


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("STEP_OUTPUT", "STEP_OUTPUT"),
        ("output", "STEP_OUTPUT"),
        ("observation", "ASSET_OBSERVATION"),
        ("asset-materialization", "ASSET_MATERIALIZATION"),
        ("expectation", "STEP_EXPECTATION_RESULT"),
        ("PIPELINE_START", "RUN_START"),
        (" run_failure ", "RUN_FAILURE"),
        (EventType.LOG_MESSAGE, "LOG_MESSAGE"),
    ],
    ids=str,
)
def test_an_event_type_may_be_named_as_one_thinks_of_it(given, name):
    assert parse_event_type(given) == name


def test_an_unknown_event_type_gets_a_hint():
    with pytest.raises(CheckError, match="Did you mean 'STEP_OUTPUT'"):
        parse_event_type("STEP_OUTPT")


@pytest.mark.parametrize(
    ("time", "micros"),
    [
        ("1970-01-02", 86_400_000_000),
        ("1970-01-01T01:00+01:00", 0),
        (datetime(1970, 1, 1, 0, 0, 1, 5), 1_000_005),  # noqa: DTZ001 - UTC by rule
        (datetime(1970, 1, 1, tzinfo=UTC), 0),
        (pd.Timestamp("1970-01-01", tz="UTC"), 0),
    ],
    ids=str,
)
def test_a_time_is_counted_in_utc(time, micros):
    assert parse_time(time) == micros


def test_a_timedelta_counts_back_from_now():
    now = datetime.now(UTC).timestamp()

    assert abs(parse_time(timedelta(hours=1)) / 1e6 - (now - 3600)) < 5


@pytest.mark.parametrize(
    "time",
    ["yesterday", "", pd.NaT, timedelta.max, 5, date(2026, 1, 1)],
    ids=lambda value: type(value).__name__,
)
def test_what_is_no_time_is_refused_with_a_hint(time):
    with pytest.raises(CheckError, match="Hint: Give an ISO time"):
        parse_time(time)


def test_a_key_is_spelled_as_the_log_spells_it():
    assert asset_column("sales/orders") == "sales/orders"
    assert asset_column(["a/b", "\ud800"]) == r"a\/b/\ud800"
