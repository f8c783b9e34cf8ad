"""Plain values as short words: numbers, times, sizes, text cut to a width."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from opnb.model.entry import ValueInfo

# Control characters but for tab and new line, and overrides of the direction.
_STEERING = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_GROUPED_FROM = 10_000  # below, a number may be a year
_MOST_DIGITS = 40
_DIGITS = 6
_WRITTEN_OUT_BELOW = 1e15
_TERMINAL_LINES = 15
_TERMINAL_COLUMNS = 80


def number(value: int | float | Decimal) -> str:  # noqa: PYI041 - told apart below
    """Return a number as people write it: `12,345`, `0.125`, `nan`.

    >>> number(2026), number(1234567), number(0.1 + 0.2), number(10**60)[:9]
    ('2026', '1,234,567', '0.3', '1e+60 (61')
    >>> number(4201.754), number(1234567.891), number(0.000012)
    ('4201.75', '1,234,567.89', '1.2e-05')
    """
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, float):
        return _float(value)
    if abs(value) < _GROUPED_FROM:
        return str(value)
    digits = max(1, math.ceil(value.bit_length() * math.log10(2)))
    if digits > _MOST_DIGITS:
        sign = "-" if value < 0 else ""
        return f"{sign}1e+{digits - 1} ({digits} digits)"
    return f"{value:,}"


def _float(value: float) -> str:
    """Return six digits, but the whole part in full and hundredths beside it."""
    if not 1 <= abs(value) < _WRITTEN_OUT_BELOW:
        return f"{value:.6g}"
    decimals = max(2, _DIGITS - len(str(int(abs(value)))))
    text = f"{value:,.{decimals}f}".rstrip("0").rstrip(".")
    return text if abs(value) >= _GROUPED_FROM else text.replace(",", "")


def size(how_many_bytes: int) -> str:
    """Return a size as people write it.

    >>> size(512), size(2_345_678), size(40_000_000)
    ('512 bytes', '2.3 MB', '40.0 MB')
    """
    for unit, bytes_each in (("MB", 1_000_000), ("kB", 1000)):
        if how_many_bytes >= bytes_each:
            return f"{how_many_bytes / bytes_each:,.1f} {unit}"
    return count(how_many_bytes, "byte")


def time(seconds: float) -> str:
    """Return an instant in UTC.

    >>> time(0.0), time(1.5)
    ('1970-01-01 00:00:00 UTC', '1970-01-01 00:00:01.500000 UTC')
    """
    if math.isnan(seconds):
        return "NaT"
    try:
        moment = _EPOCH + timedelta(seconds=seconds)
    except OverflowError:
        return f"{seconds:g} seconds since 1970"
    return f"{moment.replace(tzinfo=None)} UTC"


def value_info(info: ValueInfo | None) -> str:
    """Return a value's type and shape, such as `DataFrame 980 × 6`."""
    if info is None:
        return ""
    if not info.shape:
        return info.type_name
    return f"{info.type_name} {' × '.join(number(length) for length in info.shape)}"


def count(how_many: int, noun: str) -> str:
    """Return a count with its noun.

    >>> count(1, "line"), count(12_000, "line")
    ('1 line', '12,000 lines')
    """
    return f"{how_many:,} {noun}" if how_many == 1 else f"{how_many:,} {noun}s"


def cut(text: str, width: int) -> str:
    r"""Return the text on one line, cut to a width with an ellipsis.

    >>> cut("one two\nthree", 9)
    'one two…'
    """
    line = " ".join(text.split())
    return line if len(line) <= width else line[: width - 1].rstrip() + "…"


def printable(text: Any) -> str:
    """Return text without what no page can show, or what steers a terminal or a line.

    That is lone surrogates, control characters, and those that turn the direction.
    """
    shown = str(text)
    if shown.isprintable():  # as most is
        return shown
    shown = shown.encode("utf-8", "backslashreplace").decode()
    return _STEERING.sub(_escaped, shown)


def _escaped(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode()


def fit_terminal(text: str) -> str:
    """Return text of at most 15 lines and 80 columns; what is cut is counted."""
    lines = [line.rstrip() for line in text.splitlines() if line.strip()]
    if len(lines) > _TERMINAL_LINES:
        left_out = len(lines) - _TERMINAL_LINES + 1
        lines = [*lines[: _TERMINAL_LINES - 1], f"  … {count(left_out, 'line')} more"]
    return "\n".join(_fit_line(line) for line in lines)


def _fit_line(line: str) -> str:
    if len(line) <= _TERMINAL_COLUMNS:
        return line
    return line[: _TERMINAL_COLUMNS - 1].rstrip() + "…"


def single_gaps(text: str) -> str:
    """Return Markdown without more than one empty line in a row."""
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n")
