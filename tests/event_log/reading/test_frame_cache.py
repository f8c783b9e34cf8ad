import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest
from factories import observed, started

from opnb.event_log.log import EventLog
from opnb.event_log.reading import entries_frame
from opnb.event_log.reading.frame import ENTRY_COLUMNS, build_frame, select_list

MANY = 2_500
KINDS = ["STEP_START", "ASSET_OBSERVATION", "LOG_MESSAGE"]


@pytest.fixture(name="path")
def _path(tmp_path):
    return tmp_path / "events.db"


@pytest.fixture(name="log")
def _log(path):
    log = EventLog(path)
    yield log
    log.close()


def fill(path, count=MANY, runs=7):
    """Put entries into a log's file, of several runs that wrote at once."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN")
    for number in range(1, runs + 1):
        connection.execute(
            "INSERT OR IGNORE INTO runs (number, run_id, job_name, status, start_time,"
            " host, pid, pid_started, first_entry) VALUES (?,?,?,?,?,?,?,?,?)",
            (
                number,
                f"run {number}",
                f"job é {number % 2}",
                "SUCCESS",
                0,
                "h",
                1,
                1,
                1,
            ),
        )
    random = np.random.default_rng(count)
    texts = [None, "", "é", "a,b", "\0", "longer than the others\n😀"]
    connection.executemany(
        "INSERT INTO entries (run, timestamp, event_type, step_key, op, level, message,"
        " asset_key, partition, label, success, metadata)"
        " VALUES (?,?,?,?,?,?,?,?,?,?,?,'{}')",
        (
            (
                int(random.integers(1, runs + 1)),
                int(random.integers(0, 2**50)),
                KINDS[n % 3],
                *(texts[i] for i in random.integers(0, 6, 2)),
                int(random.integers(10, 60)),
                texts[int(random.integers(0, 6))],
                ["a", "b", None][n % 3],
                *(texts[i] for i in random.integers(0, 6, 2)),
                [None, 0, 1][int(random.integers(0, 3))],
            )
            for n in range(count)
        ),
    )
    connection.execute("COMMIT")
    return connection


def row_by_row(connection, *, where="1", order="ASC", limit=-1):
    query = (
        f"SELECT {select_list(ENTRY_COLUMNS)} FROM entries"  # noqa: S608 - ours
        f" JOIN runs ON runs.number = entries.run WHERE {where}"
        f" ORDER BY entries.id {order} LIMIT {limit}"
    )
    return build_frame(connection.execute(query).fetchall(), ENTRY_COLUMNS)


@pytest.fixture(name="small_pages")
def _small_pages(monkeypatch):
    monkeypatch.setitem(entries_frame._PAGES, "sqlite", 300)


def test_a_large_log_is_read_as_row_by_row(log, path, small_pages):
    connection = fill(path)

    pd.testing.assert_frame_equal(log.frame, row_by_row(connection))


def test_a_large_log_in_memory_is_read(small_pages):
    log = EventLog("memory:")
    log.append([started()])
    log.append([observed(n) for n in range(MANY)])

    assert log.frame["asset_key"].tolist()[1:] == ["orders"] * MANY
    assert log.frame["id"].tolist() == list(range(1, MANY + 2))


@pytest.mark.parametrize(
    ("filters", "where"),
    [
        ({}, "1"),
        ({"asset": "a"}, "asset_key = 'a'"),
        ({"type": "STEP_START"}, "event_type = 'STEP_START'"),
        ({"run": "run 3"}, "run_id = 'run 3'"),
        ({"level": 50}, "level >= 50"),
    ],
    ids=["all", "asset", "type", "run", "level"],
)
@pytest.mark.parametrize("limit", [None, 40, 1500], ids=["all", "few", "many"])
@pytest.mark.parametrize("order", ["oldest", "newest"])
def test_many_events_are_read_as_row_by_row(log, path, filters, where, limit, order):
    connection = fill(path, 6_000, 3)

    expected = row_by_row(
        connection,
        where=where,
        order="ASC" if order == "oldest" else "DESC",
        limit=-1 if limit is None else limit,
    )
    found = log.events(**filters, limit=limit, order=order)
    pd.testing.assert_frame_equal(found, expected)


def test_reading_again_asks_for_what_is_new(log, path):
    fill(path)
    asked = []
    real = log._store.select
    log._store.select = lambda *query: asked.append(real(*query)) or asked[-1]

    first = log.frame
    del asked[:]
    log.append([started()])
    second = log.frame
    assert sorted(len(rows) for rows in asked) == [1, 1]
    third = log.frame

    assert len(asked) == 3
    assert (len(first), len(second), len(third)) == (MANY, MANY + 1, MANY + 1)
    pd.testing.assert_frame_equal(second.head(MANY), first)


def test_what_is_added_in_large_and_in_small_is_the_whole(log, path, small_pages):
    for count in [3, 2_000, 1, 700, 1_200]:
        connection = fill(path, count)
        pd.testing.assert_frame_equal(log.frame, row_by_row(connection))


def test_the_frame_is_the_callers_own(log, path):
    connection = fill(path)
    frame = log.frame
    frame.loc[0, "message"] = "changed"
    frame.loc[1, ["id", "level"]] = 77
    frame.loc[2, "success"] = pd.NA
    frame["timestamp"] = pd.Timestamp(0, tz="UTC")
    fill(path, 2)

    pd.testing.assert_frame_equal(log.frame, row_by_row(connection))


def test_a_frame_in_hand_does_not_grow(log, path):
    connection = fill(path)
    frame = log.frame
    before = row_by_row(connection)
    fill(path, 2)

    assert len(log.frame) == MANY + 2
    pd.testing.assert_frame_equal(frame, before)


def test_entries_that_were_taken_out_are_forgotten(log, path):
    connection = fill(path)
    assert len(log.frame) == MANY

    connection.execute("DELETE FROM entries WHERE id <= 100")
    pd.testing.assert_frame_equal(log.frame, row_by_row(connection))
    connection.execute("DELETE FROM entries WHERE id > 2000")
    pd.testing.assert_frame_equal(log.frame, row_by_row(connection))
    connection.execute("DELETE FROM entries")
    assert log.frame.empty


def test_ids_that_are_given_again_are_read_again(log, path):
    connection = fill(path, 5)
    assert len(log.frame) == 5

    connection.execute("DELETE FROM entries WHERE id > 3")
    fill(path, 4)

    pd.testing.assert_frame_equal(log.frame, row_by_row(connection))


def test_another_log_in_its_place_is_read_from_its_beginning(log, path):
    fill(path).close()
    assert len(log.frame) == MANY
    other = EventLog(path.with_name("other.db"))
    fill(other.path, 5).close()
    other.close()
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    other.path.rename(path)

    assert len(log.frame) == 5


def test_an_entry_whose_run_was_taken_out_is_none_of_the_log(log, path):
    connection = fill(path)
    connection.execute("DELETE FROM runs WHERE number IN (2, 7)")

    pd.testing.assert_frame_equal(log.frame, row_by_row(connection))


def test_a_forgotten_frame_is_read_anew(log, path):
    fill(path)
    first = log.frame
    log.forget_frame()

    pd.testing.assert_frame_equal(log.frame, first)


def test_threads_that_ask_at_once_get_the_same(log, path, small_pages):
    connection = fill(path)
    start = threading.Barrier(4)

    def read(_):
        start.wait()
        return log.frame

    with ThreadPoolExecutor(4) as pool:
        frames = list(pool.map(read, range(4)))

    for frame in frames:
        pd.testing.assert_frame_equal(frame, row_by_row(connection))


def test_a_log_grows_while_it_is_read(log, path, small_pages):
    fill(path)
    ended = threading.Event()

    def write():
        for _ in range(20):
            fill(path, 50).close()
        ended.set()

    writer = threading.Thread(target=write)
    writer.start()
    lengths = []
    while not ended.is_set():
        frame = log.frame
        lengths.append(len(frame))
        assert frame["id"].tolist() == list(range(1, len(frame) + 1))
    writer.join()

    assert lengths == sorted(lengths)
    assert len(log.frame) == MANY + 1_000
