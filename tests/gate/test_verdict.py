"""The verdict on an executed notebook is read from its outputs alone."""

import copy
import re

import pandas as pd
import pytest
from gate_notebooks import card, code, error, executed, markdown

from opnb import (
    AssetMaterialization,
    AssetObservation,
    ExpectationResult,
    Output,
    RetryPolicy,
    check,
    expect_stable,
    job,
    op,
)
from opnb.gate.outcome import Outcome, Place
from opnb.gate.verdict import judge_notebook

CHECK_FAILED = error("CheckFailed", "A check of op 'clean' failed")


@op
def passing():
    yield ExpectationResult(True, "ids are unique")
    yield Output(1)


@op
def clean():
    yield AssetMaterialization("shop/orders", metadata={"rows": 3})
    yield ExpectationResult(False, "no gaps", metadata={"gaps": 2})
    yield ExpectationResult(False, "not old", "older than a day", severity="warn")
    yield Output(1)


@op
def strict():
    yield ExpectationResult(False, "whole", severity="error")
    yield Output(1)


@op
def deadly():
    yield ExpectationResult(False, "at all", severity="fatal")
    yield Output(1)


@op
def raising():
    yield ExpectationResult(False, "before", severity="error")
    raise ValueError("bad thing")


@op
def warned():
    yield ExpectationResult(False, "x", severity="warn")
    yield Output(1)


def judged(*cells, **options):
    return judge_notebook("a.ipynb", executed(*cells), **options)


def told(verdict):
    return [(case.name, case.outcome) for case in verdict.cases]


def test_a_check_is_named_by_its_op_and_a_check_of_an_asset_by_the_asset():
    verdict = judged(code("%%op", card(passing)), code("%%op", card(clean)))

    assert told(verdict) == [
        ("passing::ids are unique", Outcome.PASSED),
        ("shop/orders::no gaps", Outcome.FAILED),
        ("shop/orders::not old", Outcome.WARNED),
    ]


def test_the_name_of_a_check_does_not_depend_on_how_it_came_out():
    @op
    def stopped(good: bool):
        yield ExpectationResult(good, "good", severity="fatal")
        yield AssetMaterialization("shop/orders")
        yield Output(1)

    names = [
        judged(code("x", card(stopped, good=good))).cases[0].name
        for good in (True, False)
    ]

    assert names == ["stopped::good"] * 2


def test_a_check_of_a_partition_says_so_and_one_after_several_assets_is_of_its_op():
    @op
    def several():
        yield AssetObservation("a", partition="2026-01-31")
        yield ExpectationResult(True, "x")
        yield AssetObservation("b")
        yield ExpectationResult(True, "y")
        yield Output(1)

    names = [name for name, _ in told(judged(code("x", card(several))))]

    assert names == ["a[2026-01-31]::x", "several::y"]


def test_checks_of_one_name_are_numbered():
    cells = code("a", card(passing)), code("b", card(passing))

    names = [name for name, _ in told(judged(*cells))]

    assert names == ["passing::ids are unique", "passing::ids are unique #2"]


@pytest.mark.parametrize(
    ("cell", "codes"),
    [
        (code("x", card(passing)), (0, 0, 0)),
        (code("x", card(clean)), (2, 2, 0)),
        (code("x", card(strict), CHECK_FAILED), (2, 2, 0)),
        (code("x", card(deadly), CHECK_FAILED), (2, 2, 0)),
        (code("x", card(raising), error("ValueError", "bad thing")), (1, 1, 1)),
        (code("x", error("NameError", "x")), (1, 1, 1)),
        (code("x", error("CheckFailed", "of a job that is not shown")), (2, 2, 0)),
        (code("x", card(warned), CHECK_FAILED), (2, 2, 0)),
        (code("x", card(strict), error("ZeroDivisionError")), (1, 1, 1)),
        (code("x", error("SystemExit", "0")), (0, 0, 0)),
        (code("x", error("SystemExit", "1")), (1, 1, 1)),
        (code("x", card(raising)), (1, 1, 1)),
        (code("x"), (0, 0, 0)),
    ],
    ids=[
        "passed",
        "no severity",
        "error",
        "fatal",
        "op raised",
        "cell raised",
        "hidden check",
        "hidden check beside a warning",
        "checks failed, then the cell raised",
        "ended well",
        "ended badly",
        "failure shown, not raised",
        "nothing",
    ],
)
def test_the_exit_code(cell, codes):
    assert codes == tuple(
        judged(cell, fail_on=fail_on).exit_code
        for fail_on in ("error", "warn", "never")
    )


def test_a_warning_fails_only_where_that_is_asked_for():
    cell = code("x", card(warned))

    assert [judged(cell, fail_on=on).exit_code for on in ("error", "warn")] == [0, 2]


def test_what_a_check_says_is_told_with_its_metadata():
    plain, described = judged(code("x", card(clean))).cases[:2]

    assert (plain.message, plain.details, plain.kind) == ("no gaps", "gaps 2", "error")
    assert (described.message, described.kind) == ("older than a day", "warn")


def test_rows_that_failed_are_counted_and_what_is_unknown_passes():
    @op
    def ages():
        frame = pd.DataFrame({"age": [3, -1, 5]})
        yield check(frame["age"].ge(0), "age ≥ 0", severity="error")
        yield expect_stable("rows", 3, within="10%")
        yield Output(1)

    failed, unknown = judged(code("x", card(ages)), fail_on="never").cases

    assert failed.details.startswith("1 of 3 rows")
    assert (failed.outcome, unknown.outcome) == (Outcome.WARNED, Outcome.UNKNOWN)


def test_all_in_a_cell_that_is_said_to_raise_is_expected():
    cell = code("x", card(strict), CHECK_FAILED, tags=["raises-exception"])
    raised = code("y", error("ValueError"), tags=["raises-exception"])

    verdict = judged(cell, raised, "after = 1")

    assert [outcome for _, outcome in told(verdict)] == [Outcome.EXPECTED] * 2
    assert verdict.exit_code == 0


def test_of_a_step_that_was_tried_again_the_last_attempt_counts():
    attempts = iter([False, True])

    @op(retry_policy=RetryPolicy(max_retries=1))
    def shaky():
        good = next(attempts)
        yield ExpectationResult(good, "good")
        if not good:
            raise OSError("again")
        yield Output(1)

    assert told(judged(code("x", card(shaky)))) == [("shaky::good", Outcome.PASSED)]


def test_the_checks_of_a_job_are_those_of_its_steps():
    @op
    def second(x):
        yield ExpectationResult(False, "late", severity="error")
        yield Output(x)

    @job
    def nightly():
        second(passing())

    result = nightly.execute_in_process(raise_on_error=False)
    data, metadata = result._repr_mimebundle_()
    shown = {"output_type": "display_data", "data": data, "metadata": metadata}

    assert told(judged(code("nightly()", shown))) == [
        ("passing::ids are unique", Outcome.PASSED),
        ("second::late", Outcome.FAILED),
    ]


def test_a_card_that_is_shown_again_is_counted_once():
    shown = card(clean)

    verdict = judged(code("%%op clean", shown), code("%op last clean", shown))

    assert [case.place.index for case in verdict.cases] == [0, 0]


def at(moment):
    """Return the metadata of a cell that began to run then."""
    return {"metadata": {"execution": {"iopub.execute_input": moment}}}


def test_a_card_of_a_run_before_all_cells_is_another_ones():
    shown = card(clean)
    past, now = code("%op last clean", shown), code("%%op clean", shown)

    assert judged({**past, **at("2999-01-01T00:00:00Z")}).cases == ()
    assert len(judged({**now, **at("2001-01-01T00:00:00.000000Z")}).cases) == 2


def test_where_no_times_are_kept_cards_of_another_kernel_are_another_ones():
    past, now = card(clean), card(passing)
    events = past["metadata"]["opnb"]["events"]
    events[0] = re.sub(r'"pid":\d+', '"pid":1', events[0])

    verdict = judged(code("%op last clean", past), code("%%op passing", now))

    assert told(verdict) == [("passing::ids are unique", Outcome.PASSED)]


def test_a_failure_stands_at_the_line_of_its_label():
    source = "%%op clean\nrows = 3\nyield ExpectationResult(False, 'no gaps')\n"
    verdict = judged(markdown("# Orders"), "import opnb", code(source, card(clean)))

    assert verdict.cases[0].place == Place(2, 2, 3, "clean")
    assert verdict.cases[1].place == Place(2, 2, 1, "clean")  # its label is not there


FRAMES = "\x1b[36mCell\x1b[39m\x1b[36m In[{}]\x1b[39m\x1b[32m, line {}\x1b[39m"


@pytest.mark.parametrize(
    ("frames", "line"),
    [
        ([FRAMES.format(7, 2)], 2),
        ([FRAMES.format(7, 1), FRAMES.format(7, 3)], 3),
        ([FRAMES.format(7, 3), FRAMES.format(2, 1)], 3),  # within another cell
        ([FRAMES.format(7, 99)], 1),
        (["ValueError: bad"], 1),
    ],
)
def test_an_error_stands_at_the_last_line_of_its_cell_in_the_trace(frames, line):
    cell = code("a\nb\nc", error("ValueError", "bad", *frames), count=7)

    assert judged(cell).cases[0].place.line == line


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ([code("a"), code("b", count=None)], "Cell 2 never ran."),
        ([code("a", count=None)], "Cell 1 never ran."),
        (
            [code("a", error("E"), tags=["raises-exception"]), code("b", count=None)],
            "Cell 2 never ran.",
        ),
        (
            [{**code("a"), "metadata": {"papermill": {"status": "running"}}}],
            "It stopped within cell 1.",
        ),
    ],
)
def test_a_notebook_that_stopped_without_an_error_did_not_run_to_its_end(
    cells, message
):
    verdict = judged(*cells)

    assert verdict.stop.message == message
    assert verdict.exit_code == 3


def test_cells_without_code_need_not_run_and_an_error_says_why_others_did_not():
    assert judged(code("  \n", count=None), markdown("x")).exit_code == 0
    verdict = judged(code("a", error("ValueError")), code("b", count=None))
    assert (verdict.exit_code, verdict.not_run, verdict.cells) == (1, 1, 2)


def test_a_card_that_was_changed_by_hand_is_told_of():
    shown = copy.deepcopy(card(passing))
    shown["metadata"]["opnb"]["events"][0] = "{}"

    verdict = judged(code("x", shown))

    assert verdict.exit_code == 3
    assert "cannot be read" in verdict.stop.message
