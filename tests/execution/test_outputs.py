import pytest
from factories import executed, op_that

from opnb.definitions.in_out import Out
from opnb.definitions.job import job
from opnb.definitions.op import op
from opnb.definitions.type_check import Nothing, OpType, TypeCheck
from opnb.execution.direct_context import build_op_context
from opnb.model.entry import EventType
from opnb.model.errors import (
    InvalidMetadata,
    InvariantViolationError,
    StepOutputNotFoundError,
    TypeCheckDidNotPass,
    TypeCheckError,
)
from opnb.model.events import (
    AssetMaterialization,
    AssetObservation,
    DataVersion,
    ExpectationResult,
    Output,
)

TWO = {"a": Out(), "b": Out()}
NOTHINGS = {"a": Out(Nothing), "b": Out(Nothing)}
MAYBE = {"a": Out(), "b": Out(is_required=False)}


def _returning(value, out=None):
    return executed(op(name="clean", out=out)(lambda: value))


def _yielding(events, out=None):
    def clean():
        yield from events

    return executed(op(out=out)(clean))


@pytest.mark.parametrize(
    ("value", "out", "outputs"),
    [
        (3, None, {"result": 3}),
        (None, None, {"result": None}),
        ((1, 2), None, {"result": (1, 2)}),
        ([Output(1)], None, {"result": [Output(1)]}),
        (Output(3), None, {"result": 3}),
        (Output(3), {"a": Out()}, {"a": 3}),
        (Output(3, "a"), {"a": Out()}, {"a": 3}),
        ((1, 2), TWO, {"a": 1, "b": 2}),
        ((Output(1), 2), TWO, {"a": 1, "b": 2}),
        ((Output(1, "a"), Output(2, "b")), TWO, {"a": 1, "b": 2}),
        (None, NOTHINGS, {"a": None, "b": None}),
        (None, Out(Nothing), {"result": None}),
        (None, {}, {}),
        (None, Out(is_required=False), {"result": None}),
    ],
)
def test_a_returned_value_stands_for_the_outputs(value, out, outputs):
    run = _returning(value, out)

    assert run.error is None
    assert run.outputs == outputs
    assert run.types == ["STEP_START", *["STEP_OUTPUT"] * len(outputs), "STEP_SUCCESS"]


@pytest.mark.parametrize(
    ("value", "out", "message"),
    [
        ([1, 2], TWO, "multiple outputs .* but only one output was returned"),
        ({"a": 1}, TWO, "but only one output was returned"),
        (None, TWO, "but only one output was returned"),
        (Output(1), TWO, "but only one output was returned"),
        ((1,), TWO, "Length mismatch.* a tuple of 1"),
        ((1, 2, 3), TWO, "Length mismatch"),
        ((Output(1, "b"), 2), TWO, "Output 'b' at position 0, where 'a' belongs"),
        (Output(1, "b"), None, "Output 'b' at position 0, where 'result' belongs"),
        (3, {}, "has no outputs, it returned 3"),
        (AssetMaterialization("a"), None, "returned AssetMaterialization"),
        (AssetObservation("a"), None, "returned AssetObservation"),
        (ExpectationResult(True), TWO, "returned ExpectationResult"),
    ],
)
def test_a_returned_value_that_fits_no_output_fails_the_step(value, out, message):
    run = _returning(value, out)

    assert run.types[-1] == "STEP_FAILURE"
    with pytest.raises(InvariantViolationError, match=message):
        raise run.error


@pytest.mark.parametrize(
    ("events", "out", "types"),
    [
        ([], Out(Nothing), ["STEP_OUTPUT"]),
        ([], {}, []),
        ([], Out(is_required=False), []),
        ([Output(1, "a")], MAYBE, ["STEP_OUTPUT"]),
        ([Output(1, "a")], {"a": Out(), "b": Out(Nothing)}, ["STEP_OUTPUT"] * 2),
        ([Output(2, "b"), Output(1, "a")], TWO, ["STEP_OUTPUT"] * 2),
    ],
    ids=["nothing", "none", "optional", "one-optional", "implied", "any-order"],
)
def test_outputs_may_come_in_any_order_and_be_left_out_where_they_may(
    events, out, types
):
    assert _yielding(events, out).types == ["STEP_START", *types, "STEP_SUCCESS"]


@pytest.mark.parametrize(
    ("events", "out", "missing"),
    [
        ([], None, "result"),
        ([AssetObservation("a")], None, "result"),
        ([Output(1, "a")], TWO, "b"),
    ],
    ids=["nothing-at-all", "after-other-events", "one-of-two"],
)
def test_a_required_output_that_never_came_fails_the_step(events, out, missing):
    run = _yielding(events, out)

    assert run.types == ["STEP_START", *run.types[1:-1], "STEP_FAILURE"]
    assert len(run.types) == len(events) + 2
    assert (run.error.step_key, run.error.output_name) == ("clean", missing)
    with pytest.raises(StepOutputNotFoundError, match="gave no output"):
        raise run.error


@pytest.mark.parametrize(
    ("events", "message"),
    [
        ([Output(1), Output(2)], "gave 'result' twice"),
        (
            [Output(1), Output(1, "reslt")],
            "has no output 'reslt'.\nHint: Did you mean 'result'",
        ),
    ],
    ids=["repeated", "unknown"],
)
def test_a_wrong_output_fails_the_step_and_what_came_before_stays(events, message):
    run = _yielding(events)

    assert run.types == ["STEP_START", "STEP_OUTPUT", "STEP_FAILURE"]
    with pytest.raises(InvariantViolationError, match=message):
        raise run.error


def test_an_output_of_the_wrong_type_is_an_entry_and_fails_the_step():
    run = _returning("x", Out(int))
    (data,) = run.data(EventType.STEP_OUTPUT)

    assert run.types == ["STEP_START", "STEP_OUTPUT", "STEP_FAILURE"]
    assert not data.type_check_data.success
    assert run.entries[2].message.endswith("(Type check failed).")
    with pytest.raises(TypeCheckDidNotPass, match=r"output 'result' .* must be Int: "):
        raise run.error


def test_a_value_for_nothing_fails_the_step():
    assert isinstance(_returning(5, Out(Nothing)).error, TypeCheckDidNotPass)


def test_the_metadata_of_a_failed_check_is_kept_with_the_failure():
    kind = OpType(lambda _: TypeCheck(False, "too few", {"rows": 0}), "Full")
    run = _returning([], Out(kind))

    assert run.last.metadata["rows"].value == 0
    assert run.error.description == "too few"


def test_a_check_that_raises_fails_the_step_without_an_output():
    run = _returning(1, Out(OpType(lambda value: value.missing, "Odd")))

    assert run.types == ["STEP_START", "STEP_FAILURE"]
    assert isinstance(run.error, TypeCheckError)


def test_an_output_keeps_metadata_shape_and_version():
    output = Output([1], metadata={"rows": 1}, data_version=DataVersion("v1"))
    (data,) = _returning(output).data(EventType.STEP_OUTPUT)

    assert data.metadata["rows"].value == 1
    assert (data.value_info.shape, data.data_version) == ((1,), "v1")


def _adding(*calls, out=None, value=None):
    def clean(context):
        for call in calls:
            context.add_output_metadata(*call)
        yield from value or [Output(1, metadata={"a": "own", "b": "own"})]
        context.add_output_metadata({"late": 1})

    return executed(op(out=out)(clean))


def test_added_metadata_joins_the_outputs_and_wins():
    run = _adding(({"a": 1},), ({"a": 2, "c": 3}, "result"))
    (data,) = run.data(EventType.STEP_OUTPUT)

    kept = {label: value.value for label, value in data.metadata.items()}
    assert kept == {"a": 2, "b": "own", "c": 3}


def test_metadata_added_after_the_output_fails_the_step():
    run = _adding()

    assert run.types == ["STEP_START", "STEP_OUTPUT", "STEP_FAILURE"]
    with pytest.raises(InvariantViolationError, match="has already been yielded"):
        raise run.error


@pytest.mark.parametrize(
    ("call", "out", "kind", "message"),
    [
        (({"a": 1},), TWO, InvariantViolationError, "has 2 outputs; name the one"),
        (({"a": 1}, "c"), TWO, InvariantViolationError, "has no output 'c'"),
        (({"a": 1}, 5), TWO, TypeError, "'output_name' must be str"),
        (("ab",), None, TypeError, "'metadata' must be Mapping"),
        (({"a": object()},), None, InvalidMetadata, "Metadata 'a'"),
    ],
    ids=["no-name", "unknown", "number", "text", "bad-value"],
)
def test_metadata_added_wrongly_fails_the_step(call, out, kind, message):
    run = _adding(call, out=out)

    assert run.types == ["STEP_START", "STEP_FAILURE"]
    with pytest.raises(kind, match=message):
        raise run.error


def test_an_op_that_yields_its_output_last_has_done_well():
    assert executed(op_that(yields=[AssetObservation("a")])).error is None


def test_a_type_uses_the_resources_that_it_declares_itself():
    allowed = OpType(
        lambda context, value: value in context.resources.allowed,
        name="Allowed",
        required_resource_keys={"allowed"},
    )

    @op(out=Out(allowed), name="take")
    def take(value):
        return value

    @job(resource_defs={"allowed": [1, 2, 3]})
    def checked(value):
        take(value)

    assert checked.execute_in_process(input_values={"value": 2}).success
    with pytest.raises(TypeCheckDidNotPass):
        checked.execute_in_process(input_values={"value": 4})
    assert take(build_op_context(resources={"allowed": [5]}), 5) == 5
