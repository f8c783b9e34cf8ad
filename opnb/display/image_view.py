"""An image as a view: what it is in words, and the address that shows it."""

from __future__ import annotations

import base64
from xml.parsers import expat

from opnb.display import words
from opnb.model.image_header import image_format
from opnb.model.metadata import ImageMetadataValue

# A page with more would be slow to open, save and compare.
_LARGEST_SHOWN = 1_000_000
_SVG = "image/svg+xml"


def image_text(value: ImageMetadataValue) -> str:
    """Return what the image is: `image 640 × 480, PNG: mass by species`."""
    known = image_format(value.data)
    size = f" {_sides(value.size)}" if value.size else ""
    alt = f": {value.alt}" if value.alt else ""
    return f"image{size}, {known.name if known else value.mime}{alt}"


def image_trouble(value: ImageMetadataValue) -> str | None:
    """Return why the image cannot be shown; None if it can."""
    if len(value.data) > _LARGEST_SHOWN:
        return "too large to show here"
    if value.mime != _SVG:
        return None
    try:
        expat.ParserCreate().Parse(value.data, True)
    except expat.ExpatError as error:
        return f"cannot be shown: {error}"
    return None


def image_source(value: ImageMetadataValue) -> str:
    """Return the `data:` address of the image.

    An SVG stands in it as an image, too, so that nothing in it can run.
    """
    return f"data:{value.mime};base64,{base64.b64encode(value.data).decode()}"


def image_facts(value: ImageMetadataValue) -> str:
    """Return what there is instead: `image/png, 2.3 MB, 1,200 × 800 pixels`."""
    facts = [value.mime, words.size(len(value.data))]
    return ", ".join(
        [*facts, *([f"{_sides(value.size)} pixels"] if value.size else [])]
    )


def _sides(size: tuple[int, int]) -> str:
    return " × ".join(f"{side:,}" for side in size)
