"""What a metadata mapping may hold, and what each raw value becomes.

Every event and signal takes `metadata`: a mapping of text labels to values. A raw
value becomes

| given | kind |
|---|---|
| `str` | text |
| `bool`, `int`, `float`, and numpy's | bool, int, float |
| `Decimal` | float, with all its digits |
| `None`, `pd.NA` | null |
| `dict`, `list`, `tuple`, `set` | json |
| `datetime`, `pd.Timestamp`, `np.datetime64`, `pd.NaT` | timestamp (UTC if no zone) |
| `date`, `time` | text, in ISO form |
| a path | path |
| `bytes` | bytes |
| `AssetKey` | asset |
| `TableSchema`, `TableColumnLineage` | table_schema, column_lineage |
| a pandas `DataFrame` or `Series` | table: its first 60 rows and its schema |
| a `MetadataValue` | itself |

The first lines are Dagster's own rules; numpy, `Decimal`, times, tuples, sets, bytes
and pandas are beyond it (Dagster refuses them).
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any

from opnb.model.asset_key import AssetKey
from opnb.model.checks import shorten, verify_type
from opnb.model.errors import InvalidMetadata
from opnb.model.metadata import (
    AssetMetadataValue,
    BoolMetadataValue,
    BytesMetadataValue,
    FloatMetadataValue,
    IntMetadataValue,
    JsonMetadataValue,
    MetadataValue,
    NullMetadataValue,
    PathMetadataValue,
    TableColumnLineageMetadataValue,
    TableSchemaMetadataValue,
    TextMetadataValue,
    TimestampMetadataValue,
)
from opnb.model.pandas_table import is_pandas_table, table_of_pandas
from opnb.model.plain import in_utc, is_missing, plain_scalar
from opnb.model.table import TableColumnLineage, TableSchema


def _maker(kind: type[MetadataValue], name: str) -> Callable[[Any], MetadataValue]:
    """Return what makes a value of a kind from one that is known to be right.

    The class would look at it again; an op that observes in a loop comes here for each
    label of each event.
    """
    set_value = getattr(kind, name).__set__  # the slot: a frozen class takes no other

    def make(value: Any) -> MetadataValue:
        made: MetadataValue = object.__new__(kind)
        set_value(made, value)
        return made

    return make


# The kinds that come often, by exact type: one look instead of a chain of tests.
_SCALARS: dict[type, Callable[[Any], MetadataValue]] = {
    str: _maker(TextMetadataValue, "text"),
    bool: _maker(BoolMetadataValue, "value"),
    int: _maker(IntMetadataValue, "value"),
}
_BY_TYPE: dict[type, Callable[[Any], MetadataValue]] = {
    **_SCALARS,
    float: FloatMetadataValue,
    dict: JsonMetadataValue,
    list: JsonMetadataValue,
}

# The rest, by class; a datetime is a date, so it comes first.
_BY_CLASS: tuple[tuple[Any, Callable[[Any], MetadataValue]], ...] = (
    (Decimal, FloatMetadataValue),
    (bytes, lambda value: BytesMetadataValue(bytes(value))),
    (datetime, lambda value: TimestampMetadataValue(in_utc(value))),
    ((date, time), lambda value: TextMetadataValue(value.isoformat())),
    (os.PathLike, PathMetadataValue),
    (AssetKey, AssetMetadataValue),
    (TableSchema, TableSchemaMetadataValue),
    (TableColumnLineage, TableColumnLineageMetadataValue),
    ((Mapping, list, tuple, AbstractSet), JsonMetadataValue),
)

_HINTS: tuple[tuple[type, str], ...] = (
    (timedelta, "Give its seconds: value.total_seconds()."),
    (Enum, "Give its value: value.value."),
    (complex, "Give real and imaginary part as two labels, or str(value)."),
)


def normalize_metadata(
    metadata: Mapping[str, Any] | None,
) -> dict[str, MetadataValue]:
    """Return `metadata` with each value turned into a `MetadataValue`.

    Raises:
        ParameterCheckError: It is no mapping, or a label is no text.
        InvalidMetadata: A value cannot be kept; the error names label and type.
    """
    if metadata is None:
        return {}
    if type(metadata) is not dict:
        verify_type(metadata, Mapping, "metadata", hint="{'rows': 980}.")
    kept: dict[str, MetadataValue] = {}
    for label, value in metadata.items():
        if type(label) is not str:
            verify_type(label, str, "label")
        make = _SCALARS.get(type(value))
        kept[label] = normalize_value(label, value) if make is None else make(value)
    return kept


def normalize_value(label: str, value: Any) -> MetadataValue:
    """Return the value as a `MetadataValue`; the label is for the error."""
    kind = _BY_TYPE.get(type(value))
    try:
        if kind is not None:
            return kind(value)
        return value if isinstance(value, MetadataValue) else _normalize_rare(value)
    except InvalidMetadata as error:
        raise InvalidMetadata(
            f"Metadata {label!r}: {error.message}", hint=error.hint
        ) from None


def _normalize_rare(value: Any) -> MetadataValue:
    if value is None:
        return NullMetadataValue()
    if is_pandas_table(value):
        return table_of_pandas(value)
    if is_missing(value):
        is_time = type(value).__name__ != "NAType"
        return TimestampMetadataValue(math.nan) if is_time else NullMetadataValue()
    plain = plain_scalar(value)
    if isinstance(value, Enum) and not isinstance(plain, str | int | float):
        raise _refusal(value)
    kind = _BY_TYPE.get(type(plain))
    if kind is not None:
        return kind(plain)
    for classes, make in _BY_CLASS:
        if isinstance(plain, classes):
            return make(plain)
    raise _refusal(plain)


def _refusal(value: Any) -> InvalidMetadata:
    library = type(value).__module__.partition(".")[0]
    otherwise = "Give text with str(value), or a MetadataValue."
    if library in ("numpy", "pandas"):
        otherwise = "Give a list with value.tolist(), or a Series or DataFrame."
    hints = (hint for kind, hint in _HINTS if isinstance(value, kind))
    hint = next(hints, otherwise)
    return InvalidMetadata(
        f"cannot keep {shorten(value)} of type {type(value).__name__}.", hint=hint
    )
