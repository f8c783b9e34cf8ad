"""No text becomes more than text: every renderer, every place, every trick."""

import re
from html.parser import HTMLParser

import pytest
from hostile import PAYLOADS, everything_with, metadata_with
from nbconvert.filters.markdown_mistune import markdown2html_mistune

from opnb import MetadataValue
from opnb.display import bundle

# What may be in a card at all; no payload may add another.
TAGS = frozenset(
    "a b br caption code dd details div dl dt em h1 h2 h3 h4 h5 h6 hr img li ol p pre "
    "span strong sub summary sup table tbody td th thead tr ul blockquote s del ins "
    "small kbd".split()
)
ATTRIBUTES = frozenset(
    "style class scope title href target rel src alt width height start open align "
    "colspan rowspan".split()
)
# What holds no text of its own, or shows it as something else.
OTHERWISE = frozenset("md bytes image int float bool null timestamp".split())
PICTURE = re.compile(r"data:image/(png|jpeg|gif|webp|svg\+xml);base64,")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


class Page(HTMLParser):
    """What a browser makes of HTML: tags, attributes, text."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.attributes, self.texts, self.others = set(), [], [], []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_data(self, data):
        self.texts.append(data)

    def handle_comment(self, data):
        self.others.append(data)

    handle_decl = handle_pi = unknown_decl = handle_comment

    @property
    def text(self):
        return "".join(self.texts)

    def of(self, *names):
        return [(tag, value) for tag, name, value in self.attributes if name in names]


def browser_s_address(value):
    """Return an address as a browser reads it, without what is invisible."""
    return re.sub(r"[\t\n\r]", "", value.strip("".join(map(chr, range(33)))))


def leads_nowhere_bad(value):
    address = browser_s_address(value).replace("\\", "/")
    scheme = _SCHEME.match(address)
    if scheme is None:
        return not address.startswith("//")
    return scheme[0].lower() in ("http:", "https:", "mailto:")


def verify_page(page, kind):
    assert not page.others, kind
    assert page.tags <= TAGS, kind
    assert {name for _, name, _ in page.attributes} <= ATTRIBUTES, kind
    assert all(leads_nowhere_bad(address) for _, address in page.of("href")), kind
    for tag, source in page.of("src"):
        assert tag == "img", kind
        assert PICTURE.match(source), kind
    for _, style in page.of("style"):
        assert "url(" not in style, kind
        assert "fixed" not in style, kind


@pytest.fixture(scope="module", name="drawn", params=PAYLOADS, ids=str)
def _drawn(request):
    """Everything drawn with one of the texts: values, with all that shows of each."""
    text = PAYLOADS[request.param]
    return text, [
        (thing, forms, Page(forms["text/html"]))
        for thing, forms in everything_with(text)
    ]


def test_a_text_becomes_no_markup(drawn):
    for thing, forms, page in drawn[1]:
        assert "(not drawn" not in forms["text/plain"], type(thing)
        verify_page(page, type(thing))


def test_a_text_becomes_no_markup_where_markdown_is_shown(drawn):
    # Of each class one will do: it takes a while.
    forms_of = {type(thing): forms for thing, forms, _ in drawn[1]}
    for kind, forms in forms_of.items():
        verify_page(Page(markdown2html_mistune(forms["text/markdown"])), kind)


def test_a_text_stays_to_be_read(drawn):
    text, pages = drawn
    first_words = set(re.findall("[A-Za-z]{3,}", text[:40]))

    for thing, _, page in pages:
        if getattr(thing, "kind", None) not in OTHERWISE:
            lost = [word for word in first_words if word not in page.text]
            assert not lost, type(thing)


def test_a_text_cannot_steer_a_terminal(drawn):
    for thing, forms, _ in drawn[1]:
        for form in forms.values():
            form.encode("utf-8")
            steering = re.search(r"[^\n\t\x20-\x7e\x80-\U0010ffff]", form)
            assert steering is None, type(thing)


def test_there_are_a_hundred_texts_of_every_sort():
    assert len(PAYLOADS) >= 100
    assert len(set(PAYLOADS.values())) == len(PAYLOADS)


def name_of(kind):
    return f"{kind.__module__}.{kind.__qualname__}"


def test_every_renderer_and_every_kind_is_tried():
    things = [thing for thing, _ in everything_with("x")]
    kinds = {value.kind for value in metadata_with("x").values()}

    drawn = {name_of(each) for thing in things for each in type(thing).__mro__}
    assert set(bundle._RENDERERS) <= drawn
    ours = [
        k for k in MetadataValue.__subclasses__() if k.__module__.startswith("opnb.")
    ]
    assert {kind.kind for kind in ours} <= kinds
