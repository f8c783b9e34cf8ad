import subprocess
import sys
import threading

import pytest
from factories import entry, observed, started

from opnb.event_log.log import EventLog
from opnb.event_log.reading.frame import ENTRY_COLUMNS
from opnb.model.entry import EventType
from opnb.model.errors import CheckError


def dtypes(frame):
    return {name: str(dtype) for name, dtype in frame.dtypes.items()}


def test_a_tail_begins_at_the_end_and_goes_on_from_there(log):
    log.append([started()])
    tail = log.tail()
    empty = tail.read()
    log.append([observed(1)])
    log.append([observed(2)])

    assert tail.read()["id"].tolist() == [2, 3]
    assert tail.read().empty
    assert dtypes(empty) == {name: dtype for name, (_, dtype) in ENTRY_COLUMNS.items()}


@pytest.mark.parametrize(("last", "ids"), [(1, [3]), (2, [2, 3]), (9, [1, 2, 3])])
def test_a_tail_may_begin_with_what_is_there(log, last, ids):
    log.append([started(), observed(1), observed(2)])
    tail = log.tail(last=last)
    first = tail.read()["id"].tolist()
    log.append([observed(3)])

    assert first == ids
    assert tail.read()["id"].tolist() == [4]


def test_a_tail_passes_filters(log):
    log.append([started(), observed(1)])
    line = entry(EventType.LOG_MESSAGE, level=40, node_name="b")
    tails = {
        "op": log.tail(op="b"),
        "asset": log.tail(asset="orders", last=1),
        "level": log.tail(level="ERROR"),
        "run": log.tail(run="r", type="observation"),
        "never seen": log.tail(op="to come"),
    }
    log.append([observed(2), line])

    assert {name: tail.read()["id"].tolist() for name, tail in tails.items()} == {
        "op": [4],
        "asset": [2, 3],
        "level": [4],
        "run": [3],
        "never seen": [],
    }


def test_what_was_passed_over_is_not_looked_at_again(log, monkeypatch):
    tail = log.tail(op="nope")
    log.append([started(), observed(1)])
    tail.read()
    asked = []
    real = log._store.select
    monkeypatch.setattr(
        log._store, "select", lambda *query: asked.append(query) or real(*query)
    )
    tail.read()

    assert len(asked) == 1


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        ({"last": -1}, "A last counts up from zero"),
        ({"last": None}, "'last' must be int"),
        ({"opp": "a"}, "Did you mean 'op'"),
        ({"limit": 5}, "has no filter 'limit'"),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_with_a_hint(log, filters, message):
    with pytest.raises(CheckError, match=message):
        log.tail(**filters)


def test_following_gives_each_bunch_as_it_comes(log):
    log.append([started()])
    tail = log.tail()
    threading.Timer(0.05, log.append, [[observed(1)]]).start()
    threading.Timer(0.2, log.append, [[observed(2)]]).start()
    found = [frame["id"].tolist() for frame in tail.follow(seconds=0.6, every=0.01)]

    assert found == [[2], [3]]


def test_iterating_follows(log):
    tail = log.tail()
    log.append([started()])

    assert next(iter(tail))["id"].tolist() == [1]


def test_a_tail_sees_what_another_process_wrote(tmp_path):
    path = tmp_path / "shared.db"
    tail = EventLog(path).tail()
    code = (
        "import sys, opnb\n"
        "opnb.use_session(opnb.Session(sys.argv[1]))\n"
        "opnb.execute_op(opnb.op(name='there')(lambda: 1))\n"
    )
    subprocess.run([sys.executable, "-c", code, path], check=True)
    frame = tail.read()

    assert set(frame["job"]) == {"there"}
    assert frame["event_type"].iloc[-1] == "RUN_SUCCESS"


def test_of_another_log_in_its_place_all_is_new(tmp_path):
    path = tmp_path / "events.db"
    log = EventLog(path)
    log.append([started(), observed(1), observed(2)])
    log.flush()
    tail = log.tail()
    for file in tmp_path.glob("events.db*"):
        if file.is_file():
            file.unlink()
    other = EventLog(path)
    other.append([started("r2")])
    other.flush()

    assert tail.read()["run_id"].tolist() == ["r2"]
