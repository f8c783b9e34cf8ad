"""What of the notebook goes along where a cell's code runs away from it."""

from __future__ import annotations

import re
from copy import deepcopy
from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from itertools import chain
from pathlib import PurePath
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any
from uuid import UUID

_CODE = (ModuleType, FunctionType, BuiltinFunctionType, type)
_CONSTANTS = (
    bool,
    int,
    float,
    complex,
    str,
    bytes,
    type(None),
    type(...),
    range,
    slice,
    Decimal,
    Enum,
    Fraction,
    PurePath,
    re.Pattern,
    UUID,
    date,
    time,
    timedelta,
)
_FROZEN = (tuple, frozenset)
_HOLDERS = (tuple, frozenset, list, dict, set)


def is_carried(name: str, value: Any) -> bool:
    """Whether a value of the notebook goes along.

    Code does, and constants: what cannot change, and by their name in capitals lists,
    sets and dicts of such.
    """
    if isinstance(value, _CODE) or callable(value):
        return True
    return _is_constant(value, _HOLDERS if name.isupper() else _FROZEN)


def carried(value: Any) -> Any:
    """Return a value as it goes along: what a run does to a list, no other sees."""
    return deepcopy(value) if isinstance(value, _HOLDERS) else value


def _is_constant(value: Any, holders: tuple[type, ...]) -> bool:
    if isinstance(value, holders):
        parts: Any = value
        if isinstance(value, dict):
            parts = chain(value, value.values())
        return all(_is_constant(part, holders) for part in parts)
    return isinstance(value, _CONSTANTS) or (
        type(value).__module__ == "numpy" and not hasattr(value, "__len__")
    )
