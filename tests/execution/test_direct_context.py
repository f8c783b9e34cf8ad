import logging

import pytest

from opnb.definitions.in_out import DynamicOut
from opnb.definitions.op import op
from opnb.definitions.resource import resource
from opnb.execution.context import CONTEXT_NAMES, OpExecutionContext
from opnb.execution.direct_context import DirectOpExecutionContext, build_op_context
from opnb.execution.run_facts import PartitionKeyRange
from opnb.model.errors import (
    CheckError,
    InvalidInvocationError,
    InvalidPropertyError,
    InvariantViolationError,
    UnknownResourceError,
)
from opnb.model.events import (
    AssetMaterialization,
    AssetObservation,
    DynamicOutput,
    ExpectationResult,
    Output,
)

ONLY_IN_A_RUN = [
    *("run", "dagster_run", "job_name", "job_def", "op", "op_handle", "node_handle"),
    "step_key",
]
ONLY_IN_A_CALL = ["op_def", "alias", "run_config", "selected_output_names"]


def _in_a_call(ask, context=None, **options):
    @op(name="clean", **options)
    def body(context):
        return ask(context)

    return body(context)


# What it knows by itself


def test_a_context_knows_what_it_was_given():
    context = build_op_context(
        resources={"store": "here"},
        op_config={"n": 4},
        partition_key="2026-01-01",
        mapping_key="a",
        run_tags={"team": "sales", "size": 3},
    )

    assert context.resources.store == "here"
    assert context.resource_keys == {"store"}
    assert context.op_config == {"n": 4}
    assert (context.has_partition_key, context.partition_key) == (True, "2026-01-01")
    assert context.get_mapping_key() == "a"
    assert context.run_tags == {"team": "sales", "size": "3"}
    assert (context.has_tag("none"), context.get_tag("team")) == (False, "sales")


def test_an_empty_context_knows_that_it_is_in_no_run():
    context = build_op_context()

    assert isinstance(context, OpExecutionContext)
    assert (context.run_id, context.retry_number, context.run_tags) == (
        "EPHEMERAL",
        0,
        {},
    )
    assert (context.op_config, context.get_mapping_key()) == (None, None)
    assert (context.has_partitions, context.has_partition_key) == (False, False)
    assert (context.is_over, context.has_assets_def) == (False, False)
    assert repr(context) == "DirectOpExecutionContext()"


def test_config_has_an_old_name():
    assert build_op_context(config={"n": 3}).op_config == {"n": 3}


def test_a_context_for_a_range_of_partitions():
    context = build_op_context(partition_key_range=PartitionKeyRange("a", "b"))

    assert (context.has_partition_key, context.has_partition_key_range) == (False, True)
    assert context.partition_key_range == PartitionKeyRange("a", "b")


def test_a_context_for_one_partition_has_a_range_of_one():
    context = build_op_context(partition_key="a")

    assert not context.has_partition_key_range
    assert context.partition_key_range == PartitionKeyRange("a", "a")
    assert context.partition_keys == ["a"]


@pytest.mark.parametrize("name", ["partition_key", "partition_key_range"])
def test_a_context_without_a_partition_says_how_to_give_one(name):
    with pytest.raises(InvariantViolationError, match=r"Hint: build_op_context\("):
        getattr(build_op_context(), name)


@pytest.mark.parametrize(
    ("arguments", "error", "match"),
    [
        ({"op_config": 1, "config": 2}, InvalidInvocationError, "op_config and config"),
        (
            {
                "partition_key": "a",
                "partition_key_range": PartitionKeyRange("a", "b"),
            },
            InvalidInvocationError,
            "partition_key and partition_key_range",
        ),
        ({"resources": 3}, CheckError, "'resources' must be Mapping"),
        ({"resources_config": 3}, CheckError, "'resources_config' must be Mapping"),
        ({"partition_key": 3}, CheckError, "'partition_key' must be str"),
        ({"partition_key_range": "a"}, CheckError, "PartitionKeyRange"),
        ({"mapping_key": 3}, CheckError, "'mapping_key' must be str"),
        ({"run_tags": 3}, CheckError, "must be Mapping"),
        ({"instance": 3}, CheckError, "leave it out"),
    ],
    ids=lambda value: "+".join(value) if isinstance(value, dict) else "",
)
def test_a_context_that_cannot_be_is_refused(arguments, error, match):
    with pytest.raises(error, match=match):
        build_op_context(**arguments)


@pytest.mark.parametrize("name", ONLY_IN_A_RUN)
def test_what_only_a_run_has_is_refused(name):
    def ask(context):
        return getattr(context, name)

    for call in (ask, lambda context: _in_a_call(ask, context)):
        with pytest.raises(
            InvalidPropertyError, match=f"outside of a run has no '{name}'"
        ):
            call(build_op_context())


@pytest.mark.parametrize("name", ONLY_IN_A_CALL)
def test_what_only_a_call_has_is_refused_outside_of_one(name):
    with pytest.raises(InvalidPropertyError, match="in no call of an op"):
        getattr(build_op_context(), name)


@pytest.mark.parametrize(
    "use",
    [
        lambda c: c.log_event(AssetObservation("a")),
        lambda c: c.add_output_metadata({"a": 1}),
        lambda c: c.set_requires_typed_event_stream(),
        lambda c: c.describe_op(),
    ],
    ids=["log_event", "add_output_metadata", "typed", "describe_op"],
)
def test_what_an_op_says_is_refused_outside_of_a_call(use):
    with pytest.raises(InvalidPropertyError, match="in no call of an op"):
        use(build_op_context())


def test_every_known_name_is_there_or_refused_in_a_call():
    def ask(context):
        missing = []
        for name in sorted(CONTEXT_NAMES):
            try:
                getattr(context, name)
            except (InvalidPropertyError, InvariantViolationError):
                pass
            except AttributeError:
                missing.append(name)
        return missing

    assert _in_a_call(ask) == []


# What it knows in a call


def test_in_a_call_the_context_knows_the_op():
    def ask(context):
        return (
            context.op_def.name,
            context.alias,
            context.describe_op(),
            list(context.selected_output_names),
            context.run_config,
        )

    context = build_op_context(op_config={"n": 3})

    assert _in_a_call(ask, context) == (
        "clean",
        "clean",
        'op "clean"',
        ["result"],
        {"ops": {"clean": {"config": {"n": 3}}}, "resources": {}},
    )


def test_a_context_is_free_again_after_a_call_that_failed():
    context = build_op_context()

    with pytest.raises(ZeroDivisionError):
        _in_a_call(lambda _: 1 / 0, context)
    assert _in_a_call(lambda c: c.alias, context) == "clean"


def test_one_context_is_for_one_call_at_a_time():
    @op
    def other(context):
        return 1

    with pytest.raises(
        InvalidInvocationError, match=r"call of op 'clean' has not ended.*\nHint: Make"
    ):
        _in_a_call(other, build_op_context())


# What was said


def test_the_events_of_a_call_are_kept():
    events = [
        AssetMaterialization("a"),
        AssetObservation("b"),
        ExpectationResult(success=True),
    ]

    def ask(context):
        for event in events:
            context.log_event(event)

    context = build_op_context()
    assert context.get_events() == []
    _in_a_call(ask, context)

    assert context.get_events() == events


def test_the_next_call_starts_anew():
    context = build_op_context()

    def ask(context):
        context.log_event(AssetObservation("a"))
        context.add_output_metadata({"a": 1})

    _in_a_call(ask, context)
    _in_a_call(lambda _: None, context)

    assert context.get_events() == []
    assert context.get_output_metadata("result") is None


def test_what_is_yielded_goes_to_the_caller_and_not_to_the_context():
    @op
    def clean(context):
        context.log_event(AssetObservation("logged"))
        yield AssetObservation("yielded")
        yield Output(1)

    context = build_op_context()
    yielded = list(clean(context))

    assert yielded == [AssetObservation("yielded"), Output(1)]
    assert context.get_events() == [AssetObservation("logged")]


@pytest.mark.parametrize("event", [Output(1), "text"], ids=str)
def test_what_is_no_event_is_refused(event):
    with pytest.raises(CheckError, match=r"takes no Output|No event: 'text'"):
        _in_a_call(lambda c: c.log_event(event))


def test_the_metadata_of_outputs_is_kept():
    def ask(context):
        context.add_output_metadata({"a": 1})
        context.add_output_metadata({"b": 2}, "result")
        return Output(3, metadata={"c": 3})

    context = build_op_context()
    _in_a_call(ask, context)

    assert context.get_output_metadata("result") == {"a": 1, "b": 2}
    assert context.get_output_metadata("other") is None


def test_the_metadata_of_one_value_of_a_dynamic_output_is_kept():
    @op(out=DynamicOut())
    def numbers(context):
        context.add_output_metadata({"rows": 3}, mapping_key="a")
        yield DynamicOutput(1, "a")

    context = build_op_context()
    list(numbers(context))

    assert context.get_output_metadata("result", "a") == {"rows": 3}
    assert context.get_output_metadata("result", mapping_key="b") is None


def test_metadata_comes_before_its_output_in_a_call_too():
    @op
    def clean(context):
        yield Output(1)
        context.add_output_metadata({"a": 1})

    with pytest.raises(InvariantViolationError, match="already been yielded"):
        list(clean(None))


def test_metadata_for_an_unknown_output_is_refused():
    with pytest.raises(InvariantViolationError, match="Did you mean 'result'"):
        _in_a_call(lambda c: c.add_output_metadata({}, "reslt"))


def test_the_log_of_a_call_is_pythons(caplog):
    caplog.set_level(logging.INFO)
    _in_a_call(lambda c: c.log.info("hello"))
    build_op_context().log.log("WARN", "hello again")

    assert [(r.name, r.levelname, r.message) for r in caplog.records] == [
        ("opnb", "INFO", "hello"),
        ("opnb", "WARNING", "hello again"),
    ]


def test_the_log_of_a_call_heeds_what_is_set_up(caplog):
    _in_a_call(lambda c: c.log.info("hello"))

    assert caplog.records == []


# Resources


def test_a_resource_that_was_not_given_is_told():
    with pytest.raises(UnknownResourceError, match=r"'db'.*\n.*build_op_context"):
        _in_a_call(lambda c: c.resources.db)


def test_resources_with_an_end_live_as_long_as_the_block():
    told = []

    @resource
    def store():
        told.append("up")
        yield "made"
        told.append("down")

    with build_op_context(resources={"store": store}) as context:
        assert isinstance(context, DirectOpExecutionContext)
        told.extend(_in_a_call(lambda c: c.resources.store, context) for _ in "ab")

    assert told == ["up", "made", "made", "down"]


def test_resources_with_an_end_need_a_block():
    @resource
    def store():
        yield "made"

    context = build_op_context(resources={"store": store})

    with pytest.raises(InvariantViolationError, match=r"with build_op_context\("):
        _ = context.resources


def test_resources_take_config():
    @resource(config_schema={"path": str})
    def store(context):
        return context.resource_config["path"]

    config = {"store": {"config": {"path": "a.db"}}}
    context = build_op_context({"store": store}, resources_config=config)

    assert context.resources.store == "a.db"
    asked = _in_a_call(lambda c: c.run_config, context)
    assert asked == {"resources": config}
