"""The history of an asset: its numbers, checks and events, alike each time."""

import base64
import re

import pytest
from factories import entry

from opnb.display.bundle import render_bundle
from opnb.display.sparkline import blocks
from opnb.event_log.log import EventLog
from opnb.model.events import (
    AssetMaterialization,
    AssetObservation,
    ExpectationResult,
)

ROWS = [980, 1002, 990, 1010, 995, 1000, 1019]


def made(log, metadata, partition=None, **fields):
    event = AssetMaterialization("orders", None, metadata, partition)
    log.append([entry(event, **fields)])


def filled(log, rows=ROWS, **fields):
    for number in rows:
        log.append([entry(ExpectationResult(number > 985, "many"), **fields)])
        made(log, {"rows": number, "note": "as ever"}, **fields)
    return log.asset("orders")


def forms(history):
    return render_bundle(history)[0]


def alts(html):
    return re.findall(r'<img [^>]*alt="([^"]*)"', html)


def test_a_number_has_a_sparkline_whose_sentence_says_it(log):
    html = forms(filled(log))["text/html"]

    assert alts(html) == [
        "rows: 980 to 1019 over 7 events, last 1019, +2 %, median 1000."
    ]
    assert "<svg" not in html


def test_the_sparkline_is_a_drawing_of_all_its_points(log):
    html = forms(filled(log))["text/html"]
    (source,) = re.findall(r"data:image/svg\+xml;base64,([^\"]+)", html)
    svg = base64.b64decode(source).decode()

    (points,) = re.findall(r'points="([^"]+)"', svg)
    heights = [float(point.split(",")[1]) for point in points.split()]
    assert len(heights) == len(ROWS)
    assert heights.index(min(heights)) == ROWS.index(max(ROWS))


def test_the_texts_have_it_in_blocks(log):
    told = forms(filled(log))

    assert "rows  ▁▅▃▆▄▅█  1019  +2 %  median 1000" in told["text/plain"]
    assert "| rows | ▁▅▃▆▄▅█ | 1019 | +2 % | 1000 |" in told["text/markdown"]


def test_a_number_that_a_trend_tells_is_not_told_twice(log):
    told = forms(filled(log))["text/plain"]

    assert "materialized last by clean: note as ever\n" in told


def test_one_event_has_no_trend_and_all_its_metadata(log):
    made(log, {"rows": 980})
    told = forms(log.asset("orders"))

    assert "<img" not in told["text/html"]
    assert "materialized last by clean: rows 980" in told["text/plain"]


def test_checks_are_told_by_words_and_a_strip(log):
    told = forms(filled(log))

    assert "✓ passed  many  6 of 7 passed  ✗✓✓✓✓✓✓" in told["text/plain"]
    for form in ("text/markdown", "text/html"):
        assert "6 of 7 passed" in told[form]
        assert "checks of clean" in told[form]


def test_checks_of_several_ops_name_theirs(log):
    filled(log)
    history = filled(log, [1], node_name="load")
    told = forms(history)["text/html"]

    assert "checks of load, clean" in told
    assert told.index("<b>✗ failed</b>") < told.index("load: many")
    assert "clean: many" in told


def test_the_same_events_in_other_runs_show_the_same():
    told = []
    for run_id, timestamp in (("r1", 1.0), ("r2", 99.0)):
        log = EventLog("memory:")
        told.append(forms(filled(log, run_id=run_id, timestamp=timestamp)))

    assert told[0] == told[1]


def test_of_many_events_the_last_are_shown_and_all_are_counted(log):
    told = forms(filled(log, range(1500)))

    assert "events, newest first, 10 of 1,500" in told["text/html"]
    assert "of the last 100 of 1,500 events" in told["text/html"]
    assert "rows: 1400 to 1499 over 100 events" in alts(told["text/html"])[0]
    assert len(told["text/html"]) < 20_000
    assert re.search(r"and 1,49\d further events", told["text/plain"])


def test_many_labels_are_capped_and_counted(log):
    for number in range(2):
        made(log, {f"label {n}": number + n for n in range(30)})
    told = forms(log.asset("orders"))

    assert len(alts(told["text/html"])) == 6
    assert "and 24 further numbers" in told["text/html"]
    assert "22 further labels in .frame" in told["text/html"]
    lines = told["text/plain"].splitlines()
    assert len(lines) <= 15
    assert max(map(len, lines)) <= 80


def test_many_checks_are_capped_and_counted(log):
    for number in range(12):
        log.append([entry(ExpectationResult(True, f"check {number}"))])
    made(log, {})

    assert "and 4 further checks" in forms(log.asset("orders"))["text/html"]


def test_very_many_checks_are_capped_and_not_counted(log):
    log.append([entry(ExpectationResult(True, f"{number:03}")) for number in range(40)])
    made(log, {})

    assert "further checks and others" in forms(log.asset("orders"))["text/html"]


def test_the_latest_is_a_materialization_also_before_many_observations(log):
    made(log, {"rows": 1}, "p")
    observed = AssetObservation("orders", None, {"seen": 1})
    log.append([entry(observed, node_name="look") for _ in range(120)])
    told = forms(log.asset("orders"))["text/plain"]

    assert "materialized last by clean [p]: rows 1\n" in told


def test_columns_without_a_value_are_left_out(log):
    made(log, {"rows": 1})
    assert "partition" not in forms(log.asset("orders"))["text/html"]

    made(log, {"rows": 1}, "p")
    assert "partition" in forms(log.asset("orders"))["text/html"]


@pytest.mark.parametrize(
    "values",
    [[0, 0], [-(10**300), 10**300], [1.7e308, -1.7e308], [5e-324, 0.0], [1, 1 + 1e-15]],
    ids="zero wide widest least near".split(),
)
def test_any_numbers_are_drawn(log, values):
    for value in values:
        made(log, {"x": value})

    assert len(alts(forms(log.asset("orders"))["text/html"])) == 1


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", '" onload="x', "a|b`$c"])
def test_a_label_is_never_markup(log, text):
    for number in range(2):
        log.append([entry(ExpectationResult(True, text))])
        made(log, {text: number}, text)
    html = forms(log.asset("orders"))["text/html"]

    assert "<script" not in html
    assert not re.search(r'<[^>]*" onload', html)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ([100, 104], ["+4 %", "+2 %"]),
        ([0, 0, 5], ["was 0", "more"]),
        ([0, 0, -5], ["was 0", "less"]),
        ([3, 3], ["the same", "the same"]),
    ],
    ids=["more", "from zero", "below zero", "same"],
)
def test_the_last_number_is_told_against_the_one_before_and_the_median(
    log, values, told
):
    for value in values:
        made(log, {"rows": value})
    html = forms(log.asset("orders"))["text/html"]
    row = re.sub(r"(<[^>]+>)+", "|", html.split("<img")[1].split("</tr>")[0]).split("|")

    assert [row[2], row[4]] == told


def test_blocks_keep_what_stands_out():
    assert len(blocks(range(1000))) == 24
    assert blocks([0.0] * 500 + [9.0] + [0.0] * 499).count("█") == 1
    assert blocks([-1.0, 0.0, 1.0]) == "▁▅█"
