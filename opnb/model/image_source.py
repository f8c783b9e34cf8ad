"""What a picture may be given as: bytes, a file, a figure, what draws itself.

matplotlib and Pillow are recognised by what is loaded already; neither is imported
here.
"""

from __future__ import annotations

import base64
import binascii
import io
import math
import os
import sys
from pathlib import Path
from typing import Any, NamedTuple

from opnb.model.checks import shorten
from opnb.model.errors import InvalidMetadata, ParameterCheckError
from opnb.model.image_header import ImageFormat, image_format

# Beyond it, as text in its row, it would come near what an event may have.
LARGEST_IMAGE = 32 * 2**20
_AS_FILE = "Write it to a file and give MetadataValue.path(...)."
_HINTS = {
    "ndarray": "Of its pixels: PIL.Image.fromarray(value).",
    "list": "Give each image a label of its own.",
    "tuple": "Give each image a label of its own.",
}
_DRAWERS = ("_repr_png_", "_repr_svg_")


class Drawn(NamedTuple):
    """What an object drew of itself, and how wide it wants to be shown."""

    data: bytes
    width: int | None = None


def draws_itself(value: object) -> bool:
    """Tell whether the value is a picture: a figure, an image, what draws itself."""
    return (
        _figure_of(value) is not None
        or _is_pillow(value)
        or any(callable(getattr(type(value), name, None)) for name in _DRAWERS)
    )


def read_image(value: Any) -> Drawn:
    """Return the bytes of a picture, whatever it is given as.

    Raises:
        ParameterCheckError: It is nothing that a picture could be given as.
        InvalidMetadata: It cannot be read or drawn.
    """
    if isinstance(value, bytes | bytearray | memoryview):
        return Drawn(bytes(value))
    if isinstance(value, io.BytesIO):
        return Drawn(value.getvalue())
    if isinstance(value, str) and value.lstrip("\ufeff \t\r\n").startswith("<"):
        return Drawn(value.encode("utf-8", "replace"))
    if isinstance(value, str | os.PathLike):
        return Drawn(_read_file(os.fsdecode(value)))
    if not draws_itself(value):
        raise ParameterCheckError(
            f"'data' must be an image: bytes, the path of a file, or a figure, "
            f"not {type(value).__name__}: {shorten(value)}",
            hint=_HINTS.get(type(value).__name__, "Give PNG bytes, or a figure."),
        )
    return _draw(value)


def verify_image(data: bytes) -> ImageFormat:
    """Return the format of an image.

    Raises:
        InvalidMetadata: It is empty, too large, or no image that a browser shows.
    """
    if not data:
        raise InvalidMetadata(
            "An image of 0 bytes is none.", hint="Has it been written to its end?"
        )
    if len(data) > LARGEST_IMAGE:
        raise InvalidMetadata(
            f"The image takes {len(data) // 2**20} MiB; one may take "
            f"{LARGEST_IMAGE // 2**20}.",
            hint=f"Draw it smaller. {_AS_FILE}",
        )
    known = image_format(data)
    if known is None:
        raise InvalidMetadata(
            f"No PNG, JPEG, GIF, WebP or SVG begins with {data[:16]!r}.",
            hint=_hint_for(data),
        )
    return known


def _hint_for(data: bytes) -> str:
    if b"<svg" in data[:1024]:
        return 'An SVG needs xmlns="http://www.w3.org/2000/svg" in its first tag.'
    return "Save it as PNG, or keep it as it is by MetadataValue.bytes(...)."


def _read_file(path: str) -> bytes:
    if "://" in path:
        raise InvalidMetadata(
            f"An image is kept, not linked; {shorten(path)} is an address.",
            hint="Give the bytes that are there, or MetadataValue.url(...).",
        )
    try:
        if Path(path).stat().st_size > LARGEST_IMAGE:
            raise InvalidMetadata(
                f"The image {shorten(path)} takes more than "
                f"{LARGEST_IMAGE // 2**20} MiB.",
                hint="Draw it smaller, or keep its path: MetadataValue.path(...).",
            )
        return Path(path).read_bytes()
    except FileNotFoundError:
        raise InvalidMetadata(
            f"There is no image {shorten(path)}.",
            hint="A relative path starts where the notebook or program runs.",
        ) from None
    except (OSError, ValueError) as error:
        raise InvalidMetadata(
            f"The image {shorten(path)} cannot be read: {type(error).__name__}.",
            hint="Give the path of a PNG, JPEG, GIF, WebP or SVG file.",
        ) from error


def _draw(value: Any) -> Drawn:
    try:
        figure = _figure_of(value)
        if figure is not None:
            return Drawn(_save_figure(figure))
        if _is_pillow(value):
            return Drawn(_save_pillow(value))
        drawn = _own_drawing(value)
    except InvalidMetadata:
        raise
    except Exception as error:
        raise InvalidMetadata(
            f"{shorten(value)} cannot be drawn: {shorten(error)}",
            hint="Save it as PNG, and give the bytes or the path of the file.",
        ) from error
    if drawn is None:
        raise InvalidMetadata(
            f"{shorten(value)} of type {type(value).__name__} draws no picture.",
            hint="Save it as PNG, and give the bytes or the path of the file.",
        )
    return drawn


def _figure_of(value: object) -> Any:
    """Return the matplotlib figure that the value is or is part of."""
    figures = sys.modules.get("matplotlib.figure")
    axes = sys.modules.get("matplotlib.axes")
    kinds = (getattr(figures, "FigureBase", None), getattr(axes, "Axes", None))
    # An import under way has no classes yet.
    if not any(kind is not None and isinstance(value, kind) for kind in kinds):
        return None
    figure: Any = value
    while figure.figure is not figure:
        figure = figure.figure
    return figure


def _save_figure(figure: Any) -> bytes:
    # Without matplotlib's name and version: the same figure gives the same bytes.
    target = io.BytesIO()
    figure.savefig(
        target, format="png", bbox_inches="tight", metadata={"Software": None}
    )
    return target.getvalue()


def _is_pillow(value: object) -> bool:
    kind = getattr(sys.modules.get("PIL.Image"), "Image", None)
    return kind is not None and isinstance(value, kind)


def _save_pillow(image: Any) -> bytes:
    target = io.BytesIO()
    try:
        image.save(target, format="PNG")
    except OSError as error:
        raise InvalidMetadata(
            f"{shorten(image)} cannot be drawn: {shorten(error)}",
            hint="Convert it first: image.convert('RGB').",
        ) from error
    return target.getvalue()


def _own_drawing(value: Any) -> Drawn | None:
    for name in _DRAWERS:
        drawer = getattr(value, name, None)
        drawn = drawer() if callable(drawer) else None
        if drawn is not None:
            return _as_drawn(drawn)
    return None


def _as_drawn(drawn: Any) -> Drawn:
    """Read what IPython takes from such a method: data, or data with metadata."""
    facts: Any = {}
    if isinstance(drawn, tuple):
        drawn, facts = drawn
    width = facts.get("width") if isinstance(facts, dict) else None
    if isinstance(drawn, str):
        drawn = _from_text(drawn)
    if not isinstance(width, int | float) or not 1 <= width < math.inf:
        return Drawn(bytes(drawn))
    return Drawn(bytes(drawn), round(width))


def _from_text(text: str) -> bytes:
    if text.lstrip().startswith("<"):
        return text.encode("utf-8", "replace")
    try:
        return base64.b64decode(text, validate=False)
    except binascii.Error:
        return text.encode("utf-8", "replace")
