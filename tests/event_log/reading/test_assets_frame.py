import pandas as pd
import pytest
from factories import entry, started

from opnb.model.asset_key import AssetKey
from opnb.model.errors import CheckError
from opnb.model.events import AssetMaterialization, AssetObservation, ExpectationResult

DTYPES = {
    "asset_key": "string",
    "materializations": "int64",
    "observations": "int64",
    "partitions": "int64",
    "last_materialization": "datetime64[us, UTC]",
    "last_observation": "datetime64[us, UTC]",
    "op": "string",
    "run_id": "string",
    "checks": "int64",
    "checks_failing": "int64",
}


def dtypes(frame):
    return {name: str(dtype) for name, dtype in frame.dtypes.items()}


def second(number):
    return pd.Timestamp(number, unit="s", tz="UTC")


@pytest.fixture(name="full")
def _full(log):
    log.append([started()])
    made = AssetMaterialization("b/made", partition="p")
    log.append([entry(made, timestamp=2)])
    log.append([entry(made, run_id="r2", timestamp=3, node_name="again")])
    log.append([entry(AssetMaterialization("b/made", partition="q"), timestamp=1)])
    log.append([entry(AssetObservation("b/made", partition="q"), timestamp=9)])
    log.append([entry(AssetObservation("a"), timestamp=4, node_name="look")])
    log.append([entry(ExpectationResult(True, "one"), timestamp=4)])
    log.append([entry(ExpectationResult(False, "two"), timestamp=4)])
    return log


def test_the_catalog_has_the_same_columns_without_an_asset(log, full):
    assert dtypes(full.assets()) == DTYPES
    assert dtypes(full.assets(since="1d")) == DTYPES


def test_an_empty_log_has_an_empty_catalog(log):
    assert dtypes(log.assets()) == DTYPES
    assert log.assets(asset="a").empty
    assert log.asset_keys() == []


def test_each_asset_is_a_row(full):
    seen, made = full.assets().to_dict("records")

    assert made == {
        "asset_key": "b/made",
        "materializations": 3,
        "observations": 1,
        "partitions": 2,
        "last_materialization": second(1),
        "last_observation": second(9),
        "op": "clean",
        "run_id": "r1",
        "checks": 2,
        "checks_failing": 1,
    }
    assert (seen["asset_key"], seen["op"], seen["partitions"]) == ("a", "look", 0)
    assert (seen["checks"], seen["checks_failing"]) == (0, 0)
    assert seen["last_materialization"] is pd.NaT


def test_the_keys_are_those_of_the_catalog(full):
    odd = AssetKey(["x/y", "\ud800"])
    full.append([entry(AssetObservation(odd))])

    assert full.asset_keys()[:2] == [AssetKey("a"), AssetKey(["b", "made"])]
    assert len(full.asset_keys()) == len(full.assets()) == 3


PASSED = [
    ({"op": "again"}, [("b/made", 1)]),
    ({"op": ["again", "look"]}, [("a", 0), ("b/made", 1)]),
    ({"run": "r2"}, [("b/made", 1)]),
    ({"asset": "b/made"}, [("b/made", 3)]),
    ({"partition": "q"}, [("b/made", 1)]),
    ({"since": "1970-01-01T00:00:04Z"}, [("a", 0), ("b/made", 0)]),
    ({"until": "1970-01-01T00:00:03Z", "asset": "b/made"}, [("b/made", 2)]),
    ({"asset": "a", "since": "1d"}, []),
]


@pytest.mark.parametrize(("filters", "found"), PASSED, ids=[str(f) for f, _ in PASSED])
def test_only_what_passes_the_filters_is_counted(full, filters, found):
    frame = full.assets(**filters)

    assert (
        list(zip(frame["asset_key"], frame["materializations"], strict=True)) == found
    )


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        ({"asset": "b/maed"}, "Did you mean 'b/made'"),
        ({"op": "agian"}, "Did you mean 'again'"),
        ({"label": "one"}, "has no filter 'label'"),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_with_a_hint(full, filters, message):
    with pytest.raises(CheckError, match=message):
        full.assets(**filters)
