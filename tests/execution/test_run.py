import gc
import uuid

import pytest
from factories import AsEntries, executed, op_that, prepared

from opnb.definitions.config import Config
from opnb.definitions.op import op
from opnb.execution.drive import drive
from opnb.execution.run import build_op_run
from opnb.model.entry import EventType
from opnb.model.errors import (
    InvalidConfigError,
    InvalidInvocationError,
    ParameterCheckError,
)
from opnb.model.events import AssetObservation, Output
from opnb.model.signals import RetryRequested


@pytest.mark.parametrize(
    ("raised", "end", "level"),
    [
        (None, "RUN_SUCCESS", 10),
        (ValueError("x"), "RUN_FAILURE", 40),
        (SystemExit(1), "RUN_FAILURE", 40),
        (KeyboardInterrupt(), "RUN_CANCELED", 40),
    ],
    ids=["success", "exception", "exit", "interrupt"],
)
def test_a_run_ends_as_its_step_did(raised, end, level):
    run = executed(op_that(raises=raised))
    last = run.entries[-1]

    assert (last.event_type.value, last.level, last.step_key) == (end, level, None)
    assert run.error is raised


def test_a_failed_run_names_its_steps_and_its_error():
    data = executed(op_that(raises=ValueError("x"))).entries[-1].event_specific_data

    assert data.failed_steps == ("clean",)
    assert data.error.message == "x"


def test_all_entries_of_a_run_share_its_id_and_its_times_grow():
    entries = executed(op_that()).entries

    assert {uuid.UUID(entry.run_id).version for entry in entries} == {4}
    assert len({entry.run_id for entry in entries}) == 1
    assert [e.timestamp for e in entries] == sorted(e.timestamp for e in entries)


def test_a_run_for_a_partition_has_its_tag():
    run = executed(op_that(), partition_key="2026", tags={"a": "b"})

    tags = run.data(EventType.RUN_START)[0].tags
    assert tags == {"a": "b", "dagster/partition": "2026"}


@pytest.mark.parametrize(
    "options",
    [{"partition_key": 2026}, {"tags": {"a": 1}}, {"tags": {1: "a"}}],
    ids=str,
)
def test_tags_and_partitions_are_text(options):
    with pytest.raises(ParameterCheckError, match="must be str"):
        prepared(op_that(), **options)


def test_inputs_are_verified_before_anything_is_told():
    clean = op(name="clean")(lambda rows, limit=3: (rows, limit))

    assert executed(clean, rows=1).outputs == {"result": (1, 3)}
    with pytest.raises(
        InvalidInvocationError, match="needs a value for its input 'rows'"
    ):
        executed(clean)
    with pytest.raises(InvalidInvocationError, match="Did you mean 'rows'"):
        executed(clean, row=1)


def test_config_is_verified_before_anything_is_told():
    class Limits(Config):
        rows: int

    def clean(context, config: Limits):
        return config.rows, context.op_config

    clean.__annotations__["config"] = Limits
    run = executed(op(clean), config={"rows": 3})

    assert run.outputs == {"result": (3, {"rows": 3})}
    with pytest.raises(InvalidConfigError, match="rows: missing"):
        executed(op(clean), config={})


@pytest.mark.parametrize("last", ["STEP_START", "STEP_OUTPUT"])
def test_ctrl_c_between_user_code_and_log_ends_the_run_as_canceled(last):
    kept = []

    def append(entries):
        kept.extend(entry.event_type.value for entry in entries)
        if kept[-1] == last:
            raise KeyboardInterrupt

    run = build_op_run(op_that(), {}, AsEntries(append))
    drive(run.execute(), append)

    assert kept[-1] == "RUN_CANCELED"
    assert isinstance(run.error, KeyboardInterrupt)


@pytest.mark.parametrize("name", ["plain", "stream", "tried again", "awaited"])
def test_a_run_leaves_nothing_to_the_garbage_collector(session, name):
    @op
    def plain():
        return 1

    @op
    def stream(context):
        context.log.info("here")
        yield AssetObservation("orders", metadata={"rows": 1})
        yield Output([*context.track([1])])

    @op
    def again(context):
        if not context.retry_number:
            raise RetryRequested(max_retries=1)

    @op
    async def awaited():
        return 1

    made = {"plain": plain, "stream": stream, "tried again": again, "awaited": awaited}
    session.execute_op(made[name])
    gc.collect()
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        session.execute_op(made[name])
        gc.collect()
        left = [type(each) for each in gc.garbage]
    finally:
        gc.set_debug(0)
        gc.garbage.clear()

    assert [kind for kind in left if kind.__module__.startswith("opnb.")] == []
