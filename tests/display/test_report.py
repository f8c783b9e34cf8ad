"""A report of a log: a page that stands alone, the same each time, safe, bounded."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from factories import ended, entry, started
from hostile import HOST, PAYLOADS, log_with

from opnb.display.report import render_report
from opnb.event_log.reading.report import (
    MOST_CHECKS,
    MOST_HISTORIES,
    MOST_RUNS,
    read_report,
)
from opnb.model.entry import EventType
from opnb.model.errors import CheckError
from opnb.model.events import AssetMaterialization, AssetObservation, ExpectationResult
from opnb.model.metadata import MetadataValue

GOLDEN = Path(__file__).parent / "golden" / "report.html"
MADE = datetime(2026, 1, 31, 9, tzinfo=UTC)
VOID = ("meta", "img", "br", "hr", "input")


def page_of(log, title="Report", **options):
    return render_report(read_report(log, "memory:", MADE, **options), title)


def text_of(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.split("</head>")[1]))


@pytest.fixture(name="small")
def _small(log):
    """Three runs that told of two assets and two checks."""
    for number in range(3):
        run = {"run_id": f"run{number}", "timestamp": 86_400.0 * number}
        events = [
            AssetMaterialization("shop/orders", metadata={"rows": 980 + number}),
            AssetObservation("raw", metadata={"note": "as ever"}),
            ExpectationResult(number != 1, "full", "no gaps", {"gaps": number}),
            ExpectationResult(True, "ids are unique"),
        ]
        start, end = started(run["run_id"]), ended(EventType.RUN_SUCCESS, run["run_id"])
        start.timestamp = end.timestamp = run["timestamp"]
        log.append([start, *[entry(event, **run) for event in events], end])
    return log


def test_a_small_report_is_this_page(small):
    _, main = page_of(small).split("<main>")

    assert main.partition("</main>")[0] == GOLDEN.read_text()


def test_a_report_tells_of_assets_checks_and_runs(small):
    text = text_of(page_of(small, "Shop"))

    assert "Shop memory:, all of it; made 2026-01-31 09:00:00 UTC" in text
    assert "2 assets 2 checks ✓ all passed last 3 runs 3 done" in text
    assert "shop/orders materialized by clean 3" in text
    assert "last materialized 1970-01-03 00:00:00 UTC, run run2" in text
    assert "full clean 66.7 % 2 of 3" in text
    assert "1970-01-02 00:00:00 no gaps · gaps 1" in text


def test_a_number_has_its_sparkline_and_a_check_its_strip(small):
    page = page_of(small)

    assert 'alt="rows: 980 to 982 over 3 events, last 982' in page
    assert (
        'aria-label="2 of the last 3 passed, the newest passed">✓<b class="bad">✗'
        in (page)
    )


def test_the_page_asks_for_nothing_and_runs_nothing(small):
    page = page_of(small)

    assert not re.search(r"<(script|link|iframe|object)\b", page)
    assert all(
        source.startswith("data:") for source in re.findall('src="([^"]+)', page)
    )
    assert "default-src 'none'" in page
    assert "url(" not in page
    assert "@import" not in page


class Outline(HTMLParser):
    """What a screen reader goes by: landmarks, headings, ids and links to them."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.ids, self.links, self.open, self.unnamed = [], [], [], [], []
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.tags.append(tag)
        self.ids += [given["id"]] if "id" in given else []
        self.links += [given["href"]] if "href" in given else []
        self.links += [f"#{given[it]}" for it in ("aria-labelledby",) if it in given]
        if tag == "img" and not given.get("alt"):
            self.unnamed.append(given)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_page_has_landmarks_headings_and_links_that_lead_somewhere(small):
    outline = Outline(page_of(small))

    for landmark in ("header", "nav", "main", "footer"):
        assert outline.tags.count(landmark) == 1
    headings = [tag for tag in outline.tags if re.fullmatch("h[1-6]", tag)]
    assert headings == ["h1", "h2", "h3", "h3", "h2", "h2"]
    assert len(outline.ids) == len(set(outline.ids))
    assert {link[1:] for link in outline.links} == set(outline.ids)
    assert outline.unnamed == []


def test_the_same_log_gives_the_same_page(small):
    assert page_of(small) == page_of(small)


def test_since_and_assets_choose_what_is_told(small):
    text = text_of(page_of(small, since="1970-01-03Z"))
    assert "since 1970-01-03 00:00:00 UTC" in text
    assert "1 run 1 done" in text
    assert "100 % 1 of 1" in text

    text = text_of(page_of(small, assets=["raw"]))
    assert "1 asset 2 checks" in text
    assert "shop/orders" not in text


def test_an_asset_that_is_not_there_is_told_with_the_nearest(small):
    with pytest.raises(CheckError, match=r"'shop/order'(.|\n)*'shop/orders'"):
        page_of(small, assets=["shop/order"])


def test_an_empty_log_gives_a_page_that_says_so(log):
    page = page_of(log)

    Outline(page)
    assert "0 assets 0 checks 0 runs" in text_of(page)
    assert "The log tells of no asset." in text_of(page)
    assert "The log tells of no check." in text_of(page)


def test_nothing_since_then_is_told(small):
    assert "no asset in this time" in text_of(page_of(small, since="2026-01-01Z"))


def test_of_much_the_first_is_shown_and_the_rest_counted(log):
    events = [AssetMaterialization(f"a{n}", metadata={"n": n}) for n in range(70)]
    checks = [ExpectationResult(n > 3, f"check {n:03}") for n in range(MOST_CHECKS + 5)]
    log.append([entry(event) for event in [*events, *checks]])
    for number in range(MOST_RUNS + 5):
        log.append([started(f"more{number}")])

    page = page_of(log)

    text = text_of(page)
    assert page.count("<article") == MOST_HISTORIES
    assert f"In full are the {MOST_HISTORIES} of 70 assets" in text
    assert "and 5 further checks, which passed last" in text
    assert "and 6 further runs before these." in text
    assert "check 000" in text


def test_a_page_has_a_size_that_it_does_not_pass(log):
    for number in range(20):
        image = MetadataValue.image(
            b'<svg xmlns="http://www.w3.org/2000/svg"><!--%s--></svg>'
            % (b"x" * 900_000),
            alt="a plot",
        )
        log.append([entry(AssetMaterialization(f"a{number}", metadata={"p": image}))])

    page = page_of(log)

    assert len(page) < 9_000_000
    assert re.search(r"In full are the \d of 20 assets", text_of(page))
    assert Outline(page)


SAFE = re.compile(r"(https?:|mailto:|#[a-z0-9-]+\Z|(?![a-z.+-]+:|//))", re.IGNORECASE)
TAGS = set(
    "a article b body br caption code dd details div dl dt em footer h1 h2 h3 h4 h5 h6 "
    "head header hr html img li main meta nav ol p pre section span strong style sub "
    "summary sup table tbody td th thead title tr ul blockquote".split()
)
NAMES = set(
    "alt aria-label aria-labelledby charset class colspan content data-label height "
    "href http-equiv id lang name open rel role scope src style tabindex target title "
    "width".split()
)


class Markup(HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.tags, self.attributes = set(), []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]


@pytest.mark.parametrize("text", PAYLOADS.values(), ids=PAYLOADS)
def test_no_text_becomes_more_than_text(text):
    page = page_of(log_with(text), text)
    head = page_of(log_with("orders"), "orders").split("<title>", maxsplit=1)[0]

    found = Markup(page)

    page.encode()
    assert page.startswith(head)
    assert found.tags <= TAGS
    assert {name for _, name, _ in found.attributes} <= NAMES
    for tag, name, value in found.attributes:
        if name == "href":
            assert SAFE.match(value.strip()), value
        if name == "src":
            assert (tag, value[:11]) == ("img", "data:image/")
        if name == "style":
            assert HOST not in value
    assert page.count("</style>") == page.count("<style>") == 1


def test_what_an_op_says_stays_to_be_read():
    page = page_of(log_with("<b>orders</b> & more"))

    assert "&lt;b&gt;orders&lt;/b&gt; &amp; more" in page
