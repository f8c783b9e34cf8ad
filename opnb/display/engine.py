"""The template engine: escapes everything, knows the style and the words."""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup, escape

from opnb.display import style, value_style, values, words
from opnb.display.json_text import bytes_start
from opnb.display.lazily import at_first_use
from opnb.display.notebook_link import notebook_link
from opnb.display.pairs import pairs_line
from opnb.display.safe_link import is_safe_link
from opnb.display.template_cache import TemplateCache

# Longer ones are in the log, whole.
_LINE = 300
_LONG_WORD = 40
_STYLES = {"style": style, "value_style": value_style}
_render_markdown = at_first_use("markdown.render_markdown")


class _Environment(jinja2.Environment):
    """An environment that spares templates some work when they are drawn.

    They share its globals, each name in one place: by default each has a chain of them,
    which is gone through for each import. And styles are compiled in, where they stand
    for themselves: a card has hundreds, which would be looked up and escaped each time.
    """

    def make_globals(
        self, d: MutableMapping[str, Any] | None
    ) -> MutableMapping[str, Any]:
        return {**self.globals, **d} if d else self.globals

    def preprocess(
        self, source: str, name: str | None = None, filename: str | None = None
    ) -> str:
        source = super().preprocess(source, name, filename)
        return re.sub(r"\{\{ (style|value_style)\.([A-Z_]+) \}\}", _style, source)


def _style(found: re.Match[str]) -> str:
    return escape(getattr(_STYLES[found[1]], found[2]))


@lru_cache(maxsize=1)
def _environment() -> jinja2.Environment:
    environment = _Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=jinja2.select_autoescape(["html", "svg"]),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        bytecode_cache=TemplateCache(__file__, style.__file__, value_style.__file__),
    )
    environment.filters.update(
        shown=words.printable,
        line=_line,
        fit=_fit,
        markdown=lambda source: Markup(_render_markdown(words.printable(source))),  # noqa: S704 - cleaned by nh3
        cut=words.cut,
        number=words.number,
        time=words.time,
        info=words.value_info,
        fenced=at_first_use("markdown_source.fenced"),
        code_span=at_first_use("markdown_source.code_span"),
        loosen=at_first_use("markdown_source.loosen"),
    )
    environment.tests["safe_link"] = is_safe_link
    environment.tests["only_text"] = at_first_use("markdown_source.is_only_text")
    environment.globals.update(
        **_STYLES,
        one_line=values.one_line,
        pairs=pairs_line,
        bytes_start=bytes_start,
        lineage_lines=values.lineage_lines,
        lineage_picture=at_first_use("column_lineage.lineage_picture"),
        reference_place=values.reference_place,
        reference_lines=values.reference_lines,
        notebook_link=notebook_link,
        image_facts=at_first_use("image_view.image_facts"),
        image_source=at_first_use("image_view.image_source"),
        image_text=at_first_use("image_view.image_text"),
        image_trouble=at_first_use("image_view.image_trouble"),
        table_view=at_first_use("table_view.table_view"),
        schema_view=at_first_use("table_view.schema_view"),
        note_lines=at_first_use("table_view.note_lines"),
        tree_of=at_first_use("json_tree.tree_of"),
        tree_lines=at_first_use("json_tree.tree_lines"),
        count=words.count,
        md=_escape_markdown,
    )
    return environment


def render(template: str, **view: Any) -> str:
    """Return a template filled in."""
    return _environment().get_template(template).render(**view).strip("\n")


def _line(text: Any) -> str:
    return words.cut(words.printable(text), _LINE)


def _fit(text: str) -> str:
    """Return a line, whose words stay whole if each of them fits a card."""
    longest = max(map(len, text.split()), default=0) if len(text) > _LONG_WORD else 0
    if longest <= _LONG_WORD:
        return _line(text)
    return Markup('<span style="{}">{}</span>').format(style.BREAK, _line(text))


def _escape_markdown(text: Any) -> str:
    """Return text so that Markdown shows it as it is, on one line, without math."""
    line = " ".join(words.printable(text).split())
    for mark in "\\`*_[]<>|$#~":
        line = line.replace(mark, "\\" + mark)
    return line
