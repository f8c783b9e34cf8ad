"""`opnb log`: look after a log."""

from __future__ import annotations

from argparse import ArgumentParser

from opnb.cli import (
    log_check,
    log_compact,
    log_export,
    log_import,
    log_info,
    log_prune,
)
from opnb.cli.log_meant import add_log_option

_COMMANDS = {
    "info": (log_info, "tell where the log is, what is in it and what waits"),
    "check": (log_check, "look whether all is well; nothing is changed"),
    "compact": (log_compact, "bring in what waits, and make the log small"),
    "export": (log_export, "write the log to a file, or into another log"),
    "import": (log_import, "take into the log what was exported"),
    "prune": (log_prune, "remove old runs, but for the latest of each asset"),
}


def configure(parser: ArgumentParser) -> None:
    """Tell a parser what `opnb log` takes."""
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for name, (module, help_) in _COMMANDS.items():
        command = commands.add_parser(
            name, help=help_, description=module.configure.__doc__
        )
        add_log_option(command)
        module.configure(command)
