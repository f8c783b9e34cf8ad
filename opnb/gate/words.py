"""What the gate says of cases: a glyph with a word, and counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

from opnb.gate.outcome import Case, NotebookVerdict, Outcome

GLYPHS: Final = {
    Outcome.PASSED: "✓",
    Outcome.UNKNOWN: "?",
    Outcome.WARNED: "!",
    Outcome.KNOWN: "·",
    Outcome.EXPECTED: "·",
    Outcome.FAILED: "✗",
    Outcome.RAISED: "✗",
}
# In the order in which they are told, the worst first.
_TOLD: Final = (Outcome.RAISED, Outcome.FAILED, Outcome.WARNED, Outcome.KNOWN)
_COUNTED: Final = "passed unknown failed fatal warn known expected".split()


def counted(number: int, noun: str) -> str:
    """Return a number with its noun.

    >>> counted(1, "check"), counted(1200, "check")
    ('1 check', '1,200 checks')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def word(case: Case) -> str:
    """Return the word for how a case came out; that of a failed check is its card's."""
    if case.outcome not in (Outcome.FAILED, Outcome.WARNED):
        return str(case.outcome.value)
    return case.kind if case.kind in ("warn", "fatal") else "failed"


def counts_words(verdict: NotebookVerdict) -> str:
    """Return how many checks came out how: `3 checks: 2 passed, 1 warn`."""
    counts = Counter(word(case) for case in verdict.checks)
    if not counts:
        return "no checks"
    told = ", ".join(f"{counts[each]:,} {each}" for each in _COUNTED if counts[each])
    return f"{counted(counts.total(), 'check')}: {told}"


def worst_first(cases: Iterable[Case]) -> list[Case]:
    """Return the cases that are told of, the worst first, else in their order."""
    told = [case for case in cases if case.outcome in _TOLD]
    return sorted(told, key=lambda case: _TOLD.index(case.outcome))
