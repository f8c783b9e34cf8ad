"""Where a log is: `memory:`, a path, `sqlite:///path`, `postgresql://host/database`."""

from __future__ import annotations

import re
from pathlib import Path

from opnb.model.checks import shorten, verify_type
from opnb.model.errors import LogAddressError, did_you_mean

DEFAULT = ".opnb/events.db"
_HINT = (
    "Give a path such as 'events.db', 'sqlite:///events.db', 'memory:', or "
    "'postgresql://user@host/database'."
)
_POSTGRES = ("postgresql", "postgres")
_PASSWORD = re.compile(r"(://[^:/?#@]*):.*@")
_PASSWORD_PARAMETER = re.compile(r"([?&](?:ssl)?password=)[^&]*", re.IGNORECASE)


_DURABILITY = re.compile(r"[?&]durability=([^&]*)")
DURABILITIES = ("normal", "full")


def durability_of_address(address: str | Path) -> str:
    """Return the `durability=` of an address: "normal" or "full".

    Raises:
        LogAddressError: There is no such durability.
    """
    return _split_durability(str(address))[1]


def _split_durability(address: str) -> tuple[str, str]:
    found = _DURABILITY.search(address) if "://" in address else None
    if found is None:
        return address, DURABILITIES[0]
    if found[1] not in DURABILITIES:
        raise LogAddressError(
            f"There is no durability {found[1]!r}.",
            hint=did_you_mean(found[1], DURABILITIES),
        )
    rest = address[: found.start()] + address[found.end() :]
    # Another parameter that came after it is now the first.
    return rest if "?" in rest else rest.replace("&", "?", 1), found[1]


def dialect_of_address(address: str | Path) -> str:
    """Return which database an address means: "sqlite" or "postgresql"."""
    scheme, separator, _ = str(address).strip().partition("://")
    is_postgres = separator and scheme.lower() in _POSTGRES
    return "postgresql" if is_postgres else "sqlite"


def shown_address(address: str | Path) -> str:
    """Return an address as it may be shown: without a password.

    >>> shown_address("postgresql://ann:secret@db/logs")
    'postgresql://ann@db/logs'
    """
    shown = _PASSWORD.sub(r"\1@", str(address).strip())
    return _PASSWORD_PARAMETER.sub(r"\1***", shown)


def postgres_address(address: str) -> str:
    """Return the address of a PostgreSQL database, as its own library reads it.

    Raises:
        LogAddressError: A password is spelled so that a part of it would be taken for
            the host, and shown.
    """
    scheme, _, rest = _split_durability(address.strip())[0].partition("://")
    place = rest.partition("?")[0]
    before, slash, behind = place.partition("/")
    if "@" in behind or before.count("@") > 1:
        raise LogAddressError(
            f"{shorten(shown_address(address))} is no address of a log: it has an '@' "
            "too many.",
            hint="Within a user or a password write @ as %40, / as %2F, : as %3A.",
        )
    return f"{scheme.lower()}://{before}{slash}{behind}{rest[len(place) :]}"


def path_of_address(address: str | Path) -> Path | None:
    """Return the file of SQLite that an address means; None for `memory:`.

    Raises:
        LogAddressError: The address is empty, or of a kind that is no file.
    """
    if isinstance(address, Path):
        return address.expanduser().absolute()
    verify_type(address, str, "address", hint=_HINT)
    text = _split_durability(address.strip())[0]
    if text in ("memory:", ":memory:", "sqlite://", "sqlite:///:memory:"):
        return None
    scheme, separator, rest = text.partition("://")
    if separator and scheme != "sqlite":
        raise LogAddressError(
            f"{shorten(shown_address(address))} is no address of a log: the scheme "
            f"{scheme!r} is unknown.",
            hint=_HINT,
        )
    # As in SQLAlchemy: three slashes for a relative path, four for an absolute one.
    path = rest.removeprefix("/") if separator else text
    if not path or "\0" in path:
        raise LogAddressError(f"{address!r} is no address of a log.", hint=_HINT)
    try:
        return Path(path).expanduser().absolute()
    except RuntimeError as error:  # `~name` without a user of that name
        raise LogAddressError(f"{address!r}: {error}", hint=_HINT) from error
