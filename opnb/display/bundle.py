"""Every displayable value as a mimebundle: plain text, Markdown and HTML.

IPython calls `_repr_mimebundle_` of a value, the model's hook calls `render_bundle`
here, and the value's class says which renderer draws it. A fault of a renderer must
not cost the value: its text is shown with one line that says so.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from opnb.definitions.graph import GraphDefinition
from opnb.definitions.job import JobDefinition
from opnb.definitions.op import OpDefinition
from opnb.display.card import card_forms
from opnb.display.facts import (
    asset_event_forms,
    entry_forms,
    expectation_forms,
    op_forms,
    output_forms,
)
from opnb.display.history import history_forms
from opnb.display.value import value_forms
from opnb.display.wiring import graph_forms, job_forms
from opnb.event_log.reading.asset_history import AssetHistory
from opnb.event_log.summary import RunSummary
from opnb.model.asset_key import AssetKey
from opnb.model.checks import shorten
from opnb.model.entry import EventLogEntry
from opnb.model.events import (
    AssetMaterialization,
    AssetObservation,
    ExpectationResult,
    Output,
)
from opnb.model.metadata import MetadataValue
from opnb.model.normalize import normalize_metadata
from opnb.model.table import TableColumnLineage, TableSchema

_RENDERERS: tuple[tuple[type | tuple[type, ...], Callable[[Any], dict[str, str]]], ...]
_RENDERERS = (
    (RunSummary, card_forms),
    (AssetHistory, history_forms),
    (MetadataValue, value_forms),
    (
        (AssetKey, TableSchema, TableColumnLineage),
        lambda thing: value_forms(normalize_metadata({"value": thing})["value"]),
    ),
    (Output, output_forms),
    ((AssetMaterialization, AssetObservation), asset_event_forms),
    (ExpectationResult, expectation_forms),
    (EventLogEntry, entry_forms),
    (OpDefinition, op_forms),
    (GraphDefinition, graph_forms),
    (JobDefinition, job_forms),
)


def render_bundle(value: Any) -> tuple[dict[str, str], dict[str, Any]]:
    """Return the mimebundle of a value and the metadata of the output."""
    try:
        return _renderer(value)(value), _volatile(value)
    except Exception as error:  # noqa: BLE001 - a picture never costs a result
        return {"text/plain": f"{shorten(value)}\n(not drawn: {error!r})"}, {}


def _renderer(value: Any) -> Callable[[Any], dict[str, str]]:
    for kinds, renderer in _RENDERERS:
        if isinstance(value, kinds):
            return renderer
    return lambda thing: {"text/plain": repr(thing)}


def _volatile(value: Any) -> dict[str, Any]:
    """Return what differs from run to run; nbval compares no output metadata."""
    if not isinstance(value, RunSummary):
        return {}
    facts = {
        "run_id": value.run_id,
        "op": value.job_name,
        "status": value.status.value,
        "start_time": value.start_time,
        "end_time": value.end_time,
        "code_version": value.code_version,
    }
    return {"opnb": facts}
