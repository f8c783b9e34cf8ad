"""Loops that tell how far they are: `context.track(...)`.

Within the loop items are only counted, with no clock and no lock, and not even that
where the iterator knows how many it gave; whoever looks on from another thread samples
the count, and makes rates and times of it.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import (
    AsyncIterable,
    AsyncIterator,
    Callable,
    Generator,
    Iterable,
    Iterator,
)
from itertools import chain
from operator import index
from typing import Any, Final, Generic, TypeVar

from opnb.execution.own_place import own_iterator, place_of, stop
from opnb.model.checks import shorten, verify_type
from opnb.model.errors import CheckError, ParameterCheckError

T = TypeVar("T")

# Loops that have ended and are still told of; the log has a line of each.
_ENDED_SHOWN: Final = 2


class Bar:
    """How far one loop is.

    Attributes:
        description: What the items are.
        total: How many there will be; None if that is unknown.
        counted: How many were counted as dealt with.
        given: Tells how many were given, where nobody counts.
        depth: Within how many other loops of the same thread or task it began.
        started: When it began, by the monotonic clock.
        is_over: Whether it has ended.
    """

    __slots__ = (
        "counted",
        "depth",
        "description",
        "given",
        "is_over",
        "owner",
        "started",
        "total",
    )

    def __init__(self, description: str | None, total: int | None) -> None:
        self.description = description or "items"
        self.total = total
        self.counted = 0
        self.given: Callable[[], int] | None = None
        self.depth = 0
        self.started = 0.0
        self.is_over = False
        self.owner: Any = None

    def __str__(self) -> str:
        of = "" if self.total is None else f" of {self.total:,}"
        return f"{self.description}: {self.done:,}{of} done"

    @property
    def done(self) -> int:
        """How many have been dealt with: what was given last is not yet."""
        given = self.given
        return self.counted if given is None else max(given() - 1, 0)


class Bars:
    """The loops of one context: those under way, and the last that have ended.

    Loops begin and end in any thread; lists of Python's take an item, and let one go,
    whole.
    """

    def __init__(self) -> None:
        self._running: list[Bar] = []
        self._ended: deque[Bar] = deque(maxlen=_ENDED_SHOWN)

    def begin(self, bar: Bar) -> None:
        """Take in a loop that begins here and now."""
        bar.owner = _here()
        bar.depth = sum(each.owner == bar.owner for each in [*self._running])
        bar.started = time.monotonic()
        self._running.append(bar)

    def end(self, bar: Bar) -> None:
        """Let go of a loop; one that was within another is forgotten."""
        bar.is_over = True
        self._running.remove(bar)
        if not bar.depth:
            self._ended.append(bar)

    @property
    def shown(self) -> list[Bar]:
        """The loops to tell of: ended ones first, inner ones below their outer one."""
        running = [*self._running]
        owners = dict.fromkeys(bar.owner for bar in running)
        return [
            *self._ended.copy(),
            *(bar for owner in owners for bar in running if bar.owner == owner),
        ]


def _here() -> tuple[int, int]:
    """Return what tells this thread, or the task that runs in it, from others."""
    try:
        task = asyncio.current_task()
    except RuntimeError:  # no loop runs in this thread
        task = None
    return threading.get_ident(), id(task)


class _Watched:
    """One loop, from its first item to its last.

    Args:
        bar: Counts.
        bars: The loops of the context.
        tell: Takes the line that says how many items there were; not of inner loops.
    """

    __slots__ = ("_bars", "_tell", "bar")

    def __init__(self, bar: Bar, bars: Bars, tell: Callable[[str], None]) -> None:
        self.bar = bar
        self._bars = bars
        self._tell = tell

    def __enter__(self) -> Bar:
        self._bars.begin(self.bar)
        return self.bar

    def __exit__(self, *_: object) -> None:
        self._bars.end(self.bar)
        if not self.bar.depth:  # of inner loops there may be thousands
            self._tell(str(self.bar))


class Tracked(Iterator[T], Generic[T]):
    """The items of an iterable, unchanged, and counted."""

    def __init__(self, iterable: Iterable[T], loop: _Watched) -> None:
        self._iterable = iterable
        self._items, self._close = _items_of(iterable, loop)

    def __repr__(self) -> str:
        return f"Tracked({shorten(self._iterable)})"

    def __iter__(self) -> Iterator[T]:  # noqa: PYI034 - see below
        # A loop goes over the items themselves: the class would cost a call an item.
        return self._items

    def __next__(self) -> T:
        return next(self._items)

    def __len__(self) -> int:
        return len(self._iterable)  # type: ignore[arg-type]  # says so itself

    def __bool__(self) -> bool:
        return _length(self._iterable) != 0

    def close(self) -> None:
        """End the loop before its last item."""
        self._close()


def _items_of(
    iterable: Iterable[T], loop: _Watched
) -> tuple[Iterator[T], Callable[[], None]]:
    """Return the items, and what ends the loop before its last one."""
    iterator = own_iterator(iterable)
    if iterator is None:
        items = _counted(iterable, loop)
        return items, items.close
    parts = _placed(iterable, iterator, loop)

    def close() -> None:
        parts.close()
        stop(iterator)

    return chain.from_iterable(parts), close


def _counted(iterable: Iterable[T], loop: _Watched) -> Generator[T, None, None]:
    with loop as bar:
        for item in iterable:
            yield item
            bar.counted += 1


def _placed(
    iterable: Iterable[T], iterator: Iterator[T], loop: _Watched
) -> Generator[Iterator[T], None, None]:
    """Yield the iterator, as the one part of the loop: nothing is done for an item."""
    with loop as bar:
        bar.given = given = place_of(iterable, iterator)
        is_whole = False
        try:
            yield iterator
            is_whole = True
        finally:
            bar.counted = given() if is_whole else bar.done
            bar.given = None  # it holds the items


class TrackedAsync(AsyncIterator[T], Generic[T]):
    """The items of an asynchronous iterable, unchanged, and counted.

    It is no asynchronous generator: those end in a task of their own, when the op may
    be over; what this one is dropped by ends it at once.
    """

    def __init__(self, iterable: AsyncIterable[T], loop: _Watched) -> None:
        self._iterable = iterable
        self._loop = loop
        self._items: AsyncIterator[T] | None = None
        self._began = self._is_over = False

    def __repr__(self) -> str:
        return f"TrackedAsync({shorten(self._iterable)})"

    async def __anext__(self) -> T:
        if self._is_over:
            raise StopAsyncIteration
        try:
            if self._items is None:
                self._begin()
                self._items = aiter(self._iterable)
            else:
                self._loop.bar.counted += 1
            return await anext(self._items)
        except BaseException:
            self._end()
            raise

    async def aclose(self) -> None:
        """End the loop before its last item."""
        self._end()
        close = getattr(self._items, "aclose", None)
        if close is not None:
            await close()

    def __del__(self) -> None:
        self._end()

    def _begin(self) -> None:
        self._began = True
        self._loop.__enter__()

    def _end(self) -> None:
        was_over, self._is_over = self._is_over, True
        if self._began and not was_over:
            self._loop.__exit__()


def tracked(
    iterable: Iterable[T] | AsyncIterable[T],
    total: int | None,
    description: str | None,
    bars: Bars,
    tell: Callable[[str], None],
) -> Tracked[T] | TrackedAsync[T]:
    """Return the items to loop over; see `OpExecutionContext.track`.

    Raises:
        CheckError: What is given is no iterable, or the total or description is none.
    """
    verify_type(description, str, "description", optional=True, hint="'orders'.")
    wanted = _length(iterable) if total is None else _verified_total(total)
    loop = _Watched(Bar(description, wanted), bars, tell)
    if isinstance(iterable, AsyncIterable) and not _is_iterable(iterable):
        return TrackedAsync(iterable, loop)
    if not _is_iterable(iterable):
        raise ParameterCheckError(
            f"context.track cannot loop over {shorten(iterable)}: it is no iterable.",
            hint=_hint_of(iterable),
        )
    return Tracked(iterable, loop)  # type: ignore[arg-type]  # just looked at


def _is_iterable(value: Any) -> bool:
    # What has `__getitem__` alone can be looped over, too.
    return hasattr(type(value), "__iter__") or hasattr(type(value), "__getitem__")


def _hint_of(value: Any) -> str:
    if isinstance(value, int):
        return f"context.track(range({shorten(value)}))."
    if callable(value):
        return "Call it: what it returns may be looped over."
    return "Give a list, a generator or whatever else `for` takes."


def _verified_total(total: Any) -> int:
    if isinstance(total, bool) or not hasattr(type(total), "__index__"):
        raise ParameterCheckError(
            f"'total' must be int, not {type(total).__name__}: {shorten(total)}",
            hint="Give a whole number: total=int(count); or leave it out.",
        )
    number = index(total)
    if number < 0:
        raise CheckError(
            f"'total' must not be negative: {number}",
            hint="Leave it out where it is unknown.",
        )
    return number


def _length(iterable: Any) -> int | None:
    try:
        return len(iterable)
    except (TypeError, OverflowError):  # it has none, or more than Python counts
        return None
