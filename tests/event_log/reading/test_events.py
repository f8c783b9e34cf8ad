"""`log.events(...)`: every filter, what it refuses, and what the log has never seen."""

from datetime import UTC, datetime, timedelta

import pytest
from factories import entry, started

from opnb.event_log.reading.frame import ENTRY_COLUMNS
from opnb.event_log.reading.times import NaiveTimeWarning
from opnb.model.asset_key import AssetKey
from opnb.model.entry import EventType, StepOutputData, TypeCheckData
from opnb.model.errors import CheckError
from opnb.model.events import AssetObservation, ExpectationResult


@pytest.fixture(name="full")
def _full(log):
    """A log of two runs with an entry for each filter."""
    output = StepOutputData("result", TypeCheckData(True, "Any"))
    seen = AssetObservation("a/b", partition="p")
    log.append([started("aaa1")])
    log.append([entry(seen, run_id="aaa1", timestamp=2)])
    log.append([entry(EventType.STEP_OUTPUT, run_id="aaa1", timestamp=3, data=output)])
    log.append([started("ab_%")])
    log.append([entry(ExpectationResult(True, "age"), run_id="ab_%", timestamp=4)])
    line = {"timestamp": 5, "level": 40, "node_name": "b"}
    log.append([entry(EventType.LOG_MESSAGE, run_id="ab_%", **line)])
    return log


ALL = [1, 2, 3, 4, 5, 6]
PASSED = [
    ({}, ALL),
    ({"run": "aaa1"}, [1, 2, 3]),
    ({"run": "a"}, ALL),
    ({"run": "ab_"}, [4, 5, 6]),
    ({"run": ["ab_%", "aaa"]}, ALL),
    ({"op": "b"}, [6]),
    ({"op": ["b", "clean"]}, [2, 3, 5, 6]),
    ({"type": "observation"}, [2]),
    ({"type": ["STEP_OUTPUT", EventType.RUN_START]}, [1, 3, 4]),
    ({"type": []}, []),
    ({"op": []}, []),
    ({"asset": "a/b"}, [2]),
    ({"asset": AssetKey(["a", "b"])}, [2]),
    ({"asset": [AssetKey(["a", "b"]), AssetKey("c")]}, [2]),
    ({"partition": "p"}, [2]),
    ({"partition": ["p", "q"]}, [2]),
    ({"partition": "\ud800"}, []),
    ({"label": "age"}, [5]),
    ({"label": ["result", "age"]}, [3, 5]),
    ({"level": "warning"}, [6]),
    ({"level": 11}, [6]),
    ({"level": "11"}, [6]),
    ({"since": "1970-01-01T00:00:03Z"}, [3, 5, 6]),
    ({"until": datetime(1970, 1, 1, 0, 0, 3, tzinfo=UTC)}, [1, 2, 4]),
    ({"since": timedelta(days=1)}, []),
    ({"since": "2d", "op": "b"}, []),
    ({"limit": 2}, [1, 2]),
    ({"limit": 2, "order": "newest"}, [6, 5]),
    ({"limit": 1, "order": "newest", "asset": "a/b"}, [2]),
    ({"limit": 1, "order": "newest", "run": "aaa"}, [3]),
    ({"order": "newest"}, ALL[::-1]),
    ({"limit": 0}, []),
    ({"run": "ab", "level": 40, "op": "b"}, [6]),
]


@pytest.mark.parametrize(("filters", "ids"), PASSED, ids=[str(f) for f, _ in PASSED])
def test_events_pass_every_filter(full, filters, ids):
    frame = full.events(**filters)

    assert list(frame["id"]) == ids
    assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == {
        name: dtype for name, (_, dtype) in ENTRY_COLUMNS.items()
    }


def test_a_time_without_a_zone_is_said(full):
    with pytest.warns(NaiveTimeWarning):
        assert list(full.events(since="1970-01-01T00:00:05")["id"]) == [6]


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        ({"type": "STEP_OUTPT"}, "Did you mean 'STEP_OUTPUT'"),
        ({"type": 5}, "'type' must be"),
        ({"level": "WARNIG"}, "Did you mean 'WARNING'"),
        ({"level": 1.5}, "'level' must be str"),
        ({"order": "new"}, "There is no order 'new'"),
        ({"order": 5}, "'order' must be str"),
        ({"since": "yesterday"}, "'yesterday' is no time"),
        ({"until": 5}, "'until' must be"),
        ({"run": 5}, "'run' must be str"),
        ({"op": 5}, "'op' must be str"),
        ({"partition": 5}, "'partition' must be str"),
        ({"label": 5}, "'label' must be str"),
        ({"asset": 5}, "'path' must be"),
        ({"limit": -1}, "counts up from zero"),
        ({"limit": "5"}, "'limit' must be int"),
        (
            {"asst": "a"},
            r"events\(\) has no filter 'asst'.\nHint: Did you mean 'asset'",
        ),
    ],
    ids=str,
)
def test_a_filter_that_cannot_be_is_refused_with_a_hint(full, filters, message):
    with pytest.raises(CheckError, match=message):
        full.events(**filters)


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        ({"op": "claen"}, "The log has no op 'claen'.\nHint: Did you mean 'clean'"),
        ({"op": ["b", "claen"], "level": 50}, "Did you mean 'clean'"),
        ({"label": "agee"}, "The log has no label 'agee'.\nHint: Did you mean 'age'"),
        ({"asset": "a/c"}, "The log has no asset 'a/c'.\nHint: Did you mean 'a/b'"),
        ({"asset": AssetKey("a/b")}, "The log has no asset"),
        ({"run": "a_"}, "The log has no run 'a_'.\nHint: opnb.log.runs"),
        ({"run": "ab_%1"}, "The log has no run"),
    ],
    ids=str,
)
def test_a_name_that_the_log_has_never_seen_gets_a_hint(full, filters, message):
    with pytest.raises(CheckError, match=message):
        full.events(**filters)


def test_an_empty_log_knows_no_names_and_refuses_none(log):
    assert log.events(op="a", asset="b", label="c", run="d").empty
