"""What was told of assets before a run, on every store: what a card compares with."""

from decimal import Decimal

import pytest
from factories import ended, entry, started

from opnb.event_log.reading.assets_before import read_numbers_before
from opnb.event_log.summary import AssetPart
from opnb.model.asset_key import AssetKey
from opnb.model.entry import EventType
from opnb.model.events import AssetMaterialization, AssetObservation

MADE = EventType.ASSET_MATERIALIZATION
SEEN = EventType.ASSET_OBSERVATION
ORDERS = AssetPart(MADE, AssetKey("orders"), None)


@pytest.fixture(name="told")
def _told(log):
    """Keep a run that tells these events; `before` says what came before a run."""

    def keep(run_id, *events):
        log.append(
            [
                started(run_id),
                *[entry(event, run_id=run_id) for event in events],
                ended(EventType.RUN_SUCCESS, run_id),
            ]
        )

    return keep


@pytest.fixture(name="before")
def _before(log):
    return lambda run_id, *parts: read_numbers_before(log._store, run_id, parts)


def made(rows, key="orders", partition=None):
    return AssetMaterialization(key, metadata={"rows": rows}, partition=partition)


def test_a_run_is_compared_with_the_last_one_before_it(told, before):
    for run_id, rows in (("r1", 1), ("r2", 2), ("r3", 3)):
        told(run_id, made(rows))

    assert before("r3", ORDERS) == {ORDERS: {"rows": 2}}
    assert before("r2", ORDERS) == {ORDERS: {"rows": 1}}
    assert before("r1", ORDERS) == {}


def test_what_a_run_told_itself_does_not_count(told, before):
    told("r1", made(1))
    told("r2", made(2), made(3))

    assert before("r2", ORDERS) == {ORDERS: {"rows": 1}}


def test_a_run_that_the_log_has_not_got_yet_comes_after_all(told, before):
    told("r1", made(1))

    assert before("r9", ORDERS) == {ORDERS: {"rows": 1}}


def test_partitions_and_kinds_of_events_are_apart(told, before):
    told("r1", made(1), made(2, partition="p"), made(3, partition="q"))
    told("r1b", AssetObservation("orders", metadata={"rows": 4}))
    told("r2")
    seen = AssetPart(SEEN, AssetKey("orders"), None)
    first = AssetPart(MADE, AssetKey("orders"), "p")
    never = AssetPart(SEEN, AssetKey("orders"), "p")

    found = before("r2", ORDERS, seen, first, never)

    assert found == {ORDERS: {"rows": 1}, seen: {"rows": 4}, first: {"rows": 2}}


def test_numbers_alone_are_read(told, before):
    metadata = {"n": 1, "f": 0.5, "d": Decimal("1.50"), "t": "x", "b": True, "j": [1]}
    told("r1", AssetMaterialization("orders", metadata=metadata))

    found = before("r2", ORDERS)

    assert found == {ORDERS: {"n": 1, "f": 0.5, "d": Decimal("1.50")}}


@pytest.mark.parametrize("text", ["a/b", "it's", "\ud800", "x" * 300, "🦆"])
def test_whatever_an_asset_is_called_it_is_found(told, before, text):
    part = AssetPart(MADE, AssetKey([text, "c"]), text)
    told("r1", made(1, AssetKey([text, "c"]), text))

    assert before("r2", part) == {part: {"rows": 1}}


def test_many_assets_are_read_in_few_queries(told, before):
    keys = [f"table_{number}" for number in range(250)]
    told("r1", *[made(number, key) for number, key in enumerate(keys)])
    parts = [AssetPart(MADE, AssetKey(key), None) for key in keys]

    found = before("r2", *parts)

    assert [found[part]["rows"] for part in parts] == list(range(250))


def test_nothing_asked_is_nothing_read(log, before):
    log.close()

    assert before("r1") == {}
