"""Entries of the log on their own say what they tell of."""

import pandas as pd
import pytest
from factories import entry

from opnb.display.bundle import render_bundle
from opnb.model.entry import (
    ErrorSource,
    EventType,
    HookErroredData,
    SerializableErrorInfo,
    StepFailureData,
    StepRetryData,
)
from opnb.model.events import AssetObservation, ExpectationResult

FRAME = pd.DataFrame({"n": [1]})
ERROR = SerializableErrorInfo("no answer", (), "TimeoutError")


@pytest.mark.parametrize(
    ("event_type", "data", "text"),
    [
        (EventType.STEP_SKIPPED, None, "– STEP_SKIPPED clean\n  Told."),
        (EventType.HOOK_COMPLETED, None, "✓ HOOK_COMPLETED clean\n  Told."),
        (EventType.HOOK_SKIPPED, None, "– HOOK_SKIPPED clean\n  Told."),
        (
            EventType.HOOK_ERRORED,
            HookErroredData(ERROR),
            "! HOOK_ERRORED clean\n  Told. TimeoutError: no answer",
        ),
        (
            EventType.STEP_UP_FOR_RETRY,
            StepRetryData(ERROR),
            "↻ STEP_UP_FOR_RETRY clean\n  Told. TimeoutError: no answer",
        ),
        (
            EventType.STEP_FAILURE,
            StepFailureData(ERROR, None, ErrorSource.USER_CODE_ERROR),
            "✗ STEP_FAILURE clean\n  Told. TimeoutError: no answer",
        ),
        (EventType.STEP_START, None, "· STEP_START clean\n  Told."),
    ],
    ids=lambda value: value.name if isinstance(value, EventType) else "",
)
def test_an_entry_says_what_it_tells_of(event_type, data, text):
    told = entry(event_type, data=data, message="Told.")

    assert render_bundle(told)[0]["text/plain"] == text


def test_an_event_s_tables_stay_tables_in_markdown():
    event = AssetObservation("a", metadata={"rows": 2, "by": FRAME, "note": "x"})

    assert render_bundle(event)[0]["text/markdown"] == (
        "○ observation of **a**\n\n- rows: 2\n\nby:\n\n"
        "| n (int64) |\n| ---: |\n| 1 |\n\n- note: x"
    )


def test_labels_beyond_fifty_are_counted():
    event = AssetObservation("a", metadata={f"label {n}": n for n in range(60)})
    bundle, _ = render_bundle(event)

    assert "- … 10 further labels" in bundle["text/markdown"]
    assert "… 10 further labels" in bundle["text/html"]


@pytest.mark.parametrize(
    ("level", "text"),
    [
        (20, "· LOG_MESSAGE clean · INFO\n  hello"),
        (30, "! LOG_MESSAGE clean · WARNING\n  hello"),
        (40, "! LOG_MESSAGE clean · ERROR\n  hello"),
    ],
)
def test_a_line_of_the_log_says_how_grave_it_is(level, text):
    line = entry(EventType.LOG_MESSAGE, level=level, message="hello")

    assert render_bundle(line)[0]["text/plain"] == text


@pytest.mark.parametrize(("success", "glyph"), [(True, "✓"), (False, "✗")])
def test_an_expectation_says_whether_it_was_met(success, glyph):
    told = render_bundle(entry(ExpectationResult(success, "full")))[0]["text/plain"]

    assert told.startswith(f"{glyph} STEP_EXPECTATION_RESULT clean")
