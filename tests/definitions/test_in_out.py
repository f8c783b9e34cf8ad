import pytest

from opnb.definitions.in_out import NOT_GIVEN, In, Out
from opnb.definitions.type_check import Nothing
from opnb.model.asset_key import AssetKey
from opnb.model.errors import InvalidDefinitionError, ParameterCheckError


def test_an_input_is_of_any_type_and_required_unless_told():
    assert (In().type.name, In().has_default) == ("Any", False)
    assert In(int, "rows", 3).default_value == 3


def test_an_input_may_default_to_none():
    assert In(default_value=None).has_default


def test_an_input_may_name_its_asset():
    assert In(asset_key="sales/orders").asset_key == AssetKey(["sales", "orders"])


def test_an_output_is_required_and_of_any_type_unless_told():
    assert (Out().type.name, Out().is_required) == ("Any", True)
    assert Out(None).type.name == "Any"
    assert Out(Nothing).type.is_nothing


def test_metadata_of_a_port_is_normalized():
    assert Out(metadata={"a": 1}).metadata["a"].value == 1


@pytest.mark.parametrize(
    "make",
    [lambda: In(description=1), lambda: Out(description=1), lambda: Out(is_required=1)],
)
def test_an_argument_of_the_wrong_type_is_refused(make):
    with pytest.raises(ParameterCheckError, match="must be"):
        make()


def test_an_input_of_nothing_has_no_default():
    with pytest.raises(InvalidDefinitionError, match="cannot have a default"):
        In(Nothing, default_value=None)


def test_what_was_not_given_says_so():
    assert repr(NOT_GIVEN) == "NOT_GIVEN"
