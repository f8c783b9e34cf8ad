import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opnb.model.asset_key import AssetKey
from opnb.model.errors import ParameterCheckError

PATHS = st.lists(st.text(), min_size=1)


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ("orders", ["orders"]),
        ("a/b", ["a/b"]),
        (["a", "b"], ["a", "b"]),
        (("a", "b"), ["a", "b"]),
        ("", [""]),
    ],
    ids=["text", "slash", "list", "tuple", "empty"],
)
def test_a_key_never_splits_its_text(given, path):
    assert list(AssetKey(given).path) == path


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ("s3.my_asset", ["s3", "my_asset"]),
        ("a/b", ["a", "b"]),
        ("my-asset", ["my", "asset"]),
        ("s3://bucket/x.csv", ["s3", "bucket", "x", "csv"]),
        ("é", ["é"]),
        (["a/b", "c"], ["a/b", "c"]),
        (AssetKey("a/b"), ["a/b"]),
    ],
    ids=["dot", "slash", "hyphen", "url", "letters-beyond-ascii", "list", "key"],
)
def test_an_event_splits_text_as_dagster_does(given, path):
    assert list(AssetKey.of_event(given).path) == path


@pytest.mark.parametrize(
    "given", ["", " ", [], AssetKey([])], ids=["empty", "blank", "list", "key"]
)
def test_an_event_needs_a_key_that_is_not_empty(given):
    with pytest.raises(ParameterCheckError, match="cannot be empty"):
        AssetKey.of_event(given)


@pytest.mark.parametrize("given", [None, 5, [1], {"a": 1}, b"a"], ids=repr)
def test_what_is_no_path_is_refused(given):
    with pytest.raises(ParameterCheckError, match="must be str or list of str"):
        AssetKey(given)


@given(PATHS)
def test_the_escaped_spelling_gives_the_key_back(path):
    key = AssetKey(path)

    assert AssetKey.from_escaped_user_string(key.to_escaped_user_string()) == key


@pytest.mark.parametrize(
    ("spelled", "text"),
    [
        (AssetKey.to_user_string, "a/b-c/d"),
        (AssetKey.to_escaped_user_string, r"a\/b-c/d"),
        (AssetKey.to_string, '["a/b-c", "d"]'),
        (AssetKey.to_db_string, '["a/b-c", "d"]'),
        (AssetKey.to_python_identifier, "a/b_c__d"),
        (repr, "AssetKey(['a/b-c', 'd'])"),
    ],
    ids=["user", "escaped", "json", "db", "identifier", "repr"],
)
def test_a_key_has_its_spellings(spelled, text):
    assert spelled(AssetKey(["a/b-c", "d"])) == text


def test_a_prefix_is_put_in_front_and_found_again():
    key = AssetKey("orders").with_prefix(["sales", "eu"])

    assert key == AssetKey(["sales", "eu", "orders"])
    assert key.has_prefix(["sales"])
    assert key.has_prefix("sales")
    assert not key.has_prefix(["orders"])


def test_keys_are_sorted_by_their_parts_hashed_and_pickled():
    first, second = AssetKey("a"), AssetKey(["a", "b"])

    assert sorted([second, first]) == [first, second]
    assert {first: 1}[AssetKey("a")] == 1
    assert pickle.loads(pickle.dumps(second)) == second  # noqa: S301 - our own


def test_a_user_string_splits_on_every_slash():
    assert AssetKey.from_user_string("s3://x") == AssetKey(["s3:", "", "x"])


def test_an_identifier_has_neither_dots_nor_hyphens():
    key = AssetKey(["a-b", "c.d"])

    assert key.to_python_identifier() == "a_b__c_d"
    assert key.to_python_identifier("x") == "a_b__c_d__x"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('["a/b", "c"]', AssetKey(["a/b", "c"])),
        ("a.b", AssetKey(["a", "b"])),
        (None, None),
        ("", None),
    ],
    ids=["json", "text", "none", "empty"],
)
def test_the_spelling_of_the_database_gives_the_key_back(text, key):
    assert AssetKey.from_db_string(text) == key


def test_a_key_is_made_of_what_stands_for_one():
    key = AssetKey("a/b")

    assert AssetKey.from_coercible(key) is key
    assert AssetKey.from_coercible("a/b") == key
    assert AssetKey.from_coercible(["a", "b"]) == AssetKey(["a", "b"])
