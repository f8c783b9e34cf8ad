import numpy as np
import pandas as pd
import pytest

from opnb.execution.value_info import describe_value
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
