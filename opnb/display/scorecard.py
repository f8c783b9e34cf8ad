"""The scorecard of a step: what was checked, what failed first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from opnb.display import words
from opnb.display.looks import Look, outcome_look
from opnb.display.pairs import pairs_line
from opnb.model.check_facts import OUTCOMES, Outcome, beside_words, check_words
from opnb.model.entry import StepExpectationResultData
from opnb.model.metadata import MetadataValue

_SHORT = 70
_LONG_LINE = 150
# So many are drawn in full, each value as what it is; the others on one line.
_IN_FULL = 5
_INLINE_KINDS = frozenset(
    ["int", "float", "bool", "null", "redacted", "text", "timestamp", "path", "asset"]
)


class CheckView(NamedTuple):
    """One line of the scorecard.

    Args:
        outcome: How it came out.
        mapping_key: Which of the mapped steps checked, where there are several.
        metadata: What the text does not tell.
        told: How many rows failed, or why it is unknown.
        text: The same with the metadata, on one line.
        in_full: Whether each value is drawn as what it is, for it does not fit a line.
    """

    outcome: Outcome
    label: str
    description: str | None
    metadata: Mapping[str, MetadataValue]
    told: str
    text: str
    in_full: bool
    mapping_key: str | None = None

    @property
    def passed(self) -> bool:
        """Whether there is nothing more to say of it."""
        return self.outcome == "passed"

    @property
    def look(self) -> Look:
        """The glyph, the word and the colour of how it came out."""
        return outcome_look(self.outcome)


def scorecard(
    checks: Iterable[tuple[str | None, StepExpectationResultData]],
) -> list[CheckView]:
    """Return the checks, those that failed first; the first of them in full."""
    ordered = sorted(checks, key=_rank)
    shown, in_full = [], 0
    for mapping_key, data in ordered:
        view = _check(data, mapping_key, in_full=in_full < _IN_FULL)
        in_full += view.in_full
        shown.append(view)
    return shown


def _rank(each: tuple[str | None, StepExpectationResultData]) -> int:
    return OUTCOMES.index(each[1].expectation_result.outcome)


def _check(
    data: StepExpectationResultData, mapping_key: str | None, *, in_full: bool
) -> CheckView:
    result = data.expectation_result
    metadata = beside_words(result.metadata)
    inline = all(value.kind in _INLINE_KINDS for value in metadata.values())
    told, pairs = check_words(result.metadata), pairs_line(metadata, _LONG_LINE)
    fits = inline and len(pairs) <= _SHORT
    return CheckView(
        result.outcome,
        result.label,
        result.description,
        metadata,
        told,
        ", ".join(filter(None, [told, pairs])),
        in_full and not fits,
        mapping_key,
    )


def checks_words(outcomes: Mapping[Outcome, int]) -> list[str]:
    """Return how many expectations came out how, what is good first."""
    told = [(outcomes.get(outcome, 0), outcome) for outcome in reversed(OUTCOMES)]
    return [
        words.count(count, "warning") if outcome == "warn" else f"{count:,} {outcome}"
        for count, outcome in told
        if count
    ]


def checks_title(outcomes: Mapping[Outcome, int], listed: int) -> str:
    """Return how many there were of each, and how many of them are listed."""
    parts = checks_words(outcomes)
    if sum(outcomes.values()) > listed:
        parts.append(f"{listed} of them listed, the rest is in the log")
    return ", ".join(parts)
