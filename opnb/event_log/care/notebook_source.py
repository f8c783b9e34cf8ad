"""The entries that notebook files hold, to be carried into a log."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from opnb.event_log.care.record import EntryRecord
from opnb.event_log.notebook_runs import find_runs


class NotebookSource:
    """Entries of the cards in a notebook, or in all of a folder.

    Args:
        path: The file or the folder.

    Attributes:
        left_out: How many entries more the runs had than the cards hold.
        values_left_out: How many values more.

    Raises:
        LogError: See `find_runs`; all is looked at before anything is carried.
    """

    def __init__(self, path: Path) -> None:
        cards = [run.card for run in find_runs(path)]
        self.left_out = sum(card.left_out for card in cards)
        self.values_left_out = sum(card.values_left_out for card in cards)
        self._records = [card.records for card in cards]

    def count(self) -> int:
        """Return how many entries there are."""
        return sum(map(len, self._records))

    def chunks(self) -> Iterator[list[EntryRecord]]:
        """Return the entries run by run."""
        yield from map(list, self._records)
