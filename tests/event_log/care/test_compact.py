"""A log is made small with all that waits, or left as it was."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from factories import ended, observed, started

from opnb.event_log.care.compact import compact_log
from opnb.event_log.log import EventLog
from opnb.event_log.store.spool import find_spools
from opnb.model.entry import EventType
from opnb.model.errors import LogUnavailableError

ROOT = Path(__file__).parents[3]
# Appends an event, and dies before the database has it.
KILLED = """
import os, sys
from factories import observed, started
from opnb.event_log.writing.flusher import FLUSHER
from opnb.event_log.log import EventLog

FLUSHER.wake = lambda: None
log = EventLog(sys.argv[1])
log.append([started("r2")])
log.append([observed(1, "r2")])
os._exit(9)
"""


@pytest.fixture(name="path")
def _path(tmp_path):
    path = tmp_path / "events.db"
    log = EventLog(path)
    log.append([started(), *[observed(n) for n in range(2000)]])
    log.append([ended(EventType.RUN_SUCCESS)])
    log.close()
    return path


@pytest.fixture(name="spools")
def _spools(path):
    """The folder with the spool of a process that was killed."""
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"}
    command = [sys.executable, "-c", KILLED, str(path)]
    assert subprocess.run(command, env=environment, check=False).returncode == 9
    folder = path.with_name("events.db-spools")
    assert find_spools(folder)
    return folder


def count(path):
    connection = sqlite3.connect(path)
    ((rows,),) = connection.execute("SELECT count(*) FROM entries").fetchall()
    connection.close()
    return rows


def test_what_a_killed_process_left_comes_in_and_its_spool_goes(path, spools):
    before = count(path)
    done = compact_log(path)

    assert count(path) == before + 2
    assert find_spools(spools) == []
    assert done.left == ()


def test_the_room_of_what_was_deleted_is_given_back(path):
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("DELETE FROM entries WHERE id > 100")
    connection.close()
    done = compact_log(path)

    assert done.is_whole
    assert done.after == path.stat().st_size < done.before / 4
    assert not path.with_name("events.db-wal").exists()


def test_a_spool_that_is_written_now_is_left(path):
    log = EventLog(path)
    log.append([started("r2")])
    log.append([observed(7, "r2")])
    done = compact_log(path)
    log.append([ended(EventType.RUN_SUCCESS, "r2")])

    assert len(done.left) == 1
    assert len(log.entries("r2")) == 3
    log.close()


def test_a_kernel_that_has_the_log_open_reads_and_writes_on(path):
    log = EventLog(path)
    before = len(log.frame)
    compact_log(path)
    log.append([started("r2"), ended(EventType.RUN_SUCCESS, "r2")])

    assert len(log.frame) == before + 2
    assert log.fault is None
    log.close()


def test_while_another_writes_it_is_refused_and_all_is_as_it_was(path, monkeypatch):
    monkeypatch.setattr("opnb.event_log.care.sqlite_database._BUSY_SECONDS", 0.05)
    monkeypatch.setattr("opnb.event_log.store.sqlite_store._BUSY_MS", 50)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(LogUnavailableError, match="locked") as raised:
        compact_log(path)
    other.execute("ROLLBACK")
    other.close()

    assert raised.value.hint
    assert count(path) == 2002


def test_readers_keep_the_journal_and_that_is_told(path, monkeypatch):
    monkeypatch.setattr("opnb.event_log.care.sqlite_database._BUSY_SECONDS", 0.05)
    reader = sqlite3.connect(path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM entries").fetchall()
    done = compact_log(path)
    reader.execute("ROLLBACK")
    reader.close()

    assert not done.is_whole
    assert count(path) == 2002


def test_a_log_that_is_not_there_is_not_made(tmp_path):
    with pytest.raises(LogUnavailableError, match="There is no log"):
        compact_log(tmp_path / "events.db")

    assert list(tmp_path.iterdir()) == []
