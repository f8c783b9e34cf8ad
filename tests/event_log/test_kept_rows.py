"""What a card carries of its run: all of a common one, the most telling of a large."""

from __future__ import annotations

import json
import tracemalloc

import pytest

from opnb import (
    AssetMaterialization,
    AssetObservation,
    ExpectationResult,
    Failure,
    MetadataValue,
    Output,
    job,
    op,
)
from opnb.display.bundle import render_bundle
from opnb.event_log.kept_rows import LARGEST, KeptRows
from opnb.event_log.log import EventLog
from opnb.event_log.notebook_file import read_cards
from opnb.model.entry import EventType
from opnb.session import Session, use_session

OBSERVED = (1, "ASSET_OBSERVATION", "a", "a", 10, "m", "a", None, None, None, None)


def card_of(thing):
    """Return the card that a thing shows, as it stands in a notebook file."""
    _, metadata = thing._repr_mimebundle_()
    cell = {"cell_type": "code", "outputs": [{"metadata": metadata}]}
    saved = json.loads(json.dumps(cell, allow_nan=False, sort_keys=True))
    (card,) = read_cards({"nbformat": 4, "cells": [saved]})
    return card


def run_of(session, *events, raises=None):
    @op(name="clean")
    def body(context):
        yield from events
        if raises is not None:
            raise raises
        yield Output(1)

    return session.execute_op(body, raise_on_error=False)


def types(card):
    return {entry.event_type for entry in card.entries}


VALUES = {
    "nan": float("nan"),
    "big": 2**70,
    "z before a": 1.0,
    "a": MetadataValue.json({"2": 1.0, "1": [None, {"$opnb": 1}]}),
    "\ud800": "\udfff",
    "bytes": b"\xff",
    "table": MetadataValue.table([{"x": 1.0}, {"x": -0.0}]),
}
EVENTS = {
    "a check": ExpectationResult(False, "no \ud800", metadata=VALUES),
    "an asset": AssetMaterialization("shop/orders", "d", VALUES, "p"),
    "an observation": AssetObservation("shop/orders", metadata=VALUES),
    "a line": Output(1, metadata=VALUES),
}


@pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS)
def test_a_card_carries_the_entries_as_the_log_has_them(session, event):
    if isinstance(event, Output):
        result = session.execute_op(op(name="one")(lambda: event))
    else:
        result = run_of(session, event)

    card = card_of(result)

    # NaN is equal to nothing; and the order of labels is part of an entry.
    assert repr(list(card.entries)) == repr(session.log.entries(result.run_id))
    assert (card.left_out, card.values_left_out) == (0, 0)


def test_a_failed_run_and_a_job_carry_theirs_too(session):
    failed = run_of(session, raises=Failure("bad", metadata={"rows": 3}))

    @op
    def one():
        return 1

    @job
    def nightly():
        one.alias("again")()
        one()

    done = nightly.execute_in_process()

    for result in (failed, done):
        entries = session.log.entries(result.run_id)
        assert list(card_of(result).entries) == entries


def test_the_card_of_a_past_run_carries_what_its_own_card_did(tmp_path):
    session = use_session(Session(tmp_path / "events.db"))
    result = run_of(session, AssetObservation("a", metadata={"n": 1}))

    again = card_of(session.log.last_run("clean"))

    assert again.records == card_of(result).records


def test_the_record_tells_of_the_run_what_the_log_knows_but_whose_machine_it_was(
    tmp_path,
):
    session = use_session(Session(tmp_path / "events.db"))
    body = op(name="clean")(lambda: 1)
    result = session.execute_op(body, partition_key="2026-01")

    run = card_of(result).records[0].run

    columns = ", ".join(run._fields)
    kept = session.log._store.select(f"SELECT {columns} FROM runs")  # noqa: S608
    (row,) = kept
    nobody = {"host": "", "pid": 0, "pid_started": 0.0}
    assert type(run)(*row)._replace(**nobody) == run


def test_large_values_go_first_and_it_is_told(session):
    big = {"table": MetadataValue.text("x" * 90_000), "rows": 3}
    result = run_of(
        session,
        *[AssetMaterialization("orders", metadata=big) for _ in range(4)],
        ExpectationResult(False, "fine", metadata={**big, "n": 1}),
    )

    card = card_of(result)

    assert len(card.entries) == len(session.log.entries(result.run_id))
    assert (card.left_out, card.values_left_out) == (0, 5)
    kept = [entry for entry in card.entries if entry.metadata]
    assert [list(entry.metadata) for entry in kept] == [["rows"]] * 4 + [["rows", "n"]]


def test_of_a_large_run_what_tells_most_stays_and_the_rest_is_counted(session):
    events = [AssetObservation("orders", metadata={"n": n}) for n in range(2000)]
    result = run_of(
        session,
        ExpectationResult(False, "no"),
        AssetMaterialization("orders"),
        *events,
        ExpectationResult(True, "yes"),
        raises=ValueError("bad"),
    )

    card = card_of(result)

    left = len(session.log.entries(result.run_id)) - len(card.entries)
    assert card.left_out == left > 0
    assert sum(map(len, render_bundle(result.summary)[1]["opnb"]["events"])) < LARGEST
    checks = [e for e in card.entries if e.is_expectation_result]
    assert len(checks) == 2
    assert types(card) >= {
        EventType.RUN_START,
        EventType.STEP_FAILURE,
        EventType.RUN_FAILURE,
        EventType.ASSET_MATERIALIZATION,
    }
    last = [e for e in card.entries if e.is_asset_observation][-1]
    assert last.metadata["n"].value == 1999


def test_a_failure_with_a_huge_message_is_shortened_and_stays(session):
    result = run_of(session, raises=ValueError("x" * 2_000_000))

    card = card_of(result)

    (failure,) = [e for e in card.entries if e.event_type is EventType.STEP_FAILURE]
    assert failure.step_failure_data.error.cause.message.startswith("xxx")
    assert card.values_left_out
    assert len(str(card.records)) < LARGEST


def test_a_million_events_hold_no_more_memory_than_a_card():
    kept = KeptRows()
    rows = [(*OBSERVED, '{"body":1}')]
    tracemalloc.start()

    for _ in range(100_000):
        kept.add(rows, 400)
    taken = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()

    assert kept.left_out > 90_000
    assert taken < 2 * LARGEST


def test_when_the_run_has_ended_no_more_is_held_than_its_card_carries():
    kept = KeptRows()
    for number in range(3_000):
        kept.add([(*OBSERVED, f'{{"number":{number},"pad":"{"x" * 100}"}}')], 400)
    held = len(kept._rows)

    kept.add([(2, "RUN_SUCCESS", None, None, 10, "m", *[None] * 6)], 100)

    assert len(kept._rows) < held
    assert sum(map(len, kept.as_facts("r", "j", "SUCCESS", 1.0)["events"])) < LARGEST


def test_what_is_deeper_than_python_goes_is_left_out():
    kept = KeptRows()
    deep = '{"a":["json",' + "[" * 100_000 + "]" * 100_000 + "]}"

    kept.add([(*OBSERVED[:-1], deep, None)] * 2)

    facts = kept.as_facts("r", "j", "SUCCESS", 1.0)
    assert kept.values_left_out == 2
    assert len(facts["events"]) == 2


def test_a_log_in_memory_needs_no_file():
    session = use_session(Session("memory:"))

    assert card_of(run_of(session)).entries
    assert EventLog("memory:").frame.empty
