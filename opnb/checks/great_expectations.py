"""Results of Great Expectations: one expectation result each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from opnb.checks.rows import ROWS_SAMPLED
from opnb.model.check_facts import row_counts
from opnb.model.checks import shorten
from opnb.model.errors import ParameterCheckError
from opnb.model.events import ExpectationResult, Severity
from opnb.model.metadata import TableMetadataValue

# Critical is what each is if nobody says otherwise: no reason to stop at once.
_SEVERITIES: Final[dict[str, Severity]] = {
    "critical": "error",
    "warning": "warn",
    "info": "warn",
}
_COLUMNS: Final = ("column", "column_A", "column_B", "column_list", "column_set")
_NOT_TOLD: Final = ("batch_id", *_COLUMNS)
_PREFIXES: Final = ("expect_", "column_pair_", "multicolumn_", "column_", "table_")


def results_of(source: Any, _: None) -> Iterator[ExpectationResult]:
    """Yield a result for each expectation of a result, a suite or a checkpoint."""
    found = list(_results(source))
    # The engine gives them in no order of its own: those that raised come first.
    yield from sorted((_result(each) for each in found), key=lambda it: it.label)


def _results(source: Any) -> Iterator[Any]:
    runs = getattr(source, "run_results", None)
    if isinstance(runs, Mapping):
        for run in runs.values():
            yield from _results(run)
    elif isinstance(results := getattr(source, "results", None), list):
        yield from results
    elif getattr(source, "expectation_config", None) is not None:
        yield source
    else:
        raise ParameterCheckError(
            f"checks_from takes results of Great Expectations, not {shorten(source)}",
            hint="batch.validate(suite), validation_definition.run() and "
            "checkpoint.run() give some.",
        )


def _result(result: Any) -> ExpectationResult:
    config, found = result.expectation_config, result.result or {}
    raised = _raised(result.exception_info or {})
    told: dict[str, Any] = {}
    if raised:
        told["error"] = raised
    elif "element_count" in found and "unexpected_count" in found:
        told = row_counts(found["unexpected_count"], found["element_count"])
    elif "observed_value" in found:
        told["observed"] = _plain(found["observed_value"])
    cases = _cases(found)
    if cases and told.get("failed"):
        told["sample"] = TableMetadataValue(cases, row_count=told["failed"])
    return ExpectationResult(
        bool(result.success),
        _label(config),
        metadata=told,
        severity=_severity(config),
    )


def _severity(config: Any) -> Severity | None:
    theirs = getattr(config, "severity", None)
    return _SEVERITIES.get(str(getattr(theirs, "value", theirs)))


def _label(config: Any) -> str:
    """Return the expectation's own words, or its type with what it was given."""
    if getattr(config, "description", None):
        return str(config.description)
    words = config.type
    for prefix in _PREFIXES:
        words = words.removeprefix(prefix)
    words = words.replace("_", " ")
    columns = [str(config.kwargs[name]) for name in _COLUMNS if name in config.kwargs]
    given = ", ".join(
        f"{name} {value}"
        for name, value in sorted(config.kwargs.items())
        if name not in _NOT_TOLD and value is not None
    )
    about = f"{', '.join(columns)}: " if columns else ""
    return f"{about}{words}{f' ({given})' if given else ''}"


def _raised(info: Mapping[str, Any]) -> str:
    """Return why an expectation could not be evaluated; nothing if it could."""
    each = [info] if "raised_exception" in info else list(info.values())
    messages = [
        str(it.get("exception_message") or "it raised")
        for it in each
        if isinstance(it, Mapping) and it.get("raised_exception")
    ]
    return messages[0] if messages else ""


def _cases(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    values = (found.get("partial_unexpected_list") or [])[:ROWS_SAMPLED]
    places = found.get("partial_unexpected_index_list") or []
    if len(places) < len(values):
        return [{"value": value} for value in values]
    return [
        {"row": place, "value": value}
        for place, value in zip(places, values, strict=False)
    ]


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool) else shorten(value)
