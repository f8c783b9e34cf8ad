"""Single things as a line with their facts: events, entries, ops."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from opnb.definitions.op import OpDefinition
from opnb.display import style, words
from opnb.display.engine import render
from opnb.display.entry_look import entry_look
from opnb.display.looks import outcome_look
from opnb.display.step_view import error_line
from opnb.model.check_facts import beside_words, check_words
from opnb.model.entry import (
    EventLogEntry,
    EventType,
    SerializableErrorInfo,
    StepExpectationResultData,
)
from opnb.model.events import (
    AssetMaterialization,
    AssetObservation,
    ExpectationResult,
    Output,
)
from opnb.model.metadata import IntMetadataValue, TextMetadataValue


def _forms(
    *,
    glyph: str,
    word: str,
    title: str,
    color: str = style.GREY,
    remarks: list[str] | None = None,
    description: str | None = None,
    metadata: Mapping[str, Any] | None = None,
    code: str | None = None,
) -> dict[str, str]:
    view = {
        "glyph": glyph,
        "word": word,
        "title": title,
        "color": color,
        "remarks": remarks or [],
        "description": description,
        "metadata": metadata or {},
        "code": code,
    }
    return {
        "text/plain": words.fit_terminal(render("facts.txt", **view)),
        "text/markdown": words.single_gaps(render("facts.md", **view)),
        "text/html": render("facts.html", **view),
    }


def output_forms(output: Output[Any]) -> dict[str, str]:
    """Draw an `Output`: its name, the type of its value, its metadata."""
    from_type = type(output.value).__name__
    return _forms(
        glyph="→",
        word="output",
        title=output.output_name,
        remarks=[from_type],
        metadata=output.metadata,
    )


def asset_event_forms(
    event: AssetMaterialization | AssetObservation,
) -> dict[str, str]:
    """Draw a materialization or an observation."""
    written = isinstance(event, AssetMaterialization)
    return _forms(
        glyph="●" if written else "○",
        word="materialization of" if written else "observation of",
        title=event.asset_key.to_user_string(),
        color=style.BLUE,
        remarks=[] if event.partition is None else [f"partition {event.partition}"],
        description=event.description,
        metadata=event.metadata,
    )


def expectation_forms(result: ExpectationResult) -> dict[str, str]:
    """Draw an expectation result."""
    look, told = outcome_look(result.outcome), check_words(result.metadata)
    return _forms(
        glyph=look.glyph,
        word=look.word,
        title=result.label,
        color=look.color,
        remarks=[told] if told else [],
        description=result.description,
        metadata=beside_words(result.metadata),
    )


def entry_forms(entry: EventLogEntry) -> dict[str, str]:
    """Draw one entry of the log; the error it carries stands after its message."""
    data = entry.event_specific_data
    success = None
    if isinstance(data, StepExpectationResultData):
        success = data.expectation_result.success
    look = entry_look(entry.event_type_value, entry.level, success=success)
    error = getattr(data, "error", None)
    message = entry.message
    if isinstance(error, SerializableErrorInfo):
        message = f"{message or ''} {error_line(error)}".strip()
    return _forms(
        glyph=look.glyph,
        word=look.word,
        title=entry.step_key or entry.job_name,
        color=look.color,
        remarks=_level(entry),
        description=message,
        metadata=entry.metadata,
    )


def _level(entry: EventLogEntry) -> list[str]:
    if entry.event_type is not EventType.LOG_MESSAGE:
        return []
    return [logging.getLevelName(entry.level)]


def op_forms(op: OpDefinition) -> dict[str, str]:
    """Draw an op: what it takes, puts out and does."""
    ports = f"{', '.join(op.ins) or '–'} → {', '.join(op.outs) or '–'}"
    facts: dict[str, Any] = {}
    if op.retry_policy is not None:
        facts["retries"] = IntMetadataValue(op.retry_policy.max_retries)
    facts.update({key: TextMetadataValue(value) for key, value in op.tags.items()})
    return _forms(
        glyph="▸",
        word="op",
        title=op.name,
        remarks=[ports],
        description=op.description,
        metadata=facts,
        code=op.source,
    )
