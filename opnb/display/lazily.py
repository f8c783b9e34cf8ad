"""Functions of this floor that are loaded when they are called: a card needs few."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any


def at_first_use(name: str) -> Callable[..., Any]:
    """Return a function of this floor by its name, such as `"card.card_forms"`."""
    module, function = name.split(".")

    def call(*args: Any) -> Any:
        home = import_module(f"opnb.display.{module}")
        return getattr(home, function)(*args)

    return call
