"""Every displayable value as a mimebundle: all forms, escaped, the same each time."""

import re
from html import escape
from html.parser import HTMLParser

import pandas as pd
import pytest

from opnb import (
    AssetKey,
    AssetMaterialization,
    AssetObservation,
    CodeReferencesMetadataValue,
    ExpectationResult,
    Failure,
    LocalFileCodeReference,
    MetadataValue,
    Output,
    TableColumn,
    TableColumnConstraints,
    TableColumnDep,
    TableColumnLineage,
    TableSchema,
    UrlCodeReference,
    op,
)
from opnb.definitions.job import job
from opnb.display.bundle import render_bundle
from opnb.display.words import printable

PAYLOADS = {
    "script": "<script>alert(1)</script>",
    "handler": '<img src=x onerror="alert(1)">',
    "attribute": '" onmouseover="alert(1)" x="',
    "style": "</style><style>*{display:none}</style>",
    "svg": "<svg onload=alert(1)></svg>",
    "template": "{{ 7 * 7 }}{% raw %}",
    "markdown": "[x](javascript:alert(1))",
    "surrogate": "\ud800",
    "nul": "a\x00b\x1b[31m",
}
FORBIDDEN = ("script", "style", "svg", "iframe", "object", "form", "link", "meta")


class Tags(HTMLParser):
    """Collects what a browser would make of HTML."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.attributes, self.open = [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in ("img", "br", "hr", "input"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, f"</{tag}> closes another"


def run(session, function, **inputs):
    made = op(function)
    return session.execute_op(made, inputs, raise_on_error=False)


def everything(text):
    """Return values of every shape with the text wherever text may be."""
    schema = TableSchema(
        [TableColumn(text, text, text, TableColumnConstraints(other=[text]))]
    )
    metadata = {
        text: text,
        "md": MetadataValue.md(text),
        "url": MetadataValue.url(text),
        "path": MetadataValue.path(text),
        "json": {text: [text, {text: text}]},
        # Arrow texts take no lone surrogate.
        "frame": pd.DataFrame(
            [[text]], columns=pd.Index([text], dtype=object), dtype=object
        ),
        "schema": schema,
        "lineage": TableColumnLineage({text: [TableColumnDep(AssetKey(text), text)]}),
        "job": MetadataValue.job(text, text),
        "artifact": MetadataValue.python_artifact(len),
        "notebook": MetadataValue.notebook(text),
        "image": MetadataValue.image(b"GIF89a", alt=text),
        "svg": MetadataValue.image(
            f'<svg xmlns="http://www.w3.org/2000/svg">{escape(printable(text))}</svg>'
        ),
        "code": CodeReferencesMetadataValue(
            code_references=[
                LocalFileCodeReference(file_path=text, label=text),
                UrlCodeReference(url=text, label=text),
            ]
        ),
    }
    key = AssetKey(text)
    return [
        Output(1, metadata=metadata),
        AssetMaterialization(key, text, metadata, text),
        AssetObservation(key, text, metadata, text),
        ExpectationResult(False, text, text, metadata),
        *(value for value in Output(1, metadata=metadata).metadata.values()),
        key,
        schema,
    ]


def card_with(session, text):
    def hostile(context):
        context.log.warning(text)
        yield from everything(text)[1:4]
        raise Failure(text, metadata={text: text})

    return run(session, hostile)


def job_card_with(text):
    @op
    def hostile(context):
        context.log.warning(text)
        yield from everything(text)[1:4]
        raise Failure(text, metadata={text: text})

    @job
    def nightly():
        hostile()
        hostile.alias("again")()

    return nightly.execute_in_process(raise_on_error=False)


@pytest.mark.parametrize("text", PAYLOADS.values(), ids=PAYLOADS)
def test_no_text_of_the_user_s_becomes_markup(session, text):
    history = session.log.asset(AssetKey(text))
    cards = [card_with(session, text), job_card_with(text)]
    things = [*everything(text), *cards, history]

    for thing in things:
        tags = Tags(render_bundle(getattr(thing, "summary", thing))[0]["text/html"])
        assert not set(tags.tags) & set(FORBIDDEN)
        assert not [name for name, _ in tags.attributes if name.startswith("on")]
        links = [v for name, v in tags.attributes if name in ("href", "src")]
        assert not [link for link in links if link and "script:" in link]


@pytest.mark.parametrize("text", PAYLOADS.values(), ids=PAYLOADS)
def test_every_form_can_be_sent(text):
    for thing in everything(text):
        bundle, _ = render_bundle(thing)

        assert set(bundle) == {"text/plain", "text/markdown", "text/html"}
        for form in bundle.values():
            form.encode("utf-8")


@pytest.mark.parametrize("text", ["short", "long " * 500, "one\ntwo\n" * 40])
def test_the_text_form_fits_a_terminal(session, text):
    cards = [card_with(session, text), job_card_with(text)]
    for thing in [*everything(text), *(card.summary for card in cards)]:
        lines = render_bundle(thing)[0]["text/plain"].splitlines()

        assert len(lines) <= 15
        assert max(map(len, lines)) <= 80


def test_a_card_is_the_same_for_every_run_of_the_same_code(session):
    first, second = (card_with(session, "same").summary for _ in range(2))

    assert render_bundle(first)[0] == render_bundle(second)[0]


def test_what_differs_from_run_to_run_rides_in_the_output_s_metadata(session):
    result = card_with(session, "same")

    _, metadata = render_bundle(result.summary)

    assert metadata["opnb"]["run_id"] == result.run_id
    assert metadata["opnb"]["status"] == "FAILURE"
    assert result.run_id not in str(render_bundle(result.summary)[0])


def test_a_card_from_the_log_is_the_card_of_the_run(session):
    result = card_with(session, "same")

    again = session.log.last_run("hostile")

    assert render_bundle(again)[0] == render_bundle(result.summary)[0]


def test_a_card_needs_no_style_to_be_read(session):
    html = render_bundle(card_with(session, "same").summary)[0]["text/html"]

    text = re.sub(r"<[^>]+>", " ", html)

    assert "✗ failed" in text
    assert "WARNING same" in text


def test_a_fault_of_a_renderer_costs_one_line():
    class Broken(Output):
        def __repr__(self):
            return "Output(broken)"

        @property
        def metadata(self):
            raise RuntimeError("no picture")

    broken = object.__new__(Broken)
    object.__setattr__(broken, "value", 1)
    object.__setattr__(broken, "output_name", "result")

    bundle, _ = render_bundle(broken)

    assert bundle["text/plain"].startswith("Output(broken)\n(not drawn:")


def test_ten_thousand_events_are_capped_and_the_cap_is_said(session):
    def many(context):
        for number in range(5_000):
            context.log.info("line %d", number)
            ok = number % 2 == 0
            yield ExpectationResult(ok, f"check {number}")

    bundle, _ = render_bundle(run(session, many).summary)

    assert "2,500 passed, 2,500 failed, 100 of them listed" in bundle["text/html"]
    assert "5,000 lines, the last 20" in bundle["text/html"]
    assert len(bundle["text/html"]) < 40_000
