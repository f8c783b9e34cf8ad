"""Whether HTML reads the same in every place that shows notebooks."""

from __future__ import annotations

from collections.abc import Iterator

from opnb.model.checks import verify_type
from opnb.testing.markup import Element, Problem, parse
from opnb.testing.styles import contrast_problems, style_problems
from opnb.testing.tags import (
    link_problems,
    picture_problems,
    run_together_problems,
    tag_problems,
    title_problems,
)

_SHOWN = 6
_RULES = (
    tag_problems,
    link_problems,
    picture_problems,
    style_problems,
    contrast_problems,
    run_together_problems,
)


def assert_portable(html: str) -> None:
    """Assert that HTML reads the same in JupyterLab, on GitHub, in exports, in mail.

    A notebook that is not trusted loses scripts, stylesheets, ids, inline SVG and much
    of its styles; GitHub drops all styles; a page may be light or dark. So: the tags
    and attributes that stay, all text there to read without any style, links of
    harmless schemes, pictures that bring their data and say in words what they show,
    text that stands out from its ground on both pages, sizes within reason.

    Args:
        html: What goes into `text/html`.

    Raises:
        AssertionError: The first few faults, each with what to do.
    """
    verify_type(html, str, "html", hint="Give what `_repr_html_` returns.")
    root, problems = parse(html)
    problems += _problems(root)
    if problems:
        raise AssertionError(_screen(problems))


def _problems(root: Element) -> Iterator[Problem]:
    for element in root.walk():
        for rule in _RULES if element is not root else (run_together_problems,):
            yield from rule(element)
    yield from title_problems(root)


def _screen(problems: list[Problem]) -> str:
    """Return the first of each fault, with how often it occurs."""
    found: dict[tuple[str, str], list[Problem]] = {}
    for problem in problems:
        found.setdefault((problem.what, problem.hint), []).append(problem)
    lines = ["This HTML does not read the same everywhere."]
    for (what, hint), alike in list(found.items())[:_SHOWN]:
        more = f" (and {len(alike) - 1:,} more)" if len(alike) > 1 else ""
        lines += ["", f"{what}{more}", f"  in {alike[0].where}", f"  {hint}"]
    if len(found) > _SHOWN:
        lines += ["", f"… and {len(found) - _SHOWN:,} other faults"]
    return "\n".join(lines)
