"""Tags: text by text."""

import pytest

from opnb.definitions.tags import normalize_tags
from opnb.model.errors import InvalidDefinitionError, ParameterCheckError


@pytest.mark.parametrize(
    ("tags", "found"),
    [
        (None, {}),
        ({}, {}),
        ({"a": "b"}, {"a": "b"}),
        ({"a": 3, "b": True, "c": None}, {"a": "3", "b": "true", "c": "null"}),
        ({"a": {"x": [1, 2.5]}}, {"a": '{"x": [1, 2.5]}'}),
        ({"a": ""}, {"a": ""}),
    ],
    ids=str,
)
def test_a_value_that_is_no_text_becomes_json(tags, found):
    assert normalize_tags(tags) == found


def test_the_tags_are_a_copy():
    tags = {"a": "b"}

    assert normalize_tags(tags) is not tags


@pytest.mark.parametrize(
    ("tags", "kind", "message"),
    [
        (["a"], ParameterCheckError, "'tags' must be Mapping"),
        ({1: "a"}, ParameterCheckError, "'a tag' must be str"),
        ({"a": object()}, InvalidDefinitionError, "'a' has a value that is no JSON"),
        ({"a": {1, 2}}, InvalidDefinitionError, r"str\(value\)"),
    ],
    ids=range(4),
)
def test_tags_that_cannot_be_are_refused(tags, kind, message):
    with pytest.raises(kind, match=message):
        normalize_tags(tags)


def test_a_value_that_holds_itself_is_refused():
    loop = []
    loop.append(loop)

    with pytest.raises(InvalidDefinitionError, match="no JSON"):
        normalize_tags({"a": loop})
