"""The page without widgets."""

import re

import pytest

from opnb.explorer.browsing import Browsing
from opnb.explorer.filters import Filters
from opnb.explorer.forms import card_html, note_html, page_forms


def forms(log, **filters):
    return page_forms(Browsing(lambda: log, Filters(**filters)))


def test_every_form_has_the_page(told):
    shown = forms(told)

    assert list(shown) == ["text/plain", "text/markdown", "text/html"]
    for form in shown.values():
        text = form.replace("\\", "")
        assert "events 1–4 of 4" in text
        assert "✗ STEP_EXPECTATION_RESULT" in text
        assert "failed: has rows" in text
        assert "1970-01-01 00:00:01" in text


def test_the_same_log_has_the_same_forms_at_any_time(told):
    assert forms(told) == forms(told)
    assert "ago" not in str(forms(told))


def test_the_filters_are_told(told):
    for form in forms(told, op="clean", since="2000d").values():
        assert "op clean, since 2000d" in form


def test_text_fits_a_terminal(log, fill):
    text = forms(fill(log, 99, node_name="x" * 300))["text/plain"]

    assert len(text.splitlines()) == 15
    assert all(len(line) <= 80 for line in text.splitlines())


def test_an_empty_log_says_so(log):
    for form in forms(log).values():
        assert "no events" in form


@pytest.mark.parametrize("text", ["<script>x</script>", "a & b", "\ud800\x00"])
def test_a_note_is_text(text):
    html = note_html(text, is_fault=True)

    assert not re.search(r"<(script|img)", html)
    html.encode()


def test_what_has_no_html_form_is_shown_as_text():
    html = card_html({"<script>": 1})

    assert "&lt;script&gt;" in html
    assert "<script>" not in html
