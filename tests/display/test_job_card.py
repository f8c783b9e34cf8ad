"""The card of a job: its steps in a table, what they told below, failures first."""

import re

import pandas as pd
import pytest

from opnb.definitions.graph import graph
from opnb.definitions.hook import success_hook
from opnb.definitions.in_out import DynamicOut, Out
from opnb.definitions.job import job
from opnb.definitions.op import op
from opnb.definitions.resource import ResourceDefinition
from opnb.definitions.retry_policy import RetryPolicy
from opnb.display.bundle import render_bundle
from opnb.model.events import (
    AssetMaterialization,
    DynamicOutput,
    ExpectationResult,
    Output,
)
from opnb.model.signals import Failure


@op
def load():
    return [1, 2, 3]


@op
def double(rows):
    return [row * 2 for row in rows]


@op(out=DynamicOut())
def split(rows):
    for row in rows:
        yield DynamicOutput(row, f"k{row}")


@op
def store(context, row):
    yield AssetMaterialization("orders", metadata={"rows": row}, partition=f"p{row}")
    yield ExpectationResult(row < 3, "small")
    yield Output(row, metadata={"n": row})


@op
def fails(rows):
    raise Failure("no room", metadata={"free": 0})


def card(made, mime="text/plain"):
    result = made.execute_in_process(raise_on_error=False)
    return result._repr_mimebundle_()[0][mime]


def words_of(html):
    """Return what a reader sees of HTML, on one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def chain():
    @job
    def nightly():
        double(load())

    return nightly


def broken():
    @job
    def nightly():
        rows = load()
        store.alias("first")(rows)
        double(fails(rows))

    return nightly


def fanned():
    @job
    def nightly():
        split(load()).map(store)

    return nightly


def test_a_card_lists_the_steps_with_what_went_in_and_came_out():
    assert card(chain()).splitlines() == [
        "✓ nightly: done, 2 steps: 2 done",
        "  ✓ done  load    → list 3",
        "  ✓ done  double  rows from load → list 3",
    ]


@pytest.mark.parametrize("mime", ["text/plain", "text/markdown", "text/html"])
def test_a_card_is_the_same_for_every_run_of_the_same_code(mime):
    assert card(fanned(), mime) == card(fanned(), mime)


def test_a_card_from_the_log_is_the_card_of_the_run(session):
    result = fanned().execute_in_process()

    again = session.log.last_run("nightly")

    assert render_bundle(again)[0] == result._repr_mimebundle_()[0]


def test_a_failed_step_tells_why_first_and_steps_behind_it_are_left_out():
    @job
    def nightly():
        double(fails(load()))

    *lines, where, metadata = card(nightly).splitlines()
    assert lines == [
        "✗ nightly: failed, 2 steps: 1 done, 1 failed",
        "  ✓ done    load   → list 3",
        "  ✗ failed  fails  rows from load",
        "  ✗ fails: Failure: no room",
    ]
    assert ', in fails: raise Failure("no room"' in where
    assert metadata == "    free 0"


def test_skipped_steps_are_told():
    @op(out={"big": Out(is_required=False), "small": Out(is_required=False)})
    def route(rows):
        yield Output(rows, "small")

    @job
    def nightly():
        big, small = route(load())
        double.alias("zoom")(big)
        double(small)

    lines = card(nightly).splitlines()

    assert lines[0] == "✓ nightly: done, 4 steps: 3 done, 1 skipped"
    assert "  ✓ done     route   rows from load → small list 3" in lines
    assert "  – skipped  zoom" in lines
    assert "  ✓ done     double  rows from route.small → list 3" in lines


def test_mapped_steps_share_a_row():
    lines = card(fanned()).splitlines()

    assert lines[:4] == [
        "! nightly: 1 check failed, 5 steps: 5 done",
        "  ✓ done         load      → list 3",
        "  ✓ done         split     rows from load → 3 × int",
        "  ! 3 of 3 done  store[…]  row from split → int; 1 of 3 checks failed",
    ]


def test_what_mapped_steps_told_is_put_together_by_mapping_key():
    text = words_of(card(fanned(), "text/html"))

    assert "Checks: 2 passed, 1 failed" in text
    assert "✗ failed [k3] small" in text
    assert "● materialized orders partition rows p1 1 p2 2 p3 3" in text
    assert "→ output result mapping key n k1 1 k2 2 k3 3" in text


def test_a_mapped_step_that_failed_tells_of_itself():
    @op
    def picky(row):
        if row == 2:
            raise ValueError("two")
        return row

    @job
    def nightly():
        split(load()).map(picky)

    lines = card(nightly).splitlines()

    assert "  ✗ 1 of 3 failed, 2 done  picky[…]  row from split → int" in lines
    assert "  ✗ picky[k2]: ValueError: two" in lines


def test_an_interrupted_job_is_canceled_and_so_is_its_step(session):
    @op
    def stop(rows):
        raise KeyboardInterrupt

    @job
    def nightly():
        stop(load())

    with pytest.raises(KeyboardInterrupt):
        nightly.execute_in_process(raise_on_error=False)

    text = render_bundle(session.log.last_run("nightly"))[0]["text/plain"]
    assert text.splitlines()[0] == "■ nightly: canceled, 2 steps: 1 done, 1 canceled"
    assert "  ■ canceled  stop  rows from load" in text


def test_steps_of_a_nested_graph_have_its_name_before_theirs():
    @graph
    def twice(rows):
        return double(double.alias("first")(rows))

    @job
    def nightly():
        twice(load())

    assert "  ✓ done  twice.double  rows from twice.first → list 3" in card(nightly)


def test_attempts_are_told():
    @op(retry_policy=RetryPolicy(1))
    def flaky(context):
        if not context.retry_number:
            raise TimeoutError("no answer")
        return 1

    @job
    def nightly():
        flaky()
        load()

    html = words_of(card(nightly, "text/html"))

    assert "flaky int attempt 2" in html
    assert "↻ attempt 2, after: TimeoutError: no answer" in html


def test_a_hook_that_raised_is_told_and_the_step_is_done():
    @success_hook
    def tell(context):
        raise OSError("no route")

    @job
    def nightly():
        load.with_hooks({tell})()
        double(load.alias("other")())

    lines = card(nightly).splitlines()

    assert "  ! done  load    → list 3; 1 hook failed" in lines
    assert "    ! The hook 'tell' for 'load' raised OSError: no route" in lines


def test_a_long_story_waits_to_be_opened_and_trouble_does_not():
    def told(ok):
        @op
        def checks(rows):
            labels = {f"label {number}": number for number in range(9)}
            yield ExpectationResult(ok, "whole")
            yield Output(rows, metadata=labels)

        @job
        def nightly():
            checks(load())

        return card(nightly, "text/html")

    assert "<summary><b>checks</b>" in told(ok=True)
    assert "<details" not in told(ok=False)


def test_the_first_thing_told_is_what_failed():
    text = words_of(card(broken(), "text/html"))

    assert text.index("Failure : no room") < text.index("materialized orders")


def test_the_markdown_form_is_a_table():
    lines = card(chain(), "text/markdown").splitlines()

    assert lines[0] == "**✓ done** **nightly** 2 steps: 2 done"
    assert "| ✓ done | double | rows from load | list 3 |  |" in lines


def test_a_job_of_many_steps_shows_the_first_and_counts_the_rest():
    @job
    def nightly():
        for number in range(300):
            load.alias(f"load_{number}")()

    result = nightly.execute_in_process()
    bundle = result._repr_mimebundle_()[0]

    assert "300 steps: 300 done" in bundle["text/plain"]
    assert "and 249 further steps" in bundle["text/html"]
    assert "and 290 further steps" in bundle["text/plain"]
    assert len(bundle["text/html"]) < 60_000


def test_many_values_of_a_dynamic_output_stay_one_row():
    @op(out=DynamicOut())
    def numbers():
        for number in range(500):
            yield DynamicOutput(number, f"n{number}")

    @op
    def same(row):
        return Output(row, metadata={"n": row})

    @job
    def nightly():
        numbers().map(same)

    html = card(nightly, "text/html")

    assert "✓ 500 of 500 done" in html
    assert len(html) < 20_000


@pytest.mark.parametrize("mime", ["text/plain", "text/markdown", "text/html"])
def test_a_run_that_failed_outside_of_any_step_says_why(session, mime):
    def unavailable(_):
        raise ConnectionError("database is down")

    needs = op(required_resource_keys={"db"})(_nothing)

    @job(resource_defs={"db": ResourceDefinition(unavailable)})
    def nightly():
        needs()

    assert "ConnectionError: database is down" in card(nightly, mime)


def _nothing():
    return None


def test_the_text_form_fits_a_terminal():
    @job
    def nightly():
        for number in range(30):
            fails.alias(f"a_rather_long_name_of_a_step_{number}")(
                load.alias(f"load_{number}")()
            )

    lines = card(nightly).splitlines()

    assert len(lines) <= 15
    assert max(map(len, lines)) <= 80


def test_what_differs_from_run_to_run_rides_in_the_output_s_metadata():
    result = fanned().execute_in_process()

    forms, metadata = result._repr_mimebundle_()

    assert metadata["opnb"]["run_id"] == result.run_id
    assert result.run_id not in str(forms)


def test_shapes_that_differ_leave_the_type():
    @op
    def frame(row):
        return pd.DataFrame({"a": range(row)})

    @job
    def nightly():
        split(load()).map(frame)

    assert "frame[…]  row from split → DataFrame" in card(nightly)
