import pytest
from factories import entry, observed

from opnb.model.entry import (
    ErrorSource,
    EventType,
    SerializableErrorInfo,
    StepFailureData,
    StepOutputData,
    TypeCheckData,
    UserFailureData,
)
from opnb.model.events import AssetMaterialization, ExpectationResult
from opnb.model.normalize import normalize_metadata

ROWS = normalize_metadata({"rows": 3})


@pytest.mark.parametrize("name", ["START", "SUCCESS", "FAILURE", "CANCELED"])
def test_dagsters_names_of_run_events_are_aliases(name):
    assert EventType[f"PIPELINE_{name}"] is EventType[f"RUN_{name}"]


def _raised(error, cause=None):
    try:
        raise error from cause
    except type(error) as raised:
        return SerializableErrorInfo.of(raised)


def test_an_error_is_kept_with_class_message_stack_and_cause():
    info = _raised(ValueError("bad"), KeyError("k"))

    assert (info.cls_name, info.message) == ("ValueError", "bad")
    assert "_raised" in info.stack[0]
    assert info.cause.cls_name == "KeyError"


def test_an_error_that_cannot_be_printed_is_kept_all_the_same():
    class MuteError(Exception):
        def __str__(self):
            raise RuntimeError

    assert _raised(MuteError()).message == "<MuteError without a message>"


def test_causes_are_followed_only_so_far():
    error = ValueError(0)
    error.__cause__ = error

    info = SerializableErrorInfo.of(error, depth=2)

    assert info.cause.cause.cause is None


@pytest.mark.parametrize(
    "line",
    [
        entry(AssetMaterialization("orders", metadata=ROWS)),
        entry(ExpectationResult(True, metadata=ROWS)),
        entry(
            EventType.STEP_OUTPUT,
            data=StepOutputData("result", TypeCheckData(True, "Any"), ROWS),
        ),
        entry(
            EventType.STEP_FAILURE,
            data=StepFailureData(
                SerializableErrorInfo("no", (), "Failure"),
                UserFailureData("intentional-failure", None, ROWS),
                ErrorSource.FRAMEWORK_ERROR,
            ),
        ),
    ],
    ids=["materialization", "expectation", "output", "failure"],
)
def test_an_entry_tells_the_metadata_of_whatever_it_carries(line):
    assert line.metadata == ROWS


def test_an_entry_of_an_observation_tells_its_metadata_and_type():
    line = observed(4)

    assert line.metadata["number"].value == 4
    assert line.event_type_value == "ASSET_OBSERVATION"


def test_an_entry_without_metadata_has_none():
    assert entry(EventType.STEP_SUCCESS).metadata == {}
