"""Where the memo of a log is, and how much may be kept in it."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import platformdirs

from opnb.model.checks import shorten
from opnb.model.errors import CheckError

DEFAULT_SIZE = 2 * 1024**3
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([KMGT]?)(i?)B?", re.IGNORECASE)
_UNITS = " KMGT"


def memo_folder(log_path: Path | None, address: str) -> Path:
    """Return the folder beside a log's file; the user's cache for a log without one."""
    if log_path is None:
        name = hashlib.sha256(address.encode()).hexdigest()[:12]
        return platformdirs.user_cache_path("opnb") / "memo" / name
    beside = log_path.parent
    return (beside if beside.name == ".opnb" else beside / ".opnb") / "memo"


def parse_size(given: object, where: str) -> int:
    """Return a size in bytes.

    Raises:
        CheckError: It is no size.

    >>> parse_size("2GiB", "memo_size"), parse_size("1.5 MB", "memo_size")
    (2147483648, 1500000)
    """
    if isinstance(given, int) and not isinstance(given, bool) and given >= 0:
        return given
    found = _SIZE.fullmatch(given.strip()) if isinstance(given, str) else None
    if found is None:
        raise CheckError(
            f"{where} is no size: {shorten(given)}.",
            hint="Write 2GiB, 500MB or a number of bytes; 0 keeps nothing.",
        )
    number, unit, binary = found.groups()
    power = _UNITS.index(unit.upper() or " ")
    return int(float(number) * (1024 if binary else 1000) ** power)
