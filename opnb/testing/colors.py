"""Colours of inline styles, and how well text in them reads on a ground."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

# Below, text is hard to read (WCAG 2, level AA).
LEAST_CONTRAST = 4.5


class Color(NamedTuple):
    """Red, green, blue from 0 to 255, and how much it covers, from 0 to 1."""

    red: float
    green: float
    blue: float
    alpha: float = 1.0

    def over(self, ground: Color) -> Color:
        """Return what is seen where this one is painted on an opaque ground."""
        mixed = (
            self.alpha * mine + (1 - self.alpha) * below
            for mine, below in zip(self[:3], ground[:3], strict=True)
        )
        return Color(*mixed)


@dataclass(frozen=True, slots=True)
class Page:
    """What a front end brings: its ground and the colour of its text."""

    name: str
    ground: Color
    text: Color


# As in JupyterLab's two themes, those of GitHub, VS Code and Colab being close to them.
PAGES = (
    Page("a white page", Color(255, 255, 255), Color(33, 33, 33)),
    Page("a dark page", Color(17, 17, 17), Color(255, 255, 255)),
)

_NAMES = {
    "transparent": Color(0, 0, 0, 0),
    "black": Color(0, 0, 0),
    "white": Color(255, 255, 255),
    "gray": Color(128, 128, 128),
    "grey": Color(128, 128, 128),
    "silver": Color(192, 192, 192),
    "red": Color(255, 0, 0),
    "green": Color(0, 128, 0),
    "blue": Color(0, 0, 255),
    "navy": Color(0, 0, 128),
    "maroon": Color(128, 0, 0),
    "orange": Color(255, 165, 0),
    "yellow": Color(255, 255, 0),
}
_HEX = re.compile(r"#([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})\Z")
_RGB = re.compile(r"rgba?\(([\d.]+),([\d.]+),([\d.]+)(?:,([\d.]+))?\)\Z")


def parse_color(text: str) -> Color | None:
    """Return the colour, or None for what only a browser could tell.

    >>> parse_color("#fff"), parse_color("rgba(128, 128, 128, .4)").alpha
    (Color(red=255, green=255, blue=255, alpha=1.0), 0.4)
    >>> parse_color("hsl(0 100% 50%)")
    """
    plain = re.sub(r"\s", "", text.lower())
    if plain in _NAMES:
        return _NAMES[plain]
    if found := _HEX.match(plain):
        return _from_hex(found[1])
    if found := _RGB.match(plain):
        red, green, blue = (float(part) for part in found.groups()[:3])
        return Color(red, green, blue, float(found[4] or 1))
    return None


def _from_hex(digits: str) -> Color:
    wide = digits if len(digits) > 4 else "".join(d * 2 for d in digits)  # noqa: PLR2004 - #rgb, #rgba
    red, green, blue, alpha = bytes.fromhex(f"{wide:f<8}")
    return Color(red, green, blue, alpha / 255)


def contrast(one: Color, other: Color) -> float:
    """Return the contrast of two opaque colours, from 1 to 21.

    >>> round(contrast(Color(0, 0, 0), Color(255, 255, 255)), 1)
    21.0
    """
    darker, lighter = sorted(_luminance(color) for color in (one, other))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: Color) -> float:
    red, green, blue = (_linear(part / 255) for part in color[:3])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 - sRGB


@dataclass(frozen=True, slots=True)
class Paint:
    """What an element says of colours: None where it leaves them as they are."""

    text: Color | None = None
    ground: Color | None = None
    opacity: float = 1.0


def text_contrast(paints: Sequence[Paint], page: Page) -> float:
    """Return how well text reads within elements that paint so, the outermost first."""
    grounds = [page.ground]
    for paint in paints:
        grounds.append(paint.ground.over(grounds[-1]) if paint.ground else grounds[-1])
    text = next((p.text for p in reversed(paints) if p.text is not None), page.text)
    seen_text = _faded(text.over(grounds[-1]), paints, grounds)
    seen_ground = _faded(grounds[-1], paints, grounds)
    return contrast(seen_text, seen_ground)


def _faded(color: Color, paints: Sequence[Paint], grounds: Iterable[Color]) -> Color:
    """Return what is left of a colour: each element fades all within it as one."""
    pairs = list(zip(paints, grounds, strict=False))
    for paint, behind in reversed(pairs):
        color = color._replace(alpha=paint.opacity).over(behind)
    return color
