"""Stretches of time and moments, where they were asked for."""

from __future__ import annotations

import pandas as pd

_MINUTE, _HOUR = 60, 3600
_SHORT = 10.0


def seconds_words(seconds: float) -> str:
    """Return a stretch of time in the units that people use.

    >>> seconds_words(0.00084), seconds_words(0.0123), seconds_words(2.345)
    ('0.8 ms', '12 ms', '2.35 s')
    >>> seconds_words(59.96), seconds_words(200), seconds_words(7500)
    ('1 min 0 s', '3 min 20 s', '2 h 5 min')
    """
    thousandths = seconds * 1000
    if thousandths < _SHORT:
        return f"{round(thousandths, 1):g} ms"
    if round(thousandths) < 1000:  # noqa: PLR2004 - a second
        return f"{thousandths:.0f} ms"
    if seconds < _SHORT:
        return f"{seconds:.2f} s"
    tenths = round(seconds, 1)
    if tenths < _MINUTE:
        return f"{tenths:g} s"
    whole = round(seconds)
    if whole < _HOUR:
        return f"{whole // _MINUTE} min {whole % _MINUTE} s"
    minutes = round(whole / _MINUTE)
    return f"{minutes // _MINUTE:,} h {minutes % _MINUTE} min"


def moment_words(moment: pd.Timestamp) -> str:
    """Return a moment to the second; nothing where it is missing.

    >>> moment_words(pd.Timestamp(1.6, unit="s", tz="UTC")), moment_words(pd.NaT)
    ('1970-01-01 00:00:01', '')
    """
    return "" if pd.isna(moment) else f"{moment:%Y-%m-%d %H:%M:%S}"
