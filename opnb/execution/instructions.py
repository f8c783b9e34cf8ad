"""What the runtime asks of its driver beside keeping entries: to wait, to await.

The runtime is a generator. It yields entries for its driver to append, and these two
for its driver to carry out in the way that fits the place: a plain script sleeps and
owns a loop, a notebook cell awaits in the kernel's loop.
"""

from __future__ import annotations

from collections.abc import Awaitable, Generator
from dataclasses import dataclass
from typing import Any

from opnb.model.entry import EventLogEntry


@dataclass(frozen=True, slots=True)
class Wait:
    """Let some seconds pass."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Await:
    """Await this and send back what it gives, or throw in what it raises."""

    awaitable: Awaitable[Any]


Instructions = Generator[EventLogEntry | Wait | Await, Any, None]
