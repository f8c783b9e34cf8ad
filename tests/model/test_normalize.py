import math
from collections import OrderedDict, deque, namedtuple
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from PIL import Image

from opnb.model.asset_key import AssetKey
from opnb.model.errors import InvalidMetadata, ParameterCheckError
from opnb.model.events import ExpectationResult
from opnb.model.metadata import MetadataValue as M
from opnb.model.normalize import normalize_metadata
from opnb.model.table import TableColumnLineage, TableRecord, TableSchema

Point = namedtuple("Point", "x y")  # noqa: PYI024 - untyped on purpose
Color = Enum("Color", "RED")
Size = IntEnum("Size", "SMALL")
Word = StrEnum("Word", "YES")
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
LAST = datetime(9999, 12, 31, tzinfo=UTC)
RED = Image.new("RGB", (3, 2), "red")
FIGURE = Figure(figsize=(2, 1))
FIGURE.subplots()
SVG = '<svg xmlns="http://www.w3.org/2000/svg"/>'
SCHEMA, LINEAGE = TableSchema([]), TableColumnLineage({})


class Drawing:
    """Draws itself as IPython asks for it."""

    def __init__(self, svg=SVG):
        self.svg = svg

    def _repr_svg_(self):
        return self.svg


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("a", M.text("a")),
        (np.str_("a"), M.text("a")),
        (Word.YES, M.text("yes")),
        ("https://x", M.text("https://x")),
        (True, M.bool(True)),
        (np.False_, M.bool(False)),
        (3, M.int(3)),
        (10**5000, M.int(10**5000)),
        (np.uint64(2**64 - 1), M.int(2**64 - 1)),
        (Size.SMALL, M.int(1)),
        (1.5, M.float(1.5)),
        (math.nan, M.float(math.nan)),
        (-math.inf, M.float(-math.inf)),
        (np.float32(0.5), M.float(0.5)),
        (Decimal("1.10"), M.float(Decimal("1.10"))),
        (Decimal("NaN"), M.float(math.nan)),
        (None, M.null()),
        (pd.NA, M.null()),
        ({"a": 1}, M.json({"a": 1})),
        (OrderedDict(a=1), M.json({"a": 1})),
        (MappingProxyType({"a": 1}), M.json({"a": 1})),
        ([1, [2]], M.json([1, [2]])),
        ((1, 2), M.json([1, 2])),
        (Point(1, 2), M.json([1, 2])),
        ({2, 1}, M.json([1, 2])),
        (frozenset("ba"), M.json(["a", "b"])),
        (NOON, M.timestamp(NOON)),
        (NOON.replace(tzinfo=None), M.timestamp(NOON)),
        (pd.Timestamp(NOON), M.timestamp(NOON)),
        (np.datetime64("2026-01-01T12"), M.timestamp(NOON)),
        (LAST.replace(tzinfo=None), M.timestamp(LAST)),
        (pd.NaT, M.timestamp(math.nan)),
        (np.datetime64("NaT"), M.timestamp(math.nan)),
        (date(2026, 1, 1), M.text("2026-01-01")),
        (time(12, 30), M.text("12:30:00")),
        (Path("a/b"), M.path("a/b")),
        (b"\x00", M.bytes(b"\x00")),
        (AssetKey("a"), M.asset(AssetKey("a"))),
        (SCHEMA, M.table_schema(SCHEMA)),
        (LINEAGE, M.column_lineage(LINEAGE)),
        (M.md("a"), M.md("a")),
        (RED, M.image(RED)),
        (FIGURE, M.image(FIGURE)),
        (FIGURE.axes[0], M.image(FIGURE)),
        (Drawing(), M.image(SVG)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_raw_value_becomes_a_metadata_value(raw, value):
    found = normalize_metadata({"x": raw})["x"]

    assert found == value
    assert type(found.value) is type(value.value)


@pytest.mark.parametrize(
    ("raw", "hint"),
    [
        (object(), "Give text"),
        (timedelta(1), "total_seconds"),
        (np.timedelta64(5, "ns"), "total_seconds"),
        (pd.Timedelta("1s"), "total_seconds"),
        (np.datetime64("20000-01-01"), "Series"),
        (Color.RED, "value.value"),
        (1j, "real and imaginary"),
        (np.array([1]), "tolist"),
        (pd.Index([1]), "Series"),
        (bytearray(b"a"), "Give text"),
        (range(3), "Give text"),
        (TableRecord({}), "Give text"),
        (ExpectationResult(True), "Give text"),
        (int, "Give text"),
        (len, "Give text"),
        (math, "Give text"),
        ({"a": {1: object()}}, "str(value)"),
        ([np.array([1])], "str(value)"),
        ({(1, 2): 3}, "Make the keys text"),
        ([FIGURE], "str(value)"),
        (Figure, "Give text"),
        (Drawing(None), "as PNG"),
        (Image.new("F", (2, 2)), "image.convert"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_cannot_be_kept_is_refused_with_label_type_and_hint(raw, hint):
    with pytest.raises(InvalidMetadata) as caught:
        normalize_metadata({"rows": raw})

    first = "Metadata 'rows': "
    assert caught.value.message.startswith(first)
    assert hint in caught.value.hint


def test_a_label_within_the_json_does_not_hide_the_label_of_the_value():
    with pytest.raises(InvalidMetadata, match=r"^Metadata 'a': .*\['a'\]"):
        normalize_metadata({"a": {"a": [object()]}})


@pytest.mark.parametrize("kind", [list, deque])
def test_what_contains_itself_is_refused(kind):
    data = kind()
    data.append(data)

    with pytest.raises(InvalidMetadata, match="contains itself"):
        normalize_metadata({"x": [data]})


@pytest.mark.parametrize("metadata", [[("a", 1)], "ab", 3, {"a"}], ids=repr)
def test_metadata_is_a_mapping(metadata):
    with pytest.raises(ParameterCheckError, match="'metadata' must be Mapping"):
        normalize_metadata(metadata)


def test_a_label_is_text():
    with pytest.raises(ParameterCheckError, match="'label' must be str"):
        normalize_metadata({1: 1})


def test_no_metadata_is_an_empty_dict():
    assert normalize_metadata(None) == {}
