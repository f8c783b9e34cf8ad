import pytest
from factories import ended, entry, started

from opnb.event_log.process import Process
from opnb.event_log.reading.runs_frame import gone_processes
from opnb.model.entry import EventType
from opnb.model.errors import CheckError

COLUMNS = {
    "run_id": "string",
    "job": "string",
    "status": "string",
    "start_time": "datetime64[us, UTC]",
    "end_time": "datetime64[us, UTC]",
    "duration": "float64",
    "partition": "string",
    "host": "string",
    "pid": "int64",
}
ENDS = {
    "a1": EventType.RUN_SUCCESS,
    "a2": EventType.RUN_FAILURE,
    "b1": EventType.RUN_CANCELED,
}


def begin(log, run_id, timestamp=1.5, **fields):
    first = started(run_id, **{"dagster/partition": "p"})
    kwargs = {"step_key": None, "node_name": None, "data": first.event_specific_data}
    log.append(
        [entry(EventType.RUN_START, run_id=run_id, timestamp=timestamp, **kwargs)]
    )
    fields = {"run_id": run_id, "timestamp": timestamp, **fields}
    log.append([entry(EventType.STEP_START, **fields)])


@pytest.fixture(name="full")
def _full(log):
    for number, run_id in enumerate([*ENDS, "b2"]):
        begin(log, run_id, timestamp=number, node_name="load" if number else "clean")
    for run_id, event_type in ENDS.items():
        log.append([ended(event_type, run_id)])
    return log


def dtypes(frame):
    return {name: str(dtype) for name, dtype in frame.dtypes.items()}


def test_runs_have_the_documented_columns(log, full):
    assert dtypes(full.runs()) == COLUMNS
    assert dtypes(full.runs(status="INTERRUPTED")) == COLUMNS


def test_an_empty_log_has_no_runs(log):
    assert dtypes(log.runs()) == COLUMNS
    assert log.runs(job="clean", run="a").empty


def test_runs_have_their_status_times_and_process(full):
    runs = full.runs()

    assert list(runs["status"]) == ["SUCCESS", "FAILURE", "CANCELED", "STARTED"]
    assert runs["end_time"].isna().tolist() == [False, False, False, True]
    assert runs["duration"].fillna(-9).tolist() == [1.5, 0.5, -0.5, -9]
    assert set(runs["partition"]) == {"p"}


PASSED = [
    ({"run": "a"}, ["a1", "a2"]),
    ({"run": ["a1", "b"]}, ["a1", "b1", "b2"]),
    ({"job": "clean"}, ["a1", "a2", "b1", "b2"]),
    ({"op": "load"}, ["a2", "b1", "b2"]),
    ({"op": ["clean", "load"], "limit": 1}, ["a1"]),
    ({"status": "failure"}, ["a2"]),
    ({"status": ["SUCCESS", "STARTED"]}, ["a1", "b2"]),
    ({"status": ["STARTED", "INTERRUPTED"], "limit": 1}, ["b2"]),
    ({"status": "STARTED", "limit": 0}, []),
    ({"status": "INTERRUPTED"}, []),
    ({"status": []}, []),
    ({"partition": "p", "limit": 2, "order": "newest"}, ["b2", "b1"]),
    ({"partition": "q"}, []),
    ({"since": "1970-01-01T00:00:02Z"}, ["b1", "b2"]),
    ({"until": "1970-01-01T00:00:01Z"}, ["a1"]),
]


@pytest.mark.parametrize(("filters", "ids"), PASSED, ids=[str(f) for f, _ in PASSED])
def test_runs_pass_every_filter(full, filters, ids):
    assert full.runs(**filters)["run_id"].tolist() == ids


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        ({"status": "SUCESS"}, "There is no status 'SUCESS'.\nHint: Did you mean"),
        ({"job": "claen"}, "The log has no job 'claen'.\nHint: Did you mean 'clean'"),
        ({"op": "laod"}, "The log has no op 'laod'.\nHint: Did you mean 'load'"),
        ({"run": "c"}, "The log has no run 'c'"),
        ({"jb": "clean"}, "Did you mean 'job'"),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_with_a_hint(full, filters, message):
    with pytest.raises(CheckError, match=message):
        full.runs(**filters)


def test_each_process_is_looked_for_once(monkeypatch):
    looked = []

    class Counted(Process):
        def is_gone(self):
            looked.append(self.pid)
            return True

    is_gone = gone_processes()
    first, second = Counted("h", 1, 1.0), Counted("h", 2, 1.0)

    assert all(is_gone(process) for process in (first, first, second))
    assert looked == [1, 2]
