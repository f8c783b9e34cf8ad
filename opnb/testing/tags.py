"""The tags, attributes, links and pictures that stay everywhere."""

from __future__ import annotations

import base64
import binascii
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from itertools import pairwise
from typing import TypeGuard

from opnb.display.safe_link import is_safe_link
from opnb.testing.markup import Element, Problem
from opnb.testing.styles import declarations

# Those that JupyterLab keeps in a notebook that is not trusted, and GitHub does.
_TAGS = frozenset(
    "a abbr b blockquote br caption cite code dd del details dfn div dl dt em "
    "figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp "
    "small span strong sub summary sup table tbody td tfoot th thead tr ul var "
    "wbr".split()
)
_ANYWHERE = frozenset(["class", "style", "title", "lang", "dir"])
_CELL = frozenset(["colspan", "rowspan", "align", "scope"])
_ATTRIBUTES = {
    "a": frozenset(["href", "target", "rel"]),
    "img": frozenset(["src", "alt", "width", "height"]),
    "details": frozenset(["open"]),
    "ol": frozenset(["start", "type"]),
    "li": frozenset(["value"]),
    "td": _CELL,
    "th": _CELL,
}
_INSTEAD = {
    "style": "Write the style into the elements.",
    "script": "Nothing may run: a notebook that is not trusted drops it.",
    "svg": 'Put it into an <img src="data:image/svg+xml;base64,…" alt="a sentence">.',
    "id": "Ids are dropped or renamed; links to them break.",
    "hidden": "It is dropped, and what it hid appears: leave that out.",
}
_INLINE = frozenset(
    "a abbr b cite code del em i ins kbd mark s small span strong".split()
)
_APART = re.compile(r"(margin|padding|border|display|gap)")
_PICTURE = re.compile(
    r"data:image/(png|jpeg|gif|webp|svg\+xml);base64,(.*)\Z", re.DOTALL
)
_SVG = "svg+xml"


def tag_problems(element: Element) -> Iterator[Problem]:
    """Yield what is wrong with an element's tag and attributes."""
    if element.tag not in _TAGS:
        yield element.problem(
            f"<{element.tag}> does not stay everywhere",
            _INSTEAD.get(element.tag, "Use plain text, tables and <details>."),
        )
    allowed = _ANYWHERE | _ATTRIBUTES.get(element.tag, frozenset())
    for name in sorted(element.attributes.keys() - allowed):
        yield element.problem(
            f"the attribute `{name}` of <{element.tag}> does not stay everywhere",
            _INSTEAD.get(name, "Say it in the text."),
        )


def link_problems(element: Element) -> Iterator[Problem]:
    """Yield what is wrong with where a link leads."""
    address = element.attributes.get("href")
    if address is None:
        return
    if not is_safe_link(address):
        yield element.problem(
            f"a link leads to {address[:60]!r}",
            "Link to http, https, mailto or a file.",
        )
    elif address.startswith("#"):
        yield element.problem(f"a link leads to {address[:60]!r}", _INSTEAD["id"])


def title_problems(root: Element) -> Iterator[Problem]:
    """Yield what only a `title` tells: no finger and no printer shows it."""
    read = " ".join(root.text.split())
    for element in root.walk():
        title = " ".join(element.attributes.get("title", "").split())
        if title and title not in read:
            yield element.problem(
                f"only a `title` tells {title[:60]!r}", "Write it as text, too."
            )


def picture_problems(element: Element) -> Iterator[Problem]:
    """Yield what is wrong with a picture: where it comes from, what it says."""
    if element.tag != "img":
        return
    if not element.attributes.get("alt", "").strip():
        yield element.problem(
            "a picture has no `alt`", "Say in a sentence what it shows."
        )
    source = element.attributes.get("src", "")
    found = _PICTURE.match(source)
    if found is None:
        yield element.problem(
            f"a picture comes from {source[:60]!r}",
            "Put its data there: data:image/png;base64,…",
        )
    else:
        yield from _data_problems(element, found[1], found[2])


def _data_problems(element: Element, kind: str, text: str) -> Iterator[Problem]:
    try:
        data = base64.b64decode(text, validate=True)
        if kind == _SVG:
            ET.fromstring(data)  # noqa: S314 - drawn by the code under test
    except (binascii.Error, ET.ParseError) as error:
        yield element.problem(
            f"a picture cannot be read: {error}", "Encode the whole file in base64."
        )


def run_together_problems(element: Element) -> Iterator[Problem]:
    """Yield words that only a style keeps apart."""
    spread = _is_spread(element)
    for one, other in pairwise(element.children):
        if not (_is_inline(one) and _is_inline(other)):
            continue
        words = one.text[-1:] + other.text[:1]
        apart = spread or _keeps_apart(one) or _keeps_apart(other)
        if len(words) == len(words.strip()) == 2 and apart:  # noqa: PLR2004 - a letter of each
            yield element.problem(
                f"{one.text[-20:]!r} and {other.text[:20]!r} run together without "
                "styles",
                "Put a space or a comma between them.",
            )


def _is_inline(child: Element | str) -> TypeGuard[Element]:
    return isinstance(child, Element) and child.tag in _INLINE


def _keeps_apart(element: Element) -> bool:
    return any(_APART.match(name) for name, _ in declarations(element))


def _is_spread(element: Element) -> bool:
    return any(
        name == "display" and ("flex" in value or "grid" in value)
        for name, value in declarations(element)
    )
