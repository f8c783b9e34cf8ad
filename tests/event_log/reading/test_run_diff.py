"""Two runs of an op compared."""

import math

import pytest
from factories import ended, entry

from opnb.event_log.log import EventLog
from opnb.model.entry import (
    EventType,
    OutputSource,
    RunStartData,
    SerializableErrorInfo,
    StepInputData,
    StepOutputData,
    StepRetryData,
    StepStartData,
    TypeCheckData,
    ValueInfo,
)
from opnb.model.errors import CheckError
from opnb.model.events import (
    AssetMaterialization,
    AssetObservation,
    ExpectationResult,
)
from opnb.model.metadata import MetadataValue
from opnb.session import Session

PASSED = TypeCheckData(success=True, label="Any")
START = StepStartData("v1", "tidy = orders\n")


def run(log, run_id, *told, start=START, tags=None):
    """Write a run: pairs of an event type and its data, or events of the user's."""
    entries = [
        entry(
            EventType.RUN_START,
            run_id=run_id,
            data=RunStartData(tags or {}),
            step_key=None,
            node_name=None,
        ),
        entry(EventType.STEP_START, run_id=run_id, data=start),
    ]
    for event in told:
        if isinstance(event, tuple):
            entries.append(entry(event[0], run_id=run_id, data=event[1]))
        else:
            entries.append(entry(event, run_id=run_id))
    log.append([*entries, ended(EventType.RUN_SUCCESS, run_id)])


def changes(diff):
    """Return what changed, as short rows."""
    frame = diff.frame
    changed = frame[frame["changed"]]
    return changed[["part", "name", "label", "before", "after"]].values.tolist()


def materialized(**metadata):
    return AssetMaterialization("shop/orders", metadata=metadata)


def given(shape, source="r0", output="orders"):
    data = StepInputData(
        "orders",
        PASSED,
        ValueInfo("DataFrame", shape),
        OutputSource("load", output, source),
    )
    return EventType.STEP_INPUT, data


def came(value, **fields):
    return EventType.STEP_OUTPUT, StepOutputData(
        "tidy", PASSED, value_info=value, **fields
    )


CHANGED = {
    "a number": (
        [materialized(rows=980)],
        [materialized(rows=1019)],
        ["metadata", "shop/orders", "rows", 980, 1019],
    ),
    "a label that came": (
        [materialized()],
        [materialized(note="new")],
        ["metadata", "shop/orders", "note", None, "new"],
    ),
    "a label that went": (
        [AssetObservation("orders", metadata={"n": 1})],
        [AssetObservation("orders")],
        ["metadata", "orders (observed)", "n", 1, None],
    ),
    "a partition": (
        [],
        [AssetMaterialization("orders", partition="p")],
        ["asset", "orders [p]", "materialized", None, 1.0],
    ),
    "a check": (
        [ExpectationResult(True, "unique")],
        [ExpectationResult(False, "unique")],
        ["check", "unique", "", "passed", "failed"],
    ),
    "one of several": (
        [ExpectationResult(True, "unique")] * 2,
        [ExpectationResult(True, "unique"), ExpectationResult(False, "unique")],
        ["check", "unique", "", "2 of 2 passed", "1 of 2 passed"],
    ),
    "metadata of a check": (
        [ExpectationResult(True, "full", metadata={"rows": 1})],
        [ExpectationResult(True, "full", metadata={"rows": 2})],
        ["metadata", "check full", "rows", 1, 2],
    ),
    "a shape": (
        [came(ValueInfo("DataFrame", (3, 2)))],
        [came(ValueInfo("DataFrame", (4, 2)))],
        ["output", "tidy", "value", "DataFrame (3, 2)", "DataFrame (4, 2)"],
    ),
    "a type": (
        [came(ValueInfo("int"))],
        [came(ValueInfo("float"))],
        ["output", "tidy", "value", "int", "float"],
    ),
    "metadata of an output": (
        [came(None, metadata={"k": MetadataValue.int(1)})],
        [came(None, metadata={"k": MetadataValue.int(2)})],
        ["metadata", "output tidy", "k", 1, 2],
    ),
    "an input's shape": (
        [given((3, 2))],
        [given((5, 2))],
        ["input", "orders", "value", "DataFrame (3, 2)", "DataFrame (5, 2)"],
    ),
    "an input's source": (
        [given((3, 2))],
        [given((3, 2), output="raw")],
        ["input", "orders", "source", "load.orders", "load.raw"],
    ),
    "the run that an input is of": (
        [given((3, 2))],
        [given((3, 2), source="other")],
        ["input", "orders", "source run", "r0", "other"],
    ),
}


@pytest.mark.parametrize(("before", "after", "row"), CHANGED.values(), ids=CHANGED)
def test_it_tells_what_changed(log, before, after, row):
    run(log, "a", *before)
    run(log, "b", *after)

    assert row in changes(log.diff("clean"))


@pytest.mark.parametrize(("told", "_", "__"), CHANGED.values(), ids=CHANGED)
def test_what_is_told_twice_alike_is_no_change(log, told, _, __):
    for run_id in "ab":
        run(log, run_id, *told)

    assert changes(log.diff("clean")) == []


def test_numbers_have_their_change(log):
    run(log, "a", materialized(rows=980, note="x"))
    run(log, "b", materialized(rows=1029, note="y"))

    frame = log.diff("clean").metadata.set_index("label")

    assert frame.loc["rows", "change"] == 49
    assert frame.loc["rows", "relative"] == 0.05
    assert math.isnan(frame.loc["note", "change"])


def test_the_code_is_a_unified_diff(log):
    run(log, "a", start=StepStartData("v1", "import x\ntidy = orders\n"))
    run(log, "b", start=StepStartData("v2", "import x\ntidy = orders[:3]\n"))

    diff = log.diff("clean")

    assert diff.code.splitlines() == [
        "--- before",
        "+++ after",
        "@@ -1,2 +1,2 @@",
        " import x",
        "-tidy = orders",
        "+tidy = orders[:3]",
    ]
    assert ["code", "clean", "version", "v1", "v2"] in changes(diff)


def test_code_that_the_log_has_not_is_no_diff(log):
    run(log, "a", start=StepStartData("v1"))
    run(log, "b", start=StepStartData("v2", "tidy = 1"))

    assert log.diff("clean").code == ""


def test_tags_and_config_are_compared_and_no_value_of_config_is_told(log):
    run(log, "a", tags={"team": "x"}, start=StepStartData(config={"key": "d1"}))
    run(log, "b", tags={"team": "y"}, start=StepStartData(config={"key": "d2"}))

    assert changes(log.diff("clean")) == [
        ["tag", "team", "", "x", "y"],
        ["config", "key", "", "d1", "d2"],
    ]


def test_the_last_attempt_is_compared(log):
    retry = StepRetryData(SerializableErrorInfo("oops", (), "ValueError"))
    run(log, "a", ExpectationResult(True, "full"))
    run(
        log,
        "b",
        ExpectationResult(False, "full"),
        (EventType.STEP_UP_FOR_RETRY, retry),
        ExpectationResult(True, "full"),
    )

    assert changes(log.diff("clean")) == [["run", "clean", "attempts", 1.0, 2.0]]


def test_a_run_that_reused_another_is_told_by_that_ones_events(log):
    run(log, "a", ExpectationResult(True, "full"), materialized(rows=1))
    run(log, "b", start=StepStartData("v1", START.source, reused_from="a"))

    assert changes(log.diff("clean")) == [
        ["run", "clean", "outputs", "its own", "of an earlier run"]
    ]


def test_durations_are_told_and_are_no_change(log):
    run(log, "a")
    run(log, "b")

    frame = log.diff("clean").frame

    assert frame[frame["part"] == "duration"]["before"].tolist() == [0.0]
    assert not frame["changed"].any()


def test_a_diff_without_a_row_of_a_part_keeps_its_columns(log):
    run(log, "a")
    run(log, "b")
    diff = log.diff("clean")

    for part in (diff.metadata, diff.checks, diff.outputs, diff.inputs):
        assert part.empty
        assert dict(part.dtypes) == dict(diff.frame.dtypes)


def test_runs_may_be_chosen_in_any_order(log):
    for run_id in ("a1", "b2", "c3"):
        run(log, run_id)

    assert log.diff("clean").run_ids == ("b2", "c3")
    assert log.diff("clean", run=["c3", "a1"]).run_ids == ("c3", "a1")
    assert log.diff("clean", run="a").run_ids == ("a1", "c3")
    assert log.diff("clean", run="c3").run_ids == ("b2", "c3")


WRONG = [
    ("cleen", None, "no run of an op 'cleen'.\nHint: Did you mean 'clean'?"),
    ("clean", "x", "The log has no run 'x'.\nHint: opnb.log.runs"),
    ("clean", "a", "The run 'a' is not told by that: 2 runs of 'clean' begin so."),
    ("clean", "other", "The run 'other' is one of 'load', not of 'clean'."),
    ("clean", ["a1", "a1"], "Both are the same run."),
    ("clean", ["a1", "a2", "a1"], "3 runs are given, and two are compared."),
    ("load", None, "Op 'load' has run once: there is nothing to compare."),
    (5, None, "'op' must be str, not int"),
]


@pytest.mark.parametrize(("op", "chosen", "message"), WRONG)
def test_wrong_runs_are_errors_that_say_what_to_give(log, op, chosen, message):
    run(log, "a1")
    run(log, "a2")
    start = entry(EventType.RUN_START, run_id="other", data=RunStartData())
    start.job_name, start.step_key = "load", None
    end = ended(EventType.RUN_SUCCESS, "other")
    end.job_name = "load"
    log.append([start, end])

    with pytest.raises(CheckError) as raised:
        log.diff(op, run=chosen)

    assert message in str(raised.value)


def test_a_job_is_refused(session):
    from opnb import job, op

    @op
    def one():
        return 1

    @op
    def two(n):
        return n

    @job
    def nightly():
        two(one())

    for _ in range(2):
        nightly.execute_in_process()

    with pytest.raises(CheckError, match="'nightly' is a job"):
        session.log.diff("nightly")


def test_it_is_the_same_read_from_a_file(tmp_path):
    address = tmp_path / "events.db"
    log = EventLog(address)
    run(log, "a", materialized(rows=1), start=StepStartData("v1", "x = '\ud800'"))
    run(log, "b", materialized(rows=2), start=StepStartData("v2", "x = 2"))
    told = log.diff("clean")
    log.close()

    again = EventLog(address)

    assert again.diff("clean").frame.equals(told.frame)
    assert again.diff("clean").code == told.code
    again.close()


def test_steps_of_jobs_keep_no_code():
    from opnb import execute_op, job, op
    from opnb.session import use_session

    session = use_session(Session("memory:"))

    @op
    def one():
        return 1

    @job
    def nightly():
        one()

    result = nightly.execute_in_process()
    execute_op(one)

    for run_id in (result.run_id, session.log.last_run("one").run_id):
        (start,) = (
            each.event_specific_data
            for each in session.log.entries(run_id)
            if each.event_type is EventType.STEP_START
        )
        assert start == StepStartData()
