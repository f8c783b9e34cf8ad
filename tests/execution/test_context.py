import threading

import pytest
from factories import executed

from opnb.definitions.op import op
from opnb.execution.context import CONTEXT_NAMES
from opnb.model.entry import EventType
from opnb.model.errors import (
    CheckError,
    InvariantViolationError,
    UnknownResourceError,
)
from opnb.model.events import (
    AssetMaterialization,
    AssetObservation,
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


def test_the_context_knows_its_run_and_its_op():
    asked, run = _asking(
        lambda c: (c.run_id, c.job_name, c.step_key, c.op, c.op_def, c.retry_number)
    )

    definition = run.run.step.op
    run_id = run.entries[0].run_id
    assert asked == (run_id, "clean", "clean", definition, definition, 0)


def test_the_context_knows_the_tags_of_its_run():
    asked, _ = _asking(
        lambda c: (c.run_tags, c.has_tag("a"), c.get_tag("a"), c.get_tag("b")),
        tags={"a": "x"},
    )

    assert asked == ({"a": "x"}, True, "x", None)


def test_the_context_knows_its_partition():
    asked, _ = _asking(
        lambda c: (c.has_partition_key, c.partition_key), partition_key="p"
    )

    assert asked == (True, "p")


def test_without_a_partition_there_is_no_key():
    assert _asking(lambda c: c.has_partition_key)[0] is False
    with pytest.raises(InvariantViolationError, match="has no partition"):
        _asking(lambda c: c.partition_key)


def test_resources_are_attributes():
    assert _asking(lambda c: c.resources.db, resources={"db": 3})[0] == 3
    with pytest.raises(UnknownResourceError, match="Did you mean 'database'"):
        _asking(lambda c: c.resources.databse, resources={"database": 3})


def test_the_context_shows_its_op():
    assert _asking(repr)[0] == "OpExecutionContext('clean')"


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


@pytest.mark.parametrize("event", [Output(1), "text", None, ExpectationResult], ids=str)
def test_what_is_no_event_cannot_be_logged(event):
    with pytest.raises(CheckError, match="Unexpected event"):
        _asking(lambda c: c.log_event(event))


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


def test_added_metadata_can_be_asked_for():
    def ask(context):
        context.add_output_metadata({"a": 1})
        return context.get_output_metadata("result"), context.get_output_metadata("b")

    assert _asking(ask)[0] == ({"a": 1}, {})


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


def test_the_names_of_a_context_are_known():
    assert {"log", "run_id", "resources", "track"} <= CONTEXT_NAMES
    assert not any(name.startswith("_") for name in CONTEXT_NAMES)
