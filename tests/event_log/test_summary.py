import pytest
from factories import ended, entry, executed, op_that, started

from opnb.definitions.op import op
from opnb.definitions.retry_policy import RetryPolicy
from opnb.event_log.summary import MOST_ASSETS, MOST_CHECKS, RunStatus, RunSummary
from opnb.model.entry import EventType
from opnb.model.events import AssetObservation, ExpectationResult, Output


def _of(*events):
    return RunSummary.of([started(), *[entry(event) for event in events]])


@pytest.mark.parametrize(
    ("last", "status"),
    [
        (EventType.RUN_SUCCESS, RunStatus.SUCCESS),
        (EventType.RUN_FAILURE, RunStatus.FAILURE),
        (EventType.RUN_CANCELED, RunStatus.CANCELED),
        (EventType.STEP_START, RunStatus.STARTED),
    ],
    ids=lambda value: value.name,
)
def test_a_run_stands_as_its_last_entry_says(last, status):
    assert RunSummary.of([started(), ended(last)]).status is status


def test_a_run_is_folded_into_what_a_card_shows():
    @op(code_version="v1")
    def clean(context, rows):
        context.log.info("hello")
        yield AssetObservation("a")
        yield AssetObservation("a", metadata={"n": 2})
        yield ExpectationResult(False)
        yield Output(rows)

    summary = RunSummary.of(executed(clean, rows=[1]).entries)

    assert (summary.job_name, summary.code_version) == ("clean", "v1")
    assert (list(summary.inputs), list(summary.outputs)) == (["rows"], ["result"])
    assert (summary.passed, summary.failed, summary.log_lines) == (0, 1, 1)
    (asset,) = summary.assets.values()
    assert (asset.count, asset.last.metadata["n"].value) == (2, 2)
    assert summary.start_time <= summary.end_time


def test_a_retry_forgets_the_checks_of_the_attempt_before():
    @op(retry_policy=RetryPolicy(1))
    def clean(context):
        yield ExpectationResult(False)
        if not context.retry_number:
            raise ValueError
        yield Output(1)

    summary = RunSummary.of(executed(clean).entries)

    assert (summary.attempts, summary.failed, len(summary.checks)) == (2, 1, 1)


def test_a_failure_is_kept():
    summary = RunSummary.of(executed(op_that(raises=ValueError("x"))).entries)

    assert summary.failure.error.cause.message == "x"


def test_passed_checks_do_not_crowd_out_failed_ones():
    many = [ExpectationResult(True)] * (MOST_CHECKS + 5)
    summary = _of(*many, ExpectationResult(False, "bad"))

    assert summary.checks[-1].expectation_result.label == "bad"
    assert summary.checks_left_out == 5


def test_assets_beyond_the_most_are_counted():
    summary = _of(*[AssetObservation(f"a{n}") for n in range(MOST_ASSETS + 3)])

    assert (len(summary.assets), summary.assets_left_out) == (MOST_ASSETS, 3)
