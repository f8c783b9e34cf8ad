"""How notebooks came out: cases, a verdict for each notebook, one exit code for all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any, Final, Literal, get_args

OK: Final = 0
RAISED: Final = 1
CHECK_FAILED: Final = 2
NOT_RUN: Final = 3
# Of several notebooks the worst counts, the first here. One that did not run to its end
# has told nothing of what comes after; one that raised has skipped checks; one whose
# checks failed has told all.
_WORST_FIRST: Final = (NOT_RUN, RAISED, CHECK_FAILED, OK)
MEANING: Final = {
    OK: "all is well",
    RAISED: "an op or a cell raised",
    CHECK_FAILED: "a check failed",
    NOT_RUN: "a notebook did not run to its end",
}

FailOn = Literal["error", "warn", "never"]
FAIL_ON: Final[tuple[str, ...]] = get_args(FailOn)


class Outcome(Enum):
    """How one case came out.

    `UNKNOWN` is a check that passes as there is too little to judge it by; `WARNED` one
    that failed and does not fail the gate; `KNOWN` one that the baseline accepts;
    `EXPECTED` stands in a cell that is tagged `raises-exception`.
    """

    PASSED = "passed"
    UNKNOWN = "unknown"
    WARNED = "warned"
    KNOWN = "known"
    EXPECTED = "expected"
    FAILED = "failed"
    RAISED = "raised"


FINE: Final = (Outcome.PASSED, Outcome.UNKNOWN)
COUNTS: Final = (Outcome.FAILED, Outcome.RAISED)


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in a notebook.

    Args:
        index: The cell among all cells, from 0.
        number: The cell as people count: the code cells that hold code, from 1, which
            is the number that a fresh run shows beside it.
        line: The line within the cell, from 1.
        op: The op that the cell holds, if one.
    """

    index: int
    number: int
    line: int = 1
    op: str | None = None

    def __str__(self) -> str:
        return f"cell {self.number}, line {self.line}"


@dataclass(frozen=True, slots=True)
class Case:
    """A check, or an error that was raised.

    Args:
        name: `asset::check` or `op::check`; of an error the op or the cell.
        kind: The severity of a check; the class of an error.
        message: What is wrong, on a line.
        details: More of it: the metadata of a check, the traceback of an error.
    """

    name: str
    outcome: Outcome
    place: Place
    kind: str
    message: str = ""
    details: str = ""
    is_check: bool = True


@dataclass(frozen=True, slots=True)
class Stop:
    """Why a notebook did not run to its end.

    Args:
        kind: In a word: `missing`, `invalid`, `dead kernel`, `time-out`, `not run`.
        message: A sentence.
        hint: The next move.
        index: The cell it came to among all cells, from 0, if it came so far.
    """

    kind: str
    message: str
    hint: str
    index: int | None = None

    def as_json(self) -> dict[str, Any]:
        """Return it for the metadata of the executed notebook."""
        return {
            "kind": self.kind,
            "message": self.message,
            "hint": self.hint,
            "index": self.index,
        }

    @staticmethod
    def from_json(kept: Any) -> Stop | None:
        """Return what `as_json` gave; None if it is anything else."""
        try:
            return Stop(kept["kind"], kept["message"], kept["hint"], kept["index"])
        except (KeyError, TypeError):
            return None


@dataclass(frozen=True, slots=True)
class NotebookVerdict:
    """How one notebook came out.

    Args:
        path: The notebook as it was named.
        cases: Its checks and errors, in their order.
        stop: Why it did not run to its end; None if it did, or if an error ended it.
        cells: How many code cells hold code.
        not_run: How many of those never ran.
        ended_in: The cell whose error ended the run before its end, if one.
        left_out: How many events its cards left out.
        executed: Where the executed notebook was written, if it was.
        seconds: How long it ran, if that is known.
        cured: Checks that the baseline still accepts, and that passed.
        unseen: Checks that the baseline accepts, and that did not come up.
        notebook: The executed notebook.
    """

    path: str
    cases: tuple[Case, ...] = ()
    stop: Stop | None = None
    cells: int = 0
    not_run: int = 0
    ended_in: Place | None = None
    left_out: int = 0
    executed: str | None = None
    seconds: float | None = None
    cured: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()
    notebook: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def checks(self) -> list[Case]:
        """The cases that are checks."""
        return [case for case in self.cases if case.is_check]

    def with_cases(self, cases: Iterable[Case]) -> NotebookVerdict:
        """Return the verdict with these cases in place of its own.

        A run that was ended by checks that do not count tells nothing of the cells
        after them, and so is not all well.
        """
        told = tuple(cases)
        stop, place = self.stop, self.ended_in
        if stop is None and place is not None and not _counts_in(told, place):
            stop = Stop(
                "not run",
                f"The run ended in cell {place.number}, by checks that do not count "
                f"here; {self.not_run} after it never ran.",
                "`opnb run` with the same options goes on there.",
                place.index,
            )
        return replace(self, cases=told, stop=stop)

    @property
    def exit_code(self) -> int:
        """What the gate ends with if it is the only notebook."""
        outcomes = {case.outcome for case in self.cases}
        if self.stop is not None:
            return NOT_RUN
        if Outcome.RAISED in outcomes:
            return RAISED
        return CHECK_FAILED if Outcome.FAILED in outcomes else OK


def _counts_in(cases: Iterable[Case], place: Place) -> bool:
    """Whether the gate fails for a case in that cell."""
    return any(
        case.outcome in COUNTS and case.place.index == place.index for case in cases
    )


def worst(codes: Iterable[int]) -> int:
    """Return the exit code of several notebooks.

    >>> worst([0, 2, 1]), worst([1, 3]), worst([])
    (1, 3, 0)
    """
    return min(codes, key=_WORST_FIRST.index, default=OK)
