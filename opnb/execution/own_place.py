"""Iterators of Python's own know how many items they gave, so that nobody need count.

They are those of ranges, lists and tuples, whose next item stands at a place. (A list
that its own loop makes shorter than what it gave has forgotten how much that was: it is
told by what is left.)
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sized
from operator import length_hint
from typing import Any, Final, TypeVar, cast

T = TypeVar("T")

_RANGE: Final = type(iter(range(0)))
_SEQUENCES: Final[tuple[type, ...]] = (type(iter([])), type(iter(())))


def own_iterator(iterable: Iterable[T]) -> Iterator[T] | None:
    """Return an iterator that knows its place; None where that of this does not."""
    if type(iterable) not in (range, list, tuple):
        return None
    iterator = iter(iterable)
    return iterator if type(iterator) in (_RANGE, *_SEQUENCES) else None


def place_of(iterable: Iterable[T], iterator: Iterator[T]) -> Callable[[], int]:
    """Return what tells how many items such an iterator has given."""
    items = cast("Sized", iterable)
    if type(iterator) is _RANGE:
        return lambda: len(items) - length_hint(iterator)

    def place() -> int:
        # A list may have become longer or shorter meanwhile.
        state: tuple[Any, ...] = iterator.__reduce__()  # type: ignore[assignment]
        is_at_its_end = len(state) < 3  # noqa: PLR2004 - what makes it, of what, from where
        return len(items) if is_at_its_end else int(state[2])

    return place


def stop(iterator: Any) -> None:
    """Let such an iterator give no item more, whoever asks."""
    iterator.__setstate__(sys.maxsize)
    next(iterator, None)  # one that has met its end does not go on in a longer list
