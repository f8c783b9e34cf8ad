"""What can be compared of one run of an op, each fact by where it belongs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from opnb.event_log.step_summary import StepSummary
from opnb.model.entry import (
    AssetObservationData,
    EventLogEntry,
    RunStartData,
    StepExpectationResultData,
    StepMaterializationData,
    StepRetryData,
    StepStartData,
)
from opnb.model.errors import CheckError
from opnb.model.events import ExpectationResult
from opnb.model.metadata import MetadataValue

if TYPE_CHECKING:
    from opnb.event_log.log import EventLog
    from opnb.event_log.summary import RunSummary

# A part of the run, a name in it, a label of that.
Facts = dict[tuple[str, str, str], Any]


@dataclass(frozen=True, slots=True)
class RunFacts:
    """One run.

    Args:
        source: Its code as it was written, if the log has it.
        facts: All that can be compared.
    """

    run_id: str
    source: str | None
    facts: Facts


def read_facts(log: EventLog, run_id: str) -> RunFacts:
    """Return the facts of a run; what it reused is told as if it were its own.

    Raises:
        CheckError: It is the run of a job.
    """
    entries = log.entries(run_id)
    summary = log.summary(run_id)
    if not summary.is_one_op:
        raise CheckError(
            f"{summary.job_name!r} is a job: what is compared are runs of one op.",
            hint="opnb.log.timeline() shows the steps of a run.",
        )
    step, name = summary.step, summary.job_name
    reused = step.reused_from
    events = _of_last_attempt(entries if reused is None else log.entries(reused))
    ended, began = summary.end_time, summary.start_time
    duration = None if ended is None or began is None else ended - began
    facts: Facts = {
        **_run(summary),
        ("code", name, "version"): step.code_version,
        **_settings(entries),
        **_ports(step),
        **_assets(events),
        **_metadata(step, events),
        **_checks(events),
        ("duration", name, "seconds"): duration,
    }
    return RunFacts(run_id, step.source, facts)


def _of_last_attempt(entries: Iterable[EventLogEntry]) -> list[EventLogEntry]:
    kept: list[EventLogEntry] = []
    for entry in entries:
        if isinstance(entry.event_specific_data, StepRetryData):
            kept.clear()
        kept.append(entry)
    return kept


def _run(summary: RunSummary) -> Facts:
    step, name = summary.step, summary.job_name
    facts: Facts = {("run", name, "status"): summary.status.value}
    is_own = step.reused_from is None
    facts["run", name, "outputs"] = "its own" if is_own else "of an earlier run"
    if step.failure is not None:
        error = step.failure.error
        facts["run", name, "error"] = f"{error.cls_name}: {error.message}"
    facts["run", name, "attempts"] = float(step.attempts)
    return facts


def _settings(entries: Iterable[EventLogEntry]) -> Facts:
    facts: Facts = {}
    for entry in entries:
        data = entry.event_specific_data
        if isinstance(data, RunStartData):
            facts.update({("tag", tag, ""): text for tag, text in data.tags.items()})
        elif isinstance(data, StepStartData) and data.config is not None:
            facts.update({("config", key, ""): it for key, it in data.config.items()})
    return facts


def _ports(step: StepSummary) -> Facts:
    facts: Facts = {}
    for name, given in step.inputs.items():
        facts["input", name, "value"] = given.value_info
        source = given.source
        if source is not None:
            facts["input", name, "source"] = f"{source.op_name}.{source.output_name}"
            facts["input", name, "source run"] = source.run_id
    for name, came in step.outputs.items():
        facts["output", name, "value"] = came.value_info
        dynamic = step.dynamic.get(name)
        if dynamic is not None:
            facts["output", name, "count"] = float(dynamic.count)
        if came.data_version is not None:
            facts["output", name, "data version"] = came.data_version
    return facts


def _assets(events: Iterable[EventLogEntry]) -> Facts:
    facts: Facts = {}
    for name, how, _ in _asset_events(events):
        facts["asset", name, how] = facts.get(("asset", name, how), 0.0) + 1
    return facts


def _asset_events(
    events: Iterable[EventLogEntry],
) -> Iterator[tuple[str, str, Mapping[str, MetadataValue]]]:
    for entry in events:
        data = entry.event_specific_data
        if isinstance(data, StepMaterializationData | AssetObservationData):
            written = isinstance(data, StepMaterializationData)
            key = entry.asset_key
            name = "" if key is None else key.to_user_string()
            part = "" if entry.partition is None else f" [{entry.partition}]"
            how = "materialized" if written else "observed"
            yield f"{name}{part}", how, entry.metadata


def _metadata(step: StepSummary, events: list[EventLogEntry]) -> Facts:
    """Return the values by label; of several events of one name the last one's."""
    told: dict[str, Mapping[str, MetadataValue]] = {}
    for name, how, metadata in _asset_events(events):
        told[name if how == "materialized" else f"{name} (observed)"] = metadata
    for name, data in step.outputs.items():
        told[f"output {name}"] = data.metadata
    for result in _results(events):
        told[f"check {result.label}"] = result.metadata
    return {
        ("metadata", name, label): value
        for name, metadata in told.items()
        for label, value in metadata.items()
    }


def _checks(events: Iterable[EventLogEntry]) -> Facts:
    results: dict[str, list[bool]] = {}
    for result in _results(events):
        results.setdefault(result.label or "", []).append(result.success)
    return {("check", label, ""): _verdict(met) for label, met in results.items()}


def _results(events: Iterable[EventLogEntry]) -> Iterator[ExpectationResult]:
    for entry in events:
        data = entry.event_specific_data
        if isinstance(data, StepExpectationResultData):
            yield data.expectation_result


def _verdict(met: list[bool]) -> str:
    if len(met) == 1:
        return "passed" if met[0] else "failed"
    return f"{sum(met):,} of {len(met):,} passed"
