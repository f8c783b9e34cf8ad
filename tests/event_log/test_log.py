import sqlite3
import threading
import time
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from factories import (
    AsEntries,
    ended,
    entry,
    fails,
    increment,
    listed,
    numbers,
    observed,
    skips,
    started,
)

from opnb.definitions.hook import success_hook
from opnb.definitions.job import job
from opnb.definitions.op import op
from opnb.definitions.retry_policy import RetryPolicy
from opnb.event_log.log import EventLog
from opnb.event_log.reading.frame import ENTRY_COLUMNS
from opnb.execution.drive import drive
from opnb.execution.job_run import RunRequest, build_job_run
from opnb.model import metadata_json
from opnb.model.asset_key import AssetKey
from opnb.model.entry import EventType
from opnb.model.errors import CheckError, InvalidMetadata, LogUnavailableError
from opnb.model.events import (
    AssetMaterialization,
    AssetObservation,
    ExpectationResult,
    Output,
)
from opnb.model.signals import Failure

FRAME = pd.DataFrame({"a": [1.5, np.nan], "b": ["x", None]}, index=["p", "q"])
ODD = "\ud800 a/b\\c é \ud83d\ude00"
EVENTS = [
    AssetMaterialization(["sales/eu", "orders"], ODD, {ODD: ODD, "f": FRAME}, ODD),
    AssetObservation("orders", metadata={"n": 10**5000, "nan": np.nan, "b": b"\xff"}),
    AssetObservation([ODD]),
    ExpectationResult(False, ODD, ODD),
]


@pytest.fixture(name="path")
def _path(tmp_path):
    return tmp_path / "events.db"


@pytest.fixture(name="impatient")
def _impatient(monkeypatch):
    """Retries come at once, and locks are not waited for."""
    monkeypatch.setattr("opnb.event_log.writing.writer._RETRY_SECONDS", 0)
    monkeypatch.setattr("opnb.event_log.store.sqlite_store._BUSY_MS", 50)


def _numbers(log):
    return [
        line.metadata["number"].value
        for line in log.entries("r1")
        if line.event_type is EventType.ASSET_OBSERVATION
    ]


@pytest.mark.parametrize("event", EVENTS, ids=range(4))
@pytest.mark.parametrize("address", ["memory:", "events.db"])
def test_an_entry_comes_back_from_the_log_as_it_went_in(event, address):
    log = EventLog(address)
    lines = [started(), entry(event, message=ODD), ended(EventType.RUN_SUCCESS)]
    for line in lines:
        log.append([line])

    assert log.entries("r1") == lines


@success_hook
def good(context):
    """Hear of the end."""


@success_hook
def broken(context):
    raise KeyError("hook")


@op(retry_policy=RetryPolicy(max_retries=1))
def shaky(context):
    context.log.info("line", exc_info=ValueError("v"))
    yield from EVENTS
    if not context.retry_number:
        raise Failure("no rows", {"rows": 0})
    yield Output(FRAME, metadata={"f": FRAME})


def _everything():
    listed(numbers().map(increment).collect())
    increment.alias("skipped")(skips())
    shaky()
    fails()


@pytest.mark.parametrize("address", ["memory:", "events.db"])
def test_all_entries_of_a_job_come_back_as_they_went_in(address):
    log, kept = EventLog(address), []

    def append(entries):
        kept.extend(entries)
        log.append(entries)

    made = job(name="whole", hooks={good, broken})(_everything)
    run = build_job_run(made, AsEntries(append), RunRequest(raise_on_error=False))
    drive(run.execute(), append)
    back = log.entries(run.info.run_id)

    assert {line.event_type for line in kept} == set(EventType) - {
        EventType.RUN_SUCCESS,
        EventType.RUN_CANCELED,
    }
    assert [replace(line, timestamp=0) for line in back] == [
        replace(line, timestamp=0) for line in kept
    ]
    assert [line.timestamp for line in back] == pytest.approx(
        [line.timestamp for line in kept], abs=1e-6
    )


def test_an_empty_log_has_the_documented_columns(log):
    dtypes = {name: str(dtype) for name, dtype in log.frame.dtypes.items()}

    assert dtypes == {name: dtype for name, (_, dtype) in ENTRY_COLUMNS.items()}
    assert log.last_run("clean") is None


def test_the_frame_has_a_row_for_each_entry(log):
    log.append([started()])
    log.append([entry(ExpectationResult(False, "age"), message="m")])
    row = log.frame.iloc[1]

    assert row[["id", "run_id", "job", "op", "step_key"]].tolist() == [
        2, "r1", "clean", "clean", "clean",
    ]  # fmt: skip
    assert row[["event_type", "level", "message", "label", "success"]].tolist() == [
        "STEP_EXPECTATION_RESULT", 10, "m", "age", False,
    ]  # fmt: skip
    assert row["timestamp"] == pd.Timestamp(1.5, unit="s", tz="UTC")


def test_the_frame_is_the_callers_own(log):
    log.append([started()])
    frame = log.frame
    frame.loc[0, "message"] = "changed"

    assert log.frame.loc[0, "message"] is pd.NA


def test_another_log_on_the_file_sees_each_entry_at_once(path):
    writer, reader = EventLog(path), EventLog(path)
    writer.append([started()])
    assert len(reader.frame) == 1

    writer.append([observed()])

    assert len(reader.frame) == 2


def test_each_op_has_the_status_of_its_last_run(log):
    log.append([started("a")])
    log.append([ended(EventType.RUN_FAILURE, "a")])
    assert log.last_statuses() == {"clean": "FAILURE"}
    log.append([started("b")])

    assert log.last_statuses() == {"clean": "STARTED"}


def test_the_last_run_of_an_op_is_summed_up(log):
    for run_id in ("a", "b"):
        log.append([started(run_id)])
        log.append([ended(EventType.RUN_SUCCESS, run_id)])

    assert log.last_run("clean").run_id == "b"
    assert log.summary("a").status.value == "SUCCESS"


def test_a_run_that_is_not_there_is_told(log):
    assert log.entries("nope") == []
    with pytest.raises(CheckError, match="The log has no run 'nope'"):
        log.summary("nope")


def test_an_asset_has_a_history(log):
    log.append([started()])
    for event in EVENTS:
        log.append([entry(event)])

    assert len(log.asset("orders")) == 1
    assert (
        log.asset(AssetKey(["sales/eu", "orders"])).latest.metadata["f"].row_count == 2
    )
    assert len(log.asset([ODD])) == 1
    assert len(log.asset("nope")) == 0
    assert AssetKey("orders") in log.asset_keys()


@pytest.mark.usefixtures("impatient")
def test_what_a_full_disk_refuses_waits_and_is_kept_in_order_later(path):
    log = EventLog(path)
    log.append([started()])
    pages = log._store.select("PRAGMA page_count")[0][0]
    log._store.select(f"PRAGMA max_page_count = {pages}")

    for number in range(200):
        log.append([observed(number)])
    log.flush()

    assert log.unsaved == 200
    assert "full" in log.fault.message
    assert "Free some space" in log.fault.hint
    log._store.select("PRAGMA max_page_count = 1000000")
    log.append([observed(200)])
    assert (log.unsaved, log.fault) == (0, None)
    assert _numbers(log) == list(range(201))


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("first", ["start", "event", "end"])
def test_what_a_lock_keeps_out_waits_and_is_kept_in_order_later(path, first):
    lines = [started(), observed(0), ended(EventType.RUN_SUCCESS)]
    place = ["start", "event", "end"].index(first)
    log = EventLog(path)
    for line in lines[:place]:
        log.append([line])
    log.flush()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    for line in lines[place:]:
        log.append([line])
    log.flush()

    assert log.unsaved == 3 - place
    assert "Another program holds it" in log.fault.hint
    other.close()
    log.flush()
    assert (log.unsaved, log.fault) == (0, None)
    assert log.entries("r1") == lines
    assert list(log.runs()["status"]) == ["SUCCESS"]


def test_a_lock_that_stays_is_waited_for_once(path, monkeypatch):
    monkeypatch.setattr("opnb.event_log.store.sqlite_store._BUSY_MS", 200)
    log = EventLog(path)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    begin = time.perf_counter()
    for line in [started(), *[observed(n) for n in range(20)]]:
        log.append([line])
        log.flush()

    assert 0.2 <= time.perf_counter() - begin < 2
    assert log.unsaved == 21
    other.close()


def test_a_short_lock_is_waited_for(path):
    log = EventLog(path)
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN EXCLUSIVE")
    threading.Timer(0.1, other.close).start()
    log.append([started()])
    log.flush()

    assert log.unsaved == 0


@pytest.mark.usefixtures("impatient")
def test_an_entry_that_may_not_be_is_refused_also_while_others_wait(path, monkeypatch):
    monkeypatch.setattr(metadata_json, "LARGEST_ROW", 1000)
    log = EventLog(path)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    log.append([started()])

    with pytest.raises(InvalidMetadata, match="'x' takes"):
        log.append([entry(AssetObservation("a", metadata={"x": "y" * 2000}))])
    other.close()
    log.append([observed(1)])

    assert _numbers(log) == [1]


def test_a_log_that_cannot_be_read_says_so(path):
    log = EventLog(path)
    log.close()

    with pytest.raises(LogUnavailableError, match="could not be read"):
        _ = log.frame


def test_a_log_shows_its_address(path):
    assert repr(EventLog("memory:")) == "EventLog('memory:')"
    assert (EventLog(path).path, EventLog("memory:").path) == (path, None)
