"""Equal digests mean equal content, whatever the value is."""

import collections
import dataclasses
import datetime as dt
import decimal
import enum
import fractions
import functools
import re
import subprocess
import sys
import threading
import zoneinfo
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from opnb.memo.content import digest_of
from opnb.memo.refusal import RefusedError


@dataclasses.dataclass
class Point:
    x: int = 1


class Level(enum.Enum):
    LOW = 1


def frame(**columns):
    return pd.DataFrame({"a": [1, 2], **columns})


def with_attributes(table):
    table.attrs["unit"] = "EUR"
    return table


def looped():
    own: list[object] = [1]
    own.append(own)
    return own


# Each makes an equal value anew.
MADE = {
    "text": lambda: "Grün \ud800",
    "numbers": lambda: [1, 2.5, -0.0, 1j, float("nan"), 10**50],
    "nested": lambda: {"a": [{"b": (1, {2, "x"}, frozenset("abc"))}]},
    "contains itself": looped,
    "times": lambda: [
        dt.datetime(2026, 1, 1, tzinfo=zoneinfo.ZoneInfo("Europe/Berlin")),
        dt.date(2026, 1, 1),
        dt.timedelta(1),
    ],
    "exact numbers": lambda: [decimal.Decimal("1.10"), fractions.Fraction(1, 3)],
    "containers": lambda: [
        collections.Counter("aab"),
        collections.OrderedDict(a=1),
        collections.deque([1]),
        range(3),
        slice(1, 2),
        bytearray(b"x"),
    ],
    "objects": lambda: [Point(2), Level.LOW, Path("x"), re.compile("a")],
    "functions": lambda: [len, functools.partial(max, 1), Point, Path.exists],
    "arrays": lambda: [np.arange(6).reshape(2, 3), np.array(5), np.array([])],
    "array of objects": lambda: np.array([1, "a", None], dtype=object),
    "array of fields": lambda: np.array([(1, 2.0)], dtype=[("a", int), ("b", float)]),
    "array of times": lambda: np.array(["2026-01-01"], "M8[s]"),
    "frame": lambda: frame(t=["x", None], c=pd.Categorical(["u", "v"])),
    "index": lambda: pd.MultiIndex.from_product([["a", "b"], [1, 2]], names=["l", 7]),
    "series": lambda: pd.Series([1, pd.NA], dtype="Int64", name="n"),
    "times of pandas": lambda: pd.date_range("2026", periods=2, tz="Asia/Tokyo"),
    "periods": lambda: pd.period_range("2026", periods=2, freq="M"),
    "intervals": lambda: pd.interval_range(0, 3),
    "missing": lambda: [pd.NA, pd.NaT, pd.Timestamp("2026")],
}


@pytest.mark.parametrize("make", MADE.values(), ids=MADE)
def test_equal_content_has_one_digest(make):
    assert digest_of(make()) == digest_of(make())


def test_all_contents_have_digests_of_their_own():
    digests = {digest_of(make()) for make in MADE.values()}

    assert len(digests) == len(MADE)


DIFFERENT = {
    "a bool is no number": (1, True),
    "a float is no int": (1, 1.0),
    "zeros have signs": (0.0, -0.0),
    "text and bytes": ("a", b"a"),
    "a tuple is no list": ([1], (1,)),
    "a list in a list": ([[1], 2], [1, [2]]),
    "the order of a dict": ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
    "a set is no frozenset": ({1}, frozenset([1])),
    "one more object": ([Point()], [Point(), Point()]),
    "an attribute": (Point(1), Point(2)),
    "the last of many": (list(range(10**5)), [*range(10**5 - 1), 0]),
    "the last of many texts": (["a"] * 1000, ["a"] * 999 + ["b"]),
    "where a text ends": (["ab", "c"], ["a", "bc"]),
    "a subclass": (collections.Counter(a=1), {"a": 1}),
    "a shape": (np.zeros((2, 3)), np.zeros((3, 2))),
    "a dtype": (np.zeros(2, "int32"), np.zeros(2, "float32")),
    "a unit": (np.zeros(1, "M8[s]"), np.zeros(1, "M8[ms]")),
    "a numpy number": (np.float64(1), 1.0),
    "the last value": (pd.Series(range(10**5)), pd.Series([*range(10**5 - 1), 0])),
    "a column's name": (frame(b=[1, 2]), frame(c=[1, 2])),
    "the order of columns": (frame(b=[1, 2])[["b", "a"]], frame(b=[1, 2])),
    "the index": (frame(), frame().set_axis([5, 6])),
    "a range is no list": (frame(), frame().set_axis(pd.Index([0, 1]))),
    "a name of the index": (frame(), frame().rename_axis("i")),
    "a name of the columns": (frame(), frame().rename_axis(columns="i")),
    "a column's dtype": (frame(), frame().astype("int32")),
    "an object column": (frame(b=["x", "y"]), frame(b=["x", "y"]).astype(object)),
    "missing text": (
        pd.Series(["a", None], dtype=object),
        pd.Series(["a", float("nan")], dtype=object),
    ),
    "zones": (
        pd.date_range("2026", periods=1, tz="UTC"),
        pd.date_range("2026", periods=1, tz="Europe/London"),
    ),
    "a frequency": (
        pd.date_range("2026", periods=2),
        pd.DatetimeIndex(pd.date_range("2026", periods=2), freq=None),
    ),
    "unused categories": (
        pd.Categorical(["u"]),
        pd.Categorical(["u"], categories=["u", "v"]),
    ),
    "an order of categories": (
        pd.Categorical(["u"]),
        pd.Categorical(["u"], ordered=True),
    ),
    "a nullable column": (frame(), frame().astype("Int64")),
    "an arrow column": (frame(), frame().astype("int64[pyarrow]")),
    "attributes of a frame": (frame(), with_attributes(frame())),
}


@pytest.mark.parametrize(("left", "right"), DIFFERENT.values(), ids=DIFFERENT)
def test_what_differs_has_another_digest(left, right):
    assert digest_of(left) != digest_of(right)


class Fresh:
    """Has other content each time it is asked."""

    def __reduce__(self):
        return list, ([next(_COUNT)],)


_COUNT = iter(range(1000))
UNTOLD = {
    "a lock": threading.Lock,
    "a generator": lambda: (n for n in [1]),
    "within": lambda: {"a": [threading.Lock()]},
}


@pytest.mark.parametrize("make", UNTOLD.values(), ids=UNTOLD)
def test_what_pickle_refuses_is_refused(make):
    with pytest.raises(RefusedError, match=r"the content of a \w+ cannot be told"):
        digest_of(make())


def test_content_that_is_another_each_time_is_refused():
    with pytest.raises(RefusedError, match="a Fresh is another each time"):
        digest_of(Fresh())


def test_what_is_nested_too_deeply_is_refused():
    deep = []
    for _ in range(10**5):
        deep = [deep]

    with pytest.raises(RefusedError, match="nested too deeply"):
        digest_of(deep)


def test_shared_parts_cost_no_more_than_one():
    shared = ["x", []]
    for _ in range(60):  # 2 ** 60 paths lead to the first
        shared = [shared, shared]

    assert digest_of(shared) == digest_of(shared)


def test_digests_are_the_same_in_every_process():
    code = (
        "from opnb.memo.content import digest_of\n"
        "print(digest_of({'a': {'x', 'y', 'z'}, 'f': frozenset('abc')}).hex())"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in "12"
    }

    assert len(told) == 1


def test_texts_are_told_for_they_may_name_files():
    texts = set()

    digest_of({"a": ["b", Path("c/d.csv")], "e": 1}, texts)

    assert texts == {"a", "b", "c/d.csv", "e"}
