"""When the steps of one run began and ended, attempt by attempt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import pandas as pd

from opnb.event_log.reading.frame import build_frame
from opnb.event_log.summary import RunStatus
from opnb.model.displayable import Displayable

IN_PROGRESS = "IN_PROGRESS"
SKIPPED = "SKIPPED"
CANCELED = "CANCELED"
# How an attempt ends, by the entry that tells of it.
ENDS = {
    "STEP_SUCCESS": "SUCCESS",
    "STEP_FAILURE": "FAILURE",
    "STEP_UP_FOR_RETRY": "UP_FOR_RETRY",
}
STARTS = ("STEP_START", "STEP_RESTARTED")
_SKIPS = "STEP_SKIPPED"
TOLD = (*STARTS, *ENDS, _SKIPS)

TIMELINE_COLUMNS = {
    "step_key": ("", "string"),
    "op": ("", "string"),
    "attempt": ("", "int64"),
    "start_time": ("", "datetime64[us, UTC]"),
    "end_time": ("", "datetime64[us, UTC]"),
    "status": ("", "string"),
    "duration": ("", "float64"),
}


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt of a step; times are microseconds since 1970.

    Args:
        number: Counted from 1.
        end: None where the log tells of no end.
        status: SUCCESS, FAILURE, UP_FOR_RETRY, CANCELED, SKIPPED or IN_PROGRESS.
    """

    step_key: str
    op: str | None
    number: int
    start: int
    end: int | None = None
    status: str = IN_PROGRESS


@dataclass(frozen=True, slots=True)
class StepTime:
    """One line about a step: when, what, of which step, and whether it was canceled."""

    timestamp: int
    event_type: str
    step_key: str
    op: str | None
    is_canceled: bool = False


@dataclass(frozen=True)
class RunTimeline(Displayable):
    """The attempts of a run, as they began; shows itself as bars over time.

    Args:
        run_id: The run.
        job: Its job, or the op that was run on its own.
        status: How it stands.
        start: When it began, in microseconds since 1970.
        until: When it ended; of a run under way the time of reading, of one that was
            killed that of its last entry.
        attempts: In the order in which they began.
    """

    run_id: str
    job: str
    status: RunStatus
    start: int
    until: int
    attempts: tuple[Attempt, ...]

    def __repr__(self) -> str:
        steps = len({attempt.step_key for attempt in self.attempts})
        return f"RunTimeline({self.job!r}, {self.status.value}, {steps} steps)"

    @property
    def frame(self) -> pd.DataFrame:
        """One row an attempt, as they began.

        The columns are `step_key`, `op`, `attempt` (from 1), `start_time`, `end_time`
        (UTC), `duration` (seconds; of what has no end it is missing, as is `end_time`)
        and `status`: SUCCESS, FAILURE, UP_FOR_RETRY, CANCELED, SKIPPED or IN_PROGRESS.
        """
        rows = [
            (each.step_key, each.op, each.number, each.start, each.end, each.status)
            for each in self.attempts
        ]
        seconds = [_seconds(each) for each in self.attempts]
        whole = [(*row, took) for row, took in zip(rows, seconds, strict=True)]
        frame = build_frame(whole, TIMELINE_COLUMNS)
        return frame[[*list(TIMELINE_COLUMNS)[:5], "duration", "status"]]


def _seconds(attempt: Attempt) -> float | None:
    return None if attempt.end is None else (attempt.end - attempt.start) / 1e6


def attempts_of(times: Iterable[StepTime]) -> tuple[Attempt, ...]:
    """Return the attempts that lines tell of, in the order in which they began."""
    attempts: list[Attempt] = []
    last: dict[str, int] = {}  # where a step's last attempt is
    for line in times:
        place = last.get(line.step_key)
        if line.event_type in ENDS:
            if place is not None:
                attempts[place] = _ended(attempts[place], line)
            continue
        last[line.step_key] = len(attempts)
        attempts.append(_begun(line, 0 if place is None else attempts[place].number))
    return tuple(attempts)


def _begun(line: StepTime, before: int) -> Attempt:
    begun = Attempt(line.step_key, line.op, before + 1, line.timestamp)
    if line.event_type == _SKIPS:
        return replace(begun, end=line.timestamp, status=SKIPPED)
    return begun


def _ended(attempt: Attempt, line: StepTime) -> Attempt:
    status = CANCELED if line.is_canceled else ENDS[line.event_type]
    return replace(attempt, end=line.timestamp, status=status)
