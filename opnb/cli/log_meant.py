"""Which log a command line means."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from opnb.session import log_address


def add_log_option(parser: ArgumentParser) -> None:
    """Let a parser take `--log`."""
    parser.add_argument(
        "--log",
        metavar="ADDRESS",
        help="the log: a path, sqlite:///PATH or postgresql://user@host/database; else "
        "OPNB_LOG, else [tool.opnb] log in pyproject.toml, else .opnb/events.db",
    )


def log_meant(given: Namespace) -> str | Path:
    """Return the address given by `--log`, else where notebooks here keep theirs."""
    return given.log or log_address()
