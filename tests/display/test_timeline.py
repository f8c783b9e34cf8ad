"""A run as a timeline: rows, bars, words."""

import base64
import re

import pytest

from opnb.display.bundle import render_bundle
from opnb.event_log.reading.timeline import Attempt, RunTimeline
from opnb.event_log.summary import RunStatus

SECOND = 10**6


def timeline(*attempts, status=RunStatus.SUCCESS, seconds=10):
    attempts = tuple(
        Attempt(
            key, key, number, round(start * SECOND), end and round(end * SECOND), how
        )
        for key, number, start, end, how in attempts
    )
    return RunTimeline("abcdefgh-1", "nightly", status, 0, seconds * SECOND, attempts)


def told_by(shown):
    return render_bundle(shown)[0]


def bars(html):
    sources = re.findall(r"data:image/svg\+xml;base64,([^\"]+)", html)
    drawn = [base64.b64decode(source).decode() for source in sources]
    return [
        [
            (float(x), float(w))
            for x, w in re.findall(r'rect x="(\S+)".*?width="(\S+)"', it)
        ]
        for it in drawn
    ]


RETRIED = timeline(
    ("load", 1, 0, 2, "UP_FOR_RETRY"),
    ("load", 2, 5, 10, "SUCCESS"),
)


def test_attempts_are_bars_with_gaps_for_waits():
    told = told_by(RETRIED)

    assert bars(told["text/html"]) == [[(0.0, 64.0), (160.0, 160.0)]]
    assert told["text/plain"].splitlines() == [
        "✓ nightly: done, 1 step in 10 s",
        "  began 1970-01-01 00:00:00 UTC, run abcdefgh",
        "  ✓ done  load  10 s  ▒▒▒▒▒▒        ██████████████",
    ]


def test_a_bar_is_told_by_a_sentence():
    html = told_by(RETRIED)["text/html"]

    assert re.findall(r'alt="([^"]+)"', html) == [
        "load: done, begins after 0 ms, takes 10 s, 2 attempts."
    ]
    assert "began after" in html


def test_bars_in_markdown_stand_where_they_begin():
    told = told_by(timeline(("late", 1, 5, 10, "SUCCESS")))["text/markdown"]

    assert f"`{chr(160) * 14}{'█' * 14}`" in told


def test_mapped_steps_share_a_row():
    told = told_by(
        timeline(
            ("each[a]", 1, 0, 2, "SUCCESS"),
            ("each[b]", 1, 2, 4, "FAILURE"),
            ("each[c]", 1, 6, 8, "SUCCESS"),
            status=RunStatus.FAILURE,
        )
    )

    assert "✗ 1 failed, 2 done" in told["text/html"]
    assert "3 steps in 10 s" in told["text/html"]
    assert sorted(bars(told["text/html"])[0]) == [
        (0.0, 64.0),
        (64.0, 64.0),
        (192.0, 64.0),
    ]


def test_a_thousand_mapped_steps_make_few_bars():
    many = [(f"each[{n}]", 1, n / 100, (n + 1) / 100, "SUCCESS") for n in range(1000)]

    assert bars(told_by(timeline(*many))["text/html"]) == [[(0.0, 320.0)]]


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (RunStatus.STARTED, ["▸ running", "1 step in 10 s so far"]),
        (RunStatus.INTERRUPTED, ["■ interrupted", "1 step in 10 s"]),
        (RunStatus.CANCELED, ["■ not finished", "■ canceled"]),
    ],
    ids=["running", "interrupted", "canceled"],
)
def test_what_has_no_end_goes_on_to_that_of_the_run(status, words):
    html = told_by(timeline(("load", 1, 5, None, "IN_PROGRESS"), status=status))

    assert bars(html["text/html"]) == [[(160.0, 160.0)]]
    for word in words:
        assert word in html["text/html"]


def test_what_took_no_time_is_there():
    told = told_by(
        timeline(("send", 1, 10, 10, "SKIPPED"), ("load", 1, 0, 0, "CANCELED"))
    )

    assert bars(told["text/html"]) == [[(318.0, 2.0)], [(0.0, 2.0)]]
    assert "– skipped" in told["text/plain"]
    assert "■ canceled" in told["text/plain"]


def test_of_many_rows_those_in_trouble_and_the_longest_are_shown():
    calm = [(f"step{n:03}", 1, n / 100, (n + 1) / 100, "SUCCESS") for n in range(200)]
    calm[150] = ("step150", 1, 1.5, 9, "SUCCESS")
    calm[199] = ("step199", 1, 1.99, 2, "FAILURE")
    told = told_by(timeline(*calm, status=RunStatus.FAILURE))

    assert "40 of 200 rows" in told["text/html"]
    assert len(bars(told["text/html"])) == 40
    for form in told.values():
        assert form.index("step150") < form.index("step199")
    assert len(told["text/plain"].splitlines()) <= 15


def test_a_run_without_a_stephas_no_table():
    told = told_by(timeline())

    assert "<table" not in told["text/html"]
    assert "0 steps in 10 s" in told["text/plain"]


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", '" onload="x', "x" * 300]
)
def test_any_name_is_text_that_fits(name):
    told = told_by(timeline((name, 1, 0, 10, "SUCCESS")))

    assert "<script" not in told["text/html"]
    assert '" onload' not in told["text/html"]
    assert max(map(len, told["text/plain"].splitlines())) <= 80
