"""What is kept comes back as it was, or is not kept."""

import collections
import dataclasses
import threading

import hypothesis.extra.numpy as hnp
import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings

from opnb.memo.content import digest_of
from opnb.memo.refusal import RefusedError
from opnb.memo.values import pack, unpack


@dataclasses.dataclass
class Model:
    weights: list


def back(**values):
    """Return values as they come back, and the forms that they were kept in."""
    blobs, places = pack(values)
    return unpack(blobs, places, list(values)), [form for form, _ in blobs]


FRAMES = {
    "numbers and text": pd.DataFrame({"a": [1, 2], "t": ["x", None]}),
    "no row": pd.DataFrame({"a": pd.Series(dtype="int8"), "t": pd.Series(dtype=str)}),
    "an index of text": pd.DataFrame(
        {"a": [1, 2]}, index=pd.Index(["p", "q"], name="k")
    ),
    "two levels": pd.DataFrame(
        {"a": [1, 2]},
        index=pd.MultiIndex.from_tuples([("p", 1), ("q", 2)], names=["k", "n"]),
    ),
    "categories": pd.DataFrame(
        {"c": pd.Categorical(["u", None], categories=["u", "v"], ordered=True)}
    ),
    "zones": pd.DataFrame({"t": pd.date_range("2026", periods=2, tz="Europe/Berlin")}),
    "nullable": pd.DataFrame(
        {
            "i": pd.array([1, None], "Int64"),
            "b": pd.array([True, None], "boolean"),
            "s": pd.array(["a", None], "string"),
        }
    ),
    "arrow": pd.DataFrame({"a": pd.array([1.5, None], "double[pyarrow]")}),
    "spans": pd.DataFrame({"d": pd.to_timedelta([1, 2], unit="s")}),
    "attributes": pd.DataFrame({"a": [1]}).assign(),
}
FRAMES["attributes"].attrs["unit"] = "EUR"
# Parquet has other types for these, or none.
ODD = {
    "no column": pd.DataFrame(index=[1, 2]),
    "objects": pd.DataFrame({"o": [1, "a", None]}, dtype=object),
    "whole numbers as objects": pd.DataFrame({"o": pd.Series([1, 2], dtype=object)}),
    "lists": pd.DataFrame({"o": [[1], [2, 3]]}),
    "sets": pd.DataFrame({"o": [{1}, {2}]}),
    "names twice": pd.DataFrame([[1, 2]], columns=["a", "a"]),
    "names that are no text": pd.DataFrame({1: [1], ("p", 2): [2]}),
    "two levels of columns": pd.DataFrame(
        [[1, 2]], columns=pd.MultiIndex.from_tuples([("p", 1), ("q", 2)])
    ),
    "complex": pd.DataFrame({"z": [1j, 2.0]}),
    "periods": pd.DataFrame({"p": pd.period_range("2026", periods=2, freq="M")}),
    "intervals": pd.DataFrame({"i": pd.interval_range(0, 2)}),
    "a frequency": pd.DataFrame({"a": [1, 2]}, index=pd.date_range("2026", periods=2)),
    "surrogates": pd.DataFrame({"o": pd.Series(["\ud800"], dtype=object)}),
}


@pytest.mark.parametrize(
    "frame", [*FRAMES.values(), *ODD.values()], ids=[*FRAMES, *ODD]
)
def test_a_frame_comes_back_as_it_was(frame):
    found, _ = back(frame=frame)

    pd.testing.assert_frame_equal(found["frame"], frame, check_freq=True)
    assert found["frame"].attrs == frame.attrs
    assert digest_of(found["frame"]) == digest_of(frame)
    assert [
        list(map(type, found["frame"][c])) for c in frame if frame.columns.is_unique
    ] == [list(map(type, frame[c])) for c in frame if frame.columns.is_unique]


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)
def test_frames_are_parquet(frame):
    _, forms = back(frame=frame)

    assert forms == ["parquet", "pickle"]


def test_what_parquet_has_another_type_for_is_a_pickle():
    _, forms = back(frame=ODD["whole numbers as objects"])

    assert forms == ["pickle"]


@pytest.mark.parametrize("name", ["n", None, 3])
def test_a_series_comes_back_with_its_name(name):
    series = pd.Series([1.5, None], index=["p", "q"], name=name)

    found, _ = back(series=series)

    pd.testing.assert_series_equal(found["series"], series)


VALUES = {
    "text": "x",
    "array": np.arange(6.0).reshape(2, 3),
    "an index": pd.Index([1, 2], name="n"),
    "nested": {"a": [1, (2, {3})], "f": pd.DataFrame({"a": [1]})},
    "an object": Model([1, 2]),
    "a class of a library": collections.Counter,
    "nothing": None,
}


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
def test_other_values_come_back_as_they_were(value):
    found, forms = back(value=value)

    assert digest_of(found["value"]) == digest_of(value)
    assert forms == ["pickle"]


def test_what_is_one_object_in_two_places_stays_one():
    frame, shared = pd.DataFrame({"a": [1]}), [1]

    found, forms = back(a=frame, b=frame, c=shared, d={"c": shared, "a": frame})

    assert found["a"] is found["b"]
    assert found["c"] is found["d"]["c"]
    assert found["a"] is found["d"]["a"]
    assert forms == ["parquet", "pickle"]


class Vanishing:
    """Loses what it holds on its way through pickle."""

    def __init__(self, held):
        self.held = held

    def __setstate__(self, state):
        self.held = None


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (threading.Lock(), "it: the content of a lock cannot be told"),
        (Vanishing(1), "it would not come back as it is"),
        ((n for n in [1]), "it: the content of a generator cannot be told"),
    ],
)
def test_what_would_not_come_back_is_refused(value, reason):
    with pytest.raises(RefusedError, match=reason):
        pack({"it": value})


columns = st.sampled_from(
    [
        "int8",
        "int64",
        "uint16",
        "float32",
        "float64",
        "bool",
        "M8[s]",
        "m8[us]",
        "U3",
        "c16",
    ]
)


def _elements(dtype):
    # A frame of pandas 3 holds no lone surrogates in its columns of text.
    return st.text(st.characters(codec="utf-8"), max_size=3) if dtype == "U3" else None


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    arrays=st.dictionaries(
        st.text(max_size=3),
        columns.flatmap(lambda dtype: hnp.arrays(dtype, 3, elements=_elements(dtype))),
        max_size=4,
    )
)
def test_any_frame_comes_back_as_it_was(arrays):
    frame = pd.DataFrame(arrays, index=range(3))

    found, _ = back(frame=frame)

    assert digest_of(found["frame"]) == digest_of(frame)
    pd.testing.assert_frame_equal(found["frame"], frame)
