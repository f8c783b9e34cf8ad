"""The card of a run that goes on: glyph and word, bars with their numbers, the time."""

import re

import pytest

from opnb.display.live import BarView, LiveView, live_forms

FULL = LiveView(
    "clean",
    ("at load", "attempt 2"),
    ("✓ 12 checks passed", "✗ 1 check failed", "3 outputs"),
    (
        BarView("files", 0, 30, 120, 4.25, 21.0),
        BarView("rows", 1, 1200, None, 512.0),
        BarView("pages", 0, 3, 3, 1.0, 0.0, is_over=True),
    ),
    2,
    "INFO kept 3",
    125.0,
)
TAG = re.compile(r"<[^>]+>")


def words_of(html):
    return TAG.sub(" ", html).split()


def test_the_text_tells_what_is_going_on():
    assert live_forms(FULL)["text/plain"].splitlines() == [
        "▸ clean: running · at load · attempt 2 · 2 min 5 s",
        "  files   ━━━━━───────────────  30 of 120, 4.2/s, 21 s left",
        "    rows  1,200, 512/s",
        "  pages   ━━━━━━━━━━━━━━━━━━━━  3 of 3, ended",
        "  and 2 further loops",
        "  ✓ 12 checks passed · ✗ 1 check failed · 3 outputs",
        "  INFO kept 3",
    ]


def test_the_markdown_tells_it_as_a_list():
    assert live_forms(FULL)["text/markdown"].splitlines() == [
        "**▸ running** **clean** at load · attempt 2 · 2 min 5 s",
        "",
        "- files: 30 of 120, 4.2/s, 21 s left",
        "    - rows: 1,200, 512/s",
        "- pages: 3 of 3, ended",
        "- and 2 further loops",
        "",
        "✓ 12 checks passed · ✗ 1 check failed · 3 outputs",
        "",
        "INFO kept 3",
    ]


def test_the_html_says_the_same_with_its_styles_stripped():
    shown = " ".join(words_of(live_forms(FULL)["text/html"]))

    assert shown == (
        "▸ running clean at load · attempt 2 · 2 min 5 s "
        "files 30 of 120 4.2/s, 21 s left &emsp;rows 1,200 512/s pages 3 of 3 ended "
        "and 2 further loops ✓ 12 checks passed · ✗ 1 check failed · 3 outputs "
        "INFO kept 3"
    )


def test_a_bar_is_as_long_as_its_share():
    html = live_forms(FULL)["text/html"]

    assert re.findall(r"width:(\d+)%", html) == ["25", "100"]


def test_a_run_that_has_told_nothing_is_one_line():
    forms = live_forms(LiveView("load"))

    assert forms["text/plain"] == "▸ load: running · 0 s"
    assert forms["text/markdown"] == "**▸ running** **load** 0 s"
    assert words_of(forms["text/html"]) == ["▸", "running", "load", "0", "s"]


@pytest.mark.parametrize("form", ["text/html", "text/markdown"])
def test_what_comes_from_data_is_escaped(form):
    evil = "<img src=x onerror=alert(1)>*b*"
    view = LiveView(evil, (evil,), (), (BarView(evil, 0, 1, 2),), 0, evil)

    shown = re.sub(r"\\[<>*]", "", live_forms(view)[form])

    assert "<img" not in shown
    assert form == "text/html" or "*b*" not in shown


def test_the_text_fits_a_terminal():
    bars = tuple(BarView("x" * 60, 3, 10**9, 10**10, 10.0**6, 1e6) for _ in range(20))
    lines = live_forms(LiveView("n" * 200, ("s" * 200,), (), bars, 3, "l" * 400))
    shown = lines["text/plain"].splitlines()

    assert len(shown) <= 15
    assert max(map(len, shown)) <= 80


@pytest.mark.parametrize(
    ("bar", "amount", "share"),
    [
        (BarView("rows", 0, 0, 0), "0 of 0", None),
        (BarView("rows", 0, 5, 4), "5, beyond the 4 expected", None),
        (BarView("rows", 0, 4, 4), "4 of 4", 1.0),
        (BarView("rows", 0, 12_000, None), "12,000", None),
    ],
    ids=["empty", "more than said", "all", "unknown"],
)
def test_a_bar_draws_only_a_share_that_is_known(bar, amount, share):
    assert (bar.amount, bar.share) == (amount, share)


def test_the_time_left_is_rounded_up_and_not_told_when_it_is_over():
    paces = [BarView("rows", 0, 1, 9, 3.0, left).pace for left in (8.2, 0.1, 0.0, None)]

    assert paces == ["3.0/s, 9 s left", "3.0/s, 1 s left", "3.0/s", "3.0/s"]


def test_what_only_the_time_changes_is_no_change():
    later = LiveView(
        FULL.name,
        FULL.doing,
        FULL.told,
        (BarView("files", 0, 30, 120, 4.0, 9.0), *FULL.bars[1:]),
        FULL.bars_left_out,
        FULL.line,
        126.0,
    )
    further = LiveView("clean", bars=(BarView("files", 0, 31, 120),))

    assert later.beside_the_time == FULL.beside_the_time
    assert further.beside_the_time != FULL.beside_the_time
