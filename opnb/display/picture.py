"""Drawings that show where scripts and styles do not: SVG within an `<img>`.

Sanitizers drop inline SVG and `aria-*`; an image whose source is the SVG itself stays,
in an untrusted notebook and on GitHub, and its `alt` is a sentence that says the same.
Within it the page's colours are unknown: text stands on a ground of its own.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

from opnb.display.engine import render


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing for the template `picture.html`.

    Args:
        source: The SVG as a `data:` address.
        alt: A sentence that says what the drawing shows.
        width: In pixels.
        height: In pixels.
    """

    source: str
    alt: str
    width: int
    height: int


def draw(template: str, *, alt: str, width: int, height: int, **view: Any) -> Picture:
    """Return a template of an SVG filled in; it knows its `width` and `height`."""
    svg = render(template, width=width, height=height, **view)
    source = base64.b64encode(svg.encode()).decode()
    return Picture(f"data:image/svg+xml;base64,{source}", alt, width, height)
