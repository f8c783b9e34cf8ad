"""The graph of ops as text, Markdown and HTML."""

import html
import re

import pytest

from opnb.display.bundle import render_bundle
from opnb.event_log.reading.op_graph import Mark, OpEdge, OpGraph, OpNode
from opnb.event_log.summary import RunStatus

DONE, FAILED = RunStatus.SUCCESS, RunStatus.FAILURE
HEAD = "▸ graph · 5 ops · 2 done, 1 with failed checks, 1 failed, 1 never run"
MIMES = ["text/plain", "text/markdown", "text/html"]


def graph(nodes, *edges, about=None):
    return OpGraph({n.name: n for n in nodes}, tuple(OpEdge(*e) for e in edges), about)


def forms(shown):
    return render_bundle(shown)[0]


def words_of(form):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", form)).split())


SHOP = graph(
    [
        OpNode("load", DONE),
        OpNode("clean", DONE, 2),
        OpNode("report", FAILED),
        OpNode("plot", DONE, marks=(Mark("↻", "stale: load ran again"),)),
        OpNode("later"),
    ],
    ("load", "clean", "orders"),
    ("clean", "report"),
    ("clean", "plot", "tidy"),
    ("load", "plot", "regions"),
)


def test_a_graph_is_a_tree_in_text():
    assert forms(SHOP)["text/plain"].splitlines() == [
        f"{HEAD} · 1 stale",
        "  ✓ load: done",
        "  ├─ orders → ! clean: 2 checks failed",
        "  │  ├─ ✗ report: failed",
        "  │  └─ tidy → ✓ plot: done, ↻ stale: load ran again",
        "  └─ regions → ↑ plot",
        "  – later: never run",
    ]


def test_markdown_has_the_tree_in_a_fence():
    lines = forms(SHOP)["text/markdown"].splitlines()

    assert lines[2] == "```text"
    assert lines[3] == "✓ load: done"
    assert lines[-1] == "```"


def test_html_has_the_picture_and_the_tree_in_a_fold():
    form = forms(SHOP)["text/html"]

    assert form.count("<img ") == 1
    assert "<summary>As text</summary>" in form
    assert "└─ tidy → ✓ plot: done" in form


def test_the_picture_says_in_a_sentence_what_is_not_as_it_should_be():
    (sentence,) = re.findall(r'alt="(.*?)"', forms(SHOP)["text/html"])

    assert sentence == (
        "Graph of 5 ops; 2 checks failed: clean; failed: report; "
        "stale: load ran again: plot; never run: later."
    )


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (RunStatus.STARTED, "▸ a: running"),
        (RunStatus.CANCELED, "■ a: canceled"),
        (RunStatus.INTERRUPTED, "■ a: interrupted"),
    ],
    ids=["started", "canceled", "interrupted"],
)
def test_a_run_that_did_not_end_is_told_by_glyph_and_word(status, words):
    assert words in forms(graph([OpNode("a", status)]))["text/plain"]


def test_ops_of_other_sessions_say_so():
    text = forms(
        graph(
            [OpNode("a", DONE, is_of_session=False), OpNode("b", is_of_session=False)]
        )
    )["text/plain"]

    assert "✓ a: done, not of this session" in text
    assert "– b: not in the log" in text


@pytest.mark.parametrize("mime", MIMES)
def test_without_an_op_it_says_how_to_make_one(mime):
    assert "There is no op yet" in words_of(forms(OpGraph())[mime])


@pytest.mark.parametrize("mime", MIMES)
def test_a_circle_is_named(mime):
    shown = graph(
        [OpNode("a", DONE), OpNode("b", DONE), OpNode("c", DONE)],
        ("a", "b"),
        ("b", "c"),
        ("c", "a"),
    )

    assert "a circle: a → b → c → a" in words_of(forms(shown)[mime])


def test_what_takes_its_own_output_is_no_circle_of_several():
    shown = graph([OpNode("a", DONE)], ("a", "a", "x"))

    assert forms(shown)["text/plain"].splitlines()[1:] == [
        "  ✓ a: done",
        "  └─ x → ↑ a",
    ]


def test_what_is_asked_about_stands_in_the_head():
    assert forms(SHOP.around(["report"]))["text/plain"].startswith(
        "▸ graph around report · 3 ops"
    )


def test_of_hundreds_of_ops_there_is_the_tree_alone():
    names = [f"op_{n}" for n in range(500)]
    shown = graph(
        [OpNode(name, DONE) for name in names],
        *((a, b) for a, b in zip(names, names[3:], strict=False)),
    )
    drawn = forms(shown)

    assert "<img" not in drawn["text/html"]
    assert "500 ops are too many for a picture" in words_of(drawn["text/html"])
    assert len(drawn["text/plain"].splitlines()) == 15
    assert "lines more" in drawn["text/plain"]
    assert re.search(r"and \d+ further lines", words_of(drawn["text/html"]))


HOSTILE = [
    "<script>alert(1)</script>",
    "```\n# out",
    "\"'><img src=x onerror=alert(1)>",
    "\u202eright to left",
    "x" * 300,
    "\ud800",
    "{{ 7 * 7 }}",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_what_people_write_becomes_no_markup(text):
    drawn = forms(
        graph(
            [OpNode(text, DONE, marks=(Mark("!", text),)), OpNode("b", FAILED)],
            (text, "b", text),
            about=text,
        )
    )

    assert max(len(line) for line in drawn["text/plain"].splitlines()) <= 80
    assert not re.search(r"<(script|img src=x)", drawn["text/html"])
    assert drawn["text/markdown"].count("\n```") == 2
    for form in drawn.values():
        assert "{{ 7 * 7 }}" in form or "7 * 7" not in text
        assert "\u202e" not in form
