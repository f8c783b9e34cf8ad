"""The tables of a log in PostgreSQL: looked for, made, brought forward, told apart."""

from __future__ import annotations

from contextlib import suppress
from importlib import resources

from opnb.event_log.store.postgres_driver import psycopg, sql
from opnb.event_log.store.postgres_link import Connection
from opnb.event_log.store.postgres_target import PostgresTarget
from opnb.model.errors import ForeignLogError, LogUnavailableError, NewerLogError

# A script for each version: a new log runs them all, an older one those that it lacks.
_FOLDER = resources.files("opnb.event_log.store")
_SCRIPTS = ("postgres_schema.sql",)
_LOCK = "SELECT pg_advisory_xact_lock(1869639266, hashtext(%s))"
_LACKS_SCHEMA = "SELECT NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = %s)"
_TABLES = (
    "SELECT relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace"
    " WHERE nspname = %s AND relname IN ('log', 'entries', 'runs', 'spools')"
)
_VERSION = "SELECT version, identity FROM log"


class PostgresTables:
    """The tables at one address.

    Args:
        target: Where they are.

    Attributes:
        identity: What tells the log from others.
        generation: Grows when another one takes its place.
    """

    def __init__(self, target: PostgresTarget) -> None:
        self.identity = ""
        self.generation = 0
        self._target = target

    def prepare(self, connection: Connection) -> None:
        """Look at what a connection leads to, and make what is not there.

        Raises:
            ForeignLogError: They are the tables of another program.
            NewerLogError: A newer opnb made them.
            LogUnavailableError: The database cannot hold a log.
        """
        self._verify_encoding(connection)
        version, identity = self._find(connection)
        if version < len(_SCRIPTS):
            version, identity = self._bring_forward(connection)
        if version > len(_SCRIPTS):
            raise NewerLogError(
                f"{self._target.shown} was written by a newer opnb (version {version} "
                f"of the log, this one reads up to {len(_SCRIPTS)}); it is left as it "
                "is.",
                hint="pip install -U opnb, or give another address: `%op log PATH`.",
            )
        if self.identity not in ("", identity):
            self.generation += 1
        self.identity = identity

    def follow(self, connection: Connection) -> None:
        """Take up the log that is there now, if it is another."""
        if self._find(connection)[1] != self.identity:
            self.prepare(connection)

    def _verify_encoding(self, connection: Connection) -> None:
        encoding = connection.info.parameter_status("server_encoding")
        if encoding != "UTF8":
            raise LogUnavailableError(
                f"The log {self._target.shown} could not be opened: its database keeps "
                f"texts as {encoding}.",
                hint="Make a database with `createdb --encoding=UTF8 NAME`.",
            )

    def _find(self, connection: Connection) -> tuple[int, str]:
        """Return version and identity of the log; 0 if there is none."""
        schema = self._target.schema
        names = {name for (name,) in connection.execute(_TABLES, (schema,))}
        if not names:
            return 0, ""
        with suppress(psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn):
            for version, identity in connection.execute(_VERSION):
                return version, identity
        raise ForeignLogError(
            f"The schema {schema!r} of {self._target.shown} has tables of another "
            f"program ({', '.join(sorted(names))}); they are left as they are.",
            hint="Give another schema: `?options=-csearch_path%3DNAME` after the "
            "database.",
        )

    def _bring_forward(self, connection: Connection) -> tuple[int, str]:
        """Make the log, or what an older one lacks; others may be about it, too."""
        schema = self._target.schema
        with connection.transaction():
            connection.execute(_LOCK, (schema,))
            if connection.execute(_LACKS_SCHEMA, (schema,)).fetchone() == (True,):
                create = sql.SQL("CREATE SCHEMA {}")
                connection.execute(create.format(sql.Identifier(schema)))
            version, _ = self._find(connection)
            for script in _SCRIPTS[version:]:
                text = (
                    resources.files("opnb.event_log.store").joinpath(script).read_text()
                )
                connection.execute(text.encode())
            return self._find(connection)
