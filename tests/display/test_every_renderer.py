"""What every renderer of opnb draws reads everywhere, and is the same each time."""

import re

import pytest
from hostile import (
    PAYLOADS,
    definitions_with,
    entries_with,
    events_with,
    everything_with,
    log_with,
    metadata_with,
)

from opnb import AssetKey
from opnb.display.bundle import render_bundle
from opnb.event_log.reading.lineage import read_all_lineage
from opnb.event_log.summary import RunSummary
from opnb.testing import assert_portable, assert_stable

TEXTS = {
    "word": "orders",
    "sentence": "All penguins that were measured, and those that were not.",
    "long word": "measured" * 60,
    "lines": "one\ntwo\n  three",
    "umlauts": "Größe µm² ≤ 3 — 数 🐧",
    "script": PAYLOADS["script"],
    "style attribute": PAYLOADS["style attribute"],
    "markdown table": PAYLOADS["markdown table"],
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_what_is_drawn_reads_everywhere(text):
    for thing, forms in everything_with(text):
        try:
            assert_portable(forms["text/html"])
        except AssertionError as error:
            raise AssertionError(f"{type(thing).__name__}: {error}") from None


def forms_of(things):
    """Return what is drawn of several things as one bundle."""
    drawn = [render_bundle(thing)[0] for thing in things]
    return {form: "\n".join(d[form] for d in drawn) for form in drawn[0]}


def values():
    return forms_of(metadata_with("orders").values())


def events():
    return forms_of(events_with("orders"))


def definitions():
    return forms_of(definitions_with("orders"))


def entries():
    return forms_of(entries_with("orders"))


def cards():
    return forms_of([RunSummary.of(entries_with("orders"))])


def tables():
    log = log_with("orders")
    graph = read_all_lineage(log, ["orders"])
    return forms_of(
        [log.asset(AssetKey(["orders"])), log.assets(), log.checks(), graph]
    )


@pytest.mark.parametrize("draw", [values, events, definitions, entries, cards, tables])
def test_what_is_drawn_is_always_the_same(draw):
    assert_stable(draw)


# Whoever asks for these asks when things were, or how long they took.
OF_TIMES = frozenset("Explorer LiveView MemoFrame RunTimeline RunsFrame".split())


def test_times_are_told_only_where_they_are_asked_for():
    for thing, forms in everything_with("orders"):
        told = re.search(r"1970-01-01 00:00:01|\bms\b", "".join(forms.values()))
        assert told is None or type(thing).__name__ in OF_TIMES, type(thing)
