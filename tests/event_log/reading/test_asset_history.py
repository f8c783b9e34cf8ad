import math
from decimal import Decimal

import pandas as pd
import pytest
from factories import ended, entry, started

from opnb.event_log.reading.asset_diff import DIFF_COLUMNS
from opnb.event_log.reading.assets_frame import PARTITION_COLUMNS
from opnb.event_log.reading.history_frame import HISTORY_COLUMNS
from opnb.model.asset_key import AssetKey
from opnb.model.entry import EventType, StepSuccessData
from opnb.model.errors import CheckError
from opnb.model.events import AssetMaterialization, AssetObservation
from opnb.model.metadata import MetadataValue

KEY = AssetKey("orders")
FIXED = list(HISTORY_COLUMNS)


def made(log, partition=None, **fields):
    metadata = fields.pop("metadata", None)
    line = entry(AssetMaterialization(KEY, None, metadata, partition), **fields)
    log.append([line])
    return line


def seen(log, partition=None, **fields):
    metadata = fields.pop("metadata", None)
    line = entry(AssetObservation(KEY, None, metadata, partition), **fields)
    log.append([line])
    return line


@pytest.fixture(name="history")
def _history(log):
    """Make a history of observations, given the metadata of each."""

    def history(*metadata):
        for labels in metadata:
            seen(log, metadata=labels)
        return log.asset(KEY)

    return history


@pytest.mark.parametrize("partition", [None, "p"])
def test_the_latest_is_the_last_materialization(log, partition):
    history = log.asset(KEY)
    assert history.latest is None
    first = seen(log, partition)
    assert history.latest == first
    last = made(log, partition)
    seen(log, partition)
    log.append([entry(AssetMaterialization("other"))])

    assert history.latest == last


def test_the_latest_may_have_a_partition_or_none(log):
    made(log)
    with_partition = made(log, "p")
    assert log.asset(KEY).latest == with_partition
    without = made(log)

    assert log.asset(KEY).latest == without
    assert log.asset(KEY, partition="p").latest == with_partition


def test_a_history_counts_and_shows_itself(history):
    assert len(history({}, {})) == 2
    assert repr(history()) == "AssetHistory('orders': 2 events)"


def test_the_entries_come_in_their_order(log):
    lines = [made(log), seen(log), made(log)]
    history = log.asset(KEY)

    assert history.entries == tuple(lines)
    assert history.newest(2) == [lines[2], lines[1]]
    assert log.asset(KEY, limit=2).entries == tuple(lines[1:])
    assert log.asset(KEY, limit=2).newest(5) == [lines[2], lines[1]]


def test_an_unknown_asset_is_empty_and_says_what_may_be_meant(log):
    made(log)
    history = log.asset("ordres")
    forms, _ = history._repr_mimebundle_()

    assert (len(history), history.entries, history.labels) == (0, (), [])
    for form in forms.values():
        assert "The log tells nothing of it. Did you mean" in form


def test_an_empty_history_has_the_fixed_columns(log):
    frame = log.asset(KEY).frame

    assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == {
        name: dtype for name, (_, dtype) in HISTORY_COLUMNS.items()
    }


def test_the_fixed_columns_tell_of_the_event(log):
    event = AssetObservation(KEY, "looked \ud800", {"n": 1}, "p")
    log.append([entry(event, run_id="r2", timestamp=2, node_name="look")])
    frame = log.asset(KEY).frame

    assert frame.pop("duration").isna().all()
    assert frame.iloc[0].tolist() == [
        1,
        pd.Timestamp(2, unit="s", tz="UTC"),
        "ASSET_OBSERVATION",
        "r2",
        "look",
        "p",
        r"looked \ud800",
        1,
    ]


def end(log, kind, milliseconds=None, **fields):
    data = None if milliseconds is None else StepSuccessData(milliseconds)
    log.append([entry(EventType[kind], data=data, **fields)])


def test_a_duration_is_that_of_the_step_which_made_the_event(log):
    made(log, step_key="a")
    made(log, step_key="b")
    seen(log, step_key="a")
    end(log, "STEP_SUCCESS", 1500.0, step_key="a")
    end(log, "STEP_SUCCESS", 20.0, step_key="b")
    made(log, step_key="a", run_id="r2")
    end(log, "STEP_FAILURE", step_key="a", run_id="r2")
    made(log, step_key="a", run_id="r3")
    frame = log.asset(KEY).frame

    assert frame["duration"].fillna(-1).tolist() == [1.5, 0.02, 1.5, -1, -1]
    limited = log.asset(KEY, limit=3).frame["duration"]
    assert limited.fillna(-1).tolist() == [1.5, -1, -1]


def test_a_duration_is_found_far_from_its_event_and_from_the_end_of_the_run(log):
    log.append([started()])
    made(log)
    for _ in range(40):
        end(log, "LOG_MESSAGE")
    end(log, "STEP_UP_FOR_RETRY")
    end(log, "STEP_RESTARTED")
    end(log, "STEP_SUCCESS", 250.0)
    for _ in range(40):
        end(log, "STEP_START", step_key="other")
    log.append([ended(EventType.RUN_SUCCESS)])

    assert log.asset(KEY).frame["duration"].tolist() == [0.25]


def test_a_label_called_duration_has_a_column_of_its_own(history):
    frame = history({"duration": 7}).frame

    assert frame["duration (metadata)"].tolist() == [7]
    assert frame["duration"].isna().all()


def test_labels_become_columns_in_the_order_in_which_they_came(history):
    labelled = history({"b": 1}, {"a": 2, "op": "x"})

    assert labelled.labels == ["b", "a", "op"]
    assert list(labelled.frame.columns) == [*FIXED, "b", "a", "op (metadata)"]


@pytest.mark.parametrize(
    ("values", "dtype", "cells"),
    [
        ([1, 2], "int64", [1, 2]),
        ([1, None], "Int64", [1, pd.NA]),
        ([1, 0.5], "float64", [1.0, 0.5]),
        ([1.5, None], "float64", [1.5, math.nan]),
        ([10**400, 1], "float64", [math.inf, 1.0]),
        ([-(10**400), 1.0], "float64", [-math.inf, 1.0]),
        ([Decimal("1.5")], "float64", [1.5]),
        ([True, None], "boolean", [True, pd.NA]),
        (["a", None], "object", ["a", None]),
        ([1, "a"], "object", [1, "a"]),
        ([[1], {}], "object", [[1], {}]),
        ([KEY, None], "object", [KEY, None]),
    ],
    ids="ints gap mixed hole large small decimal bools texts any json keys".split(),
)
def test_a_column_has_the_dtype_of_its_values(history, values, dtype, cells):
    frame = history(*[{} if v is None else {"x": v} for v in values]).frame

    assert str(frame["x"].dtype) == dtype
    pd.testing.assert_series_equal(frame["x"], pd.Series(cells, dtype=dtype, name="x"))


@pytest.mark.parametrize("seconds", [math.nan, math.inf, -math.inf, 1e30], ids=str)
def test_a_timestamp_that_pandas_cannot_hold_is_missing(history, seconds):
    times = [MetadataValue.timestamp(1.5), MetadataValue.timestamp(seconds)]
    column = history(*[{"t": time} for time in times]).frame["t"]

    assert str(column.dtype) == "datetime64[us, UTC]"
    assert column[0] == pd.Timestamp(1.5, unit="s", tz="UTC")
    assert column.isna().tolist() == [False, True]


FILTERS = [
    ({}, [1, 2, 3, 4]),
    ({"run": "r2"}, [3]),
    ({"op": "again"}, [4]),
    ({"type": "observation"}, [2]),
    ({"partition": ["p", "q"]}, [1, 3]),
    ({"since": "1970-01-01T00:00:03Z"}, [3, 4]),
    ({"until": "1970-01-01T00:00:03Z"}, [1, 2]),
    ({"limit": 3}, [2, 3, 4]),
    ({"limit": 1, "type": "materialization", "partition": "p"}, [1]),
]


@pytest.mark.parametrize(("filters", "ids"), FILTERS, ids=[str(f) for f, _ in FILTERS])
def test_a_history_passes_every_filter(log, filters, ids):
    made(log, "p", timestamp=1)
    seen(log, timestamp=2)
    made(log, "q", timestamp=3, run_id="r2")
    made(log, timestamp=4, node_name="again")
    history = log.asset(KEY, **filters)

    assert history.frame["id"].tolist() == ids
    assert len(history) == len(ids)


def test_materializations_and_observations_are_frames_of_their_own(log):
    for number in range(3):
        made(log, metadata={"rows": number})
        seen(log, metadata={"seen": number})
    history = log.asset(KEY)

    assert history.materializations()["rows"].tolist() == [0, 1, 2]
    assert list(history.observations().columns) == [*FIXED, "seen"]
    assert log.asset(KEY, limit=2).observations()["seen"].tolist() == [1, 2]


def test_partitions_have_a_row_each(log):
    empty = log.asset(KEY).partitions
    made(log, "b", timestamp=1)
    made(log, "b", timestamp=2, run_id="r2", node_name="again")
    seen(log, "a", timestamp=3)
    made(log)
    partitions = log.asset(KEY).partitions

    assert list(partitions.dtypes) == list(empty.dtypes)
    assert list(partitions.columns) == list(PARTITION_COLUMNS)
    told = partitions[["partition", "materializations", "observations", "op", "run_id"]]
    assert told.to_numpy().tolist() == [
        ["a", 0, 1, "clean", "r1"],
        ["b", 2, 0, "again", "r2"],
    ]
    last = partitions["last_materialization"]
    assert (last[0] is pd.NaT, last[1]) == (True, pd.Timestamp(2, unit="s", tz="UTC"))


@pytest.fixture(name="changed")
def _changed(log):
    made(log, metadata={"rows": 10, "gone": 1}, run_id="r1")
    seen(log, metadata={"rows": 1})
    made(log, metadata={"rows": 20, "nan": math.nan, "l": [1]}, run_id="r2")
    made(log, metadata={"rows": 15, "nan": math.nan, "l": [1, 2]}, run_id="r3")
    return log.asset(KEY)


def test_a_difference_is_one_of_the_last_two_materializations(changed):
    frame = changed.diff()

    assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == DIFF_COLUMNS
    assert frame["label"].tolist() == ["rows", "nan", "l"]
    assert frame["before"].tolist()[::2] == [20, [1]]
    assert frame["after"].tolist()[::2] == [15, [1, 2]]
    assert frame["changed"].tolist() == [True, False, True]
    assert frame["change"].fillna(99).tolist() == [-5, 99, 99]
    assert frame["relative"].fillna(99).tolist() == [-0.25, 99, 99]


@pytest.mark.parametrize(
    ("named", "rows"),
    [
        ((-3,), [10, 15]),
        ((-3, -2), [10, 20]),
        ((1, 3), [10, 20]),
        ((2, 1), [1, 10]),
        ((None, -2), [10, 20]),
        (("r1",), [10, 15]),
        (("r1", "r2"), [10, 20]),
    ],
    ids=str,
)
def test_the_events_of_a_difference_may_be_named(changed, named, rows):
    row = changed.diff(*named).set_index("label").loc["rows"]

    assert [row["before"], row["after"]] == rows


def test_what_only_one_event_has_is_missing_in_the_other(changed):
    frame = changed.diff(-3, -2).set_index("label")

    assert frame.loc["gone", ["before", "after", "changed"]].tolist() == [1, None, True]
    assert frame.loc["l", ["before", "after", "changed"]].tolist() == [None, [1], True]


def test_without_a_materialization_observations_are_compared(history):
    frame = history({"n": 0}, {"n": 4}).diff()

    assert frame["change"].tolist() == [4]
    assert frame["relative"].isna().all()


@pytest.mark.parametrize(
    ("named", "message"),
    [
        ((-9,), "'orders' has no event -9"),
        ((99,), "'orders' has no event 99"),
        (("nope",), "'orders' has no event 'nope'"),
        ((None, -3), "has no event before that one"),
        ((1.5,), "'before' must be int or str"),
    ],
    ids=str,
)
def test_an_event_that_is_not_there_is_told(changed, named, message):
    with pytest.raises(CheckError, match=message):
        changed.diff(*named)


def test_an_asset_without_events_has_no_difference(log):
    with pytest.raises(CheckError, match="has no event -1"):
        log.asset(KEY).diff()


def test_a_filter_that_cannot_be_is_refused_with_a_hint(log):
    with pytest.raises(CheckError, match="Did you mean 'partition'"):
        log.asset(KEY, partitions="p")
