"""The README's table of tables names the columns that there are."""

import re
from pathlib import Path

import pytest
from factories import observed, started

README = Path(__file__).parents[3] / "README.md"
TABLES = {
    ".frame": lambda log: log.frame,
    ".metadata()": lambda log: log.metadata(),
    ".runs()": lambda log: log.runs(),
    ".checks()": lambda log: log.checks(),
    ".assets()": lambda log: log.assets(),
    ".asset(key).frame": lambda log: log.asset("orders").frame.drop(columns="number"),
    ".asset(key).partitions": lambda log: log.asset("orders").partitions,
    ".timeline().frame": lambda log: log.timeline().frame,
    ".asset(key).diff()": lambda log: log.asset("orders").diff(),
}


def documented(table):
    (row,) = re.findall(
        rf"^\| `{re.escape(table)}` \|.*$", README.read_text(), re.MULTILINE
    )
    return re.findall(r"`(\w+)`", row.split("|")[3])


@pytest.mark.parametrize("table", TABLES)
def test_a_table_has_the_columns_of_the_readme(log, table):
    log.append([started(), observed(1), observed(2)])

    assert list(TABLES[table](log).columns) == documented(table)


def test_entries_and_events_have_the_same_columns(log):
    assert list(log.events().columns) == list(log.frame.columns)
