"""What is looked at whole."""

from opnb.event_log.reading.page import Pages
from opnb.explorer import detail as details
from opnb.explorer.detail import asset_detail, event_detail, run_detail


def test_an_event_has_its_place_in_the_log_and_its_metadata(told):
    shown = event_detail(told, 3)

    assert (shown.asset, shown.card_of) == ("shop/orders", "run-1")
    assert shown.events_of == "run-1"
    for text in ("1970-01-01 00:00:01 UTC", "run-1", "clean", "rows", "980"):
        assert text in shown.html


def test_an_event_without_an_asset_leads_to_its_run_alone(told):
    shown = event_detail(told, 2)

    assert (shown.asset, shown.card_of) == (None, "run-1")


def test_an_event_that_is_gone_says_so(told):
    assert "no more" in event_detail(told, 99).html


def test_an_asset_has_its_history(told):
    shown = asset_detail(told, "shop/orders")

    assert "1 event" in shown.html


def test_an_asset_is_named_as_the_log_spells_it(log):
    from factories import entry

    from opnb import AssetKey, AssetMaterialization

    log.append([entry(AssetMaterialization(AssetKey(["north-west", "a/b"])))])
    (line,) = Pages(log).read(9).lines

    assert "1 event" in asset_detail(log, line.asset_key).html
    assert event_detail(log, line.id).asset == line.asset_key


def test_a_run_has_its_card(told):
    shown = run_detail(told, "run-1")

    assert (shown.card_of, shown.events_of) == (None, "run-1")
    assert "has rows" in shown.html


def test_the_card_of_a_very_long_run_is_not_waited_for(told, monkeypatch):
    monkeypatch.setattr(details, "_MOST_OF_A_RUN", 3)
    shown = run_detail(told, "run-1")

    assert "has rows" not in shown.html
    assert "summary(&#39;run-1&#39;)" in shown.html
