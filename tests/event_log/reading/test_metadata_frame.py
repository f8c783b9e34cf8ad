import gc
import math
from decimal import Decimal

import pandas as pd
import pytest
from factories import entry, started

from opnb.event_log.reading import metadata_frame
from opnb.event_log.reading.metadata_frame import METADATA_COLUMNS
from opnb.event_log.reading.metadata_values import KINDS
from opnb.model import metadata_json, serialize
from opnb.model.asset_key import AssetKey
from opnb.model.errors import CheckError
from opnb.model.events import AssetMaterialization, AssetObservation, ExpectationResult
from opnb.model.metadata import MetadataValue
from opnb.model.table import TableSchema

ODD = 'q"uo\\te é \ud83d\ude00'


def kept(log, **metadata):
    log.append([entry(AssetObservation("orders", metadata=metadata))])


@pytest.fixture(name="full")
def _full(log):
    log.append([started()])
    made = AssetMaterialization(
        "a/b", metadata={"rows": 3, "share": 0.5}, partition="p"
    )
    log.append([entry(made, timestamp=2)])
    log.append([entry(ExpectationResult(True, "age", metadata={"rows": 4}))])
    log.append([entry(AssetObservation("c", metadata={"data": {"rows": ["int", 5]}}))])
    return log


def test_without_metadata_the_columns_and_dtypes_are_the_same(log, full):
    for frame in (log.metadata(partition="none"), full.metadata()):
        dtypes = {name: str(dtype) for name, dtype in frame.dtypes.items()}
        assert dtypes == METADATA_COLUMNS


def test_each_label_of_an_event_is_a_row(full):
    frame = full.metadata()

    assert frame["label"].tolist() == ["rows", "share", "rows", "data"]
    assert frame["kind"].tolist() == ["int", "float", "int", "json"]
    assert frame["value"].tolist() == [3, 0.5, 4, {"rows": ["int", 5]}]
    assert frame["number"].fillna(-1).tolist() == [3, 0.5, 4, -1]
    first, check = frame.iloc[0], frame.iloc[2]
    assert first[["id", "run_id", "op", "event_type", "asset_key", "partition"]].tolist(
    ) == [2, "r1", "clean", "ASSET_MATERIALIZATION", "a/b", "p"]  # fmt: skip
    assert first["timestamp"] == pd.Timestamp(2, unit="s", tz="UTC")
    assert (check["event"], check["asset_key"] is pd.NA) == ("age", True)


PASSED = [
    ({"label": "rows"}, [3, 4]),
    ({"label": ["share", "rows"]}, [3, 0.5, 4]),
    ({"kind": "float"}, [0.5]),
    ({"kind": ["float", "int"], "label": "rows"}, [3, 4]),
    ({"label": "rows", "event": "age"}, [4]),
    ({"label": "rows", "asset": "a/b"}, [3]),
    ({"label": "rows", "type": "expectation"}, [4]),
    ({"label": "rows", "partition": "p"}, [3]),
    ({"label": "rows", "op": "clean", "run": "r"}, [3, 4]),
    ({"label": "rows", "limit": 1}, [3]),
    ({"label": "rows", "limit": 1, "order": "newest"}, [4]),
    ({"limit": 2, "kind": "int", "order": "newest"}, [4, 3]),
    ({"limit": 0}, []),
    ({"since": "1970-01-01T00:00:02Z"}, [3, 0.5]),
    ({"label": "rows", "until": "1970-01-01T00:00:02Z"}, [4]),
]


@pytest.mark.parametrize(("filters", "values"), PASSED, ids=[str(f) for f, _ in PASSED])
def test_values_pass_every_filter(full, filters, values):
    assert full.metadata(**filters)["value"].tolist() == values


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        ({"label": "rwos"}, "no metadata label 'rwos'.\nHint: Did you mean 'rows'"),
        ({"kind": "itn"}, "There is no kind 'itn'.\nHint: Did you mean 'int'"),
        ({"op": "claen"}, "Did you mean 'clean'"),
        ({"event": "agee"}, "The log has no event 'agee'.\nHint: Did you mean 'age'"),
        ({"lable": "rows"}, "Did you mean 'label'"),
        ({"level": 20}, "has no filter 'level'"),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_with_a_hint(full, filters, message):
    with pytest.raises(CheckError, match=message):
        full.metadata(**filters)


def test_a_label_that_was_seen_elsewhere_gives_no_row(full):
    assert full.metadata(label="share", event="age").empty


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (3, 3.0),
        (10**400, math.inf),
        (-(10**400), -math.inf),
        (Decimal("0.5"), 0.5),
        (math.inf, math.inf),
        (True, 1.0),
        (MetadataValue.timestamp(1.5), 1.5),
    ],
    ids=["int", "large", "small", "decimal", "infinite", "bool", "timestamp"],
)
def test_what_is_a_number_is_one(log, value, number):
    kept(log, x=value)

    assert log.metadata()["number"].tolist() == [number]


@pytest.mark.parametrize(
    "value",
    [
        "text",
        "\x00\ud800",
        b"\xff",
        None,
        [1, [2.5, {"$opnb": "x"}], b"\x00"],
        AssetKey(["a", "b"]),
        TableSchema([]),
        MetadataValue.md("**bold**"),
        MetadataValue.image(b"GIF89a\x01\x00\x01\x00", alt="A dot"),
    ],
    ids=["text", "odd", "bytes", "null", "json", "asset", "schema", "md", "image"],
)
def test_a_value_comes_back_as_what_it_was(log, value):
    kept(log, x=value, nan=math.nan)
    frame = log.metadata(label="x")
    expected = value.value if isinstance(value, MetadataValue) else value

    assert frame["value"].tolist() == [expected]
    assert frame["number"].isna().all()


@pytest.mark.parametrize(
    "label", [ODD, "\ud800", "\ud800\udc00", "$opnb", "\x00", ""], ids=ascii
)
def test_a_label_of_any_letters_is_found(log, label):
    kept(log, **{label: 5, "other": 1})
    frame = log.metadata(label=label)

    assert frame["label"].tolist() == [serialize.readable(label)]
    assert frame["value"].tolist() == [5]


def test_pages_follow_each_other_without_gaps(log, monkeypatch):
    monkeypatch.setattr(metadata_frame, "_MOST_AT_ONCE", 3)
    for number in range(8):
        kept(log, n=number, other=-number)

    assert log.metadata(label="n")["value"].tolist() == list(range(8))
    newest = log.metadata(label="n", order="newest", limit=5)["value"].tolist()
    assert newest == [7, 6, 5, 4, 3]
    assert log.metadata(limit=5)["value"].tolist() == [0, 0, 1, -1, 2]


def test_the_collector_is_as_it_was(log):
    kept(log, n=1)
    gc.disable()
    try:
        log.metadata()
        assert not gc.isenabled()
    finally:
        gc.enable()
    log.metadata()

    assert gc.isenabled()


def test_every_kind_is_known():
    assert set(metadata_json._VALUE) == KINDS
