"""Metadata as the log keeps it, turned into plain values and columns of a frame.

No `MetadataValue` is made for what is plain: a frame of a hundred thousand events has
some millions of values.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, TypeAlias

import pandas as pd

from opnb.event_log.reading.frame import build_series
from opnb.model.metadata_json import decode_value
from opnb.model.strict_json import decode_json

# What JSON cannot hold is kept with it, see `model/serialize.py`; metadata with a label
# that JSON cannot hold is a list of pairs.
TAG = "$opnb"
IN_PAIRS = f'{{"{TAG}":["dict",'

# A value as the log keeps it: its kind and its payload.
Kept: TypeAlias = Sequence[Any]

NUMBERS = frozenset(["int", "float", "bool", "timestamp"])
# Kinds whose payload is an object in parts, not the value itself.
COMPOUND = frozenset(
    [
        "asset",
        "python_artifact",
        "job",
        "image",
        "redacted",
        "table",
        "table_schema",
        "column_lineage",
        "code_references",
    ]
)
KINDS = frozenset(
    "text url path notebook json md dagster_run pool null bytes".split()
).union(NUMBERS, COMPOUND)

# Beyond it pandas has no times, nor for NaN: those are missing.
_LATEST = (2**63 - 1) // 10**6


def kept_values(metadata: str | None) -> dict[str, Kept]:
    """Return the values of one entry by label, as the log keeps them."""
    return decode_json(metadata) or {}


def kept_values_of(texts: Sequence[str | None]) -> list[dict[str, Kept]]:
    """Return the values of many entries.

    All that needs no tags is decoded in one go, which takes a third of the time.
    """
    plain = [text for text in texts if text is not None and TAG not in text]
    decoded = iter(json.loads(f"[{','.join(plain)}]"))
    return [
        next(decoded) if text is not None and TAG not in text else kept_values(text)
        for text in texts
    ]


def plain_value(kind: str, payload: Any) -> Any:
    """Return what `MetadataValue.value` gives."""
    return decode_value(kind, payload).value if kind in COMPOUND else payload


def as_float(number: float | Decimal) -> float:
    """Return a number as a float; one beyond all floats is infinite."""
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf


def label_series(values: Sequence[Kept | None]) -> pd.Series[Any]:
    """Return one label's values as a column, of the dtype that holds them all."""
    kinds = {value[0] for value in values if value is not None}
    plain = [None if value is None else plain_value(*value) for value in values]
    if kinds <= {"int"} and all(_is_small(number) for number in plain):
        return pd.Series(plain, dtype="int64" if None not in plain else "Int64")
    if kinds <= {"int", "float"}:
        numbers = [math.nan if n is None else as_float(n) for n in plain]
        return pd.Series(numbers, dtype="float64")
    if kinds == {"timestamp"}:
        micros = [
            round(time * 1e6) if time is not None and abs(time) < _LATEST else None
            for time in plain
        ]
        return build_series(micros, "datetime64[us, UTC]")
    if kinds == {"bool"}:
        return pd.Series(plain, dtype="boolean")
    return pd.Series(plain, dtype="object")


def _is_small(number: int | None) -> bool:
    return number is None or -(2**63) <= number < 2**63
