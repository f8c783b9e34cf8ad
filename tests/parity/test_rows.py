"""Every rule of the table has a program that shows it."""

import pytest
from parity.registry import all_programs
from parity.rows import ROWS

SHOWN = {program.row for program in all_programs().values()}


@pytest.mark.parametrize("row", ROWS)
def test_a_rule_has_a_program(row):
    assert row in SHOWN


def test_no_program_shows_a_rule_that_is_not_in_the_table():
    assert SHOWN - set(ROWS) == set()


def test_a_departure_is_told_in_a_sentence():
    told = [program.departs for program in all_programs().values() if program.departs]

    assert [text for text in told if not (text[0].isupper() and text[-1] == ".")] == []
