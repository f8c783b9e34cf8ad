"""Which log a command line means."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from opnb.session import log_address


def log_meant(given: Namespace) -> str | Path:
    """Return the address given by `--log`, else where notebooks here keep theirs."""
    return given.log or log_address()
