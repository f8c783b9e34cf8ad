"""The template engine: escapes everything, knows the style and the words."""

from __future__ import annotations

from collections.abc import MutableMapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from opnb.display import style, value_style, values, words
from opnb.display.image_view import (
    image_facts,
    image_source,
    image_text,
    image_trouble,
)
from opnb.display.json_text import bytes_start
from opnb.display.json_tree import tree_lines, tree_of
from opnb.display.lazily import at_first_use
from opnb.display.markdown_source import code_span, fenced, is_only_text, loosen
from opnb.display.notebook_link import notebook_link
from opnb.display.safe_link import is_safe_link
from opnb.display.table_view import note_lines, schema_view, table_view
from opnb.display.template_cache import TemplateCache

# Longer ones are in the log, whole.
_LINE = 300
_render_markdown = at_first_use("markdown.render_markdown")


class _Environment(jinja2.Environment):
    """An environment whose templates share its globals, each name in one place.

    By default each has a chain of them, which is gone through for each import.
    """

    def make_globals(
        self, d: MutableMapping[str, Any] | None
    ) -> MutableMapping[str, Any]:
        return {**self.globals, **d} if d else self.globals


@lru_cache(maxsize=1)
def _environment() -> jinja2.Environment:
    environment = _Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=jinja2.select_autoescape(["html", "svg"]),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        bytecode_cache=TemplateCache(__file__),
    )
    environment.filters.update(
        shown=words.printable,
        line=lambda text: words.cut(words.printable(text), _LINE),
        markdown=lambda source: Markup(_render_markdown(words.printable(source))),  # noqa: S704 - cleaned by nh3
        cut=words.cut,
        number=words.number,
        time=words.time,
        info=words.value_info,
        fenced=fenced,
        code_span=code_span,
        loosen=loosen,
    )
    environment.tests["safe_link"] = is_safe_link
    environment.tests["only_text"] = is_only_text
    environment.globals.update(
        style=style,
        value_style=value_style,
        one_line=values.one_line,
        pairs=values.pairs,
        bytes_start=bytes_start,
        lineage_lines=values.lineage_lines,
        # It draws by this engine, and so cannot be here before it.
        lineage_picture=at_first_use("column_lineage.lineage_picture"),
        reference_place=values.reference_place,
        reference_lines=values.reference_lines,
        notebook_link=notebook_link,
        image_facts=image_facts,
        image_source=image_source,
        image_text=image_text,
        image_trouble=image_trouble,
        table_view=table_view,
        schema_view=schema_view,
        note_lines=note_lines,
        tree_of=tree_of,
        tree_lines=tree_lines,
        count=words.count,
        md=_escape_markdown,
    )
    return environment


def render(template: str, **view: Any) -> str:
    """Return a template filled in."""
    return _environment().get_template(template).render(**view).strip("\n")


def _escape_markdown(text: Any) -> str:
    """Return text so that Markdown shows it as it is, on one line, without math."""
    line = " ".join(words.printable(text).split())
    for mark in "\\`*_[]<>|$#~":
        line = line.replace(mark, "\\" + mark)
    return line
