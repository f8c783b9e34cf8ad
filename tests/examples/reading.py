"""What examples read of a run, in the words that both libraries share."""

from __future__ import annotations

from typing import Any

# Dagster also tells of values stored and loaded between steps, which opnb does not do.
_STORAGE = {"HANDLED_OUTPUT", "LOADED_INPUT"}


def kinds(result: Any, node: str) -> list[str]:
    """Return the types of a node's events, in their order."""
    types = [event.event_type_value for event in result.events_for_node(node)]
    return [kind for kind in types if kind not in _STORAGE]


def data_of(result: Any, node: str, kind: str) -> list[Any]:
    """Return what a node's events of one type carry, in their order."""
    return [
        event.event_specific_data
        for event in result.events_for_node(node)
        if event.event_type_value == kind
    ]


def plain(metadata: Any) -> dict[str, Any]:
    """Return metadata as plain values by label."""
    return {label: value.value for label, value in metadata.items()}
