"""The mark of an example: a function that shows one thing, and says what."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

Example = Callable[[], None]


def example(shows: str) -> Callable[[Example], Example]:
    """Mark a function as an example of what the words say."""

    def mark(function: Example) -> Example:
        function.shows = shows  # type: ignore[attr-defined]
        return function

    return mark


def examples_of(page: ModuleType) -> dict[str, Example]:
    """Return the examples of a page by name, in their order."""
    return {
        name: value for name, value in vars(page).items() if hasattr(value, "shows")
    }
