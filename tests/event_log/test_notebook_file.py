"""Cards are found in a notebook file, and what is none is told of."""

from __future__ import annotations

import json

import pytest

from opnb import Output, op
from opnb.event_log.notebook_file import read_cards
from opnb.model.errors import ForeignLogError, NewerLogError


def notebook(*facts):
    outputs = [{"output_type": "display_data", "metadata": {"opnb": f}} for f in facts]
    cells = [{"cell_type": "markdown"}, {"cell_type": "code", "outputs": outputs}]
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}


@pytest.fixture(name="facts")
def _facts(session):
    @op
    def clean():
        return Output(1)

    return session.execute_op(clean)._repr_mimebundle_()[1]["opnb"]


def test_a_card_knows_its_cell_and_what_else_its_output_says(facts):
    (card,) = read_cards(notebook(facts))

    assert card.cell == 1
    assert card.run_id == facts["run_id"] == card.entries[0].run_id
    assert card.facts["status"] == "SUCCESS"
    assert "events" not in card.facts


def test_outputs_of_others_are_no_cards():
    book = notebook()
    outputs = [{}, None, {"metadata": None}, {"metadata": {"x": 1}}, "text"]
    book["cells"] += [{"cell_type": "code", "outputs": outputs}, None, {"outputs": 3}]

    assert read_cards(book) == []


def test_a_card_of_an_opnb_that_kept_no_events_has_none(facts):
    del facts["events"], facts["format"]

    (card,) = read_cards(notebook(facts))

    assert (card.entries, card.left_out) == ((), 0)
    assert card.facts["op"] == "clean"


BROKEN = {
    "text": ("hello", "what it holds is 'hello', and no object"),
    "events": ({"events": {}}, "its 'events' are {}, and no list"),
    "an event": ({"events": [{}]}, "event 1 is no entry: {} is no text"),
    "no JSON": ({"events": ["{"]}, "event 1 is no entry"),
    "an array": ({"events": ["[]"]}, "event 1 is no entry: a line is an object"),
    "deep": ({"events": ["[" * 100_000]}, "event 1 is no entry"),
    "a count": ({"left_out": "many"}, "its 'left_out' is 'many', and no count"),
    "less than none": ({"left_out": -1}, "its 'left_out' is -1, and no count"),
}


@pytest.mark.parametrize(("facts", "why"), BROKEN.values(), ids=BROKEN)
def test_a_card_that_was_edited_by_hand_is_told_of_with_its_cell(facts, why):
    with pytest.raises(ForeignLogError) as told:
        read_cards(notebook(facts))

    assert f"The card in cell 1 cannot be read: {why}" in str(told.value)
    assert "Hint: Run the cell again" in str(told.value)


EDITS = {
    "a type": ("event_type", "STEP_DONE", "'STEP_DONE' is not a valid EventType"),
    "a long type": ("event_type", "x" * 5000, "'xxxx"),
    "a level": ("level", "high", "its 'level' is no whole number"),
    "a time": ("timestamp", None, "its 'timestamp' is no time"),
    "a name": ("opp", "clean", "it has 'opp', which is unknown"),
    "metadata": ("metadata", {"a": ["unheard of", 1]}, "'unheard of'"),
    "a run": ("run", None, "lacks 'run'"),
}


@pytest.mark.parametrize(("name", "value", "why"), EDITS.values(), ids=EDITS)
def test_an_event_that_was_edited_by_hand_is_told_of(facts, name, value, why):
    fields = json.loads(facts["events"][0])
    if name == "metadata":
        fields["event_type"] = "ASSET_OBSERVATION"
    facts["events"][0] = json.dumps({**fields, name: value})

    with pytest.raises(ForeignLogError) as told:
        read_cards(notebook(facts))

    assert "event 1 is no entry" in str(told.value)
    assert why in str(told.value)
    assert len(str(told.value)) < 400


def test_a_card_of_a_newer_opnb_asks_for_it(facts):
    with pytest.raises(NewerLogError, match=r"newer opnb.*cell 1: format 2"):
        read_cards(notebook({**facts, "format": 2}))


NO_NOTEBOOKS = {
    "a list": ([], "This is no notebook: \\[\\]"),
    "other JSON": ({"a": 1}, "This is no notebook"),
    "nbformat 3": ({"nbformat": 3, "worksheets": []}, "nbformat 3.*\n?.*nbconvert"),
    "no cells": ({"nbformat": 4}, "'cells' are None, and no list"),
}


@pytest.mark.parametrize(("book", "why"), NO_NOTEBOOKS.values(), ids=NO_NOTEBOOKS)
def test_what_is_no_notebook_is_told_of(book, why):
    with pytest.raises(ForeignLogError, match=why):
        read_cards(book)
