"""What a thing was made from, step by step back, in each store."""

import pytest

from opnb.event_log.reading.lineage_frame import LINEAGE_COLUMNS
from opnb.model.asset_key import AssetKey
from opnb.model.entry import (
    AssetObservationData,
    EventLogEntry,
    EventType,
    OutputSource,
    RunStartData,
    StepInputData,
    StepMaterializationData,
    StepOutputData,
    TypeCheckData,
)
from opnb.model.errors import CheckError
from opnb.model.events import AssetMaterialization, AssetObservation

GOOD = TypeCheckData(True, "x")


def took(name, *source):
    return EventType.STEP_INPUT, StepInputData(
        name, GOOD, None, OutputSource(*source) if source else None
    )


def put_out(name):
    return EventType.STEP_OUTPUT, StepOutputData(name, GOOD)


def made(key):
    event = AssetMaterialization(key)
    return EventType.ASSET_MATERIALIZATION, StepMaterializationData(event)


def seen(key):
    return EventType.ASSET_OBSERVATION, AssetObservationData(AssetObservation(key))


RETRY = (EventType.STEP_UP_FOR_RETRY, None)


def run(log, job, run_id, **steps):
    """Append a run of a job, its steps by name, each with what it told."""

    def entry(kind, data=None, step=None):
        return EventLogEntry(
            kind, run_id, job, 1.5, step, step, event_specific_data=data
        )

    log.append(
        [
            entry(EventType.RUN_START, RunStartData()),
            *(entry(*told, step) for step, events in steps.items() for told in events),
            entry(EventType.RUN_SUCCESS),
        ]
    )


@pytest.fixture(name="shop")
def _shop(log):
    run(log, "load", "r1", load=[took("path"), put_out("orders"), put_out("users")])
    run(
        log,
        "clean",
        "r2",
        clean=[
            took("orders", "load", "orders", "r1", "rebound"),
            put_out("tidy"),
            made("shop/tidy"),
        ],
    )
    run(
        log,
        "report",
        "r3",
        report=[
            took("tidy", "clean", "tidy", "r2"),
            took("users", "load", "users", "r1"),
            put_out("result"),
            seen("shop/tidy"),
        ],
    )
    return log


def steps(frame):
    columns = ["depth", "op", "input", "source_op", "change"]
    return [tuple(row) for row in frame[columns].astype(object).fillna("").values]


def test_of_an_asset_it_begins_at_its_last_materialization(shop):
    assert steps(shop.lineage("shop/tidy")) == [
        (0, "clean", "orders", "load", "rebound"),
        (1, "load", "path", "", ""),
    ]


def test_of_an_op_each_step_stands_once_nearest_first(shop):
    assert steps(shop.lineage("report")) == [
        (0, "report", "tidy", "clean", ""),
        (0, "report", "users", "load", ""),
        (1, "clean", "orders", "load", "rebound"),
        (1, "load", "path", "", ""),
    ]


def test_each_source_is_tied_to_the_entry_that_put_it_out(shop):
    frame = shop.lineage("clean.tidy")
    events = shop.frame.set_index("id")

    event = events.loc[frame["source_event"][0]]

    assert (event["event_type"], event["label"]) == ("STEP_OUTPUT", "orders")
    assert event["run_id"] == frame["source_run_id"][0] == "r1"


@pytest.mark.parametrize("key", ["shop/tidy", AssetKey(["shop", "tidy"])])
def test_an_asset_goes_by_each_of_its_spellings(shop, key):
    assert shop.lineage(key)["op"].tolist() == ["clean", "load"]


def test_steps_of_a_job_are_told_by_their_keys(log):
    run(
        log,
        "nightly",
        "r1",
        load=[put_out("orders")],
        clean=[took("orders", "load", "orders", "r1"), put_out("tidy")],
    )

    frame = log.lineage("clean")

    assert steps(frame) == [
        (0, "clean", "orders", "load", ""),
        (1, "load", "", "", ""),
    ]


def test_a_retry_takes_its_inputs_anew(log):
    run(log, "a", "r1", a=[put_out("x")])
    took_it = took("x", "a", "x", "r1")
    run(log, "b", "r2", b=[took_it, RETRY, took_it, put_out("y")])

    assert len(log.lineage("b")) == 2


def test_what_the_log_has_lost_ends_the_way_back(log):
    run(log, "b", "r2", b=[took("x", "gone", "x", "r1"), put_out("y")])

    frame = log.lineage("b")

    assert steps(frame) == [(0, "b", "x", "gone", ""), (1, "gone", "", "", "")]
    assert frame["source_event"].isna().all()


def test_the_columns_have_their_types_also_where_nothing_is_known(shop):
    frame = shop.lineage("load")

    assert {name: str(kind) for name, kind in frame.dtypes.items()} == LINEAGE_COLUMNS


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("clan", "Did you mean 'clean'"),
        ("clean.tydi", "no op, no output and no asset"),
        (3, "cannot be told"),
        ("", "cannot be empty"),
    ],
)
def test_what_the_log_has_never_seen_is_an_error(shop, what, said):
    with pytest.raises(CheckError, match=said):
        shop.lineage(what)
