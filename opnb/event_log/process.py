"""Which process wrote a run, and whether it still lives."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from functools import lru_cache

import psutil


@dataclass(frozen=True, slots=True)
class Process:
    """A process, told from a later one of the same number by when it started."""

    host: str
    pid: int
    started: float

    def is_gone(self) -> bool:
        """Whether it has surely ended; False for one on another machine."""
        if self.host != socket.gethostname():
            return False
        try:
            process = psutil.Process(self.pid)
            if process.status() == psutil.STATUS_ZOMBIE:
                return True
            # Clock adjustments move the start by fractions of a second.
            return abs(process.create_time() - self.started) > 1
        except psutil.NoSuchProcess:
            return True
        except psutil.Error:
            return False


def this_process() -> Process:
    """Return the process that runs now, also after a fork."""
    return _process(os.getpid())


@lru_cache(maxsize=1)
def _process(pid: int) -> Process:
    return Process(socket.gethostname(), pid, psutil.Process(pid).create_time())
