"""The card tells what happened: checks, assets, failures, attempts, the log."""

import pytest

from opnb import (
    AssetMaterialization,
    AssetObservation,
    ExpectationResult,
    Failure,
    Output,
    RetryPolicy,
    RetryRequested,
    op,
)


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

    assert card(session, load).splitlines() == [
        "✗ load: failed",
        "  Failure: no rows",
        "    rows: 0",
    ]


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


def test_a_common_card_is_small(session):
    def clean():
        yield ExpectationResult(True, "ids are unique")
        yield ExpectationResult(True, "age ≥ 0")
        yield AssetMaterialization("orders", metadata={"rows": 9, "path": "a.parquet"})
        yield Output([1])

    assert len(card(session, clean, "text/html")) < 4_000
