"""What inline styles may not do: hide, cut, move or blur what there is to read."""

from __future__ import annotations

import re
from collections.abc import Iterator

from opnb.testing.colors import (
    LEAST_CONTRAST,
    PAGES,
    Color,
    Paint,
    parse_color,
    text_contrast,
)
from opnb.testing.markup import Element, Problem

_SIZES = {"px": 1.0, "pt": 4 / 3, "em": 13.0, "rem": 14.0, "%": 0.13}
_SMALLEST, _LARGEST = 10, 32
_WIDEST = 640  # of a card in a narrow window
_INHERITED = frozenset(["inherit", "currentcolor", "initial", "unset", "revert"])
_SIZE = re.compile(r"(\d*\.?\d+)(px|pt|em|rem|%)\Z")
_DECLARATION = re.compile(r"""(?:[^;("']|\([^)]*\)|"[^"]*"|'[^']*')+""")

_HIDES = "hides what is within; where styles are dropped it appears"
_MOVES = "moves it over other things, or away"

# What a declaration may not be, each with what it does and what to do instead.
_REFUSED = tuple(
    (re.compile(rf"(?:{pattern})"), what, hint)
    for pattern, what, hint in (
        (
            r"display:none|visibility:(hidden|collapse)|font-size:0|clip|mask",
            _HIDES,
            "Leave it out, or fold it in <details>.",
        ),
        (
            r"(max-)?(height|width):0\D*$",
            _HIDES,
            "Leave it out, or fold it in <details>.",
        ),
        (
            r"overflow(-[xy])?:.*(hidden|clip)|text-overflow|-webkit-line-clamp",
            "cuts text off",
            "Let it scroll (overflow:auto), or cut the text and tell the count.",
        ),
        (
            r"position:(?!static|relative$)|z-index|float|transform|text-indent:-",
            _MOVES,
            "Let it stand where it is in the text.",
        ),
        (
            r"(margin|top|left|right|bottom)[a-z-]*:(.* )?-",
            _MOVES,
            "Let it stand where it is in the text.",
        ),
        (
            r"text-transform|direction:|unicode-bidi|order:|.*-reverse|content:",
            "makes it read otherwise than the text does",
            "Write the text as it is to be read.",
        ),
        (
            r".*url\(|.*image-set\(|behavior:|-moz-binding|.*expression\(",
            "loads something",
            "A picture is an <img> with its data in `src`.",
        ),
        (
            r"animation|transition|filter|backdrop",
            "is dropped from notebooks that are not trusted",
            "Do without.",
        ),
        (
            r"--|.*var\(--[\w-]+\)",
            "leans on a variable that most front ends do not have",
            "Write the value, or var(--name, value).",
        ),
        (
            r"[a-z-]*(width|height|size|padding|margin)[a-z-]*:.*\d(vw|vh|vmin|vmax|ch)",
            "is measured by the window, or in a unit that is dropped",
            "Use px, em or %.",
        ),
    )
)


def declarations(element: Element) -> Iterator[tuple[str, str]]:
    """Yield what the `style` attribute says as names and values."""
    for part in _DECLARATION.findall(element.attributes.get("style", "")):
        name, colon, value = part.partition(":")
        if colon:
            yield name.strip().lower(), " ".join(value.lower().split())


def style_problems(element: Element) -> Iterator[Problem]:
    """Yield what is wrong with an element's own style."""
    for name, value in declarations(element):
        for pattern, what, hint in _REFUSED:
            if pattern.match(f"{name}:{value}"):
                yield element.problem(f"`{name}:{value}` {what}", hint)
        yield from _size_problems(element, name, value)
        yield from _space_problems(element, name, value)
        yield from _color_problems(element, name, value)


def _size_problems(element: Element, name: str, value: str) -> Iterator[Problem]:
    pixels = _pixels(value)
    if pixels is None:
        return
    if name == "font-size" and not _SMALLEST <= pixels <= _LARGEST:
        yield element.problem(
            f"`{name}:{value}` is no size to read",
            f"Stay between {_SMALLEST} and {_LARGEST} pixels.",
        )
    if name in ("width", "min-width") and "%" not in value and pixels > _WIDEST:
        scrolls = any(_scrolls(above) for above in element.chain[:-1])
        if not scrolls and element.tag != "img":
            yield element.problem(
                f"`{name}:{value}` is wider than a narrow window",
                "Put it within an element with overflow:auto.",
            )


def _pixels(value: str) -> float | None:
    found = _SIZE.match(value)
    return float(found[1]) * _SIZES[found[2]] if found else None


def _scrolls(element: Element) -> bool:
    return any(
        name in ("overflow", "overflow-x") and value in ("auto", "scroll")
        for name, value in declarations(element)
    )


def _space_problems(element: Element, name: str, value: str) -> Iterator[Problem]:
    keeps_lines = name == "white-space" and value in ("pre", "pre-wrap", "pre-line")
    within_pre = any(each.tag in ("pre", "code") for each in element.chain)
    if keeps_lines and not within_pre and "\n" in element.text.strip():
        yield element.problem(
            f"`{name}:{value}` keeps lines that run together without styles",
            "Use <pre>, or <br> between the lines.",
        )


def _color_problems(element: Element, name: str, value: str) -> Iterator[Problem]:
    if name not in ("color", "background", "background-color"):
        return
    if _is_unknown(value):
        yield element.problem(
            f"`{name}:{value}` is a colour that cannot be judged",
            "Write it as #rrggbb or rgba(r, g, b, a).",
        )


def _is_unknown(value: str) -> bool:
    return value not in _INHERITED and value != "none" and _color(value) is None


def _color(value: str) -> Color | None:
    """Return the colour, that of a variable being its fallback."""
    found = re.match(r"var\(--[\w-]+\s*,\s*(.*)\)\Z", value)
    return parse_color(found[1] if found else value)


def paint_of(element: Element) -> Paint:
    """Return what an element says of colours."""
    said = dict(declarations(element))
    ground = said.get("background-color", said.get("background", "none"))
    opacity = said.get("opacity", "1")
    return Paint(
        _color(said.get("color", "inherit")),
        _color(ground),
        float(opacity) if re.fullmatch(r"\d*\.?\d+", opacity) else 1.0,
    )


def contrast_problems(element: Element) -> Iterator[Problem]:
    """Yield where an element's own text does not stand out from its ground."""
    if not any(isinstance(child, str) and child.strip() for child in element.children):
        return
    paints = [paint_of(each) for each in element.chain]
    for page in PAGES:
        found = text_contrast(paints, page)
        if found < LEAST_CONTRAST:
            yield element.problem(
                f"text has a contrast of {found:.1f}:1 on {page.name}",
                "Leave text the colour of the page, or give it a ground of its own: "
                f"{LEAST_CONTRAST}:1 is needed on white and on black, and no single "
                "colour has that on both.",
            )
            return
