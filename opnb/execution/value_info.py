"""What is known of a value that goes in or out: its type, its shape, its size."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import lru_cache
from itertools import islice
from typing import Any

from opnb.model.entry import ValueInfo

# Where asking for the shape is known to cost nothing and to compute nothing.
_SHAPED = frozenset(
    ["numpy", "pandas", "polars", "pyarrow", "scipy", "torch", "xarray", "sklearn"]
)
_SIZED = (list, tuple, dict, set, frozenset)
_SMALL = frozenset([int, float, bool, complex, type(None)])
_MEMBERS_LOOKED_AT = 100
_LEVELS_LOOKED_AT = 4


def describe_value(value: Any) -> ValueInfo:
    """Return the type's name and the shape, without computing anything of it."""
    kind = type(value)
    if kind in _SMALL:
        return _info(kind.__name__, ())
    if kind in _SIZED:
        return _info(kind.__name__, (len(value),))
    return _info(kind.__name__, _shape(value))


# The same few types and shapes come again and again.
_info = lru_cache(maxsize=1024)(ValueInfo)


def _shape(value: Any) -> tuple[int, ...]:
    if type(value).__module__.partition(".")[0] not in _SHAPED:
        return ()
    try:
        shape = value.shape
        return tuple(int(length) for length in shape)
    except Exception:  # noqa: BLE001 - a value without a shape is no fault
        return ()


def size_of(value: Any, levels: int = _LEVELS_LOOKED_AT) -> int:
    """Return roughly how many bytes a value takes, at a cost that does not grow.

    Arrays and frames tell; containers and objects are the sum of their parts, the first
    hundred standing for the rest.
    """
    if type(value) in _SMALL:
        return 32
    try:
        return _told_size(value) or _counted_size(value, levels)
    except Exception:  # noqa: BLE001 - a guess is all that is asked for
        return 64


def _told_size(value: Any) -> int:
    nbytes = getattr(value, "nbytes", None)
    if isinstance(nbytes, int):
        return nbytes
    module = type(value).__module__.partition(".")[0]
    if module == "pandas" and hasattr(value, "memory_usage"):
        usage = value.memory_usage()
        return int(usage.sum()) if hasattr(usage, "sum") else int(usage)
    if module == "polars" and hasattr(value, "estimated_size"):
        return int(value.estimated_size())
    return 0


def _counted_size(value: Any, levels: int) -> int:
    own = sys.getsizeof(value)
    if not levels or isinstance(value, str | bytes | bytearray):
        return own
    if isinstance(value, Mapping):
        parts, count = value.values(), len(value)
    elif isinstance(value, _SIZED):
        parts, count = value, len(value)  # type: ignore[assignment]
    else:
        attributes = getattr(value, "__dict__", {})
        parts, count = attributes.values(), len(attributes)
    looked_at = [size_of(p, levels - 1) for p in islice(parts, _MEMBERS_LOOKED_AT)]
    if not looked_at:
        return own
    return own + sum(looked_at) * count // len(looked_at)
