"""From the address of a log to the store behind it."""

from __future__ import annotations

from pathlib import Path

from opnb.event_log.address import (
    dialect_of_address,
    durability_of_address,
    path_of_address,
)
from opnb.event_log.store.base import Store
from opnb.event_log.store.sqlite_store import SqliteStore


def open_store(address: str | Path) -> Store:
    """Open the store that an address means; see `EventLog` for what it raises."""
    durability = durability_of_address(address)
    if dialect_of_address(address) == "sqlite":
        return SqliteStore(path_of_address(address), durability=durability)
    # It loads the driver of PostgreSQL, an extra.
    from opnb.event_log.store.postgres_store import PostgresStore  # noqa: PLC0415

    return PostgresStore(str(address), durability=durability)
