"""The thread that commits the tail of a burst, and what a fork and the exit ask for.

Appending commits as time goes on; after the last event of a burst nothing is appended
that could. One thread of the process looks after all its writers, and sleeps when
nothing has waited for a while.
"""

from __future__ import annotations

import atexit
import os
import threading
import time
import weakref
from contextlib import suppress
from typing import Protocol

from opnb.model.errors import OpnbError

_PERIOD_SECONDS = 0.02
# To wake a thread costs the one that does it more than a run of an op otherwise takes,
# and bursts follow one another: so it goes on looking for a while.
_LOOKS_WITHOUT_WORK = 100


class Writer(Protocol):
    """What is looked after."""

    def flush_if_old(self) -> bool:
        """Commit what has waited long enough; whether something still waits."""

    def close(self) -> None:
        """Commit all, and end."""

    def leave_before_fork(self) -> None:
        """Hold still while the process forks."""

    def return_after_fork(self, *, in_child: bool) -> None:
        """Go on."""


class Flusher:
    """Looks after writers, which it does not keep alive."""

    def __init__(self) -> None:
        self._writers: weakref.WeakSet[Writer] = weakref.WeakSet()
        self._held: list[Writer] = []
        # Held during a look at all: with its end a writer may go whom nobody else knows
        # any more, and SQLite must be at rest while the process forks.
        self._looking = threading.Lock()
        self._rest()

    def _rest(self) -> None:
        self._awake = threading.Event()
        self._thread: threading.Thread | None = None

    def add(self, writer: Writer) -> None:
        """Look after a writer."""
        self._writers.add(writer)

    def discard(self, writer: Writer) -> None:
        """Look after it no more."""
        self._writers.discard(writer)

    def wake(self) -> None:
        """Say that something waits."""
        if not self._awake.is_set():
            self._awake.set()
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._run, name="opnb-flusher", daemon=True
                )
                self._thread.start()

    def _run(self) -> None:
        while True:
            self._awake.wait()
            idle = 0
            while idle < _LOOKS_WITHOUT_WORK:
                time.sleep(_PERIOD_SECONDS)
                idle = 0 if self._look() else idle + 1
            # Cleared before the last look: what is appended during it wakes it again.
            self._awake.clear()
            if self._look():
                self._awake.set()

    def _look(self) -> bool:
        """Commit what has waited long enough; whether something still waits."""
        with self._looking:
            # Each of them; and the list of them is gone when the thread sleeps.
            waits = [writer.flush_if_old() for writer in list(self._writers)]
            return any(waits)

    def close_all(self) -> None:
        """Commit what waits at the exit of the process."""
        for writer in list(self._writers):
            with suppress(OpnbError):
                writer.close()

    def before_fork(self) -> None:
        """Hold all writers still."""
        self._looking.acquire()
        self._held = list(self._writers)
        for writer in self._held:
            writer.leave_before_fork()

    def after_fork_in_parent(self) -> None:
        """Go on."""
        while self._held:
            self._held.pop().return_after_fork(in_child=False)
        self._looking.release()

    def after_fork_in_child(self) -> None:
        """Go on, without the thread, which stayed with the parent."""
        self._rest()
        while self._held:
            self._held.pop().return_after_fork(in_child=True)
        self._looking.release()


FLUSHER = Flusher()
atexit.register(FLUSHER.close_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=FLUSHER.before_fork,
        after_in_parent=FLUSHER.after_fork_in_parent,
        after_in_child=FLUSHER.after_fork_in_child,
    )
