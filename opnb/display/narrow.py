"""Text in a typewriter's columns, for boxes of a picture that it must not overflow."""

from __future__ import annotations

import unicodedata
from typing import Any

from opnb.display import words

_WIDE = frozenset("WF")
_UNSEEN = frozenset(["Mn", "Me"])
_STEERING = frozenset(["Cf", "Cc", "Zl", "Zp"])  # such as "right to left from here on"


def one_name(text: Any) -> str:
    r"""Return text on one line that cannot steer what stands around it.

    >>> one_name("tidy\u202eorders\n")
    'tidy\\u202eorders'
    """
    line = " ".join(words.printable(text).split())
    return "".join(
        f"\\u{ord(c):04x}" if unicodedata.category(c) in _STEERING else c for c in line
    )


def columns(text: str) -> int:
    """Return how many columns a text takes.

    >>> columns("tidy"), columns("\u6ce8\u6587"), columns("e\u0301")
    (4, 4, 1)
    """
    return len(text) if text.isascii() else sum(map(_columns_of, text))


def _columns_of(character: str) -> int:
    if unicodedata.category(character) in _UNSEEN:
        return 0
    return 2 if unicodedata.east_asian_width(character) in _WIDE else 1


def fit(text: str, most: int) -> str:
    """Return text of so many columns at the most, cut with an ellipsis.

    >>> fit("validate_shipments", 9)
    'validate…'
    """
    if columns(text) <= most:
        return text
    kept, used = [], 0
    for character in text:
        used += _columns_of(character)
        if used > most - 1:
            break
        kept.append(character)
    return f"{''.join(kept).rstrip()}…"
