"""What the first bytes of an image tell: its format, and its size in pixels."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

Size: TypeAlias = tuple[int, int]

_SVG_NAMESPACE = b"http://www.w3.org/2000/svg"
_SVG_HEAD = 64 * 1024
# What may stand before the root: a declaration, comments, a document type.
_SVG = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*+(?>(?:<\?.*?\?>|<!--.*?-->"
    rb"|<!DOCTYPE[^>\[]*+(?:\[.*?\]\s*+)?>)\s*+)*+<svg(?P<attributes>[\s>/][^>]*+)",
    re.DOTALL,
)
_LENGTH = re.compile(rb"(\d+(?:\.\d+)?)(?:px)?")
_SKIPPED_MARKERS = frozenset([0xC4, 0xC8, 0xCC])  # tables, not frames
_BARE_MARKERS = frozenset([0x01, *range(0xD0, 0xDA)])


@dataclass(frozen=True, slots=True)
class ImageFormat:
    """A format that browsers show.

    Args:
        name: What people call it.
        mime: What it is called in a `data:` address.
        is_begun_by: Whether an image of this format begins with these bytes.
        size: Width and height in pixels, as far as the bytes tell.
    """

    name: str
    mime: str
    is_begun_by: Callable[[bytes], bool]
    size: Callable[[bytes], Size | None]


def image_format(data: bytes) -> ImageFormat | None:
    """Return the format of an image, told by its first bytes; None if it is none."""
    return next((known for known in _FORMATS if known.is_begun_by(data)), None)


def _png_size(data: bytes) -> Size | None:
    width, height = struct.unpack(">II", data[16:24])
    return width, height


def _gif_size(data: bytes) -> Size | None:
    width, height = struct.unpack("<HH", data[6:10])
    return width, height


def _jpeg_size(data: bytes) -> Size | None:
    at = 2
    while data[at] == 0xFF:  # noqa: PLR2004 - what each marker begins with
        marker = data[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in _SKIPPED_MARKERS:  # noqa: PLR2004
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        at += _jpeg_step(data, at, marker)
    return None


def _jpeg_step(data: bytes, at: int, marker: int) -> int:
    """Return how far it is to the next marker; any number of 0xFF may fill a gap."""
    if marker == 0xFF:  # noqa: PLR2004
        return 1
    if marker in _BARE_MARKERS:
        return 2
    (length,) = struct.unpack(">H", data[at + 2 : at + 4])
    return 2 + int(length)


def _webp_size(data: bytes) -> Size | None:
    chunk = data[12:16]
    if chunk == b"VP8X":
        sides = struct.unpack("<3s3s", data[24:30])
        width, height = (int.from_bytes(side, "little") + 1 for side in sides)
        return width, height
    if chunk == b"VP8L":
        (bits,) = struct.unpack("<I", data[21:25])
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    width, height = struct.unpack("<HH", data[26:30])
    return width & 0x3FFF, height & 0x3FFF


def _svg_size(data: bytes) -> Size | None:
    root = _SVG.match(data[:_SVG_HEAD])
    attributes = root["attributes"] if root else b""
    sides = [_svg_length(attributes, side) for side in (b"width", b"height")]
    if None in sides:
        box = _svg_attribute(attributes, b"viewBox").replace(b",", b" ").split()
        sides = [_pixels(side) for side in box[2:4]]
    match sides:
        case [int(width), int(height)]:
            return width, height
    return None


def _svg_length(attributes: bytes, name: bytes) -> int | None:
    return _pixels(_svg_attribute(attributes, name))


def _svg_attribute(attributes: bytes, name: bytes) -> bytes:
    found = re.search(rb"\s" + name + rb"\s*=\s*[\"']([^\"']*)", attributes)
    return found[1].strip() if found else b""


def _pixels(text: bytes) -> int | None:
    number = _LENGTH.fullmatch(text)
    return round(float(number[1])) if number else None


def _is_svg(data: bytes) -> bool:
    head = data[:_SVG_HEAD]
    # Without its namespace no program takes it for a picture.
    return _SVG.match(head) is not None and _SVG_NAMESPACE in head


def _or_none(size: Callable[[bytes], Size | None]) -> Callable[[bytes], Size | None]:
    """Let a header that is cut short tell nothing."""

    def told(data: bytes) -> Size | None:
        try:
            return size(data)
        except (struct.error, IndexError):
            return None

    return told


_FORMATS = (
    ImageFormat(
        "PNG",
        "image/png",
        lambda data: data.startswith(b"\x89PNG\r\n\x1a\n"),
        _or_none(_png_size),
    ),
    ImageFormat(
        "JPEG",
        "image/jpeg",
        lambda data: data.startswith(b"\xff\xd8\xff"),
        _or_none(_jpeg_size),
    ),
    ImageFormat(
        "GIF",
        "image/gif",
        lambda data: data.startswith((b"GIF87a", b"GIF89a")),
        _or_none(_gif_size),
    ),
    ImageFormat(
        "WebP",
        "image/webp",
        lambda data: data.startswith(b"RIFF") and data[8:12] == b"WEBP",
        _or_none(_webp_size),
    ),
    ImageFormat("SVG", "image/svg+xml", _is_svg, _svg_size),
)
