"""Runs of jobs: what they may be given, how they end, and what breaks them not."""

import asyncio
import threading

import pytest
from factories import (
    both,
    fails,
    increment,
    listed,
    numbers,
    one,
    order,
    ran,
    skips,
    told,
)

from opnb.definitions.graph import graph
from opnb.definitions.hook import failure_hook, success_hook
from opnb.definitions.in_out import Out
from opnb.definitions.job import job
from opnb.definitions.op import op
from opnb.definitions.retry_policy import RetryPolicy
from opnb.execution.job_run import RunRequest
from opnb.model import metadata_json
from opnb.model.errors import (
    CheckError,
    InvalidDefinitionError,
    InvalidMetadata,
    InvariantViolationError,
    MaxRetriesExceededError,
    ParameterCheckError,
)
from opnb.model.events import AssetObservation, Output
from opnb.model.signals import Failure, RetryRequested
from opnb.session import Session, use_session


def _job(function, **options):
    return job(name="whole", **options)(function)


def _call(use, *inputs):
    use(*inputs)


def _kept(session):
    frame = session.log.frame
    keys = frame["step_key"].fillna("")
    return [f"{kind} {key}".strip() for kind, key in zip(frame["event_type"], keys)]  # noqa: B905 - one frame


# How a run ends


def test_the_first_failure_ends_the_run_and_is_raised(session):
    def body():
        increment(fails())
        one()

    with pytest.raises(LookupError, match="gone"):
        _job(body).execute_in_process()

    assert _kept(session) == [
        "RUN_START", "STEP_START fails", "STEP_FAILURE fails", "RUN_FAILURE",
    ]  # fmt: skip
    assert session.log.runs()["status"].tolist() == ["FAILURE"]


def test_or_the_rest_runs_and_the_result_tells():
    def body():
        fails()
        fails.alias("other")()
        one()

    result = ran(_job(body))

    assert order(result) == ["fails", "one", "other"]
    assert isinstance(result.error, LookupError)
    assert result.get_run_failure_event().message.endswith("['fails', 'other'].")


def test_an_interrupt_is_raised_and_the_run_is_canceled(session):
    @op
    def stop():
        yield AssetObservation("a")
        raise KeyboardInterrupt

    def body():
        increment(stop())
        one.alias("z")()

    with pytest.raises(KeyboardInterrupt):
        ran(_job(body))

    assert _kept(session) == [
        "RUN_START", "STEP_START stop", "ASSET_OBSERVATION stop", "STEP_FAILURE stop",
        "RUN_CANCELED",
    ]  # fmt: skip
    assert session.log.runs()["status"].tolist() == ["CANCELED"]


@pytest.mark.parametrize("where", ["step", "hook"])
def test_an_interrupt_after_a_failure_is_an_interrupt_all_the_same(session, where):
    @op
    def stop():
        if where == "step":
            raise KeyboardInterrupt

    @success_hook
    def halt(context):
        raise KeyboardInterrupt

    def body():
        fails()
        stop.with_hooks({halt})()

    with pytest.raises(KeyboardInterrupt):
        ran(_job(body))

    assert _kept(session)[-1] == "RUN_CANCELED"


@pytest.mark.parametrize(
    "error", [SystemExit(3), GeneratorExit()], ids=["exit", "close"]
)
def test_what_is_no_exception_fails_the_step_and_the_run(session, error):
    @op
    def leave():
        raise error

    def body():
        leave()
        one.alias("z")()

    with pytest.raises(type(error)):
        _job(body).execute_in_process()

    assert _kept(session)[-2:] == ["STEP_FAILURE leave", "RUN_FAILURE"]


def test_used_up_retries_are_told_with_the_users_exception_as_cause():
    def body():
        fails.with_retry_policy(RetryPolicy(max_retries=1))()

    with pytest.raises(MaxRetriesExceededError, match="max_retries of 1") as caught:
        _job(body).execute_in_process()

    assert isinstance(caught.value.__cause__, LookupError)


# What a run may be given


def test_inputs_of_the_job_go_where_they_belong():
    made = graph(name="g")(lambda n, m: both(increment(n), listed([m, n])))
    result = made.execute_in_process(input_values={"n": 1, "m": [2]})

    assert result.output_value() == (2, [[2], 1])


def test_a_value_may_be_anything_also_none():
    made = graph(name="g")(lambda n, m: listed([m, n]))
    thing = object()

    result = made.execute_in_process(input_values={"n": None, "m": thing})

    assert result.output_value() == [thing, None]


@pytest.mark.parametrize(
    ("request_", "kind", "message"),
    [
        ({"input_values": {"m": 1}}, InvalidDefinitionError, "has no input 'm'"),
        ({"raise_on_error": 1}, ParameterCheckError, "'raise_on_error' must be bool"),
        ({"keep_outputs": "all"}, ParameterCheckError, "'keep_outputs' must be bool"),
        ({"instance": object()}, CheckError, "opnb has no instances"),
        ({"asset_selection": ["a"]}, CheckError, "it has no asset_selection"),
        ({"run_id": 5}, ParameterCheckError, "'run_id' must be str"),
        ({"partition_key": 5}, ParameterCheckError, "'partition_key' must be str"),
        ({"tags": ["a"]}, ParameterCheckError, "'tags' must be Mapping"),
    ],
    ids=range(8),
)
def test_what_a_run_cannot_be_given_is_refused_before_it(
    session, request_, kind, message
):
    with pytest.raises(kind, match=message):
        _job(lambda: _call(one)).execute_in_process(**request_)

    assert len(session.log.frame) == 0


def test_what_dagsters_callers_leave_out_may_be_none():
    request = RunRequest(instance=None, asset_selection=None, op_selection=None)

    assert (request.raise_on_error, request.keep_outputs) == (True, None)


# Hooks


def test_hooks_run_after_the_end_of_their_step():
    seen = []

    @success_hook
    def good(context):
        seen.append(("good", context.op.name, dict(context.op_output_values)))

    @failure_hook
    def bad(context):
        seen.append(("bad", context.op.name, type(context.op_exception).__name__))

    def body():
        increment(one())
        fails()
        skips.alias("empty")()
        increment.alias("after")(skips())

    result = ran(_job(body, hooks={good, bad}))

    assert seen == [
        ("good", "empty", {}),
        ("bad", "fails", "LookupError"),
        ("good", "one", {"result": 1}),
        ("good", "skips", {}),
        ("good", "increment", {"result": 2}),
    ]
    assert told(result, "HOOK_COMPLETED", "HOOK_SKIPPED", "SUCCESS", "FAILURE")[:6] == [
        "SUCCESS empty", "HOOK_SKIPPED empty", "HOOK_COMPLETED empty",
        "FAILURE fails", "HOOK_COMPLETED fails", "HOOK_SKIPPED fails",
    ]  # fmt: skip


def test_a_hook_that_raises_is_told_and_changes_nothing():
    @success_hook
    def broken(context):
        raise KeyError("hook")

    result = _job(lambda: _call(increment, one()), hooks={broken}).execute_in_process()
    errors = [
        entry.hook_errored_data.error.cls_name
        for entry in result.filter_events(lambda entry: entry.is_hook_errored)
    ]

    assert result.success
    assert errors == ["KeyError", "KeyError"]
    assert result.output_for_node("increment") == 2


def test_an_attempt_that_is_followed_by_another_calls_no_hook():
    called = []

    @failure_hook
    def bad(context):
        called.append(type(context.op_exception).__name__)

    @success_hook
    def good(context):
        called.append("good")

    @op
    def again(context):
        if context.retry_number < 2:
            raise RetryRequested(max_retries=5)

    def body():
        again()
        fails.with_retry_policy(RetryPolicy(max_retries=1))()

    result = ran(_job(body, hooks={bad, good}))

    assert called == ["LookupError", "good"]
    assert told(result, "HOOK_SKIPPED").count("HOOK_SKIPPED again") == 5
    assert told(result, "HOOK_SKIPPED").count("HOOK_SKIPPED fails") == 3


# What a run does not break on


def test_an_op_may_run_a_job(session):
    @op
    def inner_job():
        found = _job(lambda: _call(increment, one())).execute_in_process()
        return found.output_for_node("increment")

    outer = job(name="outer")(lambda: _call(increment, inner_job()))
    result = outer.execute_in_process()

    assert result.output_for_node("increment") == 3
    assert order(result) == ["inner_job", "increment"]
    assert session.log.runs()["job"].tolist() == ["outer", "whole"]
    assert session.log.runs()["status"].tolist() == ["SUCCESS", "SUCCESS"]


def test_threads_may_run_jobs_at_once(tmp_path):
    session = use_session(Session(tmp_path / "events.db"))

    @op
    def report(n):
        yield AssetObservation("a", metadata={"n": n})
        yield Output(n)

    def body(n):
        increment(report(increment.alias("first")(n)))

    made = _job(body)
    results = {}

    def work(number):
        results[number] = made.execute_in_process(input_values={"n": number})

    threads = [threading.Thread(target=work, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {n: r.output_for_node("increment") for n, r in results.items()} == {
        number: number + 2 for number in range(16)
    }
    assert len({tuple(told(result)) for result in results.values()}) == 1
    for number, result in results.items():
        (seen,) = result.asset_observations_for_node("report")
        assert seen.metadata["n"].value == number + 1
    assert session.log.unsaved == 0
    assert session.log.runs()["status"].tolist() == ["SUCCESS"] * 16


def test_two_sessions_have_each_their_own_runs():
    first, second = Session("memory:"), Session("memory:")
    made = _job(lambda: _call(one))

    first.execute_job(made)
    first.execute_job(made)
    second.execute_job(made)

    assert (len(first.log.runs()), len(second.log.runs())) == (2, 1)


def test_a_job_runs_in_the_running_loop():
    @op
    async def wait(n):
        await asyncio.sleep(0)
        return n + 1

    made = _job(lambda: _call(increment, wait(one())))

    async def cell():
        beside = asyncio.create_task(asyncio.sleep(0, "ticked"))
        result = await made.execute_in_process_async()
        return result, await beside

    result, beside = asyncio.run(cell())

    assert result.output_for_node("increment") == 3
    assert beside == "ticked"
    assert made.execute_in_process().output_for_node("increment") == 3


def test_an_async_op_may_run_a_job_of_async_ops():
    @op
    async def inner_op():
        await asyncio.sleep(0)
        return 1

    @op
    async def outer_op():
        found = _job(lambda: _call(inner_op)).execute_in_process()
        return found.output_for_node("inner_op") + 1

    result = job(name="outer")(lambda: _call(outer_op)).execute_in_process()

    assert result.output_for_node("outer_op") == 2


def test_a_generator_that_broke_a_rule_is_closed_before_the_next_step_begins():
    seen = []

    @op(name="a")
    def wrong():
        try:
            yield Output(1)
            yield Output(2)
        finally:
            seen.append("closed")

    @op(name="b")
    def after():
        seen.append("next")

    result = ran(_job(lambda: _both(wrong, after)))

    assert seen == ["closed", "next"]
    assert isinstance(result.error, InvariantViolationError)


def _both(first, second):
    first()
    second()


def test_all_an_op_told_is_kept_when_the_next_begins(session):
    seen = []

    @op
    def look(n):
        seen.extend(_kept(session))

    _job(lambda: _call(look, one())).execute_in_process()

    assert seen == [
        "RUN_START", "STEP_START one", "STEP_OUTPUT one", "STEP_SUCCESS one",
        "STEP_START look", "STEP_INPUT look",
    ]  # fmt: skip


# Entries that the log may not keep


@pytest.fixture(name="narrow")
def _narrow(monkeypatch):
    monkeypatch.setattr(metadata_json, "LARGEST_ROW", 4000)


BIG = {"big": "x" * 8000}


@pytest.mark.usefixtures("narrow")
def test_an_output_too_large_to_keep_fails_its_own_step():
    @op
    def large():
        return Output(1, metadata=BIG)

    def body():
        increment(large())
        one.alias("z")()

    result = ran(_job(body))

    assert result.get_failed_step_keys() == {"large"}
    assert result.is_node_success("z")
    assert isinstance(result.error, InvalidMetadata)


@pytest.mark.usefixtures("narrow")
def test_an_event_too_large_to_keep_fails_its_own_step():
    @op
    def large():
        yield AssetObservation("a", metadata=BIG)
        yield Output(1)

    result = ran(_job(lambda: _both(large, one.alias("z"))))

    assert result.get_failed_step_keys() == {"large"}
    assert result.is_node_success("z")


@pytest.mark.usefixtures("narrow")
def test_a_failure_too_large_to_keep_is_kept_without_its_metadata():
    @op
    def large():
        raise Failure("no rows", BIG)

    result = ran(_job(lambda: _both(large, one.alias("z"))))

    assert result.get_failed_step_keys() == {"large"}
    assert result.is_node_success("z")
    assert told(result, "FAILURE") == ["FAILURE large"]


@pytest.mark.usefixtures("narrow")
def test_an_output_of_an_op_alone_that_is_too_large_fails_its_run(session):
    large = op(name="large", out=Out())(lambda: Output(1, metadata=BIG))

    with pytest.raises(InvalidMetadata, match="'big' takes"):
        session.execute_op(large)

    assert session.log.runs()["status"].tolist() == ["FAILURE"]


def test_a_dynamic_fan_out_is_kept_entry_by_entry(session):
    _job(lambda: _call(listed, numbers().map(increment).collect())).execute_in_process()
    outputs = [
        entry.step_output_data.step_output_handle
        for entry in session.log.entries(session.log.runs()["run_id"][0])
        if entry.is_successful_output
    ]

    assert outputs == [
        ("numbers", "result", "a"),
        ("numbers", "result", "b"),
        ("increment[a]", "result", None),
        ("increment[b]", "result", None),
        ("listed", "result", None),
    ]
