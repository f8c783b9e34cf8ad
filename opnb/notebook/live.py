"""The live card: what a run is at, shown in a notebook while somebody looks.

A front-end can fill an output anew but neither move it nor take it away: so the final
card takes the live one's place if nothing came below it, and otherwise the live one is
emptied, which leaves no trace to be seen, and the final card comes last as ever. A
notebook that is saved half-way holds the live card as it was, with the word "running".
"""

from __future__ import annotations

import contextvars
import logging
import os
import sys
import threading
import uuid
from dataclasses import dataclass, field
from typing import Any, Final, Self

from opnb.display.live import live_forms
from opnb.notebook.sampling import Sampler
from opnb.notebook.show import show
from opnb.session import Execution

_DELAY: Final = 0.3  # what is quicker shows its final card alone
_PERIOD: Final = 0.5  # more often would cost a loop some percent of its time
_IDLE_PERIODS: Final = 2  # where nothing but the time goes on, once a second

_log = logging.getLogger("opnb")


def is_watched(shell: Any) -> bool:
    """Whether a person looks: a front-end that would let the cell ask for input.

    Programs that run notebooks refuse that; `OPNB_HEADLESS=1` says it for others.
    """
    kernels = sys.modules.get("ipykernel.zmqshell")
    kernel = getattr(shell, "kernel", None)
    return (
        kernels is not None
        and bool(getattr(kernel, "_allow_stdin", False))
        # Within `%%capture` it is another one's.
        and isinstance(shell.display_pub, kernels.ZMQDisplayPublisher)
        and os.environ.get("OPNB_HEADLESS") != "1"
        and "PYTEST_CURRENT_TEST" not in os.environ
    )


class Place:
    """One output of a cell that is filled anew again and again.

    Args:
        publisher: What the shell shows things by.
    """

    def __init__(self, publisher: Any) -> None:
        self._publisher = publisher
        self._display_id: str | None = None
        self._sent_before = 0
        self._fillings = 0

    def fill(self, data: dict[str, str]) -> None:
        """Show this, in the place of what was there."""
        update = self._display_id is not None
        if not update:
            self._sent_before = self._messages()
            self._display_id = uuid.uuid4().hex
        self._publisher.publish(
            data, {}, transient={"display_id": self._display_id}, update=update
        )
        self._fillings += 1

    def end_with(self, thing: Any) -> str:
        """Show a thing for good: here if this is the last output, else below.

        Returns:
            The id by which it can be shown anew.
        """
        if self._display_id is not None and self._is_last():
            show(thing, display_id=self._display_id, update=True)
            return self._display_id
        self.empty()
        display_id = uuid.uuid4().hex
        show(thing, display_id=display_id)
        return display_id

    def empty(self) -> None:
        """Show nothing, as long as nothing follows."""
        if self._display_id is not None:
            self.fill({})

    def _is_last(self) -> bool:
        """Whether the kernel has sent nothing since but what stands here."""
        return self._messages() == self._sent_before + self._fillings

    def _messages(self) -> int:
        """Return how many messages the kernel has sent, printed text included."""
        sys.stdout.flush()
        sys.stderr.flush()
        return int(self._publisher.session.message_count)


@dataclass(slots=True)
class _Cells:
    """What is known of cells, by the requests that run them.

    Args:
        live: Those that have a live card: each has one at most.
        emptied: The last one that had, and its place, for the next run in it.
    """

    live: set[str] = field(default_factory=set)
    emptied: tuple[str, Place] | None = None

    def place_in(self, cell: str, publisher: Any) -> Place:
        """Return the place for a live card: that of the run before, if there is one."""
        found, self.emptied = self.emptied, None
        return found[1] if found and found[0] == cell else Place(publisher)


_cells: Final = _Cells()


class LiveCard:
    """One run's card while it goes on; to be entered for as long as that is.

    Args:
        shell: The IPython shell.
        execution: The run.
        ends_with_card: Whether `show` is called for the final card; otherwise the live
            one is emptied at the end.
    """

    def __init__(
        self, shell: Any, execution: Execution, *, ends_with_card: bool = False
    ) -> None:
        self._shell = shell
        self._execution: Execution | None = execution
        self._ends_with_card = ends_with_card
        self._is_over = threading.Event()
        self._thread: threading.Thread | None = None
        self._place: Place | None = None
        self._cell = ""

    def __enter__(self) -> Self:
        if is_watched(self._shell):
            publisher = self._shell.display_pub
            self._cell = publisher.parent_header.get("msg_id", "")
            if self._cell and self._cell not in _cells.live:
                self._begin(publisher)
        return self

    def _begin(self, publisher: Any) -> None:
        assert self._execution is not None  # noqa: S101 - it is entered once
        _cells.live.add(self._cell)
        self._place = _cells.place_in(self._cell, publisher)
        # What a thread sends goes to the cell whose context it has.
        run = contextvars.copy_context().run
        self._thread = threading.Thread(
            target=run,
            args=(self._tick, Sampler(self._execution), self._place),
            daemon=True,
            name="opnb-live",
        )
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._execution = None
        if self._thread is None or self._place is None:
            return
        self._thread.join()
        _cells.live.discard(self._cell)
        if not self._ends_with_card:
            self._place.empty()
            _cells.emptied = (self._cell, self._place)

    def show(self, thing: Any) -> str | None:
        """Show the final card, where the live one was if that is the last output.

        Returns:
            The id by which it can be shown anew; None where nobody watches.
        """
        if self._place is not None:
            return self._place.end_with(thing)
        show(thing)
        return None

    def _tick(self, sampler: Sampler, place: Place) -> None:
        try:
            if not self._is_over.wait(_DELAY):
                self._follow(sampler, place)
        except Exception as fault:  # noqa: BLE001 - what shows a run never costs it
            _log.warning("The live card stopped: %r", fault)

    def _follow(self, sampler: Sampler, place: Place) -> None:
        seen: object = None
        idle = 0
        while True:
            view = sampler.look()
            idle += 1
            if view.beside_the_time != seen or idle >= _IDLE_PERIODS:
                seen, idle = view.beside_the_time, 0
                forms = live_forms(view)
                if self._is_over.is_set():
                    return
                place.fill(forms)
            if self._is_over.wait(_PERIOD):
                return
