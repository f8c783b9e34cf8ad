"""A log in many buckets of SQLite's index of assets is read like a short one."""

import sqlite3

import pandas as pd
import pytest
from factories import ended, entry, started

from opnb.event_log.care.database import open_to_change
from opnb.event_log.care.prune import Prune
from opnb.event_log.log import EventLog
from opnb.event_log.reading.lineage import makers_of
from opnb.event_log.reading.page import Pages
from opnb.event_log.summary import AssetPart
from opnb.model.asset_key import AssetKey
from opnb.model.entry import EventType
from opnb.model.errors import CheckError
from opnb.model.events import AssetMaterialization, AssetObservation

RUNS = 6
# More than one bucket has: each run is in another one, some with empty ones between.
APART = 50_000
KEYS = ["late", "orders", "rare", "never"]


def written(path):
    log = EventLog(path)
    for number in range(1, RUNS + 1):
        run_id = f"r{number}"
        events = [
            AssetMaterialization("orders", metadata={"rows": number}),
            AssetObservation("orders", metadata={"rows": -number}),
            AssetObservation("orders", partition=f"p{number % 2}"),
        ]
        if number == 2:
            events.append(AssetObservation("rare", metadata={"rows": 7}))
        if number == RUNS:
            events.append(AssetMaterialization("late", partition="p"))
        log.append(
            [
                started(run_id),
                *[entry(e, run_id=run_id, timestamp=number) for e in events],
                ended(EventType.RUN_SUCCESS, run_id),
            ]
        )
    log.close()
    return path


def spread(path):
    """Let the runs of a log lie far apart."""
    connection = sqlite3.connect(path)
    connection.execute("UPDATE entries SET id = id + ? * run", (APART,))
    connection.execute(
        "UPDATE runs SET first_entry = first_entry + ?1 * number,"
        " last_entry = last_entry + ?1 * number",
        (APART,),
    )
    connection.commit()
    connection.close()
    return path


@pytest.fixture(name="near")
def _near(tmp_path):
    return EventLog(written(tmp_path / "near.db"))


@pytest.fixture(name="far")
def _far(tmp_path):
    return EventLog(spread(written(tmp_path / "far.db")))


def assert_same(one, other):
    pd.testing.assert_frame_equal(
        one.drop(columns="id", errors="ignore"),
        other.drop(columns="id", errors="ignore"),
    )


def recent_values(history, count):
    return [event.values for event in history.recent(count)]  # noqa: PD011 - no frame


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize(
    "filters",
    [{}, {"run": "r2"}, {"partition": "p0"}, {"op": "clean"}, {"limit": 4}],
    ids=str,
)
def test_a_history_is_the_same(near, far, key, filters):
    one, other = near.asset(key, **filters), far.asset(key, **filters)

    assert one.latest == other.latest
    assert len(one) == len(other)
    assert one.entries == other.entries
    assert one.labels == other.labels
    for count in (0, 1, 3, 5, 100):
        assert one.newest(count) == other.newest(count)
        assert recent_values(one, count) == recent_values(other, count)
    assert_same(one.frame, other.frame)
    assert_same(one.materializations(), other.materializations())
    assert_same(one.partitions, other.partitions)


def test_a_difference_is_the_same(near, far):
    assert_same(near.asset("orders").diff(), far.asset("orders").diff())
    assert_same(near.asset("orders").diff("r1"), far.asset("orders").diff("r1"))


@pytest.mark.parametrize("filters", [{}, {"asset": "orders"}, {"run": "r2"}], ids=str)
def test_the_catalog_is_the_same(near, far, filters):
    assert_same(near.assets(**filters), far.assets(**filters))


@pytest.mark.parametrize("limit", [None, 3])
@pytest.mark.parametrize("order", ["oldest", "newest"])
@pytest.mark.parametrize("asset", ["orders", [AssetKey("rare"), AssetKey("late")]])
def test_events_of_assets_are_the_same(near, far, asset, order, limit):
    filters = {"asset": asset, "order": order, "limit": limit}

    assert_same(near.events(**filters), far.events(**filters))
    assert_same(near.metadata(**filters), far.metadata(**filters))


def test_a_page_of_an_asset_is_the_same(near, far):
    def page(log):
        pages = Pages(log, asset="orders", size=5)
        return [line.run_id for line in pages.read(pages.high).lines], pages.total()

    assert page(near) == page(far)


def test_numbers_before_a_run_are_the_same(near, far):
    parts = [
        AssetPart(kind, AssetKey(key), partition)
        for kind in (EventType.ASSET_MATERIALIZATION, EventType.ASSET_OBSERVATION)
        for key in KEYS
        for partition in (None, "p0")
    ]

    for run_id in ("r1", "r3", "r6", "r9"):
        found = near.numbers_before(run_id, parts)
        assert found == far.numbers_before(run_id, parts)
    assert found[AssetPart(EventType.ASSET_OBSERVATION, AssetKey("rare"), None)]


def test_what_made_an_asset_is_the_same(near, far):
    assert makers_of(near, "late") == makers_of(far, "late") != []
    assert_same(near.lineage(["orders"]), far.lineage(["orders"]))


def test_keys_are_found_in_every_bucket_once(near, far):
    found = [AssetKey("late"), AssetKey("orders"), AssetKey("rare")]

    assert near.asset_keys() == far.asset_keys() == found
    assert far.asset_keys() == found


def test_keys_that_come_later_are_found(far):
    far.asset_keys()
    far.append([entry(AssetObservation("a"), run_id="r6")])
    assert AssetKey("a") in far.asset_keys()
    spread(far.path)
    far.append([entry(AssetObservation("b"), run_id="r6")])

    assert far.asset_keys()[:2] == [AssetKey("a"), AssetKey("b")]


def test_keys_that_are_gone_are_told_no_more(far):
    far.asset_keys()
    with open_to_change(far.path) as database:
        Prune(database, before=2**62).remove()
        database.run("DELETE FROM entries WHERE asset_key = 'rare'")

    assert AssetKey("rare") not in far.asset_keys()


def test_an_asset_that_is_not_there_is_told(far):
    with pytest.raises(CheckError, match="has no asset"):
        far.events(asset="never")


def test_the_index_is_used_whatever_lies_where(far):
    """Without statistics SQLite must see by the query alone that an index helps."""
    asked, select = [], far._store.select

    def noted(query, parameters=()):
        asked.append((query, parameters))
        return select(query, parameters)

    far._store.select = noted
    history = far.asset("orders")
    assert history.latest
    assert history.newest(3)
    assert history.recent(3)
    assert len(history)
    assert len(history.partitions)
    assert len(far.events(asset="orders", limit=2))
    assert far.numbers_before(
        "r3", [AssetPart(EventType.ASSET_OBSERVATION, AssetKey("rare"), None)]
    )
    assert far.asset_keys()
    plans = [
        step
        for query, parameters in [*asked]
        for *_, step in select(f"EXPLAIN QUERY PLAN {query}", parameters)
    ]

    assert [step for step in plans if "entries_by_asset (<expr>=?" in step]
    assert not [step for step in plans if step.startswith("SCAN entries")]
