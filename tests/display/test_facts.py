"""Entries of the log on their own say what they tell of."""

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
