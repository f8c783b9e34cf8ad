"""From the values that people have to those that a log can keep.

numpy and pandas are recognised by what is loaded already; neither is imported here.
"""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from opnb.model.checks import shorten
from opnb.model.errors import InvalidMetadata

DEEPEST = 200
_PLAIN = frozenset([str, int, bool, type(None)])
_LISTS = (list, tuple)


def one_nan(value: float) -> float:
    """Return `math.nan` for each NaN, so that equal values compare equal."""
    return math.nan if value != value else value  # noqa: PLR0124 - true for NaN only


def same_number(left: float | Decimal, right: float | Decimal) -> bool:
    """Tell whether two numbers are the same, NaN being the same as itself."""
    # From Python 3.13 on a dataclass compares its fields by `==` alone.
    return left is right or left == right


def is_missing(value: object) -> bool:
    """Tell whether the value is pandas' NA or NaT, or numpy's NaT."""
    name = type(value).__name__
    if name in ("NAType", "NaTType"):
        return True
    return name in ("datetime64", "timedelta64") and str(value) == "NaT"


def plain_scalar(value: Any) -> Any:
    """Turn a numpy scalar into Python's own, subclasses into their base.

    A `Decimal` that is no number becomes `math.nan`, which compares equal to itself.
    """
    numpy = sys.modules.get("numpy")
    if numpy is not None and isinstance(value, numpy.generic):
        value = _from_numpy(value, numpy)
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return one_nan(float(value))
    return math.nan if isinstance(value, Decimal) and value.is_nan() else value


def _from_numpy(value: Any, numpy: Any) -> Any:
    if is_missing(value):
        return value
    if isinstance(value, numpy.datetime64 | numpy.timedelta64):
        # `item()` gives a bare count of units for what Python's classes cannot hold.
        plain = value.astype(f"{value.dtype.kind}8[us]").item()
        return value if isinstance(plain, int) else plain
    return float(value) if isinstance(value, numpy.floating) else value.item()


def in_utc(value: datetime) -> datetime:
    """Return the instant with a zone; a time without one is taken as UTC."""
    # Not `astimezone`: it cannot pass the first or the last year.
    return value if value.tzinfo is not None else value.replace(tzinfo=UTC)


def plain_json(data: Any, at: tuple[Any, ...] = (), depth: int = 0) -> Any:
    """Return an own copy of `data` with nothing in it but what the log can keep.

    Tuples and sets become lists (sets in a fixed order), keys become strings as
    JSON has them, numpy scalars Python's own, dates ISO text, paths text; bytes and
    `Decimal`s stay.

    Raises:
        InvalidMetadata: Something else is in it, or it contains itself.
    """
    kind = type(data)
    if kind in _PLAIN:
        return data
    if depth > DEEPEST:
        raise InvalidMetadata(
            f"JSON metadata is nested more than {DEEPEST} deep, or contains itself.",
            hint="Keep the part that matters, or write it to a file and keep its path.",
        )
    # Exact classes first: to ask whether a list is a `Mapping` takes longer than all.
    if kind is list or kind is tuple or (kind is not dict and isinstance(data, _LISTS)):
        return [
            item if type(item) in _PLAIN else plain_json(item, (*at, number), depth + 1)
            for number, item in enumerate(data)
        ]
    if kind is dict or isinstance(data, Mapping):
        return {
            key if type(key) is str else _json_key(key, at): (
                item
                if type(item) in _PLAIN
                else plain_json(item, (*at, key), depth + 1)
            )
            for key, item in data.items()
        }
    return _plain_rare(data, at, depth)


def _plain_rare(data: Any, at: tuple[Any, ...], depth: int) -> Any:
    value = plain_scalar(data)
    if isinstance(value, str | int | float | bytes | Decimal) or value is None:
        return value
    if is_missing(value):
        return None
    if isinstance(value, AbstractSet):
        items = [plain_json(item, (*at, ...), depth + 1) for item in value]
        return sorted(items, key=lambda item: (type(item).__name__, repr(item)))
    if isinstance(value, Sequence):
        return plain_json(list(value), at, depth)
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, os.PathLike):
        return os.fsdecode(value)
    raise _refusal(value, at)


def _where(at: tuple[Any, ...]) -> str:
    """Return the place in words: nothing at the top, `{…}` for a set's element."""
    steps = ("{…}" if step is ... else f"[{step!r}]" for step in at)
    return f" at {''.join(steps)}" if at else ""


def _refusal(value: Any, at: tuple[Any, ...]) -> InvalidMetadata:
    where = _where(at)
    return InvalidMetadata(
        f"JSON cannot hold {shorten(value)}{where}.", hint="Use str(value)."
    )


def _json_key(key: Any, at: tuple[Any, ...]) -> str:
    key = plain_scalar(key)
    if isinstance(key, str):
        return key
    if isinstance(key, bool) or key is None:
        return {True: "true", False: "false", None: "null"}[key]
    if isinstance(key, int | float):
        return repr(key)
    if isinstance(key, date):
        return key.isoformat()
    where = _where(at)
    raise InvalidMetadata(
        f"A key of JSON must be text{where}, not {type(key).__name__}: {shorten(key)}",
        hint="Make the keys text: {str(key): value for key, value in data.items()}.",
    )


def plain_cell(value: Any) -> str | int | float | bool | bytes | Decimal | None:
    """Return what the cell of a table keeps: a plain value, else text."""
    value = plain_scalar(value)
    if value is None or isinstance(value, str | int | float | bytes | Decimal):
        return value
    if is_missing(value):
        return None
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, os.PathLike):
        return os.fsdecode(value)
    return shorten(value)
