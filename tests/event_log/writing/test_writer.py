"""What is appended: safe at once, in the database soon, there once and in order."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from factories import ended, entry, observed, started

from opnb.event_log.log import EventLog
from opnb.event_log.recorder import Recorder
from opnb.event_log.store.spool import find_spools
from opnb.model.entry import EventType
from opnb.model.errors import InvalidMetadata, LogAddressError, LogUnavailableError
from opnb.model.event_row import event_row
from opnb.model.events import AssetObservation

ROOT = Path(__file__).parents[3]
# Appends what it is told to, and goes on living until it is killed.
CHILD = """
import sys, time
from factories import ended, observed, started
from opnb.event_log.log import EventLog
from opnb.model.entry import EventType

log = EventLog(sys.argv[1])
log.append([started(sys.argv[2])])
for number in range(int(sys.argv[3])):
    log.append([observed(number, sys.argv[2])])
print("ready", flush=True)
sys.stdin.readline()
"""


@pytest.fixture(name="path")
def _path(tmp_path):
    return tmp_path / "events.db"


@pytest.fixture(name="spools")
def _spools(path):
    return path.with_name("events.db-spools")


@pytest.fixture(name="child")
def _child(path):
    """A process that has appended the start of a run and three events."""
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"}
    with subprocess.Popen(
        [sys.executable, "-c", CHILD, str(path), "child", "3"],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout.readline() == "ready\n"
        yield process
        process.kill()


def _in_database(path):
    connection = sqlite3.connect(path)
    ((count,),) = connection.execute("SELECT count(*) FROM entries").fetchall()
    connection.close()
    return count


def _wait_for(condition):
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.005)


def _numbers(log, run_id="r1"):
    return [
        line.metadata["number"].value
        for line in log.entries(run_id)
        if line.event_type is EventType.ASSET_OBSERVATION
    ]


def test_the_tail_of_a_burst_comes_into_the_database_by_itself(path):
    log = EventLog(path)
    log.append([started()])
    log.append([observed(1)])

    _wait_for(lambda: _in_database(path) == 2)
    assert log.unsaved == 0


def test_the_start_of_a_run_waits_for_what_it_tells_next_and_others_see_it(path):
    log = EventLog(path)
    log.append([started()])
    log.append([started("r2")])
    time.sleep(0.2)  # ten times as long as a burst's tail waits

    assert (log.unsaved, _in_database(path)) == (2, 0)
    assert list(EventLog(path).runs()["status"]) == ["STARTED", "STARTED"]
    assert _in_database(path) == 2

    log.append([observed(1)])
    _wait_for(lambda: not log.unsaved)
    assert _in_database(path) == 3


@pytest.mark.parametrize(
    "end", [EventType.RUN_SUCCESS, EventType.RUN_FAILURE, EventType.RUN_CANCELED]
)
def test_at_the_end_of_a_run_all_of_it_is_in_the_database(path, end):
    log = EventLog(path)
    log.append([started()])
    log.append([observed(1)])
    log.append([ended(end)])

    assert log.unsaved == 0
    assert _in_database(path) == 3


def test_at_the_end_of_a_step_that_took_a_while_all_of_it_is_in_the_database(path):
    log = EventLog(path)
    log.append([entry(EventType.STEP_START, timestamp=100.0)])
    log.append([entry(EventType.STEP_SUCCESS, timestamp=100.006)])

    assert log.unsaved == 0


def test_steps_that_follow_each_other_at_once_share_a_commit(path):
    log = EventLog(path)
    now = time.time()
    log.append([entry(EventType.STEP_START, timestamp=now)])
    log.append([entry(EventType.STEP_SUCCESS, timestamp=now + 0.0005)])

    assert log.unsaved == 2


def test_what_has_gathered_for_a_while_is_committed_by_what_comes_next(path):
    log = EventLog(path)
    now = time.time()
    log.append([entry(EventType.LOG_MESSAGE, timestamp=now)])
    assert log.unsaved == 1
    log.append([entry(EventType.LOG_MESSAGE, timestamp=now + 0.011)])

    assert log.unsaved == 0


def test_another_log_of_the_file_sees_at_once_what_waits(path):
    log, other = EventLog(path), EventLog(path)
    log.append([started()])
    for number in range(3):
        log.append([observed(number)])
        assert _numbers(other) == list(range(number + 1))

    log.append([ended(EventType.RUN_SUCCESS)])
    assert _numbers(log) == _numbers(other) == [0, 1, 2]
    assert list(other.runs()["status"]) == ["SUCCESS"]


def test_what_a_reader_brought_in_the_writer_does_not_add_again(path):
    log, other = EventLog(path), EventLog(path)
    expected = [started(), *[observed(number) for number in range(50)]]
    for number, line in enumerate(expected):
        log.append([line])
        if number % 7 == 0:
            len(other.frame)
    log.flush()

    assert log.entries("r1") == expected


def test_many_readers_bring_in_what_waits_once(path):
    log = EventLog(path)
    others = [EventLog(path) for _ in range(4)]
    done = threading.Event()

    def look(other):
        while not done.is_set():
            len(other.frame)

    threads = [threading.Thread(target=look, args=(other,)) for other in others]
    for thread in threads:
        thread.start()
    log.append([started()])
    for number in range(300):
        log.append([observed(number)])
    done.set()
    for thread in threads:
        thread.join()

    assert _numbers(log) == list(range(300))


def test_what_a_killed_process_left_is_brought_in_by_the_next_look(path, spools, child):
    child.kill()
    child.wait()

    log = EventLog(path)
    assert _numbers(log, "child") == [0, 1, 2]
    assert list(log.runs()["status"]) == ["INTERRUPTED"]
    assert list(log.runs()["pid"]) == [child.pid]
    assert find_spools(spools) == []


def test_the_spool_of_a_living_process_stays(path, spools, child):
    assert _numbers(EventLog(path), "child") == [0, 1, 2]
    assert len(find_spools(spools)) == 1

    child.communicate("\n")
    assert child.returncode == 0
    assert not spools.exists()
    assert _numbers(EventLog(path), "child") == [0, 1, 2]


def test_what_a_lock_kept_out_outlives_the_process(path, spools):
    EventLog(path).close()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    code = CHILD.replace(
        "log.append([started",
        "log.writer._store.be_patient(patient=False)\nlog.append([started",
    )
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"}
    with subprocess.Popen(
        [sys.executable, "-c", code, str(path), "child", "3"],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout.readline() == "ready\n"
        process.kill()
    other.execute("ROLLBACK")
    other.close()

    assert len(find_spools(spools)) == 1
    assert _numbers(EventLog(path), "child") == [0, 1, 2]


def test_the_spool_of_a_log_that_was_deleted_is_left_alone(path, spools, child):
    child.kill()
    child.wait()
    for file in path.parent.glob("events.db*"):
        if file.is_file():
            file.unlink()

    assert len(EventLog(path).frame) == 0
    assert len(find_spools(spools)) == 1


def test_what_is_no_spool_is_left_alone(path, spools):
    spools.mkdir()
    (spools / "a.jsonl").write_text("not a spool\n")
    (spools / "b.txt").write_text("nor this")
    log = EventLog(path)
    log.append([started()])

    assert len(log.frame) == 1
    assert len(list(spools.iterdir())) >= 2


def test_where_no_spool_can_be_each_append_is_committed(path, spools):
    spools.write_text("a file where the folder should be")
    log = EventLog(path)
    log.append([started()])
    log.append([observed(1)])

    assert log.unsaved == 0
    assert _in_database(path) == 2


def test_an_entry_that_sqlite_refuses_later_is_told_at_the_next_append(path):
    log = EventLog(path)
    log.writer._store._connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 1000)
    log.append([started()])
    log.append([entry(EventType.LOG_MESSAGE, message="x" * 2000)])
    _wait_for(lambda: log.unsaved == 0)

    with pytest.raises(InvalidMetadata, match="cannot be kept"):
        log.append([observed(1)])
    assert _numbers(log) == [1]


def test_a_spool_that_has_grown_is_begun_anew(path, spools, monkeypatch):
    monkeypatch.setattr("opnb.event_log.store.spool._LARGE", 10_000)
    log = EventLog(path)
    log.append([started()])
    names = set()
    for number in range(300):
        log.append([observed(number)])
        names |= {spool.name for spool in find_spools(spools)}
        if number % 50 == 49:
            log.flush()

    assert len(names) > 1
    assert len(find_spools(spools)) <= 1
    assert _numbers(log) == list(range(300))


@pytest.mark.parametrize(("durability", "level"), [("normal", 1), ("full", 2)])
def test_in_full_durability_the_disk_is_synced(path, durability, level):
    log = EventLog(f"sqlite:///{path}?durability={durability}")

    assert log.path == path
    assert log._store.select("PRAGMA synchronous") == [(level,)]


def test_a_durability_that_is_none_is_told(path):
    with pytest.raises(LogAddressError, match="There is no durability 'ful'") as told:
        EventLog(f"sqlite:///{path}?durability=ful")

    assert "Did you mean 'full'?" in str(told.value)
    assert not path.exists()


def test_a_log_closed_twice_is_closed(path):
    log = EventLog(path)
    log.append([started()])
    log.close()
    log.close()

    assert _in_database(path) == 1


def test_what_is_appended_within_a_commit_waits_for_its_turn(path, monkeypatch):
    log = EventLog(path)
    store = log.writer._store
    insert, nested = store._insert, [observed(2)]

    def collecting(batch):
        # As where Python's garbage collector comes upon an object that logs.
        while nested:
            log.append([nested.pop()])
        insert(batch)

    monkeypatch.setattr(store, "_insert", collecting)
    log.append([started()])
    log.append([observed(1)])
    log.flush()
    log.append([observed(3)])
    nested.append(observed(5))
    log.append([observed(4)])
    log.flush()

    assert _numbers(log) == [1, 2, 3, 4, 5]
    assert log.unsaved == 0


def test_what_is_appended_while_a_line_is_spooled_waits_for_its_turn(path, monkeypatch):
    log = EventLog(path)
    spooled, nested = log.writer._spooled, [observed(2)]

    def collecting(record):
        end = spooled(record)
        while nested:
            log.append([nested.pop()])
            log.flush()
        return end

    monkeypatch.setattr(log.writer, "_spooled", collecting)
    log.append([started()])
    log.append([observed(1)])
    log.append([observed(3)])
    log.flush()

    assert sorted(_numbers(log)) == [1, 2, 3]


def _recorder(path):
    recorder = Recorder(EventLog(path))
    recorder([replace(started(), timestamp=time.time())])
    return recorder


def _tell(recorder, number, **fields):
    event = AssetObservation("orders", metadata={"number": number}, **fields)
    recorder.event(
        event, event_row(event, time.time(), "clean", "clean"), "r1", "clean"
    )


def test_events_come_in_their_order_among_other_entries(path):
    recorder, other = _recorder(path), EventLog(path)
    for number in range(0, 90, 3):
        _tell(recorder, number)
        recorder([observed(number + 1)])
        _tell(recorder, number + 2)
        assert _numbers(other) == list(range(number + 3))
    recorder([ended(EventType.RUN_SUCCESS)])

    assert _in_database(path) == 92
    assert recorder.summary.entries == 92


def test_what_comes_while_an_event_is_spooled_waits_for_its_turn(path, monkeypatch):
    recorder = _recorder(path)
    writer = recorder._writer
    spooled, nested = writer._spooled, []

    def collecting(record):
        end = spooled(record)
        while nested:
            _tell(recorder, nested.pop())
            writer.flush()
        return end

    monkeypatch.setattr(writer, "_spooled", collecting)
    for number in range(0, 30, 2):
        nested.append(number + 1)
        _tell(recorder, number)
    writer.flush()

    assert _numbers(EventLog(path)) == list(range(30))
    assert writer.unsaved == 0


def test_an_event_that_the_spool_does_not_take_is_committed(path, monkeypatch):
    recorder = _recorder(path)
    for number in range(3):
        _tell(recorder, number)
    monkeypatch.setattr(recorder._writer, "_spooled", lambda _: None)
    _tell(recorder, 3)

    assert _in_database(path) == 5
    assert _numbers(EventLog(path)) == [0, 1, 2, 3]


def test_an_event_with_a_lone_surrogate_is_kept_among_others(path):
    recorder = _recorder(path)
    for number, partition in enumerate(["a", "\udc80", "b"]):
        _tell(recorder, number, partition=partition)
    log = EventLog(path)

    partitions = [e.event_specific_data for e in log.entries("r1")[1:]]
    kept = [data.asset_observation.partition for data in partitions]
    assert kept == ["a", "\udc80", "b"]


def test_an_event_that_sqlite_refuses_later_is_told_at_the_next_one(path):
    recorder = _recorder(path)
    writer = recorder._writer
    writer._store._connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 1000)
    _tell(recorder, 0)
    _tell(recorder, 1, description="x" * 2000)
    _wait_for(lambda: writer.unsaved == 0)

    with pytest.raises(InvalidMetadata, match="cannot be kept"):
        _tell(recorder, 2)
    _tell(recorder, 3)
    assert _numbers(EventLog(path)) == [0, 2, 3]


def test_threads_tell_of_events_of_one_run_and_none_is_lost(path):
    recorder = _recorder(path)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: _tell(recorder, number), range(2_000)))
    recorder([ended(EventType.RUN_SUCCESS)])

    assert sorted(_numbers(EventLog(path))) == list(range(2_000))
    assert recorder.summary.entries == 2_002


@pytest.mark.parametrize("many", [1, 400])
def test_an_entry_that_is_refused_alone_is_told(path, many):
    recorder = Recorder(EventLog(path))
    recorder([started()])
    text = "x" * 1000
    recorder([entry(EventType.LOG_MESSAGE, message=text) for _ in range(many)])

    with pytest.raises(InvalidMetadata, match="cannot be kept"):
        recorder([entry(EventType.LOG_MESSAGE, message="bad", level=2**70)])

    assert recorder.summary.entries == many + 1


@pytest.mark.parametrize("place", [0, 1, 2])
def test_beside_one_that_is_refused_the_others_are_there_once(path, place):
    log, other = EventLog(path), EventLog(path)
    log.append([started()])
    lines = [observed(number) for number in (1, 2)]
    huge = entry(EventType.LOG_MESSAGE, message="bad", level=2**63)
    lines.insert(place, huge)

    log.append(lines)  # the spool takes it, the database does not
    assert _numbers(other) in ([], [1, 2])
    with pytest.raises(InvalidMetadata):
        log.flush()
    assert [_numbers(other) for _ in range(3)] == [[1, 2]] * 3
    log.append([observed(3)])
    log.flush()

    assert _numbers(log) == _numbers(other) == [1, 2, 3]


@pytest.mark.parametrize("place", [0, 1, 2])
def test_of_a_process_that_is_gone_what_is_refused_takes_nothing_with_it(path, place):
    lines = ["observed(1, 'child')", "observed(2, 'child')"]
    lines.insert(place, "entry(T.LOG_MESSAGE, run_id='child', level=2**63)")
    code = (
        "import os, sys\nfrom factories import entry, observed, started\n"
        "from opnb.event_log.log import EventLog\n"
        "from opnb.model.entry import EventType as T\n"
        "log = EventLog(sys.argv[1])\nlog.append([started('child')])\n"
        f"log.writer._commit = lambda: None\nlog.append([{', '.join(lines)}])\n"
        "os._exit(0)\n"
    )
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"}
    subprocess.run([sys.executable, "-c", code, str(path)], env=environment, check=True)

    other = EventLog(path)

    assert [_numbers(other, "child") for _ in range(3)] == [[1, 2]] * 3
    assert _numbers(EventLog(path), "child") == [1, 2]


def test_what_was_kept_before_the_disk_was_full_is_kept_once(path, monkeypatch):
    log = EventLog(path)
    store = log.writer._store
    insert, calls = store.insert, []

    def fails(batch):
        calls.append(batch)
        if len(calls) == 3:
            raise LogUnavailableError("full", hint="none")
        insert(batch)

    monkeypatch.setattr(store, "insert", fails)
    huge = entry(EventType.LOG_MESSAGE, message="bad", level=2**63)
    log.append([started(), observed(1), huge, observed(2)])
    log.flush()
    assert log.unsaved

    with pytest.raises(InvalidMetadata):
        log.flush()

    assert _numbers(log) == [1, 2]
