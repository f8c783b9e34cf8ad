"""Checks with a severity, in cells: a real failing cell, on one screen."""

import pytest

from opnb import CheckFailed

FAILING = """\
%%op clean
tidy = [1, 2]
yield ExpectationResult(False, "ids are unique", severity="{severity}")
after = 3
"""


@pytest.fixture(autouse=True)
def _names(run):
    run("from opnb import *")


def test_an_error_fails_the_cell_once_it_has_run(run, ns):
    ran = run(FAILING.format(severity="error"))

    assert isinstance(ran.error, CheckFailed)
    assert (ns["tidy"], ns["after"]) == ([1, 2], 3)


def test_a_fatal_check_stops_the_cell_there(run, ns):
    ran = run(FAILING.format(severity="fatal"))

    assert isinstance(ran.error, CheckFailed)
    assert ns["tidy"] == [1, 2]
    assert "after" not in ns


def test_what_failed_is_told_on_one_screen_without_any_frame(run):
    ran = run(FAILING.format(severity="error"))

    assert ran.stdout.splitlines() == [
        "CheckFailed: A check of op 'clean' failed:",
        "  ✗ failed 'ids are unique'",
        "Hint: Mend the data; severity='warn' records what failed and goes on.",
        "Op 'clean' failed.",
    ]


def test_a_warning_leaves_the_cell_as_it_is(run):
    ran = run(FAILING.format(severity="warn"))

    assert ran.error is None
    assert len(ran.cards) == 1


def test_a_named_output_is_bound_though_its_checks_failed(run, ns):
    ran = run(
        "%%op clean --out tidy\n"
        "yield Output([7], 'tidy')\n"
        "yield ExpectationResult(False, 'a', severity='error')"
    )

    assert isinstance(ran.error, CheckFailed)
    assert ns["tidy"] == [7]


@pytest.mark.parametrize("severity", ["error", "fatal"])
def test_a_cell_called_as_a_function_is_judged_likewise(run, severity):
    run(FAILING.format(severity=severity))

    ran = run("clean()")

    assert isinstance(ran.error, CheckFailed)


def test_an_async_cell_called_as_a_function_is_judged_likewise(run):
    run(
        "%%op later --no-run\n"
        "import asyncio\n"
        "await asyncio.sleep(0)\n"
        "context.log_event(ExpectationResult(False, 'a', severity='error'))"
    )

    assert isinstance(run("import asyncio\nasyncio.run(later())").error, CheckFailed)
