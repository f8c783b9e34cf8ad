"""The lines of a run's log, told in plain JSON and in the same words on both sides."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from parity.describe import describe


def describe_events(events: Iterable[Any]) -> list[list[Any]]:
    """Return type, step and contents of each event that is no part of machinery."""
    told = []
    for event in events:
        kind = event.event_type_value.replace("PIPELINE_", "RUN_")
        if kind in _CONTENTS:
            told.append([kind, event.step_key, _CONTENTS[kind](event)])
    return _with_hooks_sorted(told)


def _with_hooks_sorted(told: list[list[Any]]) -> list[list[Any]]:
    # The hooks of a step are a set: they run in no order that could be relied on.
    for _ in told:
        for at in range(len(told) - 1):
            pair = told[at : at + 2]
            if all(kind.startswith("HOOK_") for kind, *_ in pair):
                told[at : at + 2] = sorted(pair, key=str)
    return told


def describe_error_info(error: Any) -> list[str]:
    """Return the class of an error and those of its causes."""
    classes = []
    while error is not None:
        classes.append(error.cls_name.removeprefix("Dagster"))
        error = error.cause
    return classes


def _nothing(_event: Any) -> dict[str, Any]:
    return {}


def _input(event: Any) -> dict[str, Any]:
    data = event.event_specific_data
    return {"input": data.input_name, "check": _check(data.type_check_data)}


def _output(event: Any) -> dict[str, Any]:
    data = event.event_specific_data
    return {
        "output": data.output_name,
        "mapping_key": data.mapping_key,
        "check": _check(data.type_check_data),
        "metadata": describe(data.metadata or {}),
    }


def _check(data: Any) -> Any:
    """Return whether a check passed, and what it said where it is the user's own."""
    said = {"metadata": describe(data.metadata)} if data.metadata else {}
    return {"success": data.success, **said}


def _materialization(event: Any) -> dict[str, Any]:
    told = describe(event.event_specific_data.materialization)
    return {**told, "message": event.message}


def _observation(event: Any) -> dict[str, Any]:
    told = describe(event.event_specific_data.asset_observation)
    return {**told, "message": event.message}


def _expectation(event: Any) -> dict[str, Any]:
    told = describe(event.event_specific_data.expectation_result)
    return {**told, "message": event.message}


def _failure(event: Any) -> dict[str, Any]:
    data = event.event_specific_data
    return {
        "error": describe_error_info(data.error),
        "user": describe(data.user_failure_data),
        "source": data.error_source.value,
    }


def _retry(event: Any) -> dict[str, Any]:
    data = event.event_specific_data
    return {
        "error": describe_error_info(data.error),
        "wait": float(data.seconds_to_wait or 0),
    }


_CONTENTS: dict[str, Callable[[Any], dict[str, Any]]] = {
    **dict.fromkeys(
        (
            *("RUN_START", "RUN_SUCCESS", "RUN_FAILURE", "RUN_CANCELED"),
            *("STEP_START", "STEP_SUCCESS", "STEP_SKIPPED", "STEP_RESTARTED"),
            *("HOOK_COMPLETED", "HOOK_SKIPPED", "HOOK_ERRORED"),
        ),
        _nothing,
    ),
    "STEP_INPUT": _input,
    "STEP_OUTPUT": _output,
    "STEP_FAILURE": _failure,
    "STEP_UP_FOR_RETRY": _retry,
    "ASSET_MATERIALIZATION": _materialization,
    "ASSET_OBSERVATION": _observation,
    "STEP_EXPECTATION_RESULT": _expectation,
}
