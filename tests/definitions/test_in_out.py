import pytest

from opnb.definitions.in_out import NOT_GIVEN, DynamicOut, GraphIn, GraphOut, In, Out
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
    [
        lambda: In(description=1),
        lambda: In(asset_key=3),
        lambda: In(asset_partitions=["a"]),
        lambda: In(input_manager_key=3),
        lambda: Out(description=1),
        lambda: Out(is_required=1),
        lambda: Out(io_manager_key=3),
        lambda: Out(code_version=3),
        lambda: GraphIn(3),
        lambda: GraphOut(3),
    ],
)
def test_an_argument_of_the_wrong_type_is_refused(make):
    with pytest.raises(ParameterCheckError, match="must be"):
        make()


def test_an_input_of_nothing_has_no_default():
    with pytest.raises(InvalidDefinitionError, match="takes no default"):
        In(Nothing, default_value=None)


def test_what_was_not_given_says_so():
    assert repr(NOT_GIVEN) == "NOT_GIVEN"


def test_ports_have_dagsters_positions():
    given = In(int, "rows", 3, {"a": 1}, AssetKey("a"), {"p"}, "files")
    out = Out(int, "rows", False, "files", {"a": 1}, "v1")

    assert (given.asset_partitions, given.input_manager_key) == ({"p"}, "files")
    assert (out.io_manager_key, out.code_version) == ("files", "v1")
    assert Out().io_manager_key == "io_manager"
    assert In(None).type.name == "Any"


def test_the_asset_of_an_input_may_be_told_by_functions():
    def partitions(_):
        return {"p"}

    given = In(asset_key=AssetKey, asset_partitions=partitions)

    assert (given.asset_key, given.asset_partitions) == (AssetKey, partitions)


def test_only_a_dynamic_output_is_dynamic():
    assert (Out(int).is_dynamic, DynamicOut(int).is_dynamic) == (False, True)
    assert isinstance(DynamicOut(), Out)
    assert DynamicOut(int, "files", False).type.name == "Int"
    assert DynamicOut(int) != Out(int)


def test_the_ports_of_a_graph_have_a_description():
    assert (GraphIn("rows").description, GraphOut().description) == ("rows", None)
