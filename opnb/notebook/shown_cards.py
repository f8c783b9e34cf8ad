"""The cards that stand in a notebook, told anew in their own cells when ops go stale.

A front-end can fill an output of another cell anew, by its `display_id`: so when an op
runs again with another result, or a cell changes what ops read, the cards of those that
took it say so. Where nobody watches no card is told anew. A front-end that reloads its
page forgets the ids; the cards stay as they were until they are shown again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

from opnb.event_log.summary import RunSummary
from opnb.notebook.show import show

Reasons = Mapping[str, tuple[str, ...]]

_log = logging.getLogger("opnb")


class ShownCards:
    """The last card of each op, as far as it can be told anew."""

    def __init__(self) -> None:
        self._cards: dict[str, tuple[str, RunSummary]] = {}

    def note(
        self, display_id: str | None, summary: RunSummary, *, is_rerun: bool = False
    ) -> None:
        """Remember where a card stands.

        Args:
            display_id: By which it can be told anew; None if it cannot.
            summary: What it shows.
            is_rerun: Whether the run was not asked for by the op's own cell, where the
                card of the run before still stands: that one says so.
        """
        before = self._cards.pop(summary.job_name, None)
        if before is not None and is_rerun:
            _show(*before, ("it ran again since",))
        if display_id is not None:
            self._cards[summary.job_name] = display_id, summary

    def forget(self, name: str) -> None:
        """Tell the card of an op no more anew."""
        self._cards.pop(name, None)

    def tell_anew(self, stale: Callable[[], Reasons]) -> None:
        """Let each card say whether its op is stale now.

        Args:
            stale: Finds the ops that are; not asked where no card can be told anew.
        """
        if not self._cards:
            return
        try:
            reasons = stale()
            for name, (display_id, summary) in self._cards.items():
                told = reasons.get(name, ())
                if told != summary.stale:
                    _show(display_id, summary, told)
        except Exception as fault:  # noqa: BLE001 - what shows a run never costs a cell
            _log.warning("Cards were not told anew: %r", fault)


def _show(display_id: str, summary: RunSummary, stale: tuple[str, ...]) -> None:
    summary.stale = stale
    try:
        show(summary, display_id=display_id, update=True)
    except Exception as fault:  # noqa: BLE001 - what shows a run never costs a cell
        _log.warning("A card was not told anew: %r", fault)
