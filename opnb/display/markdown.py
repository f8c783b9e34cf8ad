"""The user's Markdown as HTML that can do no harm."""

from __future__ import annotations

import re
import threading
from functools import lru_cache
from html import escape, unescape
from xml.etree.ElementTree import Element

import markdown
import nh3
from markdown.extensions import Extension
from markdown.extensions.sane_lists import SaneListExtension
from markdown.extensions.tables import TableExtension
from markdown.treeprocessors import Treeprocessor

from opnb.display import value_style
from opnb.display.markdown_source import loosen
from opnb.display.safe_link import SCHEMES, is_safe_link

# What a notebook shows without styles and without trust; no picture may load from afar.
_TAGS = frozenset(
    "a abbr b blockquote br caption code dd del details div dl dt em h1 h2 h3 h4 h5 "
    "h6 hr i img ins kbd li mark ol p pre s span strong sub summary sup table tbody "
    "td tfoot th thead tr ul".split()
)
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height"},
    "td": {"colspan", "rowspan", "align", "style"},
    "th": {"colspan", "rowspan", "align", "scope", "style"},
    "ol": {"start"},
}
_OUR_STYLES = frozenset(value_style.MARKDOWN_CELLS.values())
_PICTURE = "picture"
# As nh3 writes them: no quote within quotes.
_IMAGE = re.compile(r"""<img(?:\s[\w-]+="[^"]*")*>""")
_ATTRIBUTE = re.compile(r"""\s([\w-]+)="([^"]*)\"""")
_lock = threading.Lock()


class _Cells(Treeprocessor):
    """Gives cells of tables our style, on the user's side, and pictures a word."""

    def run(self, root: Element) -> None:
        for (tag, side), style in value_style.MARKDOWN_CELLS.items():
            for cell in root.iter(tag):
                if cell.get("align", "left") == side:
                    cell.set("style", style)
        for picture in root.iter("img"):
            picture.set("alt", picture.get("alt") or _PICTURE)


class _Look(Extension):
    def extendMarkdown(self, md: markdown.Markdown) -> None:  # noqa: N802 - its name
        md.treeprocessors.register(_Cells(md), "opnb", 0)


@lru_cache(maxsize=2)
def _converter(*, with_fences: bool) -> markdown.Markdown:
    # By their names Markdown would look through all that is installed.
    extensions: list[Extension] = [
        TableExtension(use_align_attribute=True),
        SaneListExtension(),
        _Look(),
    ]
    if with_fences:
        from markdown.extensions.fenced_code import (  # noqa: PLC0415 - loads Pygments
            FencedCodeExtension,
        )

        extensions.append(FencedCodeExtension())
    return markdown.Markdown(extensions=extensions)


@lru_cache(maxsize=256)
def render_markdown(source: str) -> str:
    """Return safe HTML; what is no plain Markdown of text is left out."""
    text = loosen(source)
    with_fences = "```" in text or "~~~" in text
    with _lock:  # a converter has state, and ops may run in threads
        html = _converter(with_fences=with_fences).reset().convert(text)
    cleaned = nh3.clean(
        html,
        tags=set(_TAGS),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        set_tag_attribute_values={
            tag: {"style": style} for tag, style in value_style.MARKDOWN.items()
        },
        url_schemes=set(SCHEMES) | {"data"},
        attribute_filter=_safe_attribute,
        link_rel="noopener noreferrer",
    )
    return _IMAGE.sub(_told, cleaned)


def _told(image: re.Match[str]) -> str:
    """Return an image as it is, or its words if what it shows was not safe."""
    attributes = dict(_ATTRIBUTE.findall(image[0]))
    if "src" in attributes and attributes.get("alt"):
        return image[0]
    return escape(unescape(attributes.get("alt") or _PICTURE))


def _safe_attribute(tag: str, name: str, value: str) -> str | None:
    if name == "style" and tag in ("td", "th"):
        return value if value in _OUR_STYLES else None
    if tag == "img" and name == "src":
        return value if value.startswith("data:image/") else None
    if name == "href":
        return value if is_safe_link(value) else None
    return value
