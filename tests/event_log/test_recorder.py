"""What a run records is folded as if one by one, whenever somebody looks."""

import pytest
from factories import ended, entry, started
from hypothesis import given
from hypothesis import strategies as st

from opnb.event_log.log import EventLog
from opnb.event_log.recorder import Recorder
from opnb.event_log.summary import RunSummary
from opnb.event_log.told import Told
from opnb.model.entry import EventType
from opnb.model.event_row import event_entry, event_row
from opnb.model.events import (
    AssetMaterialization,
    AssetObservation,
    ExpectationResult,
)

EVENTS = st.sampled_from(
    [
        AssetObservation("a"),
        AssetObservation("a", metadata={"n": 1}),
        AssetObservation("a", partition="p"),
        AssetObservation("b"),
        AssetMaterialization("a"),
        ExpectationResult(True, "full"),
        ExpectationResult(False, "full"),
        EventType.LOG_MESSAGE,
        EventType.STEP_SUCCESS,
    ]
)
STEPS = st.sampled_from(["load", "clean"])


@pytest.fixture(name="log", scope="module")
def _log():
    return EventLog("memory:")


def told_of(entries):
    told = Told()
    for each in entries:
        told.add(each)
    return told


@given(st.lists(st.tuples(EVENTS, STEPS, st.booleans()), max_size=30))
def test_many_alike_are_folded_as_one_by_one(log, told):
    recorder, entries = Recorder(log), []
    for event, step, looks in [(EventType.RUN_START, None, False), *told]:
        line = entry(event, step_key=step, node_name=step) if step else started()
        if isinstance(event, EventType):
            recorder([line])
        else:
            row = event_row(event, line.timestamp, step, step)
            recorder.event(event, row, line.run_id, line.job_name)
            line = event_entry(event, row, line.run_id, line.job_name)
        entries.append(line)
        if looks:
            assert recorder.summary == RunSummary.of(entries)

    assert recorder.summary == RunSummary.of(entries)
    assert recorder.told == told_of(entries)


def test_of_a_long_run_little_waits_to_be_folded(log):
    recorder = Recorder(log)
    recorder([started()])
    for number in range(2_000):
        event = AssetObservation("a", metadata={"text": "x" * 100, "n": number})
        recorder.event(event, event_row(event, 0.0, "clean", "clean"), "r1", "clean")
    recorder([ended(EventType.RUN_SUCCESS)])

    assert len(recorder._gathered) < 500
    (step,) = recorder.summary.steps.values()
    (asset,) = step.assets.values()
    assert (asset.count, asset.last.metadata["n"].value) == (2_000, 1_999)
