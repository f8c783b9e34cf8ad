"""The log a page at a time, in every store."""

import json

import pytest
from factories import ended, entry, started

from opnb import (
    AssetKey,
    AssetMaterialization,
    CheckError,
    EventLog,
    EventType,
    ExpectationResult,
)
from opnb.event_log.care.database import open_to_change
from opnb.event_log.care.prune import Prune
from opnb.event_log.reading import page as page_module
from opnb.event_log.reading.page import Pages, read_entry

HOUR = 3_600.0
DAY = 24 * HOUR


def line(message, *, run_id="r1", timestamp=1.5, node_name="clean"):
    return entry(
        EventType.LOG_MESSAGE,
        run_id=run_id,
        timestamp=timestamp,
        message=message,
        level=20,
        node_name=node_name,
    )


def filled(log, count, **fields):
    log.append([line(str(number), **fields) for number in range(count)])
    return log


def messages(page):
    return [line.message for line in page.lines]


def all_pages(pages):
    """Walk from the newest to the oldest page, through what is not full."""
    page = pages.read(pages.high)
    while True:
        while not page.is_full and page.following is not None:
            page = pages.read_further(page)
        yield page
        if page.following is None:
            return
        page = pages.read(page.following)


def test_pages_follow_each_other_newest_first(log):
    pages = Pages(filled(log, 7), size=3)
    first = pages.read(pages.high)
    second = pages.read(first.following)
    third = pages.read(second.following)

    assert messages(first) == ["6", "5", "4"]
    assert messages(second) == ["3", "2", "1"]
    assert messages(third) == ["0"]
    assert (third.is_full, third.following) == (False, None)


def test_what_comes_meanwhile_moves_no_page(log):
    pages = Pages(filled(log, 4), size=2)
    first = pages.read(pages.high)
    log.append([line("new")])

    assert messages(pages.read(first.following)) == ["1", "0"]
    assert messages(pages.read(pages.high)) == messages(first) == ["3", "2"]
    assert Pages(log).high == pages.high + 1


def test_an_empty_log_has_one_empty_page(log):
    pages = Pages(log)
    page = pages.read(pages.high)

    assert (page.lines, page.following, pages.total()) == ((), None, 0)


def test_a_full_last_page_has_nothing_after_it(log):
    pages = Pages(filled(log, 4), size=2)
    last = pages.read(pages.read(pages.high).following)

    assert (last.is_full, last.following) == (True, None)


def test_a_line_has_what_a_list_shows(log):
    event = AssetMaterialization(
        "shop/orders", partition="north", description="x" * 999
    )
    log.append(
        [entry(event, message="m" * 999), entry(ExpectationResult(False, "full"))]
    )
    pages = Pages(log)
    check, asset = pages.read(pages.high).lines

    assert (asset.asset_key, asset.partition, asset.op) == (
        "shop/orders",
        "north",
        "clean",
    )
    assert (asset.run_id, asset.job, asset.micros) == ("r1", "clean", 1_500_000)
    assert asset.message == "m" * 300
    assert (check.label, check.success) == ("full", 0)


FILTERS = {
    "run": ({"run": "r2"}, {"run": "r2"}),
    "run's beginning": ({"run": "r"}, {"run": "r"}),
    "run that is not": ({"run": "zz"}, None),
    "op": ({"op": "load"}, {"op": "load"}),
    "type": ({"type": "materialization"}, {"type": "materialization"}),
    "asset": ({"asset": "orders"}, {"asset": "orders"}),
    "asset of parts": (
        {"asset": AssetKey(["a-b", "c/d"])},
        {"asset": AssetKey(["a-b", "c/d"])},
    ),
    "asset that is not": ({"asset": "nope"}, None),
    "label": ({"label": "full"}, {"label": "full"}),
    "since": (
        {"since": "1970-01-02T01:00Z"},
        {"since": "1970-01-02T01:00Z"},
    ),
    "until": ({"until": "1970-01-02Z"}, {"until": "1970-01-02Z"}),
    "between": (
        {"since": "1970-01-02T01:00Z", "until": "1970-01-03Z"},
        {"since": "1970-01-02T01:00Z", "until": "1970-01-03Z"},
    ),
    "several": (
        {"op": "load", "type": "materialization", "run": "r1"},
        {"op": "load", "type": "materialization", "run": "r1"},
    ),
}


@pytest.fixture(name="varied")
def _varied(log):
    """Three runs, a day apart, of which two go on at the same time."""
    for number, run_id in enumerate(("r1", "r2", "r3")):
        log.append([started(run_id)])
        for step in range(4):
            log.append(
                [
                    entry(event, run_id=run_id, timestamp=when, node_name=op)
                    for when in (number * DAY + step * HOUR,)
                    for event, op in (
                        (AssetMaterialization("orders"), "load"),
                        (AssetMaterialization(AssetKey(["a-b", "c/d"])), "clean"),
                        (ExpectationResult(step != 2, "full"), "clean"),
                    )
                ]
            )
        if run_id != "r2":
            log.append([ended(EventType.RUN_SUCCESS, run_id)])
    log.append([line("late", run_id="r2", timestamp=2 * DAY)])
    return log


@pytest.mark.parametrize("span", [3, 50_000])
@pytest.mark.parametrize("name", FILTERS)
def test_the_pages_of_a_filter_are_the_events_that_pass_it(
    varied, monkeypatch, name, span
):
    # However far one query looks, and whichever way it takes to an asset.
    monkeypatch.setattr(page_module, "SPAN", span)
    monkeypatch.setattr(page_module, "_FEW", span)
    filters, same = FILTERS[name]
    pages = Pages(varied, size=4, **filters)
    found = list(all_pages(pages))
    ids = [line.id for page in found for line in page.lines]

    expected = (
        [] if same is None else varied.events(order="newest", **same)["id"].tolist()
    )
    assert ids == expected
    assert all(page.is_full for page in found[:-1])
    assert pages.total() in (None, len(ids))


def test_what_is_rare_is_looked_for_a_span_at_a_time(log, monkeypatch):
    monkeypatch.setattr(page_module, "SPAN", 10)
    filled(log, 1, node_name="rare")
    filled(log, 25)
    pages = Pages(log, op="rare")
    page = pages.read(pages.high)
    looked = []
    while page.following is not None:
        looked.append(pages.high - page.following)
        page = pages.read_further(page)

    assert looked == [10, 20]
    assert messages(page) == ["0"]


def test_a_gap_that_was_pruned_is_passed_at_one_go(tmp_path, monkeypatch):
    monkeypatch.setattr(page_module, "SPAN", 10)
    path = tmp_path / "events.db"
    log = EventLog(path)
    rare = entry(AssetMaterialization("orders"), node_name="rare")
    log.append([started(), rare, ended(EventType.RUN_SUCCESS)])
    for run_id in ("r2", "r3", "r4"):
        filled(log, 20, run_id=run_id)
        log.append([ended(EventType.RUN_SUCCESS, run_id)])
    log.append([line("new", run_id="r5", timestamp=DAY)])
    log.close()
    with open_to_change(path) as database:
        Prune(database, int(HOUR * 1e6)).remove()

    log = EventLog(path)
    pages = Pages(log, op="rare")
    page = pages.read_further(pages.read(pages.high))
    assert (pages.high, log.asset("orders").latest.run_id) == (67, "r1")
    assert [found.asset_key for found in page.lines] == ["orders"]
    monkeypatch.setattr(page_module, "SPAN", 1_000)
    assert Pages(log).total() == len(log.frame) == 4
    log.close()


def test_all_entries_are_counted_without_looking_at_them(monkeypatch):
    log = filled(EventLog("memory:"), 30)
    asked = spied(log, monkeypatch)

    assert Pages(log).total() == 30
    assert not any("count(*)" in query for query, _ in asked)


def test_many_that_pass_are_not_counted(log, monkeypatch):
    monkeypatch.setattr(page_module, "SPAN", 10)

    assert Pages(filled(log, 30), op="clean").total() is None


def spied(log, monkeypatch):
    """Note what is asked of a log's database; it answers as ever."""
    asked, select = [], log._store.select

    def noted(query, parameters=()):
        asked.append((query, parameters))
        return select(query, parameters)

    monkeypatch.setattr(log._store, "select", noted)
    return asked


PLANS = {
    "none": {},
    "op": {"op": "clean"},
    "asset": {"asset": "orders"},
    "run": {"run": "r2"},
    "times": {"since": "1970-01-02Z", "until": "1970-01-03Z"},
    "all": {"op": "clean", "asset": "orders", "run": "r2", "since": "1970-01-02Z"},
}


@pytest.mark.parametrize("name", PLANS)
def test_no_query_of_a_page_goes_through_all_entries(varied, monkeypatch, name):
    if varied._store.dialect != "sqlite":
        pytest.skip("PostgreSQL plans by what the tables hold")
    monkeypatch.setattr(page_module, "SPAN", 10)
    asked = spied(varied, monkeypatch)
    pages = Pages(varied, size=5, **PLANS[name])
    pages.read(pages.high)
    pages.total()

    plans = [
        step
        for query, parameters in [*asked]
        for *_, step in varied._store.select(f"EXPLAIN QUERY PLAN {query}", parameters)
    ]
    assert plans
    # Looking at the one end of an index is told as a search of it.
    assert not [step for step in plans if step.startswith("SCAN entries")]


def test_an_entry_is_read_whole(log):
    log.append([entry(AssetMaterialization("orders", metadata={"rows": 3}))])
    (number,) = (line.id for line in Pages(log).read(99).lines)

    assert read_entry(log, number).metadata["rows"].value == 3
    assert read_entry(log, number + 1) is None


def test_a_filter_that_cannot_be_is_an_error(log):
    with pytest.raises(CheckError, match="is no time"):
        Pages(log, since="yesterday")


def test_a_long_text_of_a_run_is_no_pattern(log):
    filled(log, 1, run_id="r%")

    assert Pages(log, run="r%").total() == 1
    assert Pages(log, run="%").total() == 0


def test_lines_hold_nothing_that_grows_with_an_entry(log):
    log.append(
        [entry(AssetMaterialization("orders", metadata={"text": "x" * 100_000}))]
    )
    (line,) = Pages(log).read(99).lines

    assert len(json.dumps([getattr(line, name) for name in line.__slots__])) < 500
