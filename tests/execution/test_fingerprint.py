"""What a value is told by, and how a change of it is noticed."""

import datetime as dt
import functools
import subprocess
import sys
import weakref
from collections import deque
from dataclasses import dataclass
from decimal import Decimal
from pathlib import PurePosixPath

import numpy as np
import pandas as pd
import pytest

from opnb.execution.fingerprint import (
    IN_PLACE,
    REBOUND,
    Fingerprints,
    SeenValue,
    fingerprint_of,
    places_in,
)


def within_process(value):
    return Fingerprints().of(value)


either_kind = pytest.mark.parametrize("told_by", [fingerprint_of, within_process])


@dataclass
class Point:
    x: int
    y: list


def frame(rows=4):
    return pd.DataFrame(
        {
            "n": range(rows),
            "x": np.linspace(0, 1, rows),
            "word": [f"w{n}" if n % 3 else None for n in range(rows)],
            "at": pd.date_range("2026-01-01", periods=rows, tz="UTC"),
            "kind": pd.Categorical(["a", "b"] * (rows // 2)),
            "mixed": [1, "one", None, 2.5] * (rows // 4),
        }
    )


# Two of the same, made apart, and one that is different.
VALUES = {
    "none": (lambda: None, lambda: 0),
    "bool": (lambda: True, lambda: 1),
    "int": (lambda: 10**30, lambda: 10**30 + 1),
    "float": (lambda: 0.1, lambda: 0.2),
    "nan": (lambda: float("nan"), lambda: float("inf")),
    "text": (lambda: "a" * 3, lambda: "aa"),
    "surrogate": (lambda: "\ud800", lambda: "\ud801"),
    "bytes": (lambda: b"ab", lambda: bytearray(b"ab")),
    "list": (lambda: [1, "a", [2]], lambda: [1, "a", [3]]),
    "list or tuple": (lambda: [1], lambda: (1,)),
    "nested": (lambda: [[1], [2]], lambda: [[1, 2]]),
    "deque": (lambda: deque([1, 2]), lambda: deque([2, 1])),
    "dict": (lambda: {"a": [1]}, lambda: {"a": [2]}),
    "set": (lambda: {"x", "y", "z"}, lambda: {"x", "y"}),
    "date": (lambda: dt.date(2026, 1, 1), lambda: dt.date(2026, 1, 2)),
    "decimal": (lambda: Decimal("1.0"), lambda: Decimal("1.00")),
    "path": (lambda: PurePosixPath("a"), lambda: PurePosixPath("b")),
    "dataclass": (lambda: Point(1, [2]), lambda: Point(1, [3])),
    "numpy scalar": (lambda: np.float64(1), lambda: np.float32(1)),
    "array": (lambda: np.arange(6), lambda: np.arange(6).reshape(2, 3)),
    "objects": (lambda: np.array(["a", None]), lambda: np.array(["a", 1], object)),
    "strided": (lambda: np.arange(8)[::2], lambda: np.arange(8)[1::2]),
    "frame": (frame, lambda: frame().rename(columns={"x": "z"})),
    "a cell": (frame, lambda: frame().assign(word=["w0", "w1", "w2", "w3"])),
    "index": (frame, lambda: frame().set_index("n", drop=False)),
    "levels": (lambda: frame().set_index(["n", "word"]), frame),
    "dtype": (lambda: pd.Series([1, 2]), lambda: pd.Series([1.0, 2.0])),
    "name": (lambda: pd.Series([1], name="a"), lambda: pd.Series([1], name="b")),
    "empty frame": (pd.DataFrame, lambda: pd.DataFrame({"a": []})),
    "missing name": (
        lambda: pd.DataFrame([[1, 2]], columns=["a", None]),
        lambda: pd.DataFrame([[1, 2]], columns=["a", "None"]),
    ),
    "same names": (
        lambda: pd.DataFrame([[1, 2]], columns=["a", "a"]),
        lambda: pd.DataFrame([[1, 3]], columns=["a", "a"]),
    ),
}


@either_kind
@pytest.mark.parametrize(("make", "other"), VALUES.values(), ids=VALUES)
def test_equal_values_have_one_fingerprint_and_others_another(told_by, make, other):
    assert told_by(make()) == told_by(make()) is not None
    assert told_by(make()) != told_by(other())


def function_of(code):
    namespace = {"__name__": "__main__"}
    exec(code, namespace)  # noqa: S102 - ours
    return namespace["made"]


@either_kind
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("def made(a): return a + 1", "def made(a): return a + 2"),
        ("def made(a): return a.x", "def made(a): return a.y"),
        ("def made(a=1): return a", "def made(a=2): return a"),
        ("made = lambda: [n for n in ()]", "made = lambda: [n + 1 for n in ()]"),
        ("class made:\n x = 1", "class made:\n x = 2"),
        (
            "class made:\n @property\n def x(self): return 1",
            "class made:\n @property\n def x(self): return 2",
        ),
    ],
)
def test_functions_and_classes_of_a_notebook_are_told_by_their_code(
    told_by, one, other
):
    moved = f"\n\n{one}"

    assert told_by(function_of(one)) == told_by(function_of(moved))
    assert told_by(function_of(one)) != told_by(function_of(other))


@either_kind
@pytest.mark.parametrize(
    "value",
    [
        object(),
        [object()],
        functools.partial(print),
        (n for n in ()),
        Point(1, object()),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_of_no_known_kind_has_no_fingerprint(told_by, value):
    assert told_by(value) is None


def test_what_contains_itself_or_will_not_be_looked_at_has_none():
    class Hostile(dict):
        def items(self):
            raise RuntimeError

    endless = []
    endless.append(endless)

    assert fingerprint_of(endless) is None
    assert fingerprint_of({"a": Hostile()}) is None


def test_a_fingerprint_is_the_same_in_every_process():
    code = (
        "from opnb.execution.fingerprint import fingerprint_of as f\n"
        "print(f([{'a', 'b', 'c'}, {'x': 1.5}, 'text']))"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in "12"
    ]

    assert (
        runs[0]
        == runs[1]
        == f"{fingerprint_of([{'a', 'b', 'c'}, {'x': 1.5}, 'text'])}\n"
    )


@either_kind
@pytest.mark.parametrize(
    "make",
    [
        lambda: np.zeros(10**6),
        lambda: np.zeros((10**5, 20)),
        lambda: pd.DataFrame({"a": np.zeros(10**6), "b": ["x"] * 10**6}),
        lambda: [0] * 10**6,
        lambda: "a" * 10**7,
    ],
    ids=["array", "table of numbers", "frame", "list", "text"],
)
def test_of_what_is_large_some_places_are_looked_at_and_that_is_told(told_by, make):
    assert told_by(make()).startswith("~")


@either_kind
def test_a_changed_column_of_a_large_frame_is_noticed(told_by):
    large = pd.DataFrame({"a": np.zeros(10**6), "b": np.ones(10**6)})
    before = told_by(large)

    large["b"] += 1

    assert told_by(large) != before


def test_places_are_spread_evenly_over_all():
    assert list(places_in(10, 4)) == [0, 3, 6, 9]
    assert list(places_in(3, 4)) == [0, 1, 2]


def seen(value):
    return SeenValue.of(value, fingerprint_of(value))


def test_a_change_in_place_and_a_new_value_are_told_apart():
    table = frame()
    before = seen(table)
    assert before.change(table, fingerprint_of(table)) is None

    copied = table.copy()
    table.loc[0, "n"] = 99
    other = table.head(2)

    assert before.change(copied, fingerprint_of(copied)) is None
    assert before.change(table, fingerprint_of(table)) == IN_PLACE
    assert before.change(other, fingerprint_of(other)) == REBOUND


def test_where_there_is_no_fingerprint_the_object_itself_tells():
    thing = object()

    assert seen(thing).change(thing, None) is None
    assert seen(thing).change(object(), None) == REBOUND


def test_a_frame_that_the_user_deletes_is_gone():
    table = pd.DataFrame()
    before = SeenValue.of(table)
    gone = weakref.ref(table)
    assert before.is_value(table)

    del table

    assert gone() is None
    assert not before.is_value(None)


def test_what_cannot_be_held_weakly_is_told_by_its_identity():
    numbers = [1]
    before = SeenValue.of(numbers)

    assert before.is_value(numbers)
    assert not before.is_value([1])


def test_at_one_moment_each_value_is_looked_at_once():
    looked = Fingerprints()
    numbers = [1]
    first = looked.of(numbers)

    numbers.append(2)

    assert looked.of(numbers) == first != Fingerprints().of(numbers)
