"""The context of the code that runs here and now, for code that is not handed it."""

from __future__ import annotations

from collections.abc import Awaitable, Iterator
from contextvars import ContextVar
from typing import Any, Final, Self, TypeVar

T = TypeVar("T")

_RUNNING: Final[ContextVar[Any]] = ContextVar("opnb_running", default=None)


class Life:
    """Tells all that belong to a context when its code has ended."""

    is_over = False


class RunningContext:
    """A context that counts as the current one for a `with` block, and then is over.

    Once it is over it takes nothing more: the run may have ended, and what ended is not
    written to.
    """

    _outer: Any = None

    def __init__(self) -> None:
        self._life = Life()

    @property
    def is_over(self) -> bool:
        """Whether the code that it was made for has ended."""
        return self._life.is_over

    def __enter__(self) -> Self:
        outer = _RUNNING.get()
        if outer is not None:
            self._outer = outer
        _RUNNING.set(self)
        return self

    def __exit__(self, *_: object) -> None:
        self._life.is_over = True
        # A run that was dropped is closed by whoever runs at that moment.
        if _RUNNING.get() is self:
            _RUNNING.set(self._outer)
        if self._outer is not None:
            self._outer = None


def running_context() -> Any:
    """Return the context of the code that runs; None outside of any.

    It is known in the thread of that code and in what it awaits; a thread that the code
    starts has none.
    """
    found = _RUNNING.get()
    return None if found is None or found.is_over else found


def running_contexts() -> Iterator[Any]:
    """Yield the context of the code that runs, then those that it was called within."""
    found = running_context()
    while found is not None:
        yield found
        found = found._outer  # noqa: SLF001 - of this module


async def await_in(context: RunningContext, awaitable: Awaitable[T]) -> T:
    """Await in a context, whichever loop and task it is awaited by."""
    _RUNNING.set(context)
    return await awaitable
