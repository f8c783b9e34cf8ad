"""What the gate says of cases: a glyph with a word, and counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

from opnb.gate.outcome import Case, NotebookVerdict, Outcome

GLYPHS: Final = {
    Outcome.PASSED: "✓",
    Outcome.WARNED: "!",
    Outcome.KNOWN: "·",
    Outcome.EXPECTED: "·",
    Outcome.FAILED: "✗",
    Outcome.RAISED: "✗",
}
# In the order in which they are told, the worst first.
TOLD: Final = (Outcome.RAISED, Outcome.FAILED, Outcome.WARNED, Outcome.KNOWN)


def counted(number: int, noun: str) -> str:
    """Return a number with its noun.

    >>> counted(1, "check"), counted(1200, "check")
    ('1 check', '1,200 checks')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def word(case: Case) -> str:
    """Return the word for a case that did not pass."""
    if case.outcome is Outcome.FAILED:
        return case.kind if case.is_check else "failed"
    if case.outcome is Outcome.WARNED:
        return "warn"
    return str(case.outcome.value)


def counts_words(verdict: NotebookVerdict) -> str:
    """Return how many checks passed and failed: `3 checks passed, 1 failed (warn)`."""
    checks = verdict.checks
    passed = sum(case.outcome is Outcome.PASSED for case in checks)
    others = [case for case in checks if case.outcome is not Outcome.PASSED]
    parts = []
    if passed or not others:
        parts.append(f"{counted(passed, 'check')} passed" if checks else "no checks")
    if others:
        kinds = ", ".join(
            f"{n:,} {kind}" for kind, n in Counter(map(word, others)).items()
        )
        parts.append(f"{len(others):,} failed ({kinds})")
    return ", ".join(parts)


def worst_first(cases: Iterable[Case]) -> list[Case]:
    """Return the cases that are told of, the worst first, else in their order."""
    told = [case for case in cases if case.outcome in TOLD]
    return sorted(told, key=lambda case: TOLD.index(case.outcome))
