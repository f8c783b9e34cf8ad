"""Where a person is in the log."""

import pytest

from opnb import EventLog, LogUnavailableError
from opnb.event_log.reading import page as page_module
from opnb.explorer.browsing import Browsing
from opnb.explorer.filters import Filters


def browsing(log, **filters):
    return Browsing(lambda: log, Filters(**filters))


def messages(place):
    return [line.message for line in place.page.lines]


def test_pages_go_to_the_end_and_back(log, fill):
    place = browsing(fill(log, 59))
    positions = [place.position]
    while not place.is_last:
        place.go_older()
        positions.append(place.position)

    assert positions == [
        "events 1–25 of 60",
        "events 26–50 of 60",
        "events 51–60 of 60",
    ]
    place.go_newer()
    assert place.position == "events 26–50 of 60"
    assert messages(place)[0] == "line 33"
    place.go_first()
    assert (place.position, place.is_first) == ("events 1–25 of 60", True)


def test_there_is_nothing_beyond_the_ends(log, fill):
    place = browsing(fill(log, 3))
    before = messages(place)
    place.go_older()
    place.go_newer()

    assert messages(place) == before


def test_a_page_stays_while_the_log_grows_until_it_is_refreshed(log, fill):
    place = browsing(fill(log, 59))
    place.go_older()
    fill(log, 5, run_id="r2")
    place.go_first()

    assert place.position == "events 1–25 of 60"
    place.refresh()
    assert place.position == "events 1–25 of 66"


def test_an_empty_log_has_no_events(log):
    place = browsing(log)

    assert (place.position, place.is_first, place.is_last) == ("no events", True, True)


def test_where_counting_takes_long_there_are_many(log, fill, monkeypatch):
    monkeypatch.setattr(page_module, "SPAN", 40)
    place = browsing(fill(log, 59), op="clean")

    assert place.position == "events 1–25 of many"
    place.go_older()
    place.go_older()
    assert place.position == "events 51–59 of 59"


def test_what_is_rare_is_searched_for_when_one_asks(log, fill, monkeypatch):
    monkeypatch.setattr(page_module, "SPAN", 10)
    fill(log, 1, node_name="rare")
    place = browsing(fill(log, 59, run_id="r2"), op="rare")

    assert place.position == "no event so far, 10 of 62 entries searched"
    assert (place.is_open, place.is_last) == (True, True)
    place.search_further()
    assert (place.position, place.is_open) == ("events 1–1 of 1", False)


def test_one_search_has_an_end(log, fill, monkeypatch):
    monkeypatch.setattr(page_module, "SPAN", 2)
    place = browsing(fill(log, 59), op="none")
    place.search_further()

    assert place.position == "no event so far, 42 of 60 entries searched"


def test_the_log_of_another_session_is_taken_up_at_the_next_step(fill):
    logs = [fill(EventLog("memory:"), 59)]
    place = Browsing(lambda: logs[-1], Filters(op="clean"))
    place.go_older()
    logs.append(fill(EventLog("memory:"), 2))
    place.go_older()

    assert place.log is logs[-1]
    assert place.position == "events 1–2 of 2"
    assert place.filters == Filters(op="clean")


def test_a_step_that_fails_leaves_all_as_it_was(log, fill, tmp_path):
    stored = fill(EventLog(tmp_path / "events.db"), 59)
    place = browsing(stored)
    before = place.page, place.position
    (tmp_path / "events.db").write_bytes(b"no log" * 1000)

    for step in (place.go_older, place.refresh, place.go_first):
        with pytest.raises(LogUnavailableError):
            step()
    assert (place.page, place.position) == before
    stored.close()
