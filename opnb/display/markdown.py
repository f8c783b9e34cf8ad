"""The user's Markdown as HTML that can do no harm."""

from __future__ import annotations

import threading
from functools import lru_cache

import markdown
import nh3

# What a notebook shows without styles and without trust; no picture may load from afar.
_TAGS = frozenset(
    "a abbr b blockquote br caption code dd del details div dl dt em h1 h2 h3 h4 h5 "
    "h6 hr i img ins kbd li mark ol p pre s span strong sub summary sup table tbody "
    "td tfoot th thead tr ul".split()
)
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height"},
    "td": {"colspan", "rowspan", "align"},
    "th": {"colspan", "rowspan", "align", "scope"},
    "ol": {"start"},
}
_SCHEMES = frozenset(["http", "https", "mailto"])
_lock = threading.Lock()


@lru_cache(maxsize=1)
def _converter() -> markdown.Markdown:
    return markdown.Markdown(extensions=["tables", "fenced_code", "sane_lists"])


def render_markdown(source: str) -> str:
    """Return safe HTML; what is no plain Markdown of text is left out."""
    with _lock:  # a converter has state, and ops may run in threads
        html = _converter().reset().convert(source)
    return nh3.clean(
        html,
        tags=set(_TAGS),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        url_schemes=set(_SCHEMES) | {"data"},
        attribute_filter=_safe_attribute,
        link_rel="noopener noreferrer",
    )


def _safe_attribute(tag: str, name: str, value: str) -> str | None:
    if tag == "img" and name == "src":
        return value if value.startswith("data:image/") else None
    if name == "href":
        return value if is_safe_link(value) else None
    return value


def is_safe_link(address: str) -> bool:
    r"""Whether a link may be followed: http, https, mailto, or relative.

    >>> is_safe_link("https://x.org"), is_safe_link("a/b.html"), is_safe_link("#a")
    (True, True, True)
    >>> is_safe_link("javascript:alert(1)"), is_safe_link("java\nscript:x")
    (False, False)
    """
    # Browsers ignore control characters and spaces in front of and within a scheme.
    text = "".join(character for character in address if character > " ")
    scheme, colon, _ = text.partition(":")
    if not colon or any(mark in scheme for mark in "/?#"):
        return not text.startswith(("//", "\\"))
    return scheme.lower() in _SCHEMES
