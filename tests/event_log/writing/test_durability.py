"""What has come back from a yield is kept, whatever happens to the kernel or the file.

Power cuts cannot be tried here; that full durability syncs the disk each time is.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from factories import ended, observed, started

from opnb.event_log.log import EventLog
from opnb.event_log.store import sqlite_store
from opnb.event_log.store.spool import find_spools
from opnb.model.entry import EventType
from opnb.model.errors import LogUnavailableError, LogWarning

ROOT = Path(__file__).parents[3]
RUNS = 200
# One process that has imported all forks the runs, and kills each at a random instant.
KILLER = """
import json, os, random, signal, struct, sys, time
from opnb.definitions.op import op
from opnb.event_log.log import EventLog
from opnb.event_log.recorder import Recorder
from opnb.execution.drive import drive
from opnb.execution.run import build_op_run
from opnb.model.events import AssetObservation

address, runs = sys.argv[1], int(sys.argv[2])

def live(run_id, pipe):
    @op
    def clean():
        for number in range(10**9):
            yield AssetObservation("orders", metadata={"number": number})
            os.write(pipe, struct.pack("<q", number))

    record = Recorder(EventLog(address))
    run = build_op_run(clean, {}, record, run_id=run_id)
    drive(run.execute(), record)

came_back = {}
for number in range(runs):
    run_id, (reading, writing) = f"run-{number}", os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        live(run_id, writing)
    os.close(writing)
    first = os.read(reading, 8)
    time.sleep(random.random() * 0.03)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    rest = first
    while part := os.read(reading, 1 << 20):
        rest += part
    os.close(reading)
    came_back[run_id] = len(rest) // 8
print(json.dumps(came_back))
"""


def _run(code, *arguments, **options):
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": path},
        **options,
    )


@pytest.fixture(name="path")
def _path(tmp_path):
    return tmp_path / "events.db"


def _numbers(log, run_id):
    return [
        line.metadata["number"].value
        for line in log.entries(run_id)
        if line.event_type is EventType.ASSET_OBSERVATION
    ]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills forked processes")
def test_no_kill_at_any_instant_loses_an_event_that_came_back(path):
    came_back = json.loads(_run(KILLER, path, RUNS).stdout)
    log = EventLog(path)
    runs = log.runs().set_index("run_id")

    assert len(came_back) == RUNS
    assert sum(came_back.values()) > 10 * RUNS
    assert set(runs["status"]) == {"INTERRUPTED"}
    for run_id, count in came_back.items():
        kept = _numbers(log, run_id)
        # One more may be kept: the kill struck before the code could tell of it.
        assert kept in (list(range(count)), list(range(count + 1))), run_id
    assert find_spools(path.with_name("events.db-spools")) == []


# No file may grow: as on a full disk, both the spool and the database refuse.
FULL = """
import json, resource, signal, sys
from factories import ended, observed, started
from opnb.event_log.log import EventLog
from opnb.session import Session
import opnb

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

@opnb.op
def clean():
    for number in range(200):
        yield opnb.AssetObservation("orders", metadata={"number": number})
    yield opnb.Output("done")

@opnb.op
def following():
    return 1

session = Session(sys.argv[1])
session.log
resource.setrlimit(resource.RLIMIT_FSIZE, (100, resource.RLIM_INFINITY))
told = {}
try:
    session.execute_op(clean)
except opnb.LogUnavailableError as error:
    told["error"] = str(error)
told["unsaved"] = session.log.unsaved
told["value"] = session.results["clean"]
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
session.execute_op(following)
told["unsaved later"] = session.log.unsaved
print(json.dumps(told))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no limit of a file's size")
def test_a_full_disk_takes_no_value_and_what_waits_is_kept_when_there_is_room(path):
    told = json.loads(_run(FULL, path).stdout)

    assert told["value"] == "done"
    assert "its values stand" in told["error"]
    assert "Hint: " in told["error"]
    assert told["unsaved"] >= 200
    assert told["unsaved later"] == 0
    log = EventLog(path)
    first, _ = log.runs()["run_id"]
    assert _numbers(log, first) == list(range(200))


def _filled(path):
    log = EventLog(path)
    log.append([started()])
    for number in range(300):
        log.append([observed(number)])
    log.flush()
    return log


@pytest.mark.parametrize("size", [0, 4096])
def test_a_file_cut_short_under_the_kernel_is_told_and_takes_nothing_with_it(
    path, size
):
    log = _filled(path)
    os.truncate(path, size)
    log.append([observed(300)])
    log.append([ended(EventType.RUN_SUCCESS)])

    assert log.unsaved == 2
    assert log.is_spooled
    assert "cut short" in log.fault.message
    assert "Move the file away" in log.fault.hint
    with pytest.raises(LogUnavailableError, match="cut short"):
        len(log.frame)

    path.rename(path.with_name("damaged.db"))
    for rest in path.parent.glob("events.db-*"):
        if rest.is_file():
            rest.unlink()
    log.flush()
    assert log.unsaved == 0
    assert _numbers(EventLog(path), "r1") == [300]


def test_a_compacted_file_is_no_file_cut_short(path):
    log = _filled(path)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("DELETE FROM entries WHERE id < 250")
    other.execute("VACUUM")
    other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    other.close()
    log.append([observed(300)])
    log.flush()

    assert log.fault is None
    assert _numbers(EventLog(path), "r1")[-1] == 300


def test_a_file_system_without_shared_memory_is_told_and_the_log_works(
    path, monkeypatch
):
    # As on a network share: this VFS of SQLite's own has no shared memory for a WAL.
    connect = partial(sqlite3.connect, uri=True)
    monkeypatch.setattr(
        sqlite_store.sqlite3,
        "connect",
        lambda name, **options: connect(
            f"file:{path}?vfs=unix-dotfile" if str(name) == str(path) else name,
            **{key: value for key, value in options.items() if key != "uri"},
        ),
    )
    with pytest.warns(LogWarning, match="takes no write-ahead log"):
        log = EventLog(path)
    log.append([started()])
    log.append([observed(1)])
    log.append([ended(EventType.RUN_SUCCESS)])

    assert log.unsaved == 0
    assert _numbers(log, "r1") == [1]
    log.close()


def test_in_full_durability_each_line_is_on_the_disk_when_append_returns(path):
    trace = _run(FULL_DURABILITY, path).stdout.split()

    # The spool's first line, and one for each append that is not committed at once.
    assert trace.count("synced") >= 3


FULL_DURABILITY = """
import os, sys
from factories import observed, started
from opnb.event_log.store import spool
from opnb.event_log.log import EventLog

sync = spool._sync
def told(file):
    sync(file)
    print("synced")
spool._sync = told
log = EventLog(f"sqlite:///{sys.argv[1]}?durability=full")
log.append([started()])
log.append([observed(1)])
"""
