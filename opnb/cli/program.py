"""The program: finds the command that is meant, and tells how it went.

It ends with 0 if all went well, 1 if something failed or was found, 64 if the line was
wrong, 130 if it was interrupted; `run` and `check` know 2 and 3 besides.
"""

from __future__ import annotations

import os
import sys
import warnings
from argparse import Namespace
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from opnb.cli.parser import FAILED, INTERRUPTED, OK, WRONG_USAGE, Parser
from opnb.model.errors import CheckError, LogAddressError, OpnbError

# Command → the module with its `configure(parser)`, and what it is for. The parser is
# told what to call by `set_defaults(command=...)`: given the options, that returns an
# exit code, or None if all went well.
COMMANDS = {
    "check": ("opnb.cli.check", "judge notebooks that were run elsewhere"),
    "log": ("opnb.cli.log", "look after a log: info, check, compact, export, ..."),
    "report": ("opnb.cli.report", "write what a log tells as one HTML page"),
    "run": ("opnb.cli.run", "run notebooks as a data-quality gate, and judge them"),
}
_WRONG_USAGE = (CheckError, LogAddressError)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line; return its exit code.

    Args:
        arguments: The words after `opnb`; those of the process if not given.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        with _notes():
            return _run(words)
    except KeyboardInterrupt:
        _say("Interrupted; nothing was left half done.")
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has enough; Python would complain at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except OpnbError as error:
        _say(str(error))
        return WRONG_USAGE if isinstance(error, _WRONG_USAGE) else FAILED


def _run(words: list[str]) -> int:
    given = _parse(words)
    code = given.command(given)
    sys.stdout.flush()
    return OK if code is None else int(code)


def _parse(words: list[str]) -> Namespace:
    parser = Parser(
        prog="opnb",
        description="Dagster's op events, metadata and history in notebooks.",
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for name, (home, help_) in COMMANDS.items():
        command = commands.add_parser(name, help=help_, description=help_)
        if name in words:  # the others need not be loaded
            import_module(home).configure(command)
    return parser.parse_args(words)


@contextmanager
def _notes() -> Iterator[None]:
    """Show warnings, such as that of a time without a zone, as a line."""
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        warnings.showwarning = _show_warning
        yield


def _show_warning(message: Warning | str, *_: Any, **__: Any) -> None:
    _say(f"Note: {message}")


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
