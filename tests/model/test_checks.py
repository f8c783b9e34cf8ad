import pytest

from opnb.model.checks import shorten, verify_name, verify_type
from opnb.model.errors import InvalidDefinitionError, ParameterCheckError


class Broken:
    def __repr__(self):
        raise ValueError("no repr")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (object(), "<object object>"),
        (10**5000, "<int>"),
        ("a\nb", r"'a\nb'"),
        (Broken(), "<Broken instance>"),
        ([1] * 100, "[1, 1, 1, 1, 1, 1, ...]"),
    ],
    ids=["address", "huge", "newline", "broken", "long"],
)
def test_any_value_is_shortened_to_one_line_without_an_address(value, text):
    assert shorten(value) == text


def test_a_wrong_type_is_named_with_the_value_and_the_parameter():
    with pytest.raises(
        ParameterCheckError, match=r"'rows' must be int or str, .* 1\.5"
    ):
        verify_type(1.5, (int, str), "rows")


def test_none_passes_where_it_may():
    assert verify_type(None, int, "rows", optional=True) is None


@pytest.mark.parametrize("name", ["a-b", "", "é", "a b", "a\n"], ids=repr)
def test_a_name_has_letters_digits_and_underscores_only(name):
    with pytest.raises(InvalidDefinitionError, match="cannot name an op"):
        verify_name(name, "an op")


def test_a_hint_offers_the_name_that_would_do():
    with pytest.raises(InvalidDefinitionError, match="Hint: Call it 'a_b'"):
        verify_name("a-b", "an op")
