"""Moments that filters name: ISO times, datetimes, and stretches back from now."""

from __future__ import annotations

import re
import warnings
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from opnb.model.checks import shorten, verify_type
from opnb.model.errors import CheckError
from opnb.model.plain import in_utc

Time: TypeAlias = str | datetime | timedelta

_HINT = (
    "Give an ISO time such as '2026-01-31Z' or '2026-01-31T09:00+01:00', or '2d', "
    "'12h', '30m' for the last two days, twelve hours, thirty minutes."
)
_BACK = re.compile(r"(\d+(?:\.\d+)?)\s*(s|m|min|h|d|w)")
_UNITS = {
    "s": "seconds",
    "m": "minutes",
    "min": "minutes",
    "h": "hours",
    "d": "days",
    "w": "weeks",
}
# `date.fromisoformat` knows no zone.
_DATE_IN_UTC = re.compile(r"(\d{4}-\d{2}-\d{2})Z")
# By it Python tells whether a warning was given before.
_warned: dict[str | tuple[str, type[Warning], int], int] = {}


class NaiveTimeWarning(UserWarning):
    """A filter was given a time without a zone; it is taken as UTC."""


def parse_time(time: Time, name: str = "since") -> int:
    """Return microseconds since 1970 in UTC.

    A text is ISO (`2026-01-31Z`, `2026-01-31T09:00+01:00`), or a stretch back from now
    (`2d`, `12h`, `30m`), as is a timedelta. A text or datetime without a zone is UTC.

    Args:
        time: The moment.
        name: What it is the value of.

    Raises:
        CheckError: It is no time.

    >>> parse_time("1970-01-02Z")
    86400000000
    """
    verify_type(time, (str, datetime, timedelta), name, hint=_HINT)
    try:
        moment = _moment(time)
        micros = round(in_utc(moment).timestamp() * 1e6)
    except (ValueError, OverflowError):
        raise CheckError(f"{shorten(time)} is no time.", hint=_HINT) from None
    if moment.tzinfo is None:
        _say_utc()
    return micros


def _moment(time: Time) -> datetime:
    if isinstance(time, str):
        back = _BACK.fullmatch(time.strip())
        if back is None:
            return datetime.fromisoformat(_DATE_IN_UTC.sub(r"\1T00:00Z", time.strip()))
        time = timedelta(**{_UNITS[back[2]]: float(back[1])})
    return datetime.now(UTC) - time if isinstance(time, timedelta) else time


def _say_utc() -> None:
    # Not told with the line that called: a cell's has the kernel's number in its name.
    warnings.warn_explicit(
        "A time without a zone is taken as UTC; '2026-01-31Z' or "
        "'2026-01-31T09:00+01:00' says so.",
        NaiveTimeWarning,
        filename="opnb",
        lineno=1,
        registry=_warned,
    )
