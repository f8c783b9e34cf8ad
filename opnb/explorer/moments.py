"""When something was: the moment in UTC, and how long ago that is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
# Unit, its seconds, and up to how many seconds it is told in.
_UNITS = ((_MINUTE, "min", 2 * _HOUR), (_HOUR, "h", 2 * _DAY), (_DAY, "d", None))


def moment(micros: int) -> str:
    """Return a moment in UTC, to the second.

    >>> moment(86_400_500_000)
    '1970-01-02 00:00:00'
    """
    try:
        return f"{_EPOCH + timedelta(microseconds=micros):%Y-%m-%d %H:%M:%S}"
    except OverflowError:
        return f"{micros} µs since 1970"


def age(micros: int, now: float) -> str:
    """Return how long ago a moment was, given the seconds since 1970 now.

    A clock elsewhere may be ahead of this one.

    >>> age(0, 30), age(0, 119), age(0, 7_300), age(0, 10**6), age(10**9, 0)
    ('just now', '1 min ago', '2 h ago', '11 d ago', 'in 16 min')
    """
    seconds = now - micros / 1e6
    length = abs(seconds)
    if length < _MINUTE:
        return "just now"
    size, unit, _ = next(each for each in _UNITS if each[2] is None or length < each[2])
    told = f"{length // size:,.0f} {unit}"
    return f"{told} ago" if seconds > 0 else f"in {told}"
