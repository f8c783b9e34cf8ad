import pickle
from pathlib import Path

import numpy as np
import pytest

from opnb.model.asset_key import AssetKey
from opnb.model.errors import (
    InvalidDefinitionError,
    InvalidMetadata,
    ParameterCheckError,
)
from opnb.model.events import (
    AssetMaterialization,
    AssetObservation,
    DataVersion,
    DynamicOutput,
    ExpectationResult,
    Output,
)
from opnb.model.metadata import IntMetadataValue
from opnb.model.partition_key import MultiPartitionKey

ASSET_EVENTS = [AssetMaterialization, AssetObservation]
EVENTS = [
    Output(1),
    DynamicOutput(1, "a"),
    AssetMaterialization("a"),
    AssetObservation("a"),
    ExpectationResult(True),
]


def test_an_output_has_dagsters_positions_and_defaults():
    output = Output(3, "rows", {"n": 3}, DataVersion("v1"), tags={"a": "b"})

    assert (output.value, output.output_name) == (3, "rows")
    assert output.metadata == {"n": IntMetadataValue(3)}
    assert (output.data_version, output.tags) == (DataVersion("v1"), {"a": "b"})
    assert Output(3).output_name == "result"


def test_an_output_may_name_the_type_of_its_value():
    assert Output[int](3) == Output(3)


def test_a_dynamic_output_has_dagsters_positions_and_defaults():
    output = DynamicOutput(3, "a_1", "files", {"n": 3})

    assert (output.value, output.mapping_key) == (3, "a_1")
    assert (output.output_name, output.metadata) == (
        "files",
        {"n": IntMetadataValue(3)},
    )
    assert DynamicOutput[int](3, "a") == DynamicOutput(3, "a", "result")


@pytest.mark.parametrize(
    ("key", "hint"),
    [("a.csv", "a_csv"), ("a-b", "a_b"), ("é", "all"), ("", "all"), ("a\n", "a")],
    ids=["dot", "hyphen", "accent", "empty", "newline"],
)
def test_a_mapping_key_is_of_letters_digits_and_underscores(key, hint):
    with pytest.raises(
        InvalidDefinitionError, match=r"Mapping key .* must be made of"
    ) as error:
        DynamicOutput(1, key)
    assert f"Use {hint!r}." in str(error.value)


@pytest.mark.parametrize("kind", ASSET_EVENTS)
def test_an_asset_event_has_dagsters_positions(kind):
    event = kind("sales/orders", "all", {"rows": 1}, "2026-01-01", {"a": "b"})

    assert event.asset_key == AssetKey(["sales", "orders"])
    assert event.label == "sales orders"
    assert (event.description, event.partition) == ("all", "2026-01-01")
    assert event.tags == {"a": "b"}


def test_tags_left_out_are_none_on_a_materialization_and_empty_on_an_observation():
    assert AssetMaterialization("a").tags is None
    assert AssetObservation("a").tags == {}


def test_an_observation_reads_its_data_version_from_a_tag():
    event = AssetObservation("a", tags={"dagster/data_version": "v7"})

    assert event.data_version == "v7"


def test_an_expectation_has_the_label_result_unless_named():
    assert ExpectationResult(True).label == "result"
    assert ExpectationResult(False, "").label == ""


@pytest.mark.parametrize("flag", [np.True_, np.array([1, 2]).all(), True])
def test_an_expectation_takes_the_flags_that_people_have(flag):
    assert ExpectationResult(flag).success is True


@pytest.mark.parametrize("severity", [None, "warn", "error", "fatal"])
def test_an_expectation_has_a_severity_and_keeps_it(severity):
    result = ExpectationResult(False, "age", severity=severity)

    assert result.with_metadata({"rows": 1}).severity == severity


def test_an_unknown_severity_is_refused_with_the_nearest():
    with pytest.raises(ParameterCheckError, match=r"(?s)not 'eror'.*'error'"):
        ExpectationResult(False, severity="eror")
    with pytest.raises(ParameterCheckError, match=r"(?s)not 2\n.*severity='error'"):
        ExpectationResult(False, severity=2)


@pytest.mark.parametrize("flag", [1, None, "yes", np.array([True])], ids=repr)
def test_an_expectation_takes_no_other_value_for_a_flag(flag):
    with pytest.raises(ParameterCheckError, match="'success' must be bool"):
        ExpectationResult(flag)


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_with_metadata_replaces_what_was_there(event):
    first = event.with_metadata({"a": 1})

    assert set(first.with_metadata({"b": 2}).metadata) == {"b"}
    assert event.metadata == {}


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_an_event_is_frozen_equal_to_its_like_and_pickled(event):
    with pytest.raises(AttributeError, match="cannot assign"):
        event.metadata = {}
    assert pickle.loads(pickle.dumps(event)) == event  # noqa: S301 - our own


def test_a_written_file_is_known_by_its_path():
    event = AssetMaterialization.file("data/x.csv", "written")

    assert event.asset_key == AssetKey(["data", "x", "csv"])
    assert event.metadata["path"].value == "data/x.csv"


def test_a_written_file_may_be_called_otherwise():
    event = AssetMaterialization.file(Path("data/x.csv"), asset_key=["sales", "x"])

    assert event.asset_key == AssetKey(["sales", "x"])
    assert event.metadata["path"].value == "data/x.csv"
    assert AssetMaterialization.file(Path("a/b")).asset_key == AssetKey(["a", "b"])


def test_an_event_may_be_of_a_part_in_several_dimensions():
    key = MultiPartitionKey({"region": "eu", "date": "2026"})

    assert AssetObservation("a", partition=key).partition == "2026|eu"


@pytest.mark.parametrize(
    "make",
    [
        lambda: Output(1, None),
        lambda: Output(1, data_version="v1"),
        lambda: DynamicOutput(1, None),
        lambda: DynamicOutput(1, 3),
        lambda: DynamicOutput(1, "a", None),
        lambda: AssetMaterialization.file(3, asset_key="a"),
        lambda: AssetObservation("a", description=1),
        lambda: AssetObservation("a", partition=2026),
        lambda: AssetObservation("a", metadata=[1]),
        lambda: AssetObservation("a", metadata={1: 1}),
        lambda: ExpectationResult(True, label=1),
        lambda: ExpectationResult(True, description=1),
        lambda: DataVersion(1),
    ],
)
def test_an_argument_of_the_wrong_type_is_refused(make):
    with pytest.raises(ParameterCheckError, match="must be"):
        make()


@pytest.mark.parametrize("kind", ASSET_EVENTS)
def test_bad_metadata_is_refused_where_it_is_given(kind):
    with pytest.raises(InvalidMetadata, match="Metadata 'x'"):
        kind("a", metadata={"x": object()})


@pytest.mark.parametrize(
    "tags",
    [{"a b": "x"}, {"a/b/c": "x"}, {"": "x"}, {1: "x"}, {"a": "x" * 64}, {"a": 1}],
    ids=["space", "deep", "empty", "number", "long", "value"],
)
def test_tags_follow_dagsters_rule(tags):
    with pytest.raises(InvalidDefinitionError, match=r"cannot be the .* of a tag"):
        AssetObservation("a", tags=tags)


def test_a_tag_may_have_a_namespace_and_an_empty_value():
    assert AssetMaterialization("a", tags={"ns/x": ""}).tags == {"ns/x": ""}
