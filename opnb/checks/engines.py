"""`checks_from`: what other engines have found or can find, as expectation results."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from importlib import import_module
from typing import Any, Final

from opnb.model.checks import shorten
from opnb.model.errors import ParameterCheckError
from opnb.model.events import ExpectationResult, Severity, verify_severity

# By the package that a class is of; the modules here load no engine themselves.
_ADAPTERS: Final = {
    "great_expectations": "opnb.checks.great_expectations",
    "pandera": "opnb.checks.pandera",
    "pointblank": "opnb.checks.pointblank",
    "pydantic": "opnb.checks.pydantic",
}
_NEEDS_DATA: Final = ("pandera", "pydantic")


def checks_from(
    source: Any, data: Any = None, *, severity: Severity | None = None
) -> list[ExpectationResult]:
    """Return one expectation result for each rule of another engine.

    `yield from checks_from(schema, df)` records them all. Each has the rows that
    failed it, counted, and the first of them as a table. What an engine says of how
    bad it is becomes the severity; a fatal one comes last, so that all are recorded.

    Args:
        source: A pandera schema or model, or a pydantic model, to be held to the data;
            a result of Great Expectations (of one expectation, a suite or a
            checkpoint); a `Validate` of pointblank that has been interrogated.
        data: A DataFrame (for pydantic also a list of rows); with a result, nothing.
        severity: What follows from each rule that fails, whatever the engine says.

    Raises:
        ParameterCheckError: The source is of no engine known here, data is missing or
            too many, or there is no result yet.
    """
    engine = _engine_of(source)
    if severity is not None:
        verify_severity(severity)
    if (data is None) is (engine in _NEEDS_DATA):
        raise _data_error(source, engine)
    adapter = import_module(_ADAPTERS[engine])
    results: list[ExpectationResult] = list(adapter.results_of(source, data))
    if severity is not None:
        results = [_as_severe(result, severity) for result in results]
    return sorted(_named_apart(results), key=_is_fatal)


def _engine_of(source: Any) -> str:
    kind = source if isinstance(source, type) else type(source)
    for each in kind.__mro__:
        root = each.__module__.partition(".")[0]
        if root in _ADAPTERS:
            return root
    raise ParameterCheckError(
        f"checks_from knows no rules in {shorten(source)}",
        hint="Give a pandera schema or a pydantic model with the data, a result of "
        "Great Expectations, or a pointblank validation; check(...) takes a condition.",
    )


def _data_error(source: Any, engine: str) -> ParameterCheckError:
    name = source.__name__ if isinstance(source, type) else type(source).__name__
    if engine in _NEEDS_DATA:
        return ParameterCheckError(
            f"checks_from needs the data that {name} is held to.",
            hint="checks_from(schema, df).",
        )
    return ParameterCheckError(
        f"A {name} knows its data; checks_from takes none beside it.",
        hint="checks_from(result).",
    )


def _as_severe(result: ExpectationResult, severity: Severity) -> ExpectationResult:
    return ExpectationResult(
        result.success,
        result.label,
        result.description,
        result.metadata,
        severity=severity,
    )


def _named_apart(results: Iterable[ExpectationResult]) -> Iterable[ExpectationResult]:
    """Number the labels that come again: the history is one of a label."""
    seen: Counter[str] = Counter()
    for result in results:
        seen[result.label] += 1
        number = seen[result.label]
        if number == 1:
            yield result
            continue
        yield ExpectationResult(
            result.success,
            f"{result.label} ({number})",
            result.description,
            result.metadata,
            severity=result.severity,
        )


def _is_fatal(result: ExpectationResult) -> bool:
    return result.outcome == "fatal"
