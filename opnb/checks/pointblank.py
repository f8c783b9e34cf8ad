"""A validation of pointblank that has been interrogated: one result a step."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from opnb.checks.libraries import is_of
from opnb.checks.rows import ROWS_SAMPLED, table_of
from opnb.model.check_facts import row_counts
from opnb.model.checks import shorten
from opnb.model.errors import ParameterCheckError
from opnb.model.events import ExpectationResult, Severity

# What pointblank calls them, the worst first.
_LEVELS: Final[tuple[tuple[str, Severity], ...]] = (
    ("critical", "fatal"),
    ("error", "error"),
    ("warning", "warn"),
)
_OPENINGS: Final = ("Expect that ", "Expect ")


def results_of(validation: Any, _: None) -> Iterator[ExpectationResult]:
    """Yield a result for each step that is active.

    As pointblank has it, a step passes if fewer of its rows fail than its lowest
    threshold, and without thresholds if none does.
    """
    steps = getattr(validation, "validation_info", None)
    if steps is None:
        raise ParameterCheckError(
            f"checks_from takes a validation of pointblank, not {shorten(validation)}",
            hint="pb.Validate(df).col_vals_gt(...).interrogate().",
        )
    if getattr(validation, "time_end", None) is None:
        raise ParameterCheckError(
            "The validation has not been interrogated.",
            hint="checks_from(validation.interrogate()).",
        )
    for step in steps:
        if step.active or step.eval_error:
            yield _result(step)


def _result(step: Any) -> ExpectationResult:
    severity = next((ours for theirs, ours in _LEVELS if getattr(step, theirs)), None)
    if step.eval_error:
        return ExpectationResult(False, _label(step), metadata={"error": _why(step)})
    is_tolerated = severity is None and _has_thresholds(step)
    success = bool(step.all_passed) or is_tolerated
    told: dict[str, Any] = {}
    if step.tbl_checked is not None:  # else it is about the table, not its rows
        told = row_counts(step.n_failed, step.n)
    if step.n_failed and step.extract is not None and len(step.extract):
        told["sample"] = table_of(_first(step.extract), step.n_failed)
    return ExpectationResult(success, _label(step), metadata=told, severity=severity)


def _first(extract: Any) -> Any:
    first = extract[:ROWS_SAMPLED]
    # The index of pandas tells it already.
    return (
        first.drop(columns="_row_num_")
        if is_of(first, "pandas", "DataFrame")
        else first
    )


def _has_thresholds(step: Any) -> bool:
    return any(getattr(step.thresholds, level, None) for level, _ in _LEVELS)


def _label(step: Any) -> str:
    text = str(step.label or step.brief or step.autobrief or step.assertion_type)
    for opening in _OPENINGS:
        text = text.removeprefix(opening)
    return text.replace("`", "").rstrip(".")


def _why(step: Any) -> str:
    notes = step.notes or {}
    texts = [note["text"] for note in notes.values() if note.get("text")]
    return " ".join(texts) or "The step could not be evaluated."
