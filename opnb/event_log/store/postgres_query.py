"""Queries with `?` as psycopg takes them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from opnb.event_log.store.postgres_batch import storable_text

# A text or a name in quotes, a comment, or what psycopg would take for its own.
_TOKEN = re.compile(r"'[^']*'|\"[^\"]*\"|--[^\n]*|/\*.*?\*/|\?|%", re.DOTALL)


@lru_cache(maxsize=256)
def translated(query: str) -> bytes:
    """Return the query with `%s` for each `?` that stands for a parameter.

    >>> translated("SELECT '?', 5 % 3 WHERE a LIKE 'x%' AND b = ?")
    b"SELECT '?', 5 %% 3 WHERE a LIKE 'x%%' AND b = %s"
    """
    return _TOKEN.sub(_translated_token, query).encode()


def _translated_token(found: re.Match[str]) -> str:
    return "%s" if found[0] == "?" else found[0].replace("%", "%%")


def storable_values(parameters: Sequence[Any]) -> tuple[Any, ...]:
    """Return the parameters as columns have them: texts escaped, truth a number."""
    return tuple(_storable_value(value) for value in parameters)


def _storable_value(value: Any) -> Any:
    if isinstance(value, str):
        return storable_text(value)
    return int(value) if isinstance(value, bool) else value
