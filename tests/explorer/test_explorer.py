"""`opnb.explore`: widgets where a person is, else text."""

import pytest
from factories import entry, started

from opnb import CheckError, EventLog, EventType, LogUnavailableError
from opnb.explorer.explorer import explore

VIEW = "application/vnd.jupyter.widget-view+json"


def test_the_bundle_of_a_live_one_carries_the_page_as_text_too(told):
    bundle = explore(told, live=True)._repr_mimebundle_()

    assert list(bundle) == ["text/plain", "text/markdown", "text/html", VIEW]
    assert "events 1–4 of 4" in bundle["text/html"]


def test_where_nobody_watches_no_widget_is_made(told):
    explorer = explore(told)

    assert list(explorer._repr_mimebundle_()) == [
        "text/plain",
        "text/markdown",
        "text/html",
    ]
    assert explorer._panel is None


def test_it_says_what_it_shows(told):
    assert repr(explore(told, op="clean")) == "Explorer(events 1–3 of 3)"


def test_filters_may_be_given(told, shown):
    person = shown(explore(told, op="clean", type="materialization"))

    assert len(person.rows) == 1
    assert person.field("Type").value == "ASSET_MATERIALIZATION"


def test_a_filter_that_cannot_be_is_an_error_at_once(told):
    with pytest.raises(CheckError, match="'soon' is no time"):
        explore(told, since="soon")
    with pytest.raises(CheckError, match="'log' must be EventLog"):
        explore("events.db")


@pytest.mark.parametrize(
    ("name", "given", "hint"),
    [
        ("op", "claen", "Did you mean 'clean'"),
        ("asset", "shop/order", "Did you mean 'shop/orders'"),
        ("label", "has row", "Did you mean 'has rows'"),
        ("run", "nope", "opnb.log.runs() lists them."),
    ],
)
def test_a_name_that_the_log_has_never_seen_is_an_error_at_once(
    told, name, given, hint
):
    with pytest.raises(CheckError, match=f"The log has no {name} '{given}'") as raised:
        explore(told, **{name: given})

    assert hint in raised.value.hint


def test_of_names_that_go_together_nowhere_the_page_is_empty(told):
    told.append([started("run-2"), entry(EventType.STEP_START, node_name="load")])

    page = repr(explore(told, op="load", label="has rows"))

    assert page == "Explorer(no events)"


def test_a_log_without_any_is_empty_whatever_is_asked(log):
    assert repr(explore(log, op="clean", asset="orders")) == "Explorer(no events)"


def test_a_log_that_cannot_be_read_is_an_error_at_once(tmp_path):
    log = EventLog(tmp_path / "events.db")
    (tmp_path / "events.db").write_bytes(b"no log" * 1000)

    with pytest.raises(LogUnavailableError):
        explore(log)
    log.close()


@pytest.mark.parametrize("address", ["memory:", "events.db", "postgresql:"])
def test_it_reads_a_log_in_every_store(request, fill, shown, address):
    if address == "postgresql:":
        address = request.getfixturevalue("postgres_address")
    log = fill(EventLog(address), 59)
    person = shown(explore(log, op="clean"))
    person.press("Older")
    person.pick(0)
    person.press("Card of the run")

    assert "events 26–50 of 59" in person.text
    assert "! " not in person.text
    log.close()
