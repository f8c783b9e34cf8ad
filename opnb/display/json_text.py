"""JSON on one line, and no more of it than is wanted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from opnb.display import words

_PLAIN_BITS = 128
_BYTES_SHOWN = 16
# json.dumps would make an encoder for each text.
_quote = json.JSONEncoder(ensure_ascii=False).encode


def json_text(data: Any, most: int = 2000) -> str:
    """Return JSON on one line; what is longer ends somewhere beyond `most` characters.

    What JSON has no word for is told: bytes by their count and the first of them,
    NaN and the infinite numbers as JavaScript has them.

    >>> json_text({"at": [-64.77, None], "name": "Palmer"})
    '{"at": [-64.77, null], "name": "Palmer"}'
    """
    parts: list[str] = []
    length = 0
    for part in _parts(data, most):
        parts.append(part)
        length += len(part)
        if length > most:
            break
    return "".join(parts)


def _parts(data: Any, most: int) -> Iterator[str]:
    if isinstance(data, dict):
        yield "{"
        for number, (key, value) in enumerate(data.items()):
            yield f"{', ' if number else ''}{_quoted(key, most)}: "
            yield from _parts(value, most)
        yield "}"
    elif isinstance(data, list):
        yield "["
        for number, value in enumerate(data):
            yield ", " if number else ""
            yield from _parts(value, most)
        yield "]"
    else:
        yield _leaf(data, most)


def _leaf(data: Any, most: int) -> str:
    if isinstance(data, str):
        return _quoted(data, most)
    if isinstance(data, bytes):
        return bytes_text(data)
    if isinstance(data, Decimal):
        return str(data)
    if type(data) is int:
        # Of a number beyond some thousand digits Python writes none.
        is_plain = data.bit_length() <= _PLAIN_BITS
        return str(data) if is_plain else words.number(data)
    return json.dumps(data)


def _quoted(text: str, most: int) -> str:
    return _quote(text[: most + 1])


def bytes_text(data: bytes) -> str:
    """Return how many bytes there are, and the first of them."""
    return f"{words.count(len(data), 'byte')} {bytes_start(data)}".rstrip()


def bytes_start(data: bytes) -> str:
    """Return the first bytes as hexadecimal digits."""
    more = " …" if len(data) > _BYTES_SHOWN else ""
    return f"{data[:_BYTES_SHOWN].hex(' ')}{more}"
