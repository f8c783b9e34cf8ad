import pdb  # noqa: T100 - the context has one
import threading
from contextlib import nullcontext

import pytest
from factories import executed

from opnb.definitions.config import Config
from opnb.definitions.graph import graph
from opnb.definitions.in_out import DynamicOut, Out
from opnb.definitions.job import job
from opnb.definitions.op import op
from opnb.definitions.run_config import RunConfig
from opnb.definitions.type_check import Nothing
from opnb.execution.context import CONTEXT_NAMES, OpExecutionContext
from opnb.execution.run_facts import Run
from opnb.model.entry import EventType
from opnb.model.errors import (
    CheckError,
    InvalidMetadata,
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


def _body(ask):
    def clean(context):
        return ask(context)

    return clean


def _asking(ask, **options):
    """Run an op that returns what `ask` makes of its context."""
    run = executed(op(name="clean")(_body(ask)), **options)
    if run.error is not None:
        raise run.error
    return run.outputs["result"], run


def _asking_in_a_job(ask, op_options=None, job_options=None, **options):
    """Run it as the op `tell` within the graph `inner` of the job `nightly`."""
    show = op(name="show", **(op_options or {}))(_body(ask))

    @graph
    def inner():
        return show.alias("tell").tag({"b": "2"})()

    @job(**(job_options or {}))
    def nightly():
        inner()

    return nightly.execute_in_process(**options).output_for_node("inner.tell")


# Where it is


def test_the_context_knows_its_run_and_its_op():
    asked, run = _asking(
        lambda c: (c.run_id, c.job_name, c.step_key, c.op.name, c.op_def)
    )

    definition = run.run.step.op
    run_id = run.entries[0].run_id
    assert asked == (run_id, "clean", "clean", "clean", definition)


def test_the_context_knows_its_place_in_a_job():
    asked = _asking_in_a_job(
        lambda c: {
            "job": (c.job_name, c.job_def.name),
            "op": (c.op.name, c.op_def.name, c.op.definition is c.op_def),
            "tags": c.op.tags,
            "path": c.op_handle.path,
            "node": (str(c.node_handle), c.op_handle.name, str(c.op_handle.parent)),
            "step": (c.step_key, c.describe_op()),
        },
        {"tags": {"a": "1"}},
    )

    assert asked == {
        "job": ("nightly", "nightly"),
        "op": ("tell", "show", True),
        "tags": {"a": "1", "b": "2"},
        "path": ["inner", "tell"],
        "node": ("inner.tell", "tell", "inner"),
        "step": ("inner.tell", 'op "inner.tell"'),
    }


def test_an_op_that_runs_alone_has_no_job():
    with pytest.raises(InvalidPropertyError, match="'clean' runs alone"):
        _asking(lambda c: c.job_def)


def test_the_context_knows_its_outputs_and_that_it_makes_no_assets():
    asked, _ = _asking(
        lambda c: (
            list(c.selected_output_names),
            c.has_assets_def,
            list(c.selected_asset_keys),
            list(c.selected_asset_check_keys),
            c.op_execution_context is c,
        )
    )

    assert asked == (["result"], False, [], [], True)


def test_the_context_counts_the_attempts():
    numbers = []

    def ask(context):
        numbers.append(context.retry_number)
        if len(numbers) < 3:
            raise ValueError

    from opnb.definitions.retry_policy import RetryPolicy

    _asking_in_a_job(ask, {"retry_policy": RetryPolicy(max_retries=2)})

    assert numbers == [0, 1, 2]


def test_the_context_knows_which_mapped_step_it_is():
    @op(out=DynamicOut())
    def numbers():
        yield DynamicOutput(1, "a")

    @op
    def show(context, n):
        return n, context.get_mapping_key(), context.step_key, str(context.op_handle)

    @op
    def alone(context):
        return context.get_mapping_key()

    @job
    def mapping():
        numbers().map(show)
        alone()

    result = mapping.execute_in_process()

    assert result.output_for_node("show") == {"a": (1, "a", "show[a]", "show")}
    assert result.output_for_node("alone") is None


def test_the_context_shows_its_op():
    assert _asking(repr)[0] == "OpExecutionContext('clean')"


# The run


def test_the_context_knows_the_tags_of_its_run():
    asked, _ = _asking(
        lambda c: (c.run_tags, c.has_tag("a"), c.get_tag("a"), c.get_tag("b")),
        tags={"a": "x"},
    )

    assert asked == ({"a": "x"}, True, "x", None)


def test_the_run_is_a_record():
    config = {"ops": {"inner": {"ops": {"tell": {"config": {"n": 4}}}}}}
    asked = _asking_in_a_job(
        lambda c: (c.run, c.dagster_run == c.run, c.op_config, c.run_id),
        {"config_schema": {"n": int}},
        run_config=config,
        tags={"team": "sales"},
    )
    run_id = asked[-1]

    run = Run("nightly", run_id, config, {"team": "sales"})
    assert asked == (run, True, {"n": 4}, run_id)
    assert run.status == "STARTED"


def test_a_run_config_object_is_told_as_a_dict():
    class Limits(Config):
        n: int

    config = RunConfig(ops={"inner": {"ops": {"tell": {"config": Limits(n=4)}}}})
    asked = _asking_in_a_job(
        lambda c: c.run_config, {"config_schema": {"n": int}}, run_config=config
    )

    assert asked["ops"]["inner"]["ops"]["tell"] == {"config": Limits(n=4)}


def test_config_of_a_class_is_shown_as_a_dict():
    class Limits(Config):
        n: int = 4

    @op
    def show(context, config: Limits):
        return context.op_config, config

    assert executed(show).outputs["result"] == ({"n": 4}, Limits())


def test_a_run_that_was_told_nothing_has_an_empty_run_config():
    assert _asking(lambda c: c.run_config)[0] == {}


# Resources


def test_resources_are_attributes():
    def given(**resources):
        return {"open_resources": lambda: nullcontext(resources)}

    assert _asking(lambda c: c.resources.db, **given(db=3))[0] == 3
    with pytest.raises(UnknownResourceError, match="Did you mean 'database'"):
        _asking(lambda c: c.resources.databse, **given(database=3))


def test_a_step_of_a_job_sees_the_resources_that_its_op_asks_for():
    there = {"resource_defs": {"db": 3, "mail": 4}}

    def ask(context):
        return context.resources.db, hasattr(context.resources, "mail")

    assert _asking_in_a_job(ask, {"required_resource_keys": {"db"}}, there) == (
        3,
        False,
    )


def test_a_resource_that_was_not_asked_for_says_how_it_is():
    with pytest.raises(UnknownResourceError, match=r"'db'.*\n.*required_resource_keys"):
        _asking_in_a_job(lambda c: c.resources.db, None, {"resource_defs": {"db": 3}})


# What opnb has not


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("asset_key", "AssetMaterialization"),
        ("asset_key_for_output", "AssetMaterialization"),
        ("set_data_version", "AssetMaterialization"),
        ("instance", r"the log is opnb\.log"),
        ("repository_def", "no code locations"),
    ],
)
def test_what_dagsters_context_has_besides_is_refused_with_a_hint(name, hint):
    with pytest.raises(InvalidPropertyError, match=rf"no '{name}'\.\nHint: .*{hint}"):
        _asking(lambda c: getattr(c, name))


def test_a_misspelt_name_is_told():
    with pytest.raises(AttributeError, match="Did you mean 'partition_key'"):
        _asking(lambda c: c.partion_key)
    with pytest.raises(AttributeError, match=r"The context has no 'zzz'\.$"):
        _asking(lambda c: c.zzz)


def test_the_names_of_a_context_are_known():
    assert {
        *("log", "run_id", "resources", "track", "run", "op_handle", "partition_key"),
        *("get_mapping_key", "pdb", "describe_op", "instance", "asset_key"),
    } <= CONTEXT_NAMES
    assert not any(name.startswith("_") for name in CONTEXT_NAMES)


def test_every_known_name_is_there_or_refused():
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

    assert _asking(ask)[0] == []


def test_the_context_has_a_debugger():
    asked, _ = _asking(lambda c: (type(c.pdb), c.pdb is c.pdb))

    assert asked == (pdb.Pdb, True)


# Events


@pytest.mark.parametrize(
    ("event", "event_type", "message"),
    [
        (
            AssetMaterialization("a/b"),
            "ASSET_MATERIALIZATION",
            "Materialized value a b.",
        ),
        (AssetMaterialization("a", "all"), "ASSET_MATERIALIZATION", "all"),
        (AssetObservation("a", "all"), "ASSET_OBSERVATION", None),
        (
            ExpectationResult(True, "x"),
            "STEP_EXPECTATION_RESULT",
            "Expectation x passed",
        ),
        (
            ExpectationResult(False),
            "STEP_EXPECTATION_RESULT",
            "Expectation result failed",
        ),
        (ExpectationResult(True, "x", "all"), "STEP_EXPECTATION_RESULT", "all"),
    ],
)
def test_a_logged_event_is_an_entry_with_dagsters_message(event, event_type, message):
    _, run = _asking(lambda c: c.log_event(event))
    entry = run.entries[2]

    assert (entry.event_type.value, entry.message, entry.level) == (
        event_type,
        message,
        10,
    )


@pytest.mark.parametrize(
    ("event", "told"),
    [
        (Output(1), "takes no Output.\nHint: Yield or return"),
        ("text", "No event: 'text'\nHint: Use context.log"),
        (None, "No event: None\nHint: log_event takes AssetM"),
        (ExpectationResult, "No event: .*\nHint: log_event takes AssetM"),
    ],
    ids=["output", "text", "none", "class"],
)
def test_what_is_no_event_cannot_be_logged(event, told):
    with pytest.raises(CheckError, match=told):
        _asking(lambda c: c.log_event(event))


def test_logged_and_yielded_events_keep_their_order():
    @op
    def clean(context):
        context.log_event(AssetObservation("first"))
        yield AssetObservation("second")
        context.log.info("third")
        yield Output(1)
        context.log_event(AssetObservation("last"))

    assert executed(clean).types[1:-1] == [
        "ASSET_OBSERVATION",
        "ASSET_OBSERVATION",
        "LOG_MESSAGE",
        "STEP_OUTPUT",
        "ASSET_OBSERVATION",
    ]


def test_threads_may_log_at_once():
    def ask(context):
        def log():
            for _ in range(50):
                context.log_event(AssetObservation("a"))

        threads = [threading.Thread(target=log) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert len(_asking(ask)[1].data(EventType.ASSET_OBSERVATION)) == 200


# The log


def test_a_line_of_the_log_is_an_entry_with_its_level_and_its_error():
    def ask(context):
        context.log.debug("%s rows", 3)
        context.log.error("oh", exc_info=ValueError("bad"))

    first, second = (
        e for e in _asking(ask)[1].entries if e.event_type is EventType.LOG_MESSAGE
    )

    assert (first.message, first.level) == ("3 rows", 10)
    assert first.event_specific_data.error is None
    assert (second.message, second.level) == ("oh", 40)
    assert second.event_specific_data.error.message == "bad"


def test_a_line_of_the_log_goes_nowhere_else(capfd, caplog):
    _asking(lambda c: c.log.critical("oh"))

    assert capfd.readouterr() == ("", "")
    assert caplog.records == []


@pytest.mark.parametrize(
    ("iterable", "options", "message"),
    [
        ([1, 2], {}, "items: 2 of 2 done"),
        (iter([1, 2]), {}, "items: 2 done"),
        (iter([1, 2]), {"total": 3, "description": "orders"}, "orders: 2 of 3 done"),
    ],
    ids=["list", "iterator", "described"],
)
def test_a_tracked_loop_logs_how_many_there_were(iterable, options, message):
    asked, run = _asking(lambda c: list(c.track(iterable, **options)))

    assert asked == [1, 2]
    assert run.entries[2].message == message


# Metadata of outputs


def test_added_metadata_can_be_asked_for():
    def ask(context):
        context.add_output_metadata({"a": 1})
        return context.get_output_metadata("result"), context.get_output_metadata("b")

    assert _asking(ask)[0] == ({"a": 1}, {})


def test_metadata_is_added_to_what_there_is_and_goes_before_that_of_the_output():
    def ask(context):
        context.add_output_metadata({"a": 1, "b": 1})
        context.add_output_metadata({"b": 2}, "result")
        return Output(1, metadata={"b": 3, "c": 4})

    metadata = _asking(ask)[1].data(EventType.STEP_OUTPUT)[0].metadata

    assert {k: v.value for k, v in metadata.items()} == {"a": 1, "b": 2, "c": 4}


def test_metadata_for_one_value_of_a_dynamic_output():
    @op(out=DynamicOut())
    def numbers(context):
        context.add_output_metadata({"rows": 1}, mapping_key="a")
        yield DynamicOutput(1, "a")
        yield DynamicOutput(2, "b")

    first, second = executed(numbers).data(EventType.STEP_OUTPUT)

    assert first.metadata["rows"].value == 1
    assert second.metadata == {}


@pytest.mark.parametrize(
    ("arguments", "error", "match"),
    [
        (({}, "reslt"), InvariantViolationError, "Did you mean 'result'"),
        ((["rows"],), CheckError, "'metadata' must be Mapping"),
        (({1: 1},), CheckError, "a metadata label"),
        (({"a": object()},), InvalidMetadata, "'a'"),
    ],
    ids=["name", "no-mapping", "label", "value"],
)
def test_metadata_that_cannot_be_added_is_refused(arguments, error, match):
    with pytest.raises(error, match=match):
        _asking(lambda c: c.add_output_metadata(*arguments))


def test_metadata_needs_a_name_where_there_are_several_outputs():
    @op(out={"low": Out(), "high": Out()})
    def span(context):
        context.add_output_metadata({"a": 1})

    with pytest.raises(InvariantViolationError, match="name the one meant"):
        raise executed(span).error


def test_metadata_needs_a_mapping_key_where_the_output_is_dynamic():
    @op(out=DynamicOut())
    def numbers(context):
        context.add_output_metadata({"a": 1})
        yield DynamicOutput(1, "a")

    with pytest.raises(InvariantViolationError, match="mapping_key='a'"):
        raise executed(numbers).error


def test_metadata_comes_before_its_output():
    @op
    def clean(context):
        yield Output(1)
        context.add_output_metadata({"a": 1})

    with pytest.raises(InvariantViolationError, match="already been yielded"):
        raise executed(clean).error


# Outputs as events alone


def test_a_typed_event_stream_takes_outputs_only():
    def ask(context):
        asked = [context.requires_typed_event_stream]
        context.set_requires_typed_event_stream(error_message="Be typed.")
        asked += [
            context.requires_typed_event_stream,
            context.typed_event_stream_error_message,
        ]
        return Output(asked)

    assert _asking(ask)[0] == [False, True, "Be typed."]


def test_a_typed_event_stream_refuses_a_value():
    def ask(context):
        context.set_requires_typed_event_stream(error_message="Be typed.")
        return 5

    with pytest.raises(InvariantViolationError, match=r"only Output .*Be typed\.\n"):
        _asking(ask)


def test_a_typed_event_stream_wants_every_output():
    @op(out={"done": Out(Nothing), "rows": Out()})
    def clean(context):
        context.set_requires_typed_event_stream()
        yield Output(5, "rows")

    with pytest.raises(InvariantViolationError, match="'done'"):
        raise executed(clean).error


# The current context, and one that is over


def _current():
    return OpExecutionContext.get()


def test_any_function_finds_the_context_of_the_op_that_runs():
    def ask(context):
        return _current() is context

    assert _asking(ask)[0] is True
    with pytest.raises(InvariantViolationError, match="No op runs here"):
        _current()


def test_any_function_finds_the_context_in_what_yields_and_awaits():
    @op
    def yields(context):
        yield AssetObservation("a")
        yield Output(_current() is context)

    @op
    async def awaits(context):
        return _current() is context

    @op
    async def streams(context):
        yield AssetObservation("a")
        yield Output(_current() is context)

    for definition in (yields, awaits, streams):
        assert executed(definition).outputs == {"result": True}


def test_a_thread_has_no_context():
    def ask(_):
        found = []

        def look():
            try:
                found.append(_current())
            except InvariantViolationError as error:
                found.append(error.hint)

        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
        return found

    assert _asking(ask)[0] == ["Ask in the op's own thread, or hand the context on."]


def test_a_job_within_an_op_has_contexts_of_its_own():
    def ask(context):
        inner, _ = _asking(lambda _: _current())
        return inner is not context, _current() is context

    assert _asking(ask)[0] == (True, True)


def test_a_context_that_is_over_takes_nothing_and_says_so():
    context, run = _asking(lambda c: c)
    entries = list(run.entries)

    assert context.is_over
    with pytest.raises(InvariantViolationError, match="AssetObservation was not"):
        context.log_event(AssetObservation("a"))
    with pytest.raises(InvariantViolationError, match="metadata was not kept"):
        context.add_output_metadata({"a": 1})
    assert run.entries == entries
    assert context.op.name == "clean"


def test_a_line_after_the_end_goes_to_pythons_log_and_not_into_the_run(caplog):
    context, run = _asking(lambda c: (c.log, c)[1])
    entries = list(run.entries)

    context.log.warning("too late")

    assert [(r.name, r.message) for r in caplog.records] == [("opnb", "too late")]
    assert run.entries == entries


def test_a_thread_that_outlives_its_op_is_told():
    go_on, errors = threading.Event(), []

    def ask(context):
        def log():
            go_on.wait()
            try:
                context.log_event(AssetObservation("a"))
            except InvariantViolationError as error:
                errors.append(error.message)

        thread = threading.Thread(target=log)
        thread.start()
        return thread

    thread, _ = _asking(ask)
    go_on.set()
    thread.join()

    assert errors == [
        "The AssetObservation was not recorded: the step 'clean' has ended."
    ]
