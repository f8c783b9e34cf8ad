"""The entries of a run that are not kept yet."""

from __future__ import annotations

from typing import Protocol

from opnb.model.entry import EventLogEntry
from opnb.model.events import UserEvent
from opnb.model.serialize import EntryRow


class Record(Protocol):
    """What keeps what a run tells, before the run goes on."""

    def __call__(self, entries: list[EventLogEntry], /) -> None:
        """Keep entries."""

    def event(
        self, event: UserEvent, row: EntryRow, run_id: str, job_name: str, /
    ) -> None:
        """Keep an event of the user's, as the row of its entry; see `event_entry`."""


class Journal:
    """Gathers entries while no code of the user's runs.

    Args:
        record: Keeps at once what the code tells while it runs.

    Attributes:
        pending: What has come up and is not kept.
    """

    def __init__(self, record: Record) -> None:
        self.keep, self.keep_event = record, record.event
        self.pending: list[EventLogEntry] = []

    def take(self) -> list[EventLogEntry]:
        """Return what has come up, for the driver to keep."""
        taken, self.pending = self.pending, []
        return taken

    def keep_pending(self) -> None:
        """Keep now what has come up."""
        self.keep(self.take())

    def record(self, entry: EventLogEntry) -> None:
        """Keep an entry now, after what came before it."""
        self.keep([*self.take(), entry])
