import math
from decimal import Decimal

import pytest
from factories import entry

from opnb.event_log.reading.trends import trends_of
from opnb.model.events import AssetMaterialization, AssetObservation


@pytest.fixture(name="trends")
def _trends(log):
    def trends(*metadata):
        for labels in metadata:
            log.append([entry(AssetObservation("orders", None, labels))])
        return trends_of(log.asset("orders").recent(100))

    return trends


def test_a_trend_is_the_numbers_of_a_label_oldest_first(trends):
    (trend,) = trends({"rows": 980}, {}, {"rows": 1000.5}, {"rows": Decimal(990)})

    assert trend.label == "rows"
    assert list(trend.numbers) == [980, 1000.5, Decimal(990)]
    assert (trend.before, trend.last) == (1000.5, Decimal(990))
    assert (trend.low, trend.median, trend.high) == (980, 990, 1000.5)


def test_the_median_of_whole_numbers_is_whole_where_it_can_be(trends):
    assert repr(trends({"n": 1}, {"n": 3})[0].median) == "2"
    assert repr(trends({"n": 4})[0].median) == "3"
    assert trends({"n": 6})[0].median == 3.5


def test_labels_come_in_the_order_of_the_newest_event(trends):
    told = trends({"gone": 1, "b": 1, "a": 1}, {"gone": 1}, {"a": 2, "b": 2})

    assert [(it.label, it.is_current) for it in told] == [
        ("a", True),
        ("b", True),
        ("gone", False),
    ]


@pytest.mark.parametrize(
    "value",
    [math.nan, math.inf, 10**400, True, "3", None, [1]],
    ids="nan inf huge bool text null json".split(),
)
def test_what_is_no_finite_number_has_no_trend(trends, value):
    assert trends({"x": value}, {"x": 1}, {"x": value}) == []


def test_the_greatest_floats_have_a_median(trends):
    (trend,) = trends({"x": 1.7e308}, {"x": 1.7e308})

    assert trend.median == 1.7e308


def test_a_limit_counts_for_what_is_looked_at(log):
    for number in range(4):
        log.append([entry(AssetMaterialization("orders", None, {"n": number}))])

    (trend,) = trends_of(log.asset("orders", limit=3).recent(100))

    assert list(trend.numbers) == [1, 2, 3]


def test_events_of_partitions_and_of_none_come_in_their_order(log):
    kinds = [AssetMaterialization, AssetObservation]
    for number in range(8):
        partition = f"p{number % 3}" if number % 4 > 1 else None
        event = kinds[number % 2]("orders", None, {"n": number}, partition)
        log.append([entry(event)])
    history = log.asset("orders")

    newest = [event.values["n"][1] for event in history.recent(5)]
    entries = [each.metadata["n"].value for each in history.newest(5)]

    assert newest == entries == [7, 6, 5, 4, 3]
    again = history.entries_of(history.recent(2))
    assert [each.metadata["n"].value for each in again] == [7, 6]
