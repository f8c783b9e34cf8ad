import os

import pytest
from factories import ended, entry, started

from opnb.event_log.reading.timeline import TIMELINE_COLUMNS
from opnb.event_log.summary import RunStatus
from opnb.model.entry import (
    ErrorSource,
    EventType,
    SerializableErrorInfo,
    StepFailureData,
    StepRetryData,
    StepSuccessData,
)
from opnb.model.errors import CheckError

ERROR = SerializableErrorInfo("gone", (), "LookupError")
DATA = {
    EventType.STEP_SUCCESS: StepSuccessData(1.0),
    EventType.STEP_FAILURE: StepFailureData(ERROR, None, ErrorSource.USER_CODE_ERROR),
    EventType.STEP_UP_FOR_RETRY: StepRetryData(ERROR, 1.0),
}


def tell(log, kind, key, time, run_id="r1", **fields):
    event_type = EventType[f"STEP_{kind}"]
    fields = {"data": DATA.get(event_type), "node_name": key.split("[")[0], **fields}
    log.append(
        [entry(event_type, run_id=run_id, timestamp=time, step_key=key, **fields)]
    )


@pytest.fixture(name="run")
def _run(log):
    """A run of a retried step, a mapped one, a skipped one and one that goes on."""
    log.append([started()])
    tell(log, "START", "load", 2)
    tell(log, "UP_FOR_RETRY", "load", 3)
    tell(log, "RESTARTED", "load", 5)
    tell(log, "SUCCESS", "load", 6)
    tell(log, "START", "each[a]", 6)
    tell(log, "FAILURE", "each[a]", 6.5)
    tell(log, "SKIPPED", "send", 7)
    tell(log, "START", "late", 8)
    return log


def told(timeline):
    frame = timeline.frame
    return list(zip(frame["step_key"], frame["attempt"], frame["status"], strict=True))


def test_a_timeline_has_a_row_an_attempt(log, run):
    timeline = log.timeline()

    assert told(timeline) == [
        ("load", 1, "UP_FOR_RETRY"),
        ("load", 2, "SUCCESS"),
        ("each[a]", 1, "FAILURE"),
        ("send", 1, "SKIPPED"),
        ("late", 1, "IN_PROGRESS"),
    ]
    assert timeline.frame["duration"].fillna(-1).tolist() == [1, 1, 0.5, 0, -1]
    assert timeline.frame["op"].tolist() == ["load", "load", "each", "send", "late"]
    assert timeline.frame["end_time"].isna().tolist() == [False] * 4 + [True]


def test_the_columns_have_their_dtypes_without_a_row(log):
    log.append([started()])
    frame = log.timeline().frame

    assert frame.empty
    assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == {
        name: dtype for name, (_, dtype) in TIMELINE_COLUMNS.items()
    }


def test_a_run_under_way_goes_until_now(log, run):
    timeline = log.timeline()

    assert timeline.status is RunStatus.STARTED
    assert timeline.until > 1_700_000_000 * 10**6
    assert repr(timeline) == "RunTimeline('clean', STARTED, 4 steps)"


def test_a_run_that_ended_goes_until_its_end(log, run):
    log.append([ended(EventType.RUN_FAILURE)])

    timeline = log.timeline()

    assert timeline.status is RunStatus.FAILURE
    assert (timeline.start, timeline.until) == (1_500_000, 1_500_000)


def test_a_run_that_was_killed_goes_until_its_last_entry(tmp_path):
    from opnb.event_log.log import EventLog

    path = tmp_path / "events.db"
    child = os.fork()
    if not child:
        log = EventLog(path)
        log.append([started()])
        tell(log, "START", "load", 4)
        log.flush()
        os._exit(0)
    os.waitpid(child, 0)
    timeline = EventLog(path).timeline()

    assert timeline.status is RunStatus.INTERRUPTED
    assert timeline.until == 4_000_000
    assert told(timeline) == [("load", 1, "IN_PROGRESS")]


def test_a_step_that_an_interrupt_met_is_canceled(log):
    log.append([started()])
    tell(log, "START", "load", 2)
    canceled = StepFailureData(ERROR, None, ErrorSource.INTERRUPT)
    tell(log, "FAILURE", "load", 3, data=canceled)

    assert told(log.timeline()) == [("load", 1, "CANCELED")]


@pytest.mark.parametrize(
    ("what", "run_id"),
    [(None, "b2"), ("clean", "b2"), ("load", "b1"), ("b1", "b1"), ("b2", "b2")],
    ids=["last", "job", "op", "run", "other run"],
)
def test_a_run_is_named_by_its_job_an_op_or_its_id(log, what, run_id):
    log.append([started("b1")])
    tell(log, "START", "load", 2, run_id="b1")
    log.append([started("b2")])

    assert log.timeline(what).run_id == run_id


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ("laod", "no run and no op 'laod'.*'load'"),
        ("b", "several runs whose ids begin with 'b'"),
        ("", "no run and no op ''"),
        (3, "'run_id_or_op' must be str"),
    ],
    ids=["typo", "beginning", "empty", "type"],
)
def test_a_run_that_is_not_there_is_told(log, what, message):
    log.append([started("b1"), started("b2")])
    tell(log, "START", "load", 2, run_id="b1")

    with pytest.raises(CheckError, match=f"(?s){message}"):
        log.timeline(what)


def test_an_empty_log_has_no_timeline(log):
    with pytest.raises(CheckError, match="no run yet"):
        log.timeline()
