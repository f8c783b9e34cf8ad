"""Each misuse ends in an error of Dagster's meaning, shorter, and with a way out."""

from __future__ import annotations

import json
import re

import pytest
from examples.libraries import HERE
from examples.misuses import MISUSES
from examples.raised import frames_above, raised_by
from examples.terse import TERSER_IN_DAGSTER

import opnb.dagster
from opnb import OpnbError

DAGSTERS = json.loads((HERE / "misuses.json").read_text(encoding="utf-8"))
# One screen; and where Dagster says nothing, or is terser, two lines will do.
SCREEN, LINE_WITH_A_HINT = 600, 160
# Frames that may lie between the user's code and the error, however few Dagster has.
NEAR = 12
each_misuse = pytest.mark.parametrize("name", MISUSES)


@pytest.fixture(name="error")
def _error(name):
    error = raised_by(MISUSES[name], opnb.dagster)
    assert error is not None, "the misuse went unnoticed"
    return error


def test_what_dagster_raises_is_known_of_every_misuse():
    assert set(DAGSTERS) == set(MISUSES)


@each_misuse
def test_a_class_other_than_dagsters_is_told_with_its_reason(name):
    misuse = MISUSES[name]

    assert (misuse.error is None) == (misuse.why is None)
    assert misuse.error or DAGSTERS[name], "Dagster says nothing; say what opnb does"


@each_misuse
def test_the_error_is_caught_as_dagsters_is_less_the_prefix(name, error):
    expected = MISUSES[name].error or DAGSTERS[name]["class"].removeprefix("Dagster")

    # A subclass will do: what catches Dagster's catches it too.
    assert expected in {kind.__name__ for kind in type(error).__mro__}
    assert isinstance(error, OpnbError)


@each_misuse
def test_the_error_is_short(name, error):
    length = len(str(error))

    assert length <= SCREEN
    if DAGSTERS[name] and name not in TERSER_IN_DAGSTER:
        assert length < DAGSTERS[name]["length"]
    else:
        assert length <= LINE_WITH_A_HINT


@each_misuse
def test_the_error_is_raised_near_the_users_code(name, error):
    dagsters = DAGSTERS[name] or {"frames": NEAR}

    assert frames_above(error) <= max(dagsters["frames"], NEAR)


@each_misuse
def test_the_error_tells_the_next_move(error):
    message, _, hint = str(error).partition("\nHint: ")

    assert message
    assert hint


@each_misuse
def test_the_error_reads_the_same_every_time(error):
    assert not re.search(r"0x[0-9a-f]{4}", str(error))
