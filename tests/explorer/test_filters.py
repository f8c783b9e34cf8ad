"""What is asked of the log, as a person types it."""

import warnings

import pytest

from opnb import CheckError
from opnb.explorer.filters import Filters


def test_what_is_given_in_code_is_what_the_fields_say():
    filters = Filters.of(op=" clean ", type="materialization", since="2d", run=None)

    assert filters.given == {
        "op": "clean",
        "type": "ASSET_MATERIALIZATION",
        "since": "2d",
    }


BAD = {
    "since": ("yesterday", "'yesterday' is no time"),
    "until": ("2026-13-01", "'2026-13-01' is no time"),
    "type": ("MATERIALISED", "no event type"),
    "op": (3, "'op' must be str"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_is_an_error_in_code(name):
    value, message = BAD[name]

    with pytest.raises(CheckError, match=message):
        Filters.of(**{name: value})


def test_each_field_is_told_its_own_fault():
    faults = Filters(op="clean", since="soon", until="later").faults

    assert faults == {
        "since": "'soon' is no time. Write 2d, 12h, 30m or 2026-01-31T09:00.",
        "until": "'later' is no time. Write 2d, 12h, 30m or 2026-01-31T09:00.",
    }


def test_a_time_without_a_zone_is_utc_without_a_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert not Filters(since="2026-01-31T09:00").faults
