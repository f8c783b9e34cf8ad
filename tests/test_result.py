"""The result of a job: outputs, statuses and events, by the names of nodes."""

import pytest
from factories import both, calling, fails, increment, listed, numbers, one, ran, skips

from opnb.definitions.graph import graph
from opnb.definitions.in_out import Out
from opnb.definitions.job import job
from opnb.definitions.op import op
from opnb.definitions.retry_policy import RetryPolicy
from opnb.model.entry import EventType
from opnb.model.errors import InvariantViolationError, OpnbError, ParameterCheckError
from opnb.model.events import (
    AssetMaterialization,
    AssetObservation,
    ExpectationResult,
    Output,
)
from opnb.model.signals import Failure


@op(out={"rows": Out(), "rest": Out(is_required=False)})
def report(context):
    yield AssetMaterialization("written", metadata={"rows": 3})
    context.log.info("a line")
    context.log_event(AssetObservation("seen"))
    yield ExpectationResult(False, "age")
    yield Output(3, "rows")


@op(retry_policy=RetryPolicy(max_retries=2))
def shaky(context):
    if context.retry_number < 2:
        raise LookupError
    return context.retry_number


@graph
def inner():
    return increment(shaky())


@job
def whole():
    report()
    inner()
    increment.alias("late")(fails())
    increment.alias("never")(skips())
    listed(numbers().map(increment.alias("each")).collect())


@pytest.fixture(name="result")
def _result():
    return ran(whole)


@pytest.fixture(name="good")
def _good():
    return graph(name="good")(calling(inner)).execute_in_process()


def test_a_result_tells_how_the_run_went(result, good):
    assert repr(result) == "ExecuteInProcessResult('whole', success=False)"
    assert (result.success, good.success) == (False, True)
    assert isinstance(result.error, LookupError)
    assert good.error is None
    assert result.job_def is whole
    assert good.job_def.name == "good"


def test_a_result_has_the_id_of_its_run(session):
    result = ran(whole, run_id="mine")

    assert result.run_id == "mine"
    assert {entry.run_id for entry in result.all_events} == {"mine"}
    assert session.log.runs()["run_id"].tolist() == ["mine"]


def test_a_result_shows_as_its_card(good):
    data, metadata = good._repr_mimebundle_()

    assert {"text/plain", "text/html", "text/markdown"} <= set(data)
    assert "good" in data["text/plain"]
    assert metadata["opnb"]["status"] == "SUCCESS"


# Values


def test_an_output_is_found_by_the_name_of_its_node(result):
    assert result.output_for_node("report", "rows") == 3
    assert result.output_for_node("inner") == 3
    assert result.output_for_node("inner.shaky") == 2
    assert result.output_for_node("numbers") == {"a": 0, "b": 1}
    assert result.output_for_node("each") == {"a": 1, "b": 2}
    assert result.output_for_node("listed") == [1, 2]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("reprot", "rows"), "has no op 'reprot'.\nHint: Did you mean 'report'"),
        (("shaky",), "has no op 'shaky'"),
        (("inner.nope",), "has no op"),
        (("each[a]",), "has no op"),
        (("report", "row"), "'report' has no output 'row'.*\n.*'rows'"),
        (("report",), "'report' has no output 'result'"),
        (("inner", "rows"), "'inner' has no output 'rows'"),
        (("report", "rest"), "'report.rest' never came"),
        (("fails",), "never came"),
        (("late",), "never came"),
        (("never",), "never came"),
    ],
    ids=str,
)
def test_an_output_that_there_is_not_is_told(result, arguments, message):
    with pytest.raises(InvariantViolationError, match=message):
        result.output_for_node(*arguments)


@pytest.mark.parametrize("name", [None, 5, increment], ids=["none", "int", "op"])
def test_a_node_is_named_by_text(result, name):
    with pytest.raises(ParameterCheckError, match="'node_str' must be str"):
        result.output_for_node(name)


def test_the_outputs_of_a_graph_are_found_by_their_own_names(good, result):
    assert good.output_value() == 3
    with pytest.raises(
        InvariantViolationError, match=r"'good' has no output 'x'\.\nHint: There"
    ):
        good.output_value("x")
    with pytest.raises(InvariantViolationError, match=r"Use output_for_node\(\)"):
        result.output_value()


def test_an_output_of_the_graph_that_did_not_come_is_told():
    result = graph(name="g")(lambda: increment(skips())).execute_in_process()

    with pytest.raises(InvariantViolationError, match="'result' never came"):
        result.output_value()


# Statuses


@pytest.mark.parametrize(
    ("node", "status"),
    [
        ("report", "success"),
        ("inner", "success"),
        ("inner.shaky", "success"),
        ("each", "success"),
        ("fails", "failed"),
        ("never", "skipped"),
        ("late", "untouched"),
    ],
)
def test_a_node_went_one_way(result, node, status):
    found = {
        name: getattr(result, f"is_node_{name}")(node)
        for name in ("success", "failed", "skipped", "untouched")
    }

    assert found == {name: name == status for name in found}


@pytest.mark.parametrize("name", ["success", "failed", "skipped", "untouched"])
def test_a_status_is_that_of_a_node_there_is(result, name):
    with pytest.raises(InvariantViolationError, match="has no op 'nope'"):
        getattr(result, f"is_node_{name}")("nope")


def test_a_node_whose_name_another_begins_with_is_itself():
    def body():
        one()
        fails.alias("one_2")()
        one.alias("on")()

    result = ran(job(name="j")(body))

    assert result.is_node_success("one")
    assert result.is_node_success("on")
    assert len(result.events_for_node("on")) == 3


def test_a_graph_of_which_one_step_failed_has_failed():
    half = graph(name="half")(lambda: both(one(), fails()))
    result = ran(half.to_job())
    outer = ran(graph(name="outer")(calling(half)).to_job())

    assert result.is_node_untouched("both")
    assert outer.is_node_failed("half")
    assert not outer.is_node_success("half")


def test_a_mapped_node_of_which_one_copy_failed_has_failed():
    @op
    def inverse(n):
        return 1 / n

    result = ran(job(name="j")(lambda: _map(inverse)))

    assert result.is_node_failed("inverse")
    assert not result.is_node_success("inverse")
    assert result.get_failed_step_keys() == {"inverse[a]"}
    assert result.failure_data_for_node("inverse").error.cause.cls_name == (
        "ZeroDivisionError"
    )


def _map(definition):
    numbers().map(definition)


def test_why_a_node_failed_is_told(result):
    data = result.failure_data_for_node("fails")

    assert data.error.cause.message == "gone"
    assert result.failure_data_for_node("report") is None
    assert result.get_failed_step_keys() == {"fails"}
    with pytest.raises(InvariantViolationError, match="has no op"):
        result.failure_data_for_node("nope")


def test_what_a_failure_said_is_told():
    @op
    def stop():
        raise Failure("no rows", {"rows": 0})

    result = ran(job(name="j")(lambda: _call(stop)))
    said = result.failure_data_for_node("stop").user_failure_data

    assert (said.label, said.description) == ("intentional-failure", "no rows")
    assert said.metadata["rows"].value == 0


def _call(use):
    use()


def test_attempts_are_counted(result):
    assert result.retry_attempts_for_node("inner.shaky") == 2
    assert result.retry_attempts_for_node("inner") == 2
    assert result.retry_attempts_for_node("report") == 0
    with pytest.raises(InvariantViolationError, match="has no op"):
        result.retry_attempts_for_node("nope")


# Events


def test_all_events_are_those_of_the_run_without_log_lines(result, session):
    types = [entry.event_type for entry in result.all_events]

    assert (types[0], types[-1]) == (EventType.RUN_START, EventType.RUN_FAILURE)
    assert EventType.LOG_MESSAGE not in types
    assert EventType.LOG_MESSAGE in [
        e.event_type for e in session.log.entries(result.run_id)
    ]
    assert result.all_node_events == [e for e in result.all_events if e.step_key]
    assert result.all_events is result.all_events


def test_the_events_of_a_node_are_those_of_its_steps(result):
    assert {e.step_key for e in result.events_for_node("each")} == {
        "each[a]",
        "each[b]",
    }
    assert {e.step_key for e in result.events_for_node("inner")} == {
        "inner.shaky", "inner.increment",
    }  # fmt: skip
    assert result.events_for_node("late") == []
    with pytest.raises(InvariantViolationError, match="has no op"):
        result.events_for_node("nope")


def test_what_a_node_reported_is_found(result):
    (written,) = result.asset_materializations_for_node("report")
    (seen,) = result.asset_observations_for_node("report")
    (checked,) = result.expectation_results_for_node("report")

    assert written.metadata["rows"].value == 3
    assert seen.asset_key.to_user_string() == "seen"
    assert (checked.success, checked.label) == (False, "age")
    assert result.asset_materializations_for_node("inner") == []


def test_events_are_found_by_their_kind(result):
    def keys(entries):
        return [entry.step_key for entry in entries]

    assert keys(result.get_asset_materialization_events()) == ["report"]
    assert keys(result.get_asset_observation_events()) == ["report"]
    assert keys(result.get_step_failure_events()) == ["fails"]
    assert keys(result.get_step_skipped_events()) == ["never"]
    assert len(result.get_step_success_events()) == 8
    assert (
        keys(result.filter_events(lambda e: e.is_step_restarted)) == ["inner.shaky"] * 2
    )


def test_the_end_of_the_run_is_found(result, good):
    assert result.get_run_failure_event().event_specific_data.failed_steps == ("fails",)
    assert good.get_run_success_event().job_name == "good"
    with pytest.raises(OpnbError, match="'whole' has no RUN_SUCCESS"):
        result.get_run_success_event()
    with pytest.raises(OpnbError, match="'good' has no RUN_FAILURE"):
        good.get_run_failure_event()


def test_a_graph_that_is_run_by_a_name_of_its_own_has_it():
    result = inner.to_job("other").execute_in_process()

    assert result.output_for_node("shaky") == 2
    assert result.all_events[0].job_name == "other"
