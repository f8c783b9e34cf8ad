"""The bench's floors do what opnb does: else its ratios would say nothing."""

import sqlite3
from contextlib import closing

import pytest
from bench import ops
from bench.floors import Floor, trace
from bench.table import AtLeast, AtMost, Table, Within

from opnb.event_log.store.base import ENTRY_COLUMNS
from opnb.session import Session

ENTRIES = (
    f"SELECT {', '.join(ENTRY_COLUMNS)} FROM entries"  # noqa: S608 - ours
    " WHERE run = (SELECT max(number) FROM runs)"
)
ENDED = "SELECT job_name, status, last_entry - first_entry FROM runs WHERE number = 1"


@pytest.fixture
def log(tmp_path):
    session = Session(tmp_path / "log.db")
    session.execute_op(ops.empty)
    yield session
    session.log.close()


def read(path, query):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()


@pytest.mark.parametrize("way", ["write", "write_each"])
def test_a_floor_writes_the_rows_that_the_run_wrote(log, tmp_path, way):
    traced = trace(log.log.path, lambda: log.execute_op(ops.observing(5)))
    getattr(Floor(tmp_path / "floor.db"), way)(traced)
    assert read(tmp_path / "floor.db", ENTRIES) == read(log.log.path, ENTRIES)
    assert read(tmp_path / "floor.db", ENDED) == [("observe", "SUCCESS", 9)]


def test_a_trace_counts_each_commit(log):
    def run_twice():
        log.execute_op(ops.empty)
        log.execute_op(ops.empty)

    assert trace(log.log.path, run_twice).commits == 2


def test_of_a_thousand_events_each_asset_has_one():
    keys = [ops.asset(number) for number in range(1_000) if number % 10]
    assert len(keys) == len(set(keys)) == ops.ASSETS


def test_a_floor_is_held_against_opnb_and_opnb_against_a_peer():
    figures = {"floor": 1.0, "opnb": 2.0, "peer": 10.0}
    reach = {"floor": AtMost(1.5), "peer": AtLeast(5)}
    floor, own, peer = Table("work", figures, reach).lines
    assert (floor.ratio, floor.held) == (2.0, False)
    assert (own.ratio, own.held) == (None, None)
    assert (peer.ratio, peer.held) == (5.0, True)


def test_a_figure_is_held_against_its_own_limit():
    table = Table("work", {"a": 0.004}, {"a": Within(0.005)}, own=None)
    assert [(line.ratio, line.held) for line in table.lines] == [(None, True)]
