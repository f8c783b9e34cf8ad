"""An event of the user's as a row, and the entry that the row stands for."""

import pytest
from factories import entry

from opnb.model.entry import EventType
from opnb.model.event_row import event_entry, event_row
from opnb.model.events import (
    AssetMaterialization,
    AssetObservation,
    ExpectationResult,
)
from opnb.model.metadata import MetadataValue
from opnb.model.serialize import from_row, to_row

METADATA = {"rows": 3, "note": MetadataValue.md("**b**"), "json": {"a": [1, None]}}
EVENTS = [
    AssetObservation("orders"),
    AssetObservation("sales/new orders", "seen", METADATA, "2024-01-01", {"a": "b"}),
    AssetObservation(["a/b", "c"], tags={}),
    AssetMaterialization("orders"),
    AssetMaterialization("sales/orders", "written", METADATA, "p", {"a": "b"}),
    AssetMaterialization("orders", tags={}),
    ExpectationResult(True, "whole"),
    ExpectationResult(False, "whole", "no gaps", METADATA, severity="warn"),
]


@pytest.mark.parametrize("event", EVENTS, ids=repr)
def test_the_row_is_that_of_the_entry(event):
    row = event_row(event, 1.5, "clean[a]", "clean")
    made = event_entry(event, row, "r1", "job")

    assert row == to_row(made)
    assert from_row(row, run_id="r1", job_name="job") == made


@pytest.mark.parametrize("event", EVENTS, ids=repr)
def test_the_entry_tells_of_the_very_event(event):
    row = event_row(event, 1.5, "clean", "clean")
    made = event_entry(event, row, "r1", "clean")

    expected = entry(event, timestamp=1.5, message=made.message)
    assert made == expected


@pytest.mark.parametrize(
    ("event", "message"),
    [
        (AssetObservation("orders", "seen"), None),
        (AssetMaterialization("a/b"), "Materialized value a b."),
        (AssetMaterialization("a", "written"), "written"),
        (ExpectationResult(True, "whole"), "Expectation whole passed"),
        (ExpectationResult(False, "whole"), "Expectation whole failed"),
        (ExpectationResult(False, "whole", "no gaps"), "no gaps"),
    ],
    ids=repr,
)
def test_the_message_is_dagsters(event, message):
    assert event_row(event, 0.0, "clean", "clean")[5] == message


def test_the_time_is_kept_to_the_microsecond():
    row = event_row(AssetObservation("a"), 1_700_000_000.123456, "clean", "clean")
    made = event_entry(AssetObservation("a"), row, "r1", "clean")

    assert (row[0], made.timestamp) == (1_700_000_000_123_456, 1_700_000_000.123456)
    assert made.event_type is EventType.ASSET_OBSERVATION
