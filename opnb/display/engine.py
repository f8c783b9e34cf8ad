"""The template engine: escapes everything, knows the style and the words."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from opnb.display import style, values, words
from opnb.display.json_tree import tree_of
from opnb.display.markdown import is_safe_link, render_markdown

# Longer ones are in the log, whole.
_LINE = 300
_CELL = 120


@lru_cache(maxsize=1)
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=jinja2.select_autoescape(["html", "svg"]),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters.update(
        shown=words.printable,
        line=lambda text: words.cut(words.printable(text), _LINE),
        markdown=lambda source: Markup(render_markdown(words.printable(source))),  # noqa: S704 - cleaned by nh3
        cut=words.cut,
        number=words.number,
        time=words.time,
        info=words.value_info,
        cell=_cell,
    )
    environment.tests["safe_link"] = is_safe_link
    environment.globals.update(
        style=style,
        one_line=values.one_line,
        pairs=values.pairs,
        bytes_text=values.bytes_text,
        lineage_lines=values.lineage_lines,
        tree_of=tree_of,
        count=words.count,
        md=_escape_markdown,
    )
    return environment


def render(template: str, **view: Any) -> str:
    """Return a template filled in."""
    return _environment().get_template(template).render(**view).strip("\n")


def _cell(value: Any) -> str:
    """Return a table's cell as text; a missing value as nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, bytes):
        return values.bytes_text(value)
    text = words.number(value) if isinstance(value, float) else value
    return words.cut(words.printable(text), _CELL)


def _escape_markdown(text: Any) -> str:
    """Return text so that Markdown shows it as it is, on one line, without math."""
    line = " ".join(words.printable(text).split())
    for mark in "\\`*_[]<>|$#~":
        line = line.replace(mark, "\\" + mark)
    return line
