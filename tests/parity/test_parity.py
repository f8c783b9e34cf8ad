"""The same programs on Dagster and on opnb do the same."""

import pytest
from parity.harness import observe
from parity.recorded import as_text, read_recorded
from parity.registry import all_programs

import opnb.dagster

PROGRAMS = all_programs().values()
ALIKE = [program for program in PROGRAMS if program.departs is None]
APART = [program for program in PROGRAMS if program.departs is not None]


def named(programs):
    return [pytest.param(program, id=program.name) for program in programs]


@pytest.fixture(name="dagster", scope="module")
def _dagster():
    return pytest.importorskip("dagster")


@pytest.mark.parametrize("program", named(ALIKE))
def test_opnb_does_what_dagster_does(program):
    expected = read_recorded()[program.name]["dagster"]

    assert as_text(observe(opnb.dagster, program)) == as_text(expected)


@pytest.mark.parametrize("program", named(APART))
def test_opnb_departs_from_dagster_as_it_says(program):
    expected = read_recorded()[program.name]

    assert as_text(observe(opnb.dagster, program)) == as_text(expected["opnb"])
    assert as_text(expected["opnb"]) != as_text(expected["dagster"])


@pytest.mark.parametrize("program", named(PROGRAMS))
def test_dagster_does_what_was_recorded(dagster, program):
    expected = read_recorded()[program.name]["dagster"]

    assert as_text(observe(dagster, program)) == as_text(expected)


def test_nothing_is_recorded_of_programs_that_are_gone():
    assert set(read_recorded()) == set(all_programs())


@pytest.mark.parametrize("slip", ["NameError", "ImportError", "ModuleNotFoundError"])
def test_no_program_stumbles_over_a_name(slip):
    stumbled = [n for n, seen in read_recorded().items() if slip in as_text(seen)]

    assert stumbled == []
