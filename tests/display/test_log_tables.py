"""The catalog, runs and checks as calm tables."""

import pandas as pd
import pytest
from factories import ended, entry, started

from opnb.display.bundle import render_bundle
from opnb.display.time_words import seconds_words
from opnb.event_log.log import EventLog
from opnb.model.entry import EventType
from opnb.model.events import (
    AssetMaterialization,
    AssetObservation,
    ExpectationResult,
)


def told_by(frame):
    return render_bundle(frame)[0]


def filled(log, run_id="r1", timestamp=1.0):
    log.append([started(run_id)])
    events = [
        AssetMaterialization("orders", partition="p"),
        AssetMaterialization("orders", partition="q"),
        AssetObservation("prices"),
        ExpectationResult(True, "full"),
        ExpectationResult(False, "full"),
        ExpectationResult(True, "unique"),
    ]
    fields = {"run_id": run_id, "timestamp": timestamp}
    log.append([entry(event, **fields) for event in events])
    log.append([ended(EventType.RUN_SUCCESS, run_id)])
    return log


def test_the_catalog_tells_what_there_is_and_how_to_see_one(log):
    told = told_by(filled(log).assets())

    assert told["text/plain"].splitlines() == [
        "2 assets",
        "  asset   last                   events  partitions  checks",
        "  orders  materialized by clean       2           2  ✗ 1 of 2 failed",
        "  prices  observed by clean           1              ✗ 1 of 2 failed",
        "  %op asset NAME shows the history of one; times and run ids are in the frame",
    ]
    assert (
        "| orders | materialized by clean | 2 | 2 | ✗ 1 of 2 failed |"
        in (told["text/markdown"])
    )
    assert "<b>orders</b>" in told["text/html"]


def test_checks_tell_how_they_came_out_last_and_how_often(log):
    told = told_by(filled(log).checks())

    assert told["text/plain"].splitlines()[2:4] == [
        "  ✗ failed  clean  full    1 of 2   50 %",
        "  ✓ passed  clean  unique  1 of 1  100 %",
    ]


@pytest.mark.parametrize("reader", ["assets", "checks"])
def test_the_same_events_in_other_runs_show_the_same(reader):
    frames = [
        getattr(filled(EventLog("memory:"), run_id, timestamp), reader)()
        for run_id, timestamp in (("r1", 1.0), ("r2", 99.0))
    ]

    assert told_by(frames[0]) == told_by(frames[1])


def test_runs_are_told_newest_first_with_their_times(log):
    filled(log, "aaaaaaaa-1")
    later = {"step_key": None, "node_name": None, "timestamp": 9}
    log.append([entry(EventType.RUN_START, run_id="bbbbbbbb-2", **later)])
    log.append(
        [
            entry(
                EventType.RUN_FAILURE, run_id="bbbbbbbb-2", **{**later, "timestamp": 11}
            )
        ]
    )
    lines = told_by(log.runs())["text/plain"].splitlines()

    assert lines[:4] == [
        "2 runs",
        "  status    job or op  began (UTC)            took  run",
        "  ✗ failed  clean      1970-01-01 00:00:09  2.00 s  bbbbbbbb",
        "  ✓ done    clean      1970-01-01 00:00:01    0 ms  aaaaaaaa",
    ]


def test_runs_that_were_sorted_otherwise_keep_their_order(log):
    for number, run_id in enumerate("abc"):
        filled(log, run_id, number)
    frame = log.runs()
    frame["start_time"] += pd.to_timedelta([0, 9, 5], unit="s")
    lines = told_by(frame)["text/plain"].splitlines()

    assert [line[-1] for line in lines[2:5]] == ["a", "b", "c"]


def test_many_rows_are_capped_and_counted(log):
    for number in range(60):
        log.append([entry(AssetMaterialization(f"asset {number:02}"))])
    told = told_by(log.assets())

    assert told["text/html"].count("<tr") == 31
    assert "and 30 further assets; the frame has all" in told["text/html"]
    assert "and 49 further assets; the frame has all" in told["text/plain"]
    assert len(told["text/plain"].splitlines()) <= 15


@pytest.mark.parametrize(
    ("reader", "title"),
    [("assets", "0 assets"), ("runs", "0 runs"), ("checks", "0 checks")],
)
def test_an_empty_log_says_so(log, reader, title):
    told = told_by(getattr(log, reader)())

    assert told["text/plain"] == title
    assert title in told["text/html"]


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", '" onload="x'])
def test_no_name_is_markup(log, text):
    log.append([started(), entry(AssetMaterialization(text), node_name=text)])
    log.append([entry(ExpectationResult(False, text), node_name=text)])

    for frame in (log.assets(), log.checks(), log.runs()):
        html = told_by(frame)["text/html"]
        assert "<script" not in html
        assert '" onload' not in html


def test_lines_fit_a_terminal(log):
    long = "long " * 60
    log.append([started(), entry(AssetMaterialization(long), node_name=long)])
    log.append([entry(ExpectationResult(False, long), node_name=long)])

    for frame in (log.assets(), log.checks(), log.runs()):
        lines = told_by(frame)["text/plain"].splitlines()
        assert max(map(len, lines)) <= 80


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0.0, "0 ms"),
        (0.9994, "999 ms"),
        (0.9996, "1.00 s"),
        (9.994, "9.99 s"),
        (59.94, "59.9 s"),
        (3599.4, "59 min 59 s"),
        (3600.0, "1 h 0 min"),
        (10.0**7, "2,777 h 47 min"),
    ],
)
def test_a_stretch_of_time_has_the_unit_that_fits(seconds, told):
    assert seconds_words(seconds) == told


def test_a_check_that_warns_is_told_as_one(log):
    log.append([entry(ExpectationResult(False, "age", severity="warn"))])

    assert "! warn" in log.checks()._repr_mimebundle_()[0]["text/plain"]
