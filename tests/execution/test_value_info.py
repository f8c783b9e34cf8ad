import numpy as np
import pandas as pd
import pytest

from opnb.execution.value_info import describe_value, size_of
from opnb.model.entry import ValueInfo


class Costly:
    @property
    def shape(self):
        raise AssertionError("nobody asked")


class Shapeless(pd.Series):
    @property
    def shape(self):
        raise RuntimeError("lazy")


Shapeless.__module__ = "pandas.made_up"


@pytest.mark.parametrize(
    ("value", "info"),
    [
        ([1, 2], ValueInfo("list", (2,))),
        ({"a": 1}, ValueInfo("dict", (1,))),
        (pd.DataFrame({"a": [1]}), ValueInfo("DataFrame", (1, 1))),
        (np.zeros((2, 3)), ValueInfo("ndarray", (2, 3))),
        ("text", ValueInfo("str")),
        (Costly(), ValueInfo("Costly")),
        (Shapeless([1]), ValueInfo("Shapeless")),
        (None, ValueInfo("NoneType")),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_value_is_described_by_its_type_and_shape(value, info):
    assert describe_value(value) == info


class Holder:
    def __init__(self, held):
        self.held = held


class Untellable:
    @property
    def nbytes(self):
        raise RuntimeError("lazy")


MEGABYTE = 2**20
ARRAY = np.zeros(MEGABYTE // 8)
TEXT = "x" * MEGABYTE


@pytest.mark.parametrize(
    ("value", "megabytes"),
    [
        (ARRAY, 1),
        (pd.DataFrame({"a": ARRAY, "b": ARRAY}), 2),
        (pd.Series(ARRAY), 1),
        (TEXT, 1),
        (TEXT.encode(), 1),
        (bytearray(MEGABYTE), 1),
        ([ARRAY] * 5, 5),
        ([TEXT] * 10_000, 10_000),
        ((ARRAY, {"a": ARRAY}), 2),
        ({"a": TEXT, "b": ARRAY}, 2),
        (Holder(ARRAY), 1),
        (Holder([Holder(ARRAY)]), 1),
    ],
    ids=range(12),
)
def test_the_size_of_a_value_is_roughly_told(value, megabytes):
    assert size_of(value) == pytest.approx(megabytes * MEGABYTE, rel=0.1)


def test_a_value_that_holds_itself_has_a_size():
    loop = []
    loop.append(loop)

    assert 0 < size_of(loop) < 10_000


@pytest.mark.parametrize(
    "value", [None, 5, True, 1.5, object(), Untellable(), {}, "", Holder, len]
)
def test_a_small_value_is_small(value):
    assert 0 < size_of(value) < 10_000
