"""The card tells what happened: checks, assets, failures, attempts, the log."""

import re
from html import unescape

import pandas as pd
import pytest

from opnb import (
    AssetMaterialization,
    AssetObservation,
    ExpectationResult,
    Failure,
    MetadataValue,
    Output,
    RetryPolicy,
    RetryRequested,
    op,
)
from opnb.display.bundle import render_bundle
from opnb.model.entry import StepExpectationResultData


def card(session, function, mime="text/plain", **options):
    result = session.execute_op(op(function), raise_on_error=False, **options)
    return result._repr_mimebundle_()[0][mime]


def test_a_card_names_the_op_and_what_came_out(session):
    def load() -> list:
        return [1, 2, 3]

    assert card(session, load) == "✓ load: done\n  out result list 3"


def test_failed_checks_come_first_and_are_in_the_title(session):
    def clean():
        yield ExpectationResult(True, "ids are unique")
        yield ExpectationResult(False, "age ≥ 0", "3 of 9 rows", {"rows": 3})
        yield Output(1)

    assert card(session, clean).splitlines() == [
        "! clean: 1 check failed",
        "  out result int",
        "  checks: 1 passed, 1 failed",
        "    ✗ age ≥ 0: 3 of 9 rows (rows 3)",
        "    ✓ ids are unique",
    ]


def _all_outcomes():
    counts = {"failed": 3, "rows": 1000}
    yield ExpectationResult(True, "ok", metadata={"failed": 0, "rows": 1000})
    yield ExpectationResult(True, "stable", metadata={"opnb/unknown": "2 of 7 runs"})
    yield ExpectationResult(False, "w", metadata=counts, severity="warn")
    yield ExpectationResult(False, "e", metadata=counts, severity="error")
    yield ExpectationResult(False, "recorded")
    yield ExpectationResult(False, "f", severity="fatal")


def test_each_outcome_of_a_check_has_its_glyph_and_word(session):
    lines = card(session, _all_outcomes).splitlines()

    assert lines[1:] == [
        "  CheckFailed: 2 checks of op '_all_outcomes' failed; one of them is fatal.",
        "  checks: 1 passed, 1 unknown, 1 warning, 2 failed, 1 fatal",
        "    ✗ fatal f",
        "    ✗ e (3 of 1,000 rows)",
        "    ✗ recorded",
        "    ! warn w (3 of 1,000 rows)",
        "    ? unknown stable (2 of 7 runs)",
        "    ✓ ok (1,000 rows)",
    ]


@pytest.mark.parametrize("mime", ["text/html", "text/markdown"])
def test_each_outcome_is_told_in_every_form(session, mime):
    drawn = card(session, _all_outcomes, mime)

    for words in ("✗ fatal", "✗ failed", "! warn", "? unknown", "✓ passed"):
        assert words in drawn


def test_a_warning_does_not_paint_the_op_as_failed(session):
    def clean():
        yield ExpectationResult(False, "w", severity="warn")
        yield Output(1)

    assert card(session, clean).startswith("! clean: done, 1 warning\n")


def test_how_many_rows_failed_stands_beside_what_is_drawn_in_full(session):
    def clean():
        metadata = {"failed": 1, "rows": 2, "sample": pd.DataFrame({"age": [-1]})}
        yield ExpectationResult(False, "age", metadata=metadata)
        yield Output(1)

    drawn = card(session, clean, "text/html")

    assert "1 of 2 rows" in drawn
    assert ">failed<" not in drawn


def test_an_asset_is_told_with_its_partition_and_metadata(session):
    def write(context):
        context.log_event(AssetMaterialization("orders", None, {"rows": 9}, "2026"))
        context.log_event(AssetObservation("raw"))

    lines = card(session, write).splitlines()

    assert "  ● materialized orders [2026]: rows 9" in lines
    assert "  ○ observed raw" in lines


def test_an_asset_told_of_again_and_again_is_one_line(session):
    def loop(context):
        for number in range(1000):
            context.log_event(AssetObservation("orders", metadata={"n": number}))

    assert "  ○ observed orders 1,000 times: n 999" in card(session, loop)


def test_partitions_of_one_asset_are_rows_of_one_table(session):
    def surveys(context):
        for year in ("2008", "2009"):
            context.log_event(AssetMaterialization("s", None, {"rows": 1}, year))

    html = card(session, surveys, "text/html")

    assert html.count("materialized <b>s</b>") == 1
    assert "2008</th>" in html
    assert "2009</th>" in html


def test_a_failure_shows_its_metadata(session):
    def load():
        raise Failure("no rows", metadata={"rows": 0})

    first, why, where, *rest = card(session, load).splitlines()

    assert (first, why) == ("✗ load: failed", "  Failure: no rows")
    assert ", in load: raise Failure(" in where
    assert rest == ["    rows: 0"]


def test_the_user_s_error_shows_and_not_what_wraps_it(session):
    def load():
        return next(iter([[]]))[0]

    assert "IndexError: list index out of range" in card(session, load)


def test_attempts_are_counted_with_their_reasons(session):
    def fetch(context):
        if context.retry_number < 2:
            raise RetryRequested(5) from TimeoutError("no answer")

    lines = card(session, fetch).splitlines()

    assert "  ↻ attempt 3, after:" in lines
    assert "    2. TimeoutError: no answer" in lines


def test_a_policy_that_is_used_up_shows_the_error_and_every_attempt(session):
    flaky = op(retry_policy=RetryPolicy(2), name="flaky")(_divide)

    result = session.execute_op(flaky, raise_on_error=False)
    text = result._repr_mimebundle_()[0]["text/plain"]

    assert "ZeroDivisionError: division by zero" in text
    assert "attempt 3, after:" in text


def _divide():
    return 1 / 0


def test_log_lines_are_kept_with_their_level(session):
    def talk(context):
        context.log.info("read %d rows", 3)
        context.log.error("bad row")

    lines = card(session, talk).splitlines()

    assert lines[-3:] == ["  log: 2 lines", "    INFO read 3 rows", "    ERROR bad row"]


@pytest.mark.parametrize("mime", ["text/plain", "text/markdown", "text/html"])
def test_no_form_holds_a_time_or_an_id(session, mime):
    def load():
        return 1

    first, second = card(session, load, mime), card(session, load, mime)

    assert first == second


LABELS = {
    "rows": 980,
    "share": 0.5,
    "path": "data/orders.parquet",
    "columns": ["id", "net", "age"],
    "note": MetadataValue.md("**three** columns"),
}


def test_a_common_card_is_small(session):
    def clean(orders):
        for label in ("ids are there", "ids are unique", "net is positive"):
            yield ExpectationResult(True, label)
        yield AssetMaterialization("orders", metadata=LABELS)
        yield Output(orders)

    html = card(session, clean, "text/html", inputs={"orders": [1, 2, 3]})

    assert len(html.encode()) < 4_000


@pytest.mark.parametrize("mime", ["text/plain", "text/markdown", "text/html"])
def test_a_failure_says_where_and_from_what(session, mime):
    def clean():
        try:
            {}["a"]
        except KeyError as error:
            raise ValueError("bad") from error

    text = unescape(card(session, clean, mime)).replace("\\", "")

    assert "test_card.py, line " in text
    assert 'raise ValueError("bad") from error' in text
    assert "raised from KeyError: 'a' (test_card.py, line " in text
    assert __file__ not in text


def test_passed_checks_are_folded_where_they_are_many(session):
    def clean(many):
        yield ExpectationResult(False, "net is positive")
        for number in range(many):
            yield ExpectationResult(True, f"column {number}")

    few, many = (card(session, clean, "text/html", inputs={"many": n}) for n in (5, 6))

    assert "<details" not in few
    assert "<summary>✓ 6 checks passed</summary>" in many
    assert many.index("net is positive") < many.index("<details")


def test_of_many_labels_the_first_are_shown_and_the_rest_is_counted(session):
    def write(context):
        labels = {f"label {number}": number for number in range(100)}
        context.log_event(AssetMaterialization("orders", metadata=labels))

    html = card(session, write, "text/html")

    assert "label 29<" in html
    assert "label 30<" not in html
    assert "and 70 further labels" in html


def test_partitions_with_many_labels_tell_how_many_are_left_out(session):
    def write(context):
        labels = {f"label {number}": number for number in range(10)}
        for year in ("2025", "2026"):
            context.log_event(
                AssetMaterialization("o", metadata=labels, partition=year)
            )

    assert "and 2 further labels" in card(session, write, "text/html")


def test_of_many_checks_and_assets_the_first_are_drawn_in_full(session):
    def write(context):
        for number in range(50):
            yield ExpectationResult(False, f"check {number}", metadata={"j": [number]})
            yield AssetObservation(f"table {number}", metadata=LABELS)

    html = card(session, write, "text/html")

    assert "check 49" in html
    assert "j [49]" in unescape(html)
    assert "30 events of further assets are in the log" in html
    assert len(html) < 43_000


def long_words(text):
    """Return the long words that would push the card's edge out."""
    scrolled = r"(?s)<(div|pre|ol) [^>]*overflow:auto.*?</\1>"
    outside = re.sub(scrolled, "", text)
    torn = re.sub(r"<span style=\"word-break:break-all\">.*?</span>", "", outside)
    return re.findall(r"x{41,}", torn)


def test_a_long_word_does_not_widen_the_card(session):
    word = "x" * 300

    def write(context):
        context.log.info(word)
        yield AssetMaterialization(word, word, {word: word}, word)
        yield ExpectationResult(False, word, word)
        raise ValueError(word)

    html = card(session, write, "text/html")

    assert word in html
    assert not long_words(html)


def test_words_that_wrap_are_not_torn_apart(session):
    def write():
        yield ExpectationResult(True, "a sentence of many words " * 5)

    assert "word-break" not in card(session, write, "text/html")


class Unreadable(MetadataValue):
    """A value that no template knows how to draw."""

    kind = "json"

    @property
    def value(self):
        raise RuntimeError("no picture")


def test_a_value_that_cannot_be_drawn_leaves_the_card_s_text(session):
    def clean():
        return 1

    summary = session.execute_op(op(clean)).summary
    summary.step.checks = [
        StepExpectationResultData(ExpectationResult(True, f"check {number}"))
        for number in range(50)
    ]
    # The text shows fewer checks than the page: the fault is one of the page's.
    broken = ExpectationResult(True, "broken")
    object.__setattr__(broken, "label", None)
    summary.step.checks.append(StepExpectationResultData(broken))

    data, _ = render_bundle(summary)

    lines = data["text/plain"].splitlines()
    assert set(data) == {"text/plain"}
    assert lines[0] == "✓ clean: done"
    assert lines[-1].startswith("(not drawn: ")
    assert len(lines) <= 15


def test_a_card_without_any_form_still_shows_what_it_is_of(session):
    def clean():
        return 1

    summary = session.execute_op(op(clean)).summary
    summary.step.checks = [
        StepExpectationResultData(
            ExpectationResult(True, "x", metadata={"a": Unreadable()})
        )
    ]

    assert render_bundle(summary)[0]["text/plain"] == (
        "RunSummary('clean', SUCCESS)\n(not drawn: RuntimeError('no picture'))"
    )
