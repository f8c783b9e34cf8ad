"""What the runtime asks of its driver: to keep entries, to wait, to await.

The runtime is a generator. Before any of the user's code goes on it yields all entries
that have come up since, as one list for its driver to keep at once (events that the
code yields or logs are kept by the `Journal`); and these two for its driver to carry
out in the way that fits the place: a plain script sleeps and owns a loop, a notebook
cell awaits in the kernel's loop.
"""

from __future__ import annotations

from collections.abc import Awaitable, Generator
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from opnb.model.entry import EventLogEntry


@dataclass(frozen=True, slots=True)
class Wait:
    """Let some seconds pass."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Await:
    """Await this and send back what it gives, or throw in what it raises."""

    awaitable: Awaitable[Any]


R = TypeVar("R")
# A part of the runtime that gives its caller an answer, and the runtime itself.
Routine: TypeAlias = Generator[list[EventLogEntry] | Wait | Await, Any, R]
Instructions: TypeAlias = Routine[None]
