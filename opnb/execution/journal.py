"""The entries of a run that are not kept yet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from opnb.model.entry import EventLogEntry


@dataclass(slots=True)
class Journal:
    """Gathers entries while no code of the user's runs.

    Args:
        keep: Keeps entries at once; for what the code logs while it runs.
    """

    keep: Callable[[list[EventLogEntry]], None]
    pending: list[EventLogEntry] = field(default_factory=list)

    def take(self) -> list[EventLogEntry]:
        """Return what has come up, for the driver to keep."""
        taken, self.pending = self.pending, []
        return taken

    def keep_pending(self) -> None:
        """Keep now what has come up."""
        taken, self.pending = self.pending, []
        self.keep(taken)

    def record(self, entry: EventLogEntry) -> None:
        """Keep an entry now, after what came before it."""
        if self.pending:
            self.keep([*self.take(), entry])
        else:
            self.keep([entry])
