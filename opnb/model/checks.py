"""Checks of arguments, raising Dagster's classes with a hint."""

from __future__ import annotations

import re
from collections.abc import Mapping
from reprlib import Repr
from typing import Any, TypeVar

from opnb.model.errors import InvalidDefinitionError, ParameterCheckError

T = TypeVar("T")

_short = Repr()
_short.maxstring = _short.maxother = 80
_NAME = re.compile(r"[A-Za-z0-9_]+\Z")
_NOISE = re.compile(r" at 0x[0-9a-fA-F]+|[\w.<>]*<locals>\.")


def shorten(value: object) -> str:
    """Return the value's `repr`, cut to one line, whatever the value does.

    >>> shorten("x" * 500)[:10], len(shorten("x" * 500)) < 100
    ("'xxxxxxxxx", True)
    """
    try:
        text = _short.repr(value)
    except Exception:  # noqa: BLE001 - a broken repr must not hide the real error
        text = f"<{type(value).__name__}>"
    # An address would differ between two runs of the same notebook; where a function
    # or a class was made says nothing that its name does not.
    return _NOISE.sub("", text.replace("\n", " "))


def verify_type(
    value: T,
    kinds: type | tuple[type, ...],
    parameter: str,
    *,
    optional: bool = False,
    hint: str | None = None,
) -> T:
    """Return `value`, or raise `ParameterCheckError` if it is of no such type."""
    if isinstance(value, kinds) or (optional and value is None):
        return value
    allowed = kinds if isinstance(kinds, tuple) else (kinds,)
    names = " or ".join(kind.__name__ for kind in allowed)
    raise ParameterCheckError(
        f"{parameter!r} must be {names}, not {type(value).__name__}: {shorten(value)}",
        hint=hint
        or _HINTS.get(allowed[0])
        or ("Give one, or omit it." if optional else "Give one of that type."),
    )


_HINTS: dict[type, str] = {
    str: "Give a text: 'words'.",
    int: "Give a whole number: 3.",
    float: "Give a number like 0.5.",
    bool: "Give True or False.",
    Mapping: "Give a dict: {'a': 1}.",
}


def verify_name(name: Any, what: str, *, hint: str | None = None) -> str:
    """Return `name` if it fits Dagster's rule: letters, digits, underscores."""
    verify_type(name, str, what)
    if _NAME.match(name):
        return str(name)
    fixed = re.sub(r"[^A-Za-z0-9_]+", "_", name).strip("_")
    raise InvalidDefinitionError(
        f"{name!r} cannot name {what}: use A-Z a-z 0-9 _.",
        hint=hint or f"Call it {(fixed or 'clean')!r}.",
    )
