"""Strict JSON of plain values, and back again without loss.

NaN, infinite numbers, integers beyond JSON's habits, bytes and decimals are tagged
`{"$opnb": …}`, lone surrogates are escaped.
"""

from __future__ import annotations

import base64
import json
import math
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from collections.abc import Callable

_TAG = "$opnb"
_LARGEST_PLAIN_INT = 2**63
# JSON would join two lone surrogates that meet into one character.
_SURROGATE = "\\ud"
_SPLIT_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")


def _encode_rare(value: Any) -> dict[str, list[str]]:
    if isinstance(value, bytes):
        return {_TAG: ["bytes", base64.b64encode(value).decode()]}
    if isinstance(value, Decimal):
        return {_TAG: ["decimal", str(value)]}
    raise TypeError(f"{type(value).__name__} is not kept")


# What comes here is a tree: `plain_json` has refused all that contains itself.
_encode_strictly = json.JSONEncoder(
    check_circular=False,
    allow_nan=False,
    separators=(",", ":"),
    default=_encode_rare,
).encode


def encode_json(data: Any) -> str:
    """Return strict JSON from which `decode_json` makes an equal value."""
    try:
        text = orjson.dumps(data).decode()
    except TypeError:  # what is rare: bytes, decimals, large numbers, lone surrogates
        return _encode_exactly(data)
    return text if is_strict(text) else _encode_exactly(data)


def is_strict(text: str) -> bool:
    """Whether what orjson wrote is what `encode_json` writes.

    It writes NaN and infinity as null, and knows no tags.
    """
    return "null" not in text and _TAG not in text


def _encode_exactly(data: Any) -> str:
    try:
        text = _encode_strictly(data)
    except ValueError:  # NaN, infinity, or more digits than Python prints
        return _encode_strictly(_tagged(data))
    needs_tags = _TAG in text or _SURROGATE in text
    return _encode_strictly(_tagged(data)) if needs_tags else text


def _tagged(data: Any) -> Any:
    if isinstance(data, dict):
        # A dict of the user's that looks like a tag is tagged itself.
        if any(key == _TAG or _SPLIT_PAIR.search(key) for key in data):
            return {_TAG: ["dict", [_tagged(pair) for pair in data.items()]]}
        return {key: _tagged(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_tagged(value) for value in data]
    return _tagged_scalar(data)


def _tagged_scalar(data: Any) -> Any:
    if isinstance(data, str) and _SPLIT_PAIR.search(data):
        return {_TAG: ["text", [ord(letter) for letter in data]]}
    if isinstance(data, float) and not math.isfinite(data):
        return {_TAG: ["float", repr(data)]}
    if type(data) is int and not -_LARGEST_PLAIN_INT <= data < _LARGEST_PLAIN_INT:
        return {_TAG: ["int", hex(data)]}
    return data


def decode_json(text: str | None) -> Any:
    """Return what `encode_json` was given; None for None."""
    if text is None:
        return None
    data = json.loads(text)
    return _untagged(data) if _TAG in text else data


def _untagged(data: Any) -> Any:
    if isinstance(data, list):
        return [_untagged(value) for value in data]
    if not isinstance(data, dict):
        return data
    if data.keys() != {_TAG}:
        return {key: _untagged(value) for key, value in data.items()}
    kind, payload = data[_TAG]
    return _UNTAG[kind](payload)


_UNTAG: dict[str, Callable[[Any], Any]] = {
    "bytes": base64.b64decode,
    "decimal": Decimal,
    "dict": lambda pairs: dict(_untagged(pair) for pair in pairs),
    "text": lambda codes: "".join(map(chr, codes)),
    "float": lambda text: math.nan if text == "nan" else float(text),
    "int": lambda text: int(text, 16),
}
