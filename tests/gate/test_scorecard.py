"""The scorecard as text, Markdown and a page: what failed, and where it stands."""

from html.parser import HTMLParser

import hostile
import pytest
from gate_notebooks import code, executed

from opnb.gate.outcome import Case, NotebookVerdict, Outcome, Place, Stop
from opnb.gate.scorecard import html_scorecard, markdown_scorecard, text_scorecard

PLACE = Place(1, 2, 3, "clean")
TRACE = (
    "-----\nTraceback\n" + "\n".join(f"frame {n}" for n in range(40)) + "\nOSError: x"
)
CASES = (
    Case("orders::ids", Outcome.PASSED, PLACE, "error"),
    Case("orders::no gaps", Outcome.FAILED, PLACE, "fatal", "no gaps", "rows 3 of 10"),
    Case("orders::fresh", Outcome.WARNED, PLACE, "warn", "older than a day"),
    Case("orders::old flaw", Outcome.KNOWN, PLACE, "error", "old flaw"),
    Case("orders::demo", Outcome.EXPECTED, PLACE, "error", "demo"),
    Case("load", Outcome.RAISED, PLACE, "OSError", "x", TRACE, is_check=False),
)
BOOK = NotebookVerdict(
    "nb/orders.ipynb",
    CASES,
    cells=5,
    not_run=2,
    left_out=7,
    executed="executed/nb/orders.ipynb",
    cured=("orders::healed",),
    unseen=("orders::gone",),
    notebook=executed("import opnb", code("%%op clean\na\nyield <b>")),
)
STOPPED = NotebookVerdict(
    "lost.ipynb", (), Stop("missing", "There is no file 'lost.ipynb'.", "Look.")
)
FINE = NotebookVerdict("fine.ipynb", CASES[:1])

TEXT = """\
Scorecard
✗ nb/orders.ipynb: 5 checks: 1 passed, 1 fatal, 1 warn, 1 known, 1 expected
  ✗ raised: load
      cell 2, line 3, op clean
      Traceback
      frame 0
      frame 1
      frame 2
      frame 3
      frame 4
      … 22 lines left out; the notebook has them …
      frame 27
      frame 28
      frame 29
      frame 30
      frame 31
      frame 32
      frame 33
      frame 34
      frame 35
      frame 36
      frame 37
      frame 38
      frame 39
      OSError: x
  ✗ fatal: orders::no gaps
      cell 2, line 3, op clean
      rows 3 of 10
  ! warn: orders::fresh
      cell 2, line 3, op clean
      older than a day
  · known: orders::old flaw
      cell 2, line 3, op clean
  · 2 of 5 cells not run
  · 1 failed in a cell tagged raises-exception: expected
  · 7 events left out of cards for their size; the log has all
  · 1 check cured: passed, and still in the baseline:
      orders::healed
  · 1 check in the baseline, and did not come up:
      orders::gone
  → executed/nb/orders.ipynb
✗ lost.ipynb: no checks
  ✗ missing: There is no file 'lost.ipynb'.
      Hint: Look.
✓ fine.ipynb: 1 check: 1 passed

3 notebooks: a notebook did not run to its end (exit code 3).
"""


def test_as_text():
    assert text_scorecard([BOOK, STOPPED, FINE]) == TEXT


def test_as_markdown():
    told = markdown_scorecard([BOOK, STOPPED])

    assert (
        "| ✗ fatal | orders::no gaps | cell 2, line 3, op clean | rows 3 of 10 |"
        in told
    )
    assert "| ✗ raised | load | cell 2, line 3, op clean | OSError: x |" in told
    assert "## ✗ 2 notebooks: a notebook did not run to its end (exit code 3)" in told
    assert "- 1 check cured: passed, and still in the baseline: orders::healed" in told


def test_as_a_page_that_shows_the_line_of_the_cell():
    told = html_scorecard([BOOK])

    assert "<mark>yield &lt;b&gt;</mark>" in told
    assert "orders::no gaps" in told
    assert "http" not in told  # it needs nothing else
    assert "<script" not in told


def test_many_failures_are_counted():
    told = text_scorecard([NotebookVerdict("a.ipynb", CASES[1:2] * 150)])

    assert told.count("fatal: orders") == 100
    assert "  · 50 more failed\n" in told


def _tags(page):
    """Return the elements of a page, each with the names of its attributes."""
    found = set()

    class Reader(HTMLParser):
        def handle_starttag(self, tag, attributes):
            found.add((tag, *(name for name, _ in attributes)))

    Reader().feed(page)
    return found


@pytest.mark.parametrize("text", hostile.PAYLOADS.values(), ids=hostile.PAYLOADS)
def test_no_text_steers_what_shows_it(text):
    case = Case(text, Outcome.FAILED, Place(0, 1, 1, text), text, text, text)
    error = Case(text, Outcome.RAISED, PLACE, text, text, text, is_check=False)
    verdict = NotebookVerdict(
        text or "a",
        (case, error),
        Stop(text, text, text),
        notebook=executed(code(text)),
    )

    page = html_scorecard([verdict])

    assert _tags(page) <= _OWN_TAGS
    assert "\x1b" not in page + text_scorecard([verdict])


_OWN_TAGS = _tags(html_scorecard([BOOK, STOPPED]))
