"""Numbers as people read them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_STEP = 1024
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def counted(number: int, noun: str) -> str:
    """Return a number with its noun.

    >>> counted(1, "entry"), counted(1200, "entry"), counted(2, "run")
    ('1 entry', '1,200 entries', '2 runs')
    """
    if number != 1:
        noun = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{number:,} {noun}"


def sized(size: int) -> str:
    """Return a number of bytes.

    >>> sized(900), sized(2048), sized(5_500_000)
    ('900 bytes', '2.0 KiB', '5.2 MiB')
    """
    if size < _STEP:
        return f"{size} bytes"
    amount = float(size)
    for unit in ("KiB", "MiB", "GiB"):
        amount /= _STEP
        if amount < _STEP:
            return f"{amount:.1f} {unit}"
    return f"{amount / _STEP:.1f} TiB"


def timed(moment: datetime | int) -> str:
    """Return a moment in UTC; a number is microseconds since 1970.

    >>> timed(1_500_000)
    '1970-01-01 00:00:01 UTC'
    """
    if isinstance(moment, int):
        moment = _EPOCH + timedelta(microseconds=moment)
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"
