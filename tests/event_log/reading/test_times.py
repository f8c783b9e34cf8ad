import warnings
from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest

from opnb.event_log.reading.times import NaiveTimeWarning, parse_time
from opnb.model.errors import CheckError


@pytest.mark.parametrize(
    ("time", "micros"),
    [
        ("1970-01-02Z", 86_400_000_000),
        (" 1970-01-01T01:00+01:00 ", 0),
        ("1970-01-01T00:00:00.000001Z", 1),
        (datetime(1970, 1, 1, tzinfo=UTC), 0),
        (pd.Timestamp("1970-01-01", tz="UTC"), 0),
    ],
    ids=str,
)
def test_a_time_is_counted_in_utc(time, micros):
    assert parse_time(time) == micros


@pytest.mark.parametrize(
    ("time", "micros"),
    [
        ("1970-01-02", 86_400_000_000),
        ("1970-01-01T00:00:01", 1_000_000),
        (datetime(1970, 1, 1, 0, 0, 1, 5), 1_000_005),  # noqa: DTZ001 - without a zone
    ],
    ids=str,
)
def test_a_time_without_a_zone_is_taken_as_utc_and_that_is_said(time, micros):
    with pytest.warns(NaiveTimeWarning, match="is taken as UTC"):
        assert parse_time(time) == micros


def test_that_utc_is_meant_is_said_once():
    with warnings.catch_warnings(record=True) as given:
        warnings.simplefilter("default")
        parse_time("1970-01-01")
        parse_time("1970-01-02")

    assert [str(each.filename) for each in given] == ["opnb"]


@pytest.mark.parametrize(
    ("back", "seconds"),
    [
        (timedelta(hours=1), 3600),
        ("30s", 30),
        ("5m", 300),
        ("1.5 min", 90),
        ("12h", 12 * 3600),
        ("2d", 2 * 86400),
        ("1w", 7 * 86400),
    ],
    ids=str,
)
def test_a_stretch_counts_back_from_now(back, seconds):
    now = datetime.now(UTC).timestamp()

    assert abs(parse_time(back) / 1e6 - (now - seconds)) < 5


@pytest.mark.parametrize(
    "time",
    ["yesterday", "", "2x", "d", "1e9w", pd.NaT, timedelta.max, 5, date(2026, 1, 1)],
    ids=lambda value: f"{type(value).__name__}-{value}",
)
def test_what_is_no_time_is_refused_with_a_hint(time):
    with pytest.raises(CheckError, match="Hint: Give an ISO time"):
        parse_time(time)


def test_a_time_that_cannot_be_is_told_with_its_filter():
    with pytest.raises(CheckError, match="'until' must be"):
        parse_time(5, "until")
