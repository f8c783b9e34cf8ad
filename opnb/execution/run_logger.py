"""A logger whose lines are entries of the run, not of a step: for its resources."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from opnb.execution.loggers import LevelsByName, logged_data, logged_message
from opnb.model.entry import EventType

if TYPE_CHECKING:
    from opnb.execution.journal import Journal
    from opnb.execution.step import RunInfo


class RunLogger(LevelsByName):
    """The logger of a run.

    Args:
        info: Whose entries.
        journal: Keeps them.
    """

    def __init__(self, info: RunInfo, journal: Journal) -> None:
        super().__init__("opnb")
        self._info = info
        self._journal = journal

    def handle(self, record: logging.LogRecord) -> None:
        """Record a line."""
        self._journal.record(
            self._info.entry(
                EventType.LOG_MESSAGE,
                logged_message(record),
                logged_data(record),
                record.levelno,
            )
        )
