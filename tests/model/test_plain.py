import math
from collections import UserList, deque
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from opnb.model.errors import InvalidMetadata
from opnb.model.plain import (
    in_utc,
    is_missing,
    plain_cell,
    plain_json,
    plain_scalar,
)


@pytest.mark.parametrize(
    ("data", "plain"),
    [
        ({None: "b", True: "c", 1.5: "d"}, ["null", "true", "1.5"]),
        ({date(2026, 1, 1): 1}, ["2026-01-01"]),
        ({np.int64(3): 1}, ["3"]),
    ],
    ids=["scalars", "date", "numpy"],
)
def test_keys_become_text_as_in_json(data, plain):
    assert list(plain_json(data)) == plain


@pytest.mark.parametrize(
    ("data", "plain"),
    [
        (UserList([1, (2,)]), [1, [2]]),
        (deque([1]), [1]),
        (range(2), [0, 1]),
        ({3, "a", 1}, [1, 3, "a"]),
        ([pd.NaT, pd.NA, None], [None, None, None]),
        ([np.float32(0.5), np.int8(1), np.bool_(True)], [0.5, 1, True]),
        ([date(2026, 1, 1), Path("a")], ["2026-01-01", "a"]),
        ([b"\x00", Decimal("1.0")], [b"\x00", Decimal("1.0")]),
        ([Decimal("sNaN")], [math.nan]),
    ],
    ids=[
        "userlist",
        "deque",
        "range",
        "set",
        "missing",
        "numpy",
        "text",
        "kept",
        "nan",
    ],
)
def test_what_json_cannot_hold_becomes_what_it_can(data, plain):
    assert plain_json(data) == plain


def test_the_place_of_what_is_refused_is_named():
    with pytest.raises(InvalidMetadata, match=r"hold <object object> at \['a'\]\[1\]"):
        plain_json({"a": [1, object()]})


def test_json_may_be_two_hundred_deep():
    data = 1
    for _ in range(200):
        data = [data]

    assert plain_json(data) == data
    with pytest.raises(InvalidMetadata, match="more than 200 deep"):
        plain_json([data, [data]])


@pytest.mark.parametrize("value", [pd.NA, pd.NaT, np.datetime64("NaT")], ids=repr)
def test_missing_values_are_known_without_importing_pandas(value):
    assert is_missing(value)


def test_scalars_of_subclasses_become_plain():
    assert type(plain_scalar(np.float64(1.5))) is float
    assert type(plain_scalar(np.str_("a"))) is str


def test_a_time_without_a_zone_is_taken_as_utc():
    assert in_utc(datetime(2026, 1, 1)) == datetime(2026, 1, 1, tzinfo=UTC)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("cell", "plain"),
    [
        (np.int64(1), 1),
        (pd.NaT, None),
        (pd.Timestamp("2026-01-01"), "2026-01-01T00:00:00"),
        (Path("a"), "a"),
        ([1, 2], "[1, 2]"),
        (np.array([1]), "array([1])"),
        (b"\x00", b"\x00"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_cell_keeps_a_plain_value_else_text(cell, plain):
    assert plain_cell(cell) == plain
