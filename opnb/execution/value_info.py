"""What the log keeps of a value that goes in or out: its type and its shape."""

from __future__ import annotations

from typing import Any

from opnb.model.entry import ValueInfo

# Where asking for the shape is known to cost nothing and to compute nothing.
_SHAPED = frozenset(
    ["numpy", "pandas", "polars", "pyarrow", "scipy", "torch", "xarray", "sklearn"]
)
_SIZED = (list, tuple, dict, set, frozenset)


def describe_value(value: Any) -> ValueInfo:
    """Return the type's name and the shape, without computing anything of it."""
    kind = type(value)
    if kind in _SIZED:
        return ValueInfo(kind.__name__, (len(value),))
    return ValueInfo(kind.__name__, _shape(value))


def _shape(value: Any) -> tuple[int, ...]:
    if type(value).__module__.partition(".")[0] not in _SHAPED:
        return ()
    try:
        shape = value.shape
        return tuple(int(length) for length in shape)
    except Exception:  # noqa: BLE001 - a value without a shape is no fault
        return ()
