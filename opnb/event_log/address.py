"""Where a log is: `memory:`, a path, `sqlite:///path`."""

from __future__ import annotations

from pathlib import Path

from opnb.model.checks import verify_type
from opnb.model.errors import LogAddressError

DEFAULT = ".opnb/events.db"
_HINT = "Give a path such as 'events.db', 'sqlite:///events.db', or 'memory:'."


def path_of_address(address: str | Path) -> Path | None:
    """Return the file that an address means; None for `memory:`.

    Raises:
        LogAddressError: The address is empty, or of a kind that opnb does not know.
    """
    if isinstance(address, Path):
        return address.expanduser().absolute()
    verify_type(address, str, "address", hint=_HINT)
    text = address.strip()
    if text in ("memory:", ":memory:", "sqlite://", "sqlite:///:memory:"):
        return None
    scheme, separator, rest = text.partition("://")
    if separator and scheme != "sqlite":
        raise LogAddressError(
            f"{address!r} is no address of a log: the scheme {scheme!r} is unknown.",
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
