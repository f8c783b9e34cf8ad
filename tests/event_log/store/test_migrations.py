"""Logs that earlier versions wrote are opened, brought forward, and read whole."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from opnb.definitions.op import op
from opnb.event_log.log import EventLog
from opnb.event_log.store.sqlite_store import SCHEMA_VERSION
from opnb.model.entry import EventType
from opnb.session import Session

LOGS = Path(__file__).parents[1] / "logs"
VERSIONS = range(1, SCHEMA_VERSION)


@pytest.fixture(name="old_log", params=VERSIONS, ids=lambda v: f"version {v}")
def _old_log(request, tmp_path):
    path = tmp_path / "events.db"
    connection = sqlite3.connect(path)
    connection.executescript((LOGS / f"version_{request.param}.sql").read_text())
    connection.close()
    return path


@op
def later():
    return 1


def test_every_earlier_version_has_a_log_here():
    kept = {path.stem for path in LOGS.glob("*.sql")}

    assert kept == {f"version_{version}" for version in VERSIONS}


def test_an_old_log_is_read_whole(old_log):
    log = EventLog(old_log)

    assert list(log.runs()["status"]) == ["SUCCESS", "FAILURE"]
    types = [entry.event_type for entry in log.entries("run-1")]
    assert types[0] is EventType.RUN_START
    assert types[-1] is EventType.RUN_SUCCESS
    assert log.asset("orders").latest.metadata["rows"].value == 3
    assert log.last_run("fail").failure.user_failure_data.description == "no rows"
    assert len(log.frame) == len(log.entries("run-1")) + len(log.entries("run-2"))


def test_an_old_log_is_written_on(old_log):
    before = len(EventLog(old_log).frame)
    result = Session(old_log).execute_op(later)

    log = EventLog(old_log)
    assert [e.event_type for e in log.entries(result.run_id)][-1] is (
        EventType.RUN_SUCCESS
    )
    assert len(log.frame) == before + len(log.entries(result.run_id))
    assert len(log.entries("run-1")) + len(log.entries("run-2")) == before


def test_an_old_log_has_the_indexes_of_a_new_one(old_log, tmp_path):
    def indexes(path):
        EventLog(path).close()
        query = "SELECT sql FROM sqlite_master WHERE type = 'index' AND sql <> ''"
        found = sqlite3.connect(path).execute(query)
        return sorted(" ".join(sql.split()) for (sql,) in found)

    assert indexes(old_log) == indexes(tmp_path / "new.db") != []


def test_an_old_log_is_brought_forward_once(old_log):
    EventLog(old_log).close()
    EventLog(old_log).close()

    version = sqlite3.connect(old_log).execute("PRAGMA user_version").fetchone()
    assert version == (SCHEMA_VERSION,)
