import pytest
from factories import ended, entry, executed, op_that, started

from opnb.definitions.op import op
from opnb.definitions.retry_policy import RetryPolicy
from opnb.event_log.step_summary import (
    MOST_ASSETS,
    MOST_CHECKS,
    MOST_MAPPING_KEYS,
    MOST_RETRIES,
    StepEventStatus,
)
from opnb.event_log.summary import (
    MOST_MAPPED,
    MOST_ROWS,
    MOST_TROUBLED,
    RunStatus,
    RunSummary,
)
from opnb.model.entry import (
    ErrorSource,
    EventType,
    HookErroredData,
    RunFailureData,
    SerializableErrorInfo,
    StepFailureData,
    StepOutputData,
    StepRetryData,
    StepStartData,
    StepSuccessData,
    TypeCheckData,
)
from opnb.model.events import AssetObservation, ExpectationResult, Output

ERROR = SerializableErrorInfo("no rows", (), "ValueError")
FAILED = StepFailureData(ERROR, None, ErrorSource.USER_CODE_ERROR)


def _of(*events):
    return RunSummary.of([started(), *[entry(event) for event in events]])


def step(key, *between, end=EventType.STEP_SUCCESS):
    """Return the entries of a step: its start, the events between, its end."""
    last = FAILED if end is EventType.STEP_FAILURE else StepSuccessData(1.0)
    return [
        entry(EventType.STEP_START, step_key=key, data=StepStartData()),
        *[entry(event, step_key=key) for event in between],
        entry(end, step_key=key, data=last),
    ]


def skipped(key):
    return entry(EventType.STEP_SKIPPED, step_key=key)


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


def test_retries_beyond_the_most_are_counted_and_the_last_are_kept():
    retries = [
        entry(
            EventType.STEP_UP_FOR_RETRY,
            data=StepRetryData(SerializableErrorInfo(str(number), (), "ValueError")),
        )
        for number in range(MOST_RETRIES + 5)
    ]

    summary = RunSummary.of([started(), *retries])

    assert (summary.attempts, len(summary.retries)) == (MOST_RETRIES + 6, MOST_RETRIES)
    assert summary.retries[-1].error.message == str(MOST_RETRIES + 4)


def test_values_of_a_dynamic_output_are_counted_by_its_name():
    check = TypeCheckData(success=True, label="Any")
    outputs = [
        entry(
            EventType.STEP_OUTPUT,
            data=StepOutputData("rows", check, mapping_key=f"k{number}"),
        )
        for number in range(1000)
    ]

    summary = RunSummary.of([started(), *outputs])

    assert list(summary.outputs) == ["rows"]
    dynamic = summary.step.dynamic["rows"]
    assert (dynamic.count, len(dynamic.first)) == (1000, MOST_MAPPING_KEYS)


def test_each_step_of_a_job_is_told_apart():
    summary = RunSummary.of(
        [
            started(),
            *step("load", ExpectationResult(True)),
            *step("store", end=EventType.STEP_FAILURE),
            skipped("tell"),
        ]
    )

    assert [(key, each.status) for key, each in summary.steps.items()] == [
        ("load", StepEventStatus.SUCCESS),
        ("store", StepEventStatus.FAILURE),
        ("tell", StepEventStatus.SKIPPED),
    ]
    assert (summary.steps["load"].passed, summary.steps["store"].passed) == (1, 0)
    assert not summary.is_one_op


def test_a_job_has_no_inputs_and_outputs_of_its_own():
    summary = RunSummary.of([started(), *step("load"), *step("store")])

    assert (summary.inputs, summary.outputs, summary.failure) == ({}, {}, None)


def test_steps_mapped_from_one_share_a_row():
    keys = ["split", "double[a]", "double[b]", "total"]
    summary = RunSummary.of([started(), *(e for key in keys for e in step(key))])

    rows = [(row.key, row.is_mapped, len(row.steps)) for row in summary.rows]
    assert rows == [("split", False, 1), ("double", True, 2), ("total", False, 1)]
    assert [each.mapping_key for each in summary.rows[1].steps] == ["a", "b"]


def test_an_attempt_that_waits_while_others_run_goes_on_as_the_same_step():
    retry = entry(
        EventType.STEP_UP_FOR_RETRY, step_key="fetch", data=StepRetryData(ERROR)
    )
    start, end = step("fetch")

    summary = RunSummary.of([started(), start, retry, *step("load"), end])

    assert summary.steps["fetch"].attempts == 2
    assert summary.steps["fetch"].status is StepEventStatus.SUCCESS
    assert summary.counts.done == 2


def test_a_large_job_is_counted_and_its_first_steps_are_kept():
    entries = [started(), *(e for n in range(10_000) for e in step(f"op_{n}"))]

    summary = RunSummary.of(entries)

    assert summary.counts.done == 10_000
    assert MOST_ROWS <= len(summary.steps) <= MOST_ROWS + 1
    assert summary.left_out.steps == 10_000 - len(summary.steps)
    assert next(iter(summary.steps)) == "op_0"


def test_of_many_mapped_steps_some_are_kept_and_later_steps_have_room():
    keys = [f"double[{n}]" for n in range(10_000)]
    entries = [started(), *(e for key in [*keys, "total"] for e in step(key))]

    double, total = RunSummary.of(entries).rows

    assert (len(double.steps), double.counts.done) == (MOST_MAPPED, 10_000)
    assert (total.key, total.counts.done) == ("total", 1)


@pytest.mark.parametrize("key", ["op_{}", "double[{}]"])
def test_a_failed_step_is_kept_however_many_there_were_before(key):
    before = [e for n in range(500) for e in step(key.format(n))]
    bad = step(key.format("bad"), AssetObservation("x"), end=EventType.STEP_FAILURE)

    summary = RunSummary.of([started(), *before, *bad, *step("last")])

    kept = summary.steps[key.format("bad")]
    assert (kept.failure, len(kept.assets)) == (FAILED, 1)
    assert (summary.counts.done, summary.counts.failed) == (501, 1)


def test_a_step_whose_checks_failed_is_kept_as_well():
    before = [e for n in range(500) for e in step(f"op_{n}", ExpectationResult(True))]
    bad = step("bad", ExpectationResult(False))

    summary = RunSummary.of([started(), *before, *bad, *step("last")])

    assert "bad" in summary.steps
    assert (summary.passed, summary.failed) == (500, 1)


def test_failed_steps_beyond_the_most_are_counted():
    end = EventType.STEP_FAILURE
    entries = [started(), *(e for n in range(999) for e in step(f"op_{n}", end=end))]

    summary = RunSummary.of(entries)

    assert summary.counts.failed == 999
    assert len(summary.steps) <= MOST_TROUBLED + 1


def test_skipped_steps_are_counted_and_bounded_like_the_others():
    summary = RunSummary.of([started(), *(skipped(f"op_{n}") for n in range(999))])

    assert summary.counts.skipped == 999
    assert len(summary.steps) <= MOST_ROWS + 1


def test_a_hook_that_raised_is_told_with_its_step():
    hook = entry(EventType.HOOK_ERRORED, step_key="load", data=HookErroredData(ERROR))

    summary = RunSummary.of([started(), *step("load"), hook, *step("store")])

    assert summary.steps["load"].hook_errors == (hook,)
    assert summary.steps["load"].has_trouble


@pytest.mark.parametrize("late", [EventType.HOOK_COMPLETED, EventType.LOG_MESSAGE])
def test_what_comes_late_of_a_step_let_go_begins_no_other(late):
    steps = [e for n in range(MOST_ROWS + 9) for e in step(f"op_{n}")]
    gone = entry(late, step_key=f"op_{MOST_ROWS + 2}")

    summary = RunSummary.of([started(), *steps, gone])

    assert summary.counts.done == MOST_ROWS + 9
    assert summary.unfinished == 0


def test_what_failed_outside_of_any_step_is_the_run_s_own_error():
    data = RunFailureData(ERROR)
    failed = entry(EventType.RUN_FAILURE, step_key=None, data=data)

    assert RunSummary.of([started(), failed]).error is ERROR


def test_a_failed_step_s_error_is_not_the_run_s_as_well():
    data = RunFailureData(ERROR, ("load",))
    failed = entry(EventType.RUN_FAILURE, step_key=None, data=data)
    bad = step("load", end=EventType.STEP_FAILURE)

    assert RunSummary.of([started(), *bad, failed]).error is None


def test_a_step_that_has_not_ended_is_unfinished():
    start, _ = step("load")

    summary = RunSummary.of([started(), start])

    assert (summary.unfinished, summary.counts.steps) == (1, 0)


def test_lines_that_belong_to_no_step_are_the_run_s_own():
    line = entry(EventType.LOG_MESSAGE, step_key=None, message="opened")

    summary = RunSummary.of([started(), line, *step("load"), *step("store")])

    assert [each.message for each in summary.log] == ["opened"]
    assert summary.log_lines == 1
