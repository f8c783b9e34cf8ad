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
| a matplotlib figure or axes, a PIL image, what draws itself as PNG or SVG | image |
| a `MetadataValue` | itself |

The first lines are Dagster's own rules; numpy, `Decimal`, times, tuples, sets, bytes,
pandas and images are beyond it (Dagster refuses them).
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
from opnb.model.image_source import draws_itself
from opnb.model.metadata import (
    AssetMetadataValue,
    BoolMetadataValue,
    BytesMetadataValue,
    FloatMetadataValue,
    ImageMetadataValue,
    IntMetadataValue,
    JsonMetadataValue,
    MetadataValue,
    NullMetadataValue,
    PathMetadataValue,
    TableColumnLineageMetadataValue,
    TableSchemaMetadataValue,
    TextMetadataValue,
    TimestampMetadataValue,
    maker_of,
)
from opnb.model.pandas_table import is_pandas_table, table_of_pandas
from opnb.model.plain import (
    in_utc,
    is_missing,
    one_nan,
    plain_json,
    plain_scalar,
)
from opnb.model.table import TableColumnLineage, TableSchema

_make_json = maker_of(JsonMetadataValue, "data")
_make_float = maker_of(FloatMetadataValue, "value")

# The kinds that come often, by exact type: one look instead of a chain of tests.
_BY_TYPE: dict[type, Callable[[Any], MetadataValue]] = {
    str: maker_of(TextMetadataValue, "text"),
    bool: maker_of(BoolMetadataValue, "value"),
    int: maker_of(IntMetadataValue, "value"),
    float: lambda value: _make_float(one_nan(value)),
    dict: lambda value: _make_json(plain_json(value)),
    list: lambda value: _make_json(plain_json(value)),
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
    label = ""
    try:
        for label, value in metadata.items():
            if type(label) is not str:
                verify_type(label, str, "label")
            make = _BY_TYPE.get(type(value))
            if make is not None:
                kept[label] = make(value)
            elif isinstance(value, MetadataValue):
                kept[label] = value
            else:
                kept[label] = _normalize_rare(value)
    except InvalidMetadata as error:
        raise InvalidMetadata(
            f"Metadata {label!r}: {error.message}", hint=error.hint
        ) from None
    return kept


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
    return _normalize_by_class(plain)


def _normalize_by_class(value: Any) -> MetadataValue:
    for classes, make in _BY_CLASS:
        if isinstance(value, classes):
            return make(value)
    if draws_itself(value):
        return ImageMetadataValue(value)
    raise _refusal(value)


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
