import logging

import pytest
from factories import fails, one, ran, skips, told

from opnb.definitions.hook import failure_hook, success_hook
from opnb.definitions.in_out import DynamicOut, Out
from opnb.definitions.job import job
from opnb.definitions.op import op
from opnb.definitions.retry_policy import RetryPolicy
from opnb.execution.loggers import get_logger
from opnb.model.entry import EventType
from opnb.model.errors import InvalidPropertyError, UnknownResourceError
from opnb.model.events import DynamicOutput, Output
from opnb.model.signals import RetryRequested


def _hooks(tell):
    """Return a hook for each end of a step; they tell what they are asked to."""

    @success_hook
    def on_success(context):
        tell("success", context)

    @failure_hook
    def on_failure(context):
        tell("failure", context)

    return {on_success, on_failure}


def _hooked(*ops, hooks, **options):
    @job(hooks=hooks, **options)
    def nightly():
        for each in ops:
            each()

    return nightly


def _asking(ask, definition=one, **options):
    """Return what a success hook of the step makes of its context."""
    answers = []

    @success_hook(required_resource_keys=options.pop("needs", None))
    def tell(context):
        answers.append(ask(context))

    result = ran(_hooked(definition, hooks={tell}, **options))
    errors = [e for e in result.all_events if e.event_type is EventType.HOOK_ERRORED]
    assert [e.event_specific_data.error.message for e in errors] == []
    return answers[0]


def test_a_hook_is_called_for_the_end_that_it_is_for():
    ends = []
    hooks = _hooks(lambda end, context: ends.append((end, context.op.name)))

    result = ran(_hooked(one, fails, hooks=hooks))

    assert sorted(ends) == [("failure", "fails"), ("success", "one")]
    assert sorted(told(result, "HOOK_COMPLETED", "HOOK_SKIPPED")) == [
        "HOOK_COMPLETED fails",
        "HOOK_COMPLETED one",
        "HOOK_SKIPPED fails",
        "HOOK_SKIPPED one",
    ]


def test_the_entries_of_hooks_come_after_the_steps_end_and_name_the_hook():
    result = ran(_hooked(one, hooks=_hooks(lambda *_: None)))
    entries = [e for e in result.all_node_events if e.event_type.value[:4] == "HOOK"]

    assert [e.event_type_value for e in result.all_node_events][-3:] == [
        "STEP_SUCCESS",
        "HOOK_SKIPPED",
        "HOOK_COMPLETED",
    ]
    assert [e.message for e in entries] == [
        "Skipped the hook 'on_failure' for 'one': it did not end in failure.",
        "Finished the hook 'on_success' for 'one'.",
    ]


def test_a_hook_that_raises_is_recorded_and_the_run_goes_on():
    def tell(*_):
        raise ValueError("no network")

    result = ran(_hooked(one, hooks=_hooks(tell)))
    (entry,) = result.filter_events(lambda e: e.event_type is EventType.HOOK_ERRORED)

    assert result.success
    assert entry.message == "The hook 'on_success' for 'one' raised ValueError."
    assert entry.event_specific_data.error.message == "no network"
    assert entry.level == logging.ERROR


def test_a_hook_may_end_the_run_by_an_interrupt():
    def tell(*_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ran(_hooked(one, hooks=_hooks(tell)))


def test_hooks_of_a_step_that_is_tried_again_wait_for_its_end():
    ends = []

    @op(retry_policy=RetryPolicy(max_retries=1))
    def flaky(context):
        if not context.retry_number:
            raise ValueError("odd")

    hooks = _hooks(lambda end, _: ends.append(end))
    result = ran(_hooked(flaky, hooks=hooks))

    assert ends == ["success"]
    assert told(result, "HOOK_COMPLETED", "HOOK_SKIPPED") == [
        "HOOK_SKIPPED flaky",
        "HOOK_SKIPPED flaky",
        "HOOK_SKIPPED flaky",
        "HOOK_COMPLETED flaky",
    ]


@pytest.mark.parametrize("asks", [False, True], ids=["policy", "request"])
def test_a_failure_hook_sees_what_was_raised(asks):
    seen = []
    error = ValueError("odd")

    @op(retry_policy=None if asks else RetryPolicy(max_retries=1))
    def flaky():
        if asks:
            raise RetryRequested(max_retries=1) from error
        raise error

    def tell(end, context):
        seen.append((end, type(context.op_exception).__name__))

    ran(_hooked(flaky, hooks=_hooks(tell)))

    assert seen == [("failure", "RetryRequested" if asks else "ValueError")]


def test_an_op_that_put_nothing_out_has_ended_well():
    assert _asking(lambda c: (c.op_output_values, c.op_exception), skips) == ({}, None)


def test_a_hook_sees_every_output_and_its_metadata():
    @op(out={"low": Out(), "high": Out()})
    def span():
        return Output(1, metadata={"rows": 3}), 9

    values, metadata = _asking(
        lambda c: (c.op_output_values, c.op_output_metadata), span
    )

    assert values == {"low": 1, "high": 9}
    assert metadata["low"]["rows"].value == 3
    assert metadata["high"] == {}


def test_a_hook_sees_dynamic_outputs_by_their_keys():
    @op(out=DynamicOut())
    def files():
        yield DynamicOutput("a.csv", "a")
        yield DynamicOutput("b.csv", "b", metadata={"rows": 3})

    values, metadata = _asking(
        lambda c: (c.op_output_values, c.op_output_metadata), files
    )

    assert values == {"result": {"a": "a.csv", "b": "b.csv"}}
    assert metadata["result"]["b"]["rows"].value == 3


def test_a_hook_knows_where_it_is():
    @op(config_schema={"n": int}, tags={"a": "b"})
    def double(context):
        return 2 * context.op_config["n"]

    config = {"ops": {"double": {"config": {"n": 4}}}}
    asked = _asking(
        lambda c: {
            "run": (c.job_name, bool(c.run_id)),
            "op": (c.step_key, c.op.name, c.op.tags, c.op.definition is double),
            "config": c.op_config,
            "hook": (c.hook_def.name, c.required_resource_keys),
            "repr": repr(c),
        },
        double,
        config=config,
    )

    assert asked == {
        "run": ("nightly", True),
        "op": ("double", "double", {"a": "b"}, True),
        "config": {"n": 4},
        "hook": ("tell", frozenset()),
        "repr": "HookContext('tell', 'double')",
    }


def test_a_hook_has_no_instance():
    def ask(context):
        with pytest.raises(InvalidPropertyError, match=r"opnb\.log"):
            _ = context.instance
        return True

    assert _asking(ask) is True


def test_a_hook_sees_the_resources_that_it_asks_for():
    def ask(context):
        with pytest.raises(UnknownResourceError, match="@success_hook"):
            _ = context.resources.db
        return context.resources.mail

    @op(required_resource_keys={"db"})
    def uses():
        return 1

    defs = {"mail": "post", "db": 3}
    assert _asking(ask, uses, needs={"mail"}, resource_defs=defs) == "post"


def test_a_hook_writes_into_the_log_of_the_step(session):
    def tell(end, context):
        context.log.info("told %s", end)
        get_logger().info("from afar")

    ran(_hooked(one, hooks=_hooks(tell)))
    frame = session.log.frame
    lines = frame[frame["event_type"] == "LOG_MESSAGE"]

    assert list(lines["step_key"]) == ["one", "one"]
    assert list(lines["message"]) == ["told success", "from afar"]


def test_a_line_after_the_hook_has_ended_goes_to_pythons_log(caplog, session):
    kept = []
    ran(_hooked(one, hooks=_hooks(lambda _, context: kept.append(context.log))))
    count = len(session.log.frame)

    kept[0].warning("too late")

    assert [record.message for record in caplog.records] == ["too late"]
    assert len(session.log.frame) == count
