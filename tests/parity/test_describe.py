"""What the harness tells apart, and what it takes for the same."""

from dataclasses import dataclass

import pytest
from parity.describe import describe, describe_error
from parity.events import describe_events
from parity.recorded import as_text

from opnb.model.asset_key import AssetKey
from opnb.model.errors import CheckError, InvalidMetadata, ParameterCheckError
from opnb.model.events import Output
from opnb.model.metadata import MetadataValue
from opnb.model.signals import Failure


@dataclass
class Event:
    """As much of an event as is looked at."""

    event_type_value: str
    step_key: str | None = None
    event_specific_data: object = None
    message: str | None = None


def test_numbers_that_python_calls_equal_are_told_apart():
    assert len({as_text(describe(value)) for value in (1, 1.0, True, "1")}) == 4


def test_a_tuple_is_no_list_and_a_set_has_an_order():
    assert describe((1, 2)) != describe([1, 2])
    assert describe({"b", "a"}) == {"set": ["'a'", "'b'"]}


def test_metadata_is_told_by_kind_and_value():
    assert describe(MetadataValue.int(1)) == {"IntMetadataValue": 1}
    assert describe(MetadataValue.float(float("nan"))) == {
        "FloatMetadataValue": {"float": "nan"}
    }


def test_an_object_is_told_by_its_attributes():
    told = describe(Output((1, 2), metadata={"n": 1}))

    assert told["Output"]["value"] == {"tuple": [1, 2]}
    assert told["Output"]["metadata"] == {"n": {"IntMetadataValue": 1}}
    assert describe(AssetKey(["a", "b"])) == {"AssetKey": ["a", "b"]}


def test_an_object_of_no_known_class_is_told_by_its_class():
    assert describe(object()) == "<object>"
    assert describe(AssetKey) == {"class": "AssetKey"}


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ValueError("odd"), "ValueError: odd"),
        (Failure("no rows"), "Failure: no rows"),
        (InvalidMetadata("words of ours"), "InvalidMetadata"),
        (ParameterCheckError("words of ours"), "CheckError"),
        (CheckError("words of ours"), "CheckError"),
        (KeyError("0b6d3c2e-1111-2222-3333-444455556666"), "KeyError: '<id>'"),
    ],
)
def test_an_error_is_told_with_its_text_where_it_is_the_user_s(error, told):
    assert describe_error(error) == told


def test_events_of_machinery_are_left_out():
    events = [Event("PIPELINE_START"), Event("ENGINE_EVENT"), Event("LOG_MESSAGE")]

    assert describe_events(events) == [["RUN_START", None, {}]]


def test_the_hooks_of_a_step_have_no_order():
    hooks = [Event("HOOK_SKIPPED", "a"), Event("HOOK_COMPLETED", "a")]
    start = Event("STEP_START", "a")

    assert describe_events([start, *hooks]) == describe_events([start, *hooks[::-1]])
    assert describe_events([start, *hooks]) != describe_events([*hooks, start])


def test_text_has_a_line_for_each_item_down_to_a_depth():
    assert as_text({"b": [1, {"c": 2}], "a": {}}) == (
        '{\n"a": {},\n"b": [\n1,\n{"c": 2}\n]\n}'
    )
