"""The explorer's widgets, used as a person uses them."""

import re

import ipywidgets as widgets
import pytest
from factories import entry, started

from opnb import (
    AssetKey,
    AssetMaterialization,
    EventLog,
    ExpectationResult,
)
from opnb.event_log.reading import page as page_module
from opnb.explorer.explorer import explore

PAYLOAD = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'


@pytest.fixture(name="person")
def _person(told, shown):
    return shown(explore(told))


def test_the_first_page_is_there_at_once(person):
    assert "events 1–4 of 4" in person.text
    assert [row.description for row in person.rows] == [
        "✗ STEP_EXPECTATION_RESULT",
        "● ASSET_MATERIALIZATION",
        "· STEP_START",
        "· RUN_START",
    ]
    assert "Pick an event" in person.text


def test_pages_are_turned(log, fill, shown):
    person = shown(explore(fill(log, 59)))
    person.press("Older")
    assert "events 26–50 of 60" in person.text
    person.press("Older")
    assert "events 51–60 of 60" in person.text
    assert len(person.rows) == 10
    assert person.button("Older").disabled
    person.press("Newer")
    assert "events 26–50 of 60" in person.text
    person.press("First")
    assert "events 1–25 of 60" in person.text
    assert person.button("First").disabled


FILTERED = {
    "Run": ("run-1", 4),
    "Op": ("clean", 3),
    "Type": ("STEP_START", 1),
    "Asset": ("shop/orders", 1),
    "Label": ("has rows", 1),
    "Since": ("1970-01-01", 4),
    "Until": ("1970-01-01", 0),
}


@pytest.mark.parametrize("name", FILTERED)
def test_a_field_filters(person, name):
    text, count = FILTERED[name]
    person.type(name, text)

    assert len(person.rows) == count
    person.press("Clear filters")
    assert len(person.rows) == 4
    assert person.field(name).value == ""


def test_fields_offer_what_the_log_has_used_and_how_much_of_it(person):
    assert person.field("Op").options == ("clean",)
    assert person.field("Asset").options == ("shop/orders",)
    assert person.field("Label").options == ("has rows",)
    assert person.field("Op").placeholder == "any; 1 offered"
    assert "1 of 1 in the last 10,000 entries" in person.field("Op").tooltip
    (run,) = person.field("Run").options
    assert run.startswith("run-1 clean, ")


def test_a_run_that_was_offered_is_found_by_its_id(person):
    person.type("Run", person.field("Run").options[0])

    assert person.field("Run").value == "run-1"
    assert len(person.rows) == 4
    assert "has rows" in person.text  # its card


def test_names_that_come_later_are_offered_after_a_refresh(person, told, fill):
    fill(told, 1, run_id="r2", node_name="load")
    assert person.field("Op").options == ("clean",)
    person.press("Refresh")

    assert person.field("Op").options == ("load", "clean")
    assert "events 1–6 of 6" in person.text


def test_only_so_many_names_are_offered_and_the_count_is_told(log, shown):
    log.append([entry(ExpectationResult(True, f"check {n}")) for n in range(201)])
    label = shown(explore(log)).field("Label")

    assert len(label.options) == 200
    assert label.options[0] == "check 200"
    assert "200 of 201" in label.tooltip


def test_a_picked_event_is_marked_and_shown_whole(person):
    person.pick(1)

    assert person.rows[1].description == "▸ ● ASSET_MATERIALIZATION"
    assert "980" in person.text
    person.pick(0)
    assert person.rows[1].description == "● ASSET_MATERIALIZATION"
    assert "980" not in person.text


def test_from_an_event_one_goes_to_its_asset_and_its_run(person):
    person.pick(1)
    person.press("History of shop/orders")
    assert "materialized last by clean" in person.text
    person.pick(1)
    person.press("Card of the run")
    assert "Checks: 1 failed" in person.text
    person.press("Events of the run")
    assert person.field("Run").value == "run-1"


def test_an_asset_to_filter_by_shows_its_history(person):
    person.type("Asset", "shop/orders")

    assert "materialized last by clean" in person.text


def test_an_asset_that_is_not_is_told_with_the_nearest(person):
    person.type("Asset", "shop/order")

    assert "no events" in person.text
    assert "Did you mean" in person.text


def test_a_bad_time_is_told_beside_its_field_and_changes_nothing(person):
    person.type("Since", "yesterday")
    assert "! &#39;yesterday&#39; is no time. Write 2d" in person.text
    assert len(person.rows) == 4
    person.type("Since", "")
    assert "yesterday" not in person.text


def test_what_is_rare_is_searched_for_by_a_button(log, fill, shown, monkeypatch):
    monkeypatch.setattr(page_module, "SPAN", 10)
    fill(log, 1, node_name="rare")
    person = shown(explore(fill(log, 59, run_id="r2"), op="rare"))
    assert "no event so far, 10 of 62 entries searched" in person.text
    assert "No events here." in person.text
    person.press("Search further")

    assert len(person.rows) == 1
    with pytest.raises(ValueError, match="not enough values"):
        person.button("Search further")


def test_nothing_from_the_data_is_markup(log, shown):
    key = AssetKey([PAYLOAD])
    log.append(
        [
            started(PAYLOAD),
            entry(
                AssetMaterialization(key, PAYLOAD, {PAYLOAD: PAYLOAD}, PAYLOAD),
                run_id=PAYLOAD,
                node_name=PAYLOAD,
                step_key=PAYLOAD,
                message=PAYLOAD,
            ),
            entry(
                ExpectationResult(False, PAYLOAD, PAYLOAD),
                run_id=PAYLOAD,
                node_name=PAYLOAD,
                step_key=PAYLOAD,
                message=PAYLOAD,
            ),
        ]
    )
    person = shown(explore(log))
    seen = [person.html]
    for row in range(3):
        person.pick(row)
        seen.append(person.html)
    person.pick(1)
    person.press("History of")
    seen.append(person.html)
    person.pick(1)
    person.press("Card of the run")
    seen.append(person.html)
    person.type("Asset", PAYLOAD)
    person.type("Since", PAYLOAD)
    seen.append(person.html)

    assert not re.search(r"<(script|img src=x)", "".join(seen))
    assert all("&lt;img src=x" in html for html in seen)
    assert not any(
        getattr(each, "description_allow_html", False)
        for each in person.all(widgets.Widget)
    )


def test_every_control_has_a_name(person):
    person.pick(1)
    kinds = (widgets.Button, widgets.Combobox, widgets.Text, widgets.Dropdown)

    assert all(each.description for each in person.all(kinds))


def test_a_log_that_cannot_be_read_is_told_on_one_line(tmp_path, fill, shown):
    path = tmp_path / "events.db"
    log = fill(EventLog(path), 59)
    person = shown(explore(log))
    path.write_bytes(b"no log" * 1000)
    for step in (
        lambda: person.press("Older"),
        lambda: person.press("Refresh"),
        lambda: person.pick(0),
        lambda: person.type("Op", "clean"),
    ):
        step()
        assert re.search(r"! The log .* could not be read: ", person.text)
        assert len(person.rows) == 25
    log.close()


def test_a_fault_of_any_kind_stays_in_the_panel(told, shown, monkeypatch):
    person = shown(explore(told))
    monkeypatch.delattr(EventLog, "summary")
    person.pick(1)
    person.press("Card of the run")

    assert "! AttributeError: " in person.text
    person.press("Refresh")
    assert "AttributeError" not in person.text


def test_another_log_of_the_session_is_taken_up_and_told(session, fill, shown):
    fill(session.log, 59)
    person = shown(explore())
    fill(session.use_log("memory:"), 1, node_name="load")
    person.press("Older")

    assert "The session has another log now" in person.text
    assert len(person.rows) == 2
    assert person.field("Op").options == ("load",)


def test_several_explorers_are_apart(told, shown):
    one, two = shown(explore(told)), shown(explore(told))
    one.type("Op", "clean")

    assert (len(one.rows), len(two.rows)) == (3, 4)


def test_the_log_is_asked_nothing_but_by_a_step(told, shown, monkeypatch):
    person = shown(explore(told))
    asked, select = [], told._store.select

    def noted(query, parameters=()):
        asked.append(query)
        return select(query, parameters)

    monkeypatch.setattr(told._store, "select", noted)
    assert len(person.rows) == 4
    assert not asked
    person.pick(0)
    assert len(asked) == 1
