"""What the address of a log in PostgreSQL says, and what may be told of it."""

from __future__ import annotations

import hashlib
import os
import re
from typing import Any

from opnb.event_log.address import postgres_address, shown_address
from opnb.event_log.store.postgres_driver import psycopg, sql
from opnb.model.errors import LogAddressError, LogUnavailableError

_SCHEMA = "opnb"
_SEARCH_PATH = re.compile(r"search_path\s*=\s*([^\s,]+)")
_SECRETS = ("password", "sslpassword")
_ADDED = {
    "client_encoding": "utf8",
    "fallback_application_name": "opnb",
    # In milliseconds: a server that has not answered for so long is gone.
    "tcp_user_timeout": 15_000,
}


class PostgresTarget:
    """Where a log in PostgreSQL is.

    Args:
        address: The address of the database.

    Attributes:
        schema: Where its tables are.
        shown: The address without a password.

    Raises:
        LogAddressError: The address cannot be read.
    """

    def __init__(self, address: str) -> None:
        self.shown = shown_address(address)
        self._parameters = self._parse(postgres_address(address))
        found = _SEARCH_PATH.search(str(self._parameters.get("options", "")))
        self.schema = found[1].strip("\"'") if found else _SCHEMA

    def _parse(self, address: str) -> dict[str, Any]:
        try:
            return dict(psycopg.conninfo.conninfo_to_dict(address))
        except psycopg.ProgrammingError:  # its message may hold the password
            raise LogAddressError(
                f"{self.shown!r} is no address of PostgreSQL.",
                hint="Give 'postgresql://user@host/database'; within a user or a "
                "password write / as %2F, and % as %25.",
            ) from None

    @property
    def name(self) -> str:
        """What tells this database from others, as a name for a folder."""
        known = {k: v for k, v in self._parameters.items() if k not in _SECRETS}
        return hashlib.sha256(repr(sorted(known.items())).encode()).hexdigest()[:16]

    @property
    def settings(self) -> tuple[str, ...]:
        """What a connection is told before it reads, one statement after the other."""
        # A log that was just filled has no statistics yet, and with the server's own
        # guess for disks that turn all of it would be read to find its end.
        path = sql.Identifier(self.schema).as_string()
        return f"SET search_path TO {path}", "SET random_page_cost TO 1.1"

    def conninfo(self, *, seconds: int, is_limit: bool = False) -> str:
        """Return the address with its password and with what opnb adds.

        Args:
            seconds: How long to wait for the server where no one says otherwise.
            is_limit: Whether that holds whatever is said.
        """
        added: dict[str, Any] = {**_ADDED}
        if is_limit or "PGCONNECT_TIMEOUT" not in os.environ:
            added["connect_timeout"] = seconds
        together = {**added, **self._parameters}
        if is_limit:
            together["connect_timeout"] = seconds
        return psycopg.conninfo.make_conninfo(**together)

    def unavailable(self, done: str, error: Exception) -> LogUnavailableError:
        """Return the error that says what could not be done, and why, in one line."""
        reason = first_line(error)
        for secret in _SECRETS:
            if self._parameters.get(secret):
                reason = reason.replace(str(self._parameters[secret]), "***")
        return LogUnavailableError(
            f"The log {self.shown} could not be {done}: {reason}.", hint=_hint(reason)
        )


def first_line(error: BaseException) -> str:
    """Return what an error says, without where in a statement it was."""
    line = str(error).strip().partition("\n")[0].rstrip(".")
    return line.removeprefix("connection failed: ") or type(error).__name__


_ELSEWHERE = "`%op log memory:` or `%op log PATH` keeps the log elsewhere."
# What a reason may say, and the next move; the first that fits is given.
_HINTS = (
    (
        r"password|authentication|no pg_hba",
        "Give user and password in the address, in ~/.pgpass, or as PGPASSWORD.",
    ),
    (
        r"role .* does not exist",
        "Give a user that the server knows: postgresql://user@host/database.",
    ),
    (r"database .* does not exist", "Make it first: `createdb NAME`."),
    (r"lock", f"Another program holds it; close that, and try again. {_ELSEWHERE}"),
    (
        r"permission denied|read-only",
        "Let its owner grant your user USAGE of the schema and writing to its tables.",
    ),
    (r"No space|disk full", f"The server's disk is full. {_ELSEWHERE}"),
    (
        r"connect|host|terminat|clos|start|shut",
        f"Is the server running, and are host and port right? {_ELSEWHERE}",
    ),
)


def _hint(reason: str) -> str:
    for pattern, hint in _HINTS:
        if re.search(pattern, reason, re.IGNORECASE):
            return hint
    return _ELSEWHERE
