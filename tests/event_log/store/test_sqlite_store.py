import gc
import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from factories import ended, entry, observed, started

from opnb.event_log.log import EventLog
from opnb.event_log.store.sqlite_store import APPLICATION_ID, SqliteStore
from opnb.model import metadata_json
from opnb.model.entry import EventType
from opnb.model.errors import (
    ForeignLogError,
    InvalidMetadata,
    LogUnavailableError,
    NewerLogError,
)
from opnb.model.events import AssetObservation

KILLED = """
import sys
from opnb.definitions.op import op
from opnb.event_log.log import EventLog
from opnb.event_log.recorder import Recorder
from opnb.execution.drive import drive
from opnb.execution.run import build_op_run
from opnb.model.events import AssetObservation

@op
def clean():
    for number in range(10**9):
        yield AssetObservation("orders", metadata={"number": number})
        print(number, flush=True)

record = Recorder(EventLog(sys.argv[1]))
drive(build_op_run(clean, {}, record).execute(), record)
"""
WRITER = """
import sys
from factories import started, observed
from opnb.event_log.log import EventLog

log = EventLog(sys.argv[1])
log.append([started(sys.argv[2])])
print("ready", flush=True)
sys.stdin.readline()
for number in range(200):
    log.append([observed(number, sys.argv[2])])
log.flush()
assert log.unsaved == 0, log.fault
"""


def _child(code, *arguments):
    folders = [str(Path(__file__).parents[2]), str(Path(__file__).parents[3])]
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(folders)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _numbers(log, run_id="r1"):
    return [
        line.metadata["number"].value
        for line in log.entries(run_id)
        if line.event_type is EventType.ASSET_OBSERVATION
    ]


def _exit_when_saved(log):
    log.flush()
    os._exit(log.unsaved)


@pytest.fixture(name="path")
def _path(tmp_path):
    return tmp_path / "events.db"


@pytest.fixture(name="kept")
def _kept(path):
    """A closed log with one run and a hundred observations."""
    log = EventLog(path)
    log.append([started()])
    for number in range(100):
        log.append([observed(number)])
    log.close()
    return path


def test_a_killed_process_loses_no_event_whose_yield_came_back(path):
    with _child(KILLED, path) as child:
        printed = [int(child.stdout.readline()) for _ in range(300)]
        child.kill()
        printed += [int(line) for line in child.stdout if line.endswith("\n")]
    log = EventLog(path)
    (run_id,) = log.runs()["run_id"]

    kept = _numbers(log, run_id)
    assert kept[: len(printed)] == printed
    assert len(kept) <= len(printed) + 1
    assert list(log.runs()["status"]) == ["INTERRUPTED"]
    assert log.last_statuses() == {"clean": "INTERRUPTED"}
    assert log.summary(run_id).status.value == "INTERRUPTED"


def test_two_processes_write_one_new_file_at_once(path):
    with _child(WRITER, path, "a") as first, _child(WRITER, path, "b") as second:
        for child in (first, second):
            assert child.stdout.readline() == "ready\n"
        for child in (first, second):
            child.stdin.write("\n")
            child.stdin.flush()
    log = EventLog(path)

    assert (first.returncode, second.returncode) == (0, 0)
    assert _numbers(log, "a") == _numbers(log, "b") == list(range(200))


def test_a_new_log_marks_its_file_and_has_its_folder_ignored(tmp_path):
    path = tmp_path / ".opnb" / "events.db"
    SqliteStore(path).close()

    assert int.from_bytes(path.read_bytes()[68:72], "big") == APPLICATION_ID
    assert (path.parent / ".gitignore").read_text() == "*\n"


def test_another_folder_is_not_ignored(tmp_path):
    SqliteStore(tmp_path / "logs" / "events.db").close()

    assert not (tmp_path / "logs" / ".gitignore").exists()


def _text(path):
    path.write_text("id,rows\n" * 50)


def _other_database(path):
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE t (a)")
    connection.close()


def _other_application(path):
    _other_database(path)
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA application_id = 42")
    connection.close()


def _newer(path):
    SqliteStore(path).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()


def _header_only(path):
    path.write_bytes(b"SQLite format 3\x00")


@pytest.mark.parametrize(
    ("make", "kind", "message"),
    [
        (_text, ForeignLogError, "is not an opnb log; it is left as it is"),
        (_other_database, ForeignLogError, "the database of another program"),
        (_other_application, ForeignLogError, "the database of another program"),
        (_header_only, ForeignLogError, "is not an opnb log; it is left as it is"),
        (_newer, NewerLogError, "written by a newer opnb .version 99"),
    ],
    ids=["text", "database", "application", "header", "newer"],
)
def test_a_file_that_is_no_log_is_refused_and_untouched(make, kind, message, path):
    make(path)
    before = path.read_bytes()

    with pytest.raises(kind, match=message):
        EventLog(path)

    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == ["events.db"]


@pytest.mark.parametrize("size", [5000, 12_000], ids=str)
def test_a_truncated_log_is_refused_and_untouched(kept, size):
    before = kept.read_bytes()[:size]
    kept.write_bytes(before)

    with pytest.raises(LogUnavailableError, match=r"malformed.*\nHint: Move the file"):
        EventLog(kept)

    assert kept.read_bytes() == before


def test_an_empty_file_becomes_a_log(path):
    path.touch()
    log = EventLog(path)
    log.append([started()])

    assert len(log.frame) == 1


def test_a_folder_is_no_log(tmp_path):
    with pytest.raises(ForeignLogError, match="is no file"):
        EventLog(tmp_path)


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(LogUnavailableError, match="could not be opened"):
        EventLog(tmp_path / "file" / "below" / "events.db")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write to any folder")
def test_a_folder_that_cannot_be_written_to_is_told(tmp_path):
    tmp_path.chmod(0o500)

    with pytest.raises(LogUnavailableError, match="could not be opened"):
        EventLog(tmp_path / "events.db")


def test_an_entry_larger_than_sqlite_takes_is_refused(path):
    log = EventLog(path)
    log.writer._store._connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 1000)
    log.append([started()])

    log.append([entry(EventType.LOG_MESSAGE, message="x" * 2000)])

    with pytest.raises(InvalidMetadata, match="cannot be kept: string or blob too big"):
        log.flush()
    assert log.unsaved == 0


def test_a_level_larger_than_sqlite_takes_is_refused(log):
    log.append([started()])

    with pytest.raises(InvalidMetadata, match="64-bit"):
        log.append([entry(EventType.LOG_MESSAGE, level=10**30)])


def test_a_deleted_file_is_left_at_the_next_commit(path):
    log = EventLog(path)
    log.append([started("a")])
    assert len(log.frame) == 1
    path.unlink()
    log.append([observed(1, "a")])

    log.append([started("b")])

    assert list(log.frame["run_id"]) == ["a", "b"]
    assert list(EventLog(path).frame["run_id"]) == ["a", "b"]


def test_a_run_goes_on_in_the_file_that_took_the_path(path):
    log = EventLog(path)
    log.append([started("a")])
    log.flush()
    path.unlink()
    other = EventLog(path)
    other.append([started("b")])

    assert list(log.frame["run_id"]) == ["b"]
    log.append([observed(1, "a")])
    log.append([ended(EventType.RUN_SUCCESS, "a")])

    assert _numbers(other, "a") == [1]
    assert list(other.runs()["status"]) == ["STARTED", "SUCCESS"]
    assert log.unsaved == 0


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_parent_and_child_of_a_fork_write_on(path):
    log = EventLog(path)
    log.append([started()])
    child = os.fork()
    if child == 0:
        log.append([observed(1)])
        _exit_when_saved(log)
    assert os.waitpid(child, 0)[1] == 0
    log.append([observed(2)])

    assert _numbers(log) == [1, 2]


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_the_end_of_the_parent_takes_nothing_from_the_child(path):
    log = EventLog(path)
    log.append([started()])
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        log.append([observed(1)])
        os.read(reading, 1)
        log.append([observed(2)])
        _exit_when_saved(log)
    log.append([observed(0)])
    log.close()
    os.write(writing, b"x")
    assert os.waitpid(child, 0)[1] == 0

    assert sorted(_numbers(EventLog(path))) == [0, 1, 2]
    os.close(reading)
    os.close(writing)


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_a_fork_while_a_thread_writes_leaves_no_lock_behind(path):
    # Connections that other tests left behind must not be collected, and so closed, by
    # the thread at the instant of the fork: SQLite would be at work then.
    gc.collect()
    log = EventLog(path)
    log.append([started()])
    done = threading.Event()

    def write():
        while not done.is_set():
            log.append([observed()])

    thread = threading.Thread(target=write)
    thread.start()
    codes = []
    for _ in range(5):
        child = os.fork()
        if child == 0:
            log.append([observed(7)])
            _exit_when_saved(log)
        codes.append(os.waitpid(child, 0)[1])
    done.set()
    thread.join()

    assert codes == [0] * 5
    assert _numbers(log).count(7) == 5


def test_a_log_in_memory_outlives_a_fork():
    log = EventLog("memory:")
    log.append([started()])
    child = os.fork()
    if child == 0:
        log.append([observed(1)])
        os._exit(len(log.frame) - 2)

    assert os.waitpid(child, 0)[1] == 0
    assert len(log.frame) == 1


def test_threads_write_at_once(path):
    log = EventLog(path)
    log.append([started()])

    def write(first):
        for number in range(first, first + 50):
            log.append([observed(number)])

    threads = [threading.Thread(target=write, args=(n * 50,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(_numbers(log)) == list(range(200))


def test_a_run_id_that_comes_twice_is_one_run(log):
    for _ in range(2):
        log.append([started()])
        log.append([ended(EventType.RUN_SUCCESS)])

    assert len(log.runs()) == 1
    assert len(log.entries("r1")) == 4


def test_many_runs_may_go_on_at_once(log):
    runs = [f"r{number:03}" for number in range(150)]
    for run_id in runs:
        log.append([started(run_id)])
    for run_id in runs:
        log.append([observed(1, run_id)])

    assert [_numbers(log, run_id) for run_id in runs] == [[1]] * 150


def test_a_closed_log_holds_back_what_it_is_given(path):
    log = EventLog(path)
    log.close()
    log.append([started()])

    assert log.unsaved == 1
    assert "closed" in log.fault.message


def _batch():
    return [started(), *[observed(n) for n in range(5)], ended(EventType.RUN_SUCCESS)]


def test_entries_of_several_runs_are_kept_in_one_commit(log):
    log.append([*_batch(), started("r2"), observed(7, "r2")])

    assert log.entries("r1") == _batch()
    assert _numbers(log, "r2") == [7]
    assert list(log.runs()["status"]) == ["SUCCESS", "STARTED"]


def test_a_batch_is_seen_as_a_whole_or_not_at_all(path):
    log = EventLog(path)
    reader = EventLog(path)
    seen = set()
    done = threading.Event()

    def read():
        while not done.is_set():
            seen.add(len(reader.entries("r1")))

    thread = threading.Thread(target=read)
    thread.start()
    log.append([started()])
    for number in range(50):
        log.append([observed(number), observed(number), observed(number)])
    done.set()
    thread.join()

    assert {count % 3 for count in seen if count} <= {1}
    assert len(reader.entries("r1")) == 151


def test_no_entries_are_kept_without_a_word(log):
    log.append([])

    assert len(log.frame) == 0


def test_a_batch_with_one_entry_too_large_keeps_the_others(log, monkeypatch):
    monkeypatch.setattr(metadata_json, "LARGEST_ROW", 1000)
    large = entry(AssetObservation("a", metadata={"x": "y" * 2000}))
    batch = _batch()

    with pytest.raises(InvalidMetadata, match="'x' takes"):
        log.append([*batch[:3], large, *batch[3:]])

    assert log.entries("r1") == batch
    assert list(log.runs()["status"]) == ["SUCCESS"]


@pytest.mark.parametrize("place", range(1, 7))
def test_a_batch_with_one_entry_that_sqlite_refuses_keeps_the_others(path, place):
    log = EventLog(path)
    log.writer._store._connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 1000)
    batch = _batch()
    large = entry(EventType.LOG_MESSAGE, message="x" * 2000)

    with pytest.raises(InvalidMetadata, match="cannot be kept"):
        log.append([*batch[:place], large, *batch[place:]])

    assert log.entries("r1") == batch
    assert list(log.runs()["status"]) == ["SUCCESS"]
    assert log.unsaved == 0


def test_a_batch_that_a_lock_keeps_out_waits_as_a_whole(path, monkeypatch):
    monkeypatch.setattr("opnb.event_log.store.sqlite_store._BUSY_MS", 50)
    log = EventLog(path)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    log.append(_batch())

    assert log.unsaved == len(_batch())
    other.close()
    log.flush()
    assert log.entries("r1") == _batch()
    assert log.unsaved == 0
