"""A card says what changed since an earlier run, whichever store keeps the log."""

import pytest

from opnb import AssetMaterialization, AssetObservation, Output, job, op
from opnb.display.bundle import render_bundle
from opnb.session import Session, use_session

FORMS = ["text/plain", "text/markdown", "text/html"]


@op
def clean(context, rows):
    labels = {"rows": rows, "least": 0.5, "note": f"{rows} rows"}
    context.log_event(AssetMaterialization("orders", metadata=labels))
    context.log_event(AssetObservation("raw", metadata=labels))
    for year in ("2025", "2026"):
        context.log_event(AssetMaterialization("years", None, {"rows": rows}, year))


@pytest.fixture(name="session")
def _session(address):
    """Take the place of the session in memory."""
    session = use_session(Session(address))
    yield session
    session.log.close()


def shown(displayable, mime="text/plain"):
    return displayable._repr_mimebundle_()[0][mime]


def ran(session, rows):
    return session.execute_op(clean, {"rows": rows})


@pytest.mark.parametrize("mime", FORMS)
def test_what_changed_is_told_and_what_did_not_is_not(session, mime):
    first, second = shown(ran(session, 980), mime), shown(ran(session, 1019), mime)

    assert "%" not in first
    assert second.count("(+4 %)") == 4
    assert "0.5 (" not in second


@pytest.mark.parametrize("mime", FORMS)
def test_a_run_over_the_same_data_shows_the_same_card(session, mime):
    first, second = ran(session, 980), ran(session, 980)

    assert shown(first, mime) == shown(second, mime)


def test_an_old_run_is_compared_with_what_was_before_it(session):
    results = [ran(session, rows) for rows in (100, 110, 220)]
    cards = [shown(result) for result in results]

    again = [session.log.summary(result.run_id) for result in results]

    assert [shown(summary) for summary in again] == cards
    assert "rows 110 (+10 %)" in cards[1]
    assert shown(session.log.last_run("clean")) == cards[2]


def test_a_run_that_told_twice_is_compared_with_an_earlier_run(session):
    @op
    def twice(context, rows):
        for count in rows:
            event = AssetMaterialization("orders", metadata={"rows": count})
            context.log_event(event)

    session.execute_op(twice, {"rows": [50, 100]})
    result = session.execute_op(twice, {"rows": [7, 150]})

    assert "orders 2 times: rows 150 (+50 %)" in shown(result)


def test_the_card_of_a_job_tells_it_too(session):
    @op
    def store(context):
        context.log_event(AssetMaterialization("orders", metadata={"rows": next(rows)}))
        return Output(1)

    @op
    def after(store):
        return store

    @job
    def nightly():
        after(store())

    rows = iter([980, 1019])
    first, second = (nightly.execute_in_process() for _ in range(2))

    assert "store: materialized orders (rows +4 %)" in shown(second)
    assert "(+4 %)" in shown(second, "text/html")
    assert "%" not in shown(first)


def test_a_log_that_cannot_be_read_costs_the_changes_alone(session):
    before, result = ran(session, 980), ran(session, 1019)
    session.log.close()

    assert set(render_bundle(result.summary)[0]) == set(FORMS)
    assert shown(result) == shown(before).replace("980", "1019")


def test_while_an_op_runs_nothing_is_looked_up(session, monkeypatch):
    asked = []
    numbers_before = type(session.log).numbers_before

    def noted(*args):
        asked.append(args)
        return numbers_before(*args)

    monkeypatch.setattr(type(session.log), "numbers_before", noted)
    result = ran(session, 980)

    assert asked == []
    shown(result)
    assert len(asked) == 1
