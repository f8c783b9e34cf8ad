"""When something was."""

import pytest

from opnb.explorer.moments import age, moment

AGES = {
    59: "just now",
    -59: "just now",
    60: "1 min ago",
    7_199: "119 min ago",
    7_200: "2 h ago",
    172_799: "47 h ago",
    172_800: "2 d ago",
    10**9: "11,574 d ago",
    -7_200: "in 2 h",
}


@pytest.mark.parametrize(("seconds", "words"), AGES.items())
def test_an_age_is_told_in_the_unit_that_fits(seconds, words):
    assert age(0, seconds) == words


def test_a_time_beyond_the_calendar_is_told_as_a_number():
    assert moment(2**62) == f"{2**62} µs since 1970"
