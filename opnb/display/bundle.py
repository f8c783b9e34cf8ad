"""Every displayable value as a mimebundle: plain text, Markdown and HTML.

IPython calls `_repr_mimebundle_` of a value, the model's hook calls `render_bundle`
here, and the value's class says which renderer draws it. A fault of a renderer must
not cost the value: its text is shown with one line that says so.
"""

from __future__ import annotations

from typing import Any

from opnb.display.lazily import at_first_use
from opnb.event_log.reading.run_diff import RunDiff
from opnb.event_log.summary import RunSummary
from opnb.model.checks import shorten

# Classes and renderers by name: what is never drawn is never loaded.
_RENDERERS = {
    "opnb.definitions.graph.GraphDefinition": "wiring.graph_forms",
    "opnb.definitions.job.JobDefinition": "wiring.job_forms",
    "opnb.definitions.op.OpDefinition": "facts.op_forms",
    "opnb.event_log.reading.asset_history.AssetHistory": "history.history_forms",
    "opnb.event_log.reading.op_graph.OpGraph": "op_graph.op_graph_forms",
    "opnb.event_log.reading.run_diff.RunDiff": "run_diff.run_diff_forms",
    "opnb.event_log.reading.shown_frames.CatalogFrame": "log_tables.catalog_forms",
    "opnb.event_log.reading.shown_frames.ChecksFrame": "log_tables.checks_forms",
    "opnb.event_log.reading.shown_frames.OpsFrame": "op_tables.ops_forms",
    "opnb.event_log.reading.shown_frames.PlanFrame": "op_tables.plan_forms",
    "opnb.event_log.reading.shown_frames.RunsFrame": "log_tables.runs_forms",
    "opnb.event_log.reading.timeline.RunTimeline": "timeline.timeline_forms",
    "opnb.event_log.summary.RunSummary": "card.card_forms",
    "opnb.memo.listing.MemoFrame": "log_tables.memo_forms",
    "opnb.model.asset_key.AssetKey": "value.thing_forms",
    "opnb.model.entry.EventLogEntry": "facts.entry_forms",
    "opnb.model.events.AssetMaterialization": "facts.asset_event_forms",
    "opnb.model.events.AssetObservation": "facts.asset_event_forms",
    "opnb.model.events.ExpectationResult": "facts.expectation_forms",
    "opnb.model.events.Output": "facts.output_forms",
    "opnb.model.metadata.MetadataValue": "value.value_forms",
    "opnb.model.op_inputs.OpInputs": "inputs_table.inputs_forms",
    "opnb.model.table.TableColumnLineage": "value.thing_forms",
    "opnb.model.table.TableSchema": "value.thing_forms",
}


def render_bundle(value: Any) -> tuple[dict[str, str], dict[str, Any]]:
    """Return the mimebundle of a value and the metadata of the output."""
    try:
        return _forms(value), _volatile(value)
    except Exception as error:  # noqa: BLE001 - a picture never costs a result
        return {"text/plain": f"{shorten(value)}\n(not drawn: {shorten(error)})"}, {}


def _forms(value: Any) -> dict[str, str]:
    for kind in type(value).__mro__:
        renderer = _RENDERERS.get(f"{kind.__module__}.{kind.__qualname__}")
        if renderer is not None:
            forms: dict[str, str] = at_first_use(renderer)(value)
            return forms
    return {"text/plain": repr(value)}


def _volatile(value: Any) -> dict[str, Any]:
    """Return what differs from run to run; nbval compares no output metadata."""
    if isinstance(value, RunDiff):
        return {"opnb": {"op": value.op, "run_ids": list(value.run_ids)}}
    if not isinstance(value, RunSummary):
        return {}
    facts = {
        "run_id": value.run_id,
        "op": value.job_name,
        "status": value.status.value,
        "start_time": value.start_time,
        "end_time": value.end_time,
        "code_version": value.code_version,
        **_record(value),
    }
    if value.step.reused_from is not None:
        facts["reused_from"] = value.step.reused_from
    return {"opnb": facts}


def _record(summary: RunSummary) -> dict[str, Any]:
    """Return the entries of the run; see `opnb.event_log.notebook_file`."""
    if summary.kept is None:
        return {}
    return summary.kept.as_facts(
        summary.run_id, summary.job_name, summary.status.value, summary.end_time
    )
