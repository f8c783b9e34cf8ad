"""The scorecard of a step: what was checked, what failed first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from opnb.display.pairs import pairs_line
from opnb.model.entry import StepExpectationResultData
from opnb.model.metadata import MetadataValue

_SHORT = 70
_LONG_LINE = 150
# So many are drawn in full, each value as what it is; the others on one line.
_IN_FULL = 5
_INLINE_KINDS = frozenset(
    ["int", "float", "bool", "null", "text", "timestamp", "path", "asset"]
)


@dataclass(frozen=True, slots=True)
class CheckView:
    """One line of the scorecard.

    Args:
        mapping_key: Which of the mapped steps checked, where there are several.
        text: The metadata on one line.
        in_full: Whether each value is drawn as what it is, for it does not fit a line.
    """

    success: bool
    label: str
    description: str | None
    metadata: Mapping[str, MetadataValue]
    text: str
    in_full: bool
    mapping_key: str | None = None


def scorecard(
    checks: Iterable[tuple[str | None, StepExpectationResultData]],
) -> list[CheckView]:
    """Return the checks, those that failed first; the first of them in full."""
    ordered = sorted(checks, key=lambda each: each[1].expectation_result.success)
    shown, in_full = [], 0
    for mapping_key, data in ordered:
        view = _check(data, mapping_key, in_full=in_full < _IN_FULL)
        in_full += view.in_full
        shown.append(view)
    return shown


def _check(
    data: StepExpectationResultData, mapping_key: str | None, *, in_full: bool
) -> CheckView:
    result = data.expectation_result
    inline = all(value.kind in _INLINE_KINDS for value in result.metadata.values())
    text = pairs_line(result.metadata, _LONG_LINE, {})
    fits = inline and len(text) <= _SHORT
    return CheckView(
        result.success,
        result.label,
        result.description,
        result.metadata,
        text,
        in_full and not fits,
        mapping_key,
    )


def checks_words(passed: int, failed: int) -> list[str]:
    """Return how many expectations were met and how many were not."""
    parts = [f"{passed:,} passed"] if passed else []
    return parts + ([f"{failed:,} failed"] if failed else [])


def checks_title(passed: int, failed: int, listed: int) -> str:
    """Return how many there were of each, and how many of them are listed."""
    parts = checks_words(passed, failed)
    if passed + failed > listed:
        parts.append(f"{listed} of them listed, the rest is in the log")
    return ", ".join(parts)
