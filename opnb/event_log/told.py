"""What a run has told so far: how much of each kind, and the last line of its log."""

from __future__ import annotations

from dataclasses import dataclass, field

from opnb.model.entry import (
    EventLogEntry,
    LogMessageData,
    StepExpectationResultData,
)


@dataclass(slots=True)
class Told:
    """Counts entries as they are kept, for whoever looks on from another thread.

    Args:
        counts: How many entries there were, by the class of their data.
        passed: How many expectations were met, in all attempts.
        failed: How many were not, without those that only warn.
        warned: How many of those there were.
        last_line: The last line of the log.
    """

    counts: dict[type, int] = field(default_factory=dict)
    passed: int = 0
    failed: int = 0
    warned: int = 0
    last_line: EventLogEntry | None = None

    def add(self, entry: EventLogEntry, times: int = 1) -> None:
        """Count an entry, or so many observations alike."""
        data = entry.event_specific_data
        # A class is quick to look up; a member of an enum is not.
        kind = type(data)
        self.counts[kind] = self.counts.get(kind, 0) + times
        if kind is LogMessageData:
            self.last_line = entry
        elif isinstance(data, StepExpectationResultData):
            outcome = data.expectation_result.outcome
            if outcome in ("passed", "unknown"):
                self.passed += 1
            elif outcome == "warn":
                self.warned += 1
            else:
                self.failed += 1
