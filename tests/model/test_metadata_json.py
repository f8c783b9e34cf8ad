"""Metadata as an event keeps it: the log's own text, made once, read when asked."""

import copy
import enum
import pickle
import uuid
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opnb import AssetMaterialization, AssetObservation, ExpectationResult
from opnb.model.errors import InvalidMetadata
from opnb.model.events import metadata_json_of
from opnb.model.metadata import MetadataValue as M
from opnb.model.metadata_json import encode_metadata, encode_raw
from opnb.model.normalize import normalize_metadata

TEXT = st.text(st.characters(exclude_categories=()), max_size=8)
RAW = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT | st.binary()
    | st.decimals(allow_nan=False) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.tuples(inner)
    | st.dictionaries(TEXT | st.just("$opnb"), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip
VALUES = (
    st.builds(M.md, TEXT) | st.builds(M.url, TEXT) | st.builds(M.float, st.floats())
)


class Color(enum.Enum):
    RED = "red"


class Word(str):
    __slots__ = ()


EVENTS = {
    "observation": lambda metadata: AssetObservation("orders", metadata=metadata),
    "materialization": lambda metadata: AssetMaterialization(
        "orders", metadata=metadata
    ),
    "expectation": lambda metadata: ExpectationResult(success=True, metadata=metadata),
}


@pytest.fixture(name="make", params=EVENTS.values(), ids=EVENTS)
def _make(request):
    return request.param


@given(st.dictionaries(TEXT, RAW | VALUES, max_size=4))
def test_the_short_way_gives_what_the_long_one_does(metadata):
    text = encode_raw(metadata)

    assert text is None or text == encode_metadata(normalize_metadata(metadata))


@pytest.mark.parametrize(
    "metadata",
    [
        None,
        {},
        {"a": None},
        {"a": float("nan")},
        {"a": Decimal(1)},
        {"a": b"x"},
        {"a": {"b": Color.RED}},
        {"a": [uuid.UUID(int=1)]},
        {"a": {"b": (1,)}},
        {"a": {1: "b"}},
        {"a": 2**80},
        {"a": "\ud800"},
        {"a": {"$opnb": []}},
        {"a": Word("x")},
        {Word("a"): "x"},
        {"a": M.null()},
    ],
)
def test_what_comes_seldom_goes_the_long_way(metadata):
    assert encode_raw(metadata) is None


def test_metadata_is_as_it_was_given_whatever_becomes_of_that(make):
    given = {"rows": 3, "sizes": [1, {"a": 2}]}
    event = make(given)
    given["rows"] = 4
    given["sizes"][1]["a"] = 5

    assert event.metadata == {"rows": M.int(3), "sizes": M.json([1, {"a": 2}])}


def test_what_is_changed_after_it_was_asked_for_is_kept_changed(make):
    event = make({"rows": 3})
    event.metadata["rows"] = M.int(4)

    assert metadata_json_of(event) is None
    assert event.metadata == {"rows": M.int(4)}


@pytest.mark.parametrize("asked", [True, False], ids=["asked", "not asked"])
@pytest.mark.parametrize(
    "copied",
    [copy.copy, copy.deepcopy, lambda event: pickle.loads(pickle.dumps(event))],  # noqa: S301 - our own
    ids=["copy", "deepcopy", "pickle"],
)
def test_a_copy_has_the_metadata(make, copied, asked):
    event = make({"rows": 3, "note": M.md("**b**")})
    if asked:
        assert event.metadata["rows"].value == 3

    assert copied(event) == event
    assert copied(event).metadata == {"rows": M.int(3), "note": M.md("**b**")}


def test_events_are_equal_whether_asked_or_not(make):
    asked, not_asked = make({"rows": 3}), make({"rows": 3})

    assert asked.metadata
    assert asked == not_asked
    assert repr(asked) == repr(not_asked)


def test_json_within_itself_is_refused(make):
    inside: list[object] = []
    inside.append(inside)

    with pytest.raises(InvalidMetadata, match="contains itself"):
        make({"a": inside})
