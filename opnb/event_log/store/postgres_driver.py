"""psycopg, or the way to it."""

from opnb.model.errors import LogUnavailableError

try:
    import psycopg
    from psycopg import sql
except ImportError as error:
    raise LogUnavailableError(
        f"A log in PostgreSQL needs psycopg, which cannot be imported: {error}.",
        hint='pip install "opnb[postgres]"',
    ) from error

__all__ = ["psycopg", "sql"]
