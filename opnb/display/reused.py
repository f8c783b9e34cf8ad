"""What a card tells of an earlier run whose outputs were put out again."""

from __future__ import annotations

from contextlib import suppress

from opnb.event_log.step_summary import StepSummary
from opnb.event_log.summary import RunSummary
from opnb.model.errors import LogError


def read_reused(summary: RunSummary) -> StepSummary | None:
    """Return the step of the earlier run; None if none was reused, or it is gone.

    A log that cannot be read costs the card nothing else.
    """
    run_id = summary.step.reused_from
    if run_id is not None and summary.past is not None:
        with suppress(LogError):
            return summary.past.step_of(run_id)
    return None
