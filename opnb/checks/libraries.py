"""Which library a value is of, told without importing any."""

from __future__ import annotations

import sys
from typing import Any


def is_of(value: object, library: str, *names: str) -> bool:
    """Tell whether a value is of one of a library's classes, where that is loaded.

    >>> is_of(1, "pandas", "Series", "DataFrame")
    False
    """
    module: Any = sys.modules.get(library)
    # An import under way has no classes yet.
    kinds = tuple(
        kind for name in names if isinstance(kind := getattr(module, name, None), type)
    )
    return isinstance(value, kinds)
