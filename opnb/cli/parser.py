"""How a command line is read: argparse, with opnb's hints and exit codes."""

from __future__ import annotations

import re
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import Any, NoReturn

from opnb.model.errors import did_you_mean

OK = 0
FAILED = 1
WRONG_USAGE = 64
INTERRUPTED = 130

_CHOICE = re.compile(r"invalid choice: '(.*)' \(")
_UNKNOWN = re.compile(r"unrecognized arguments: (\S+)")


class Parser(ArgumentParser):
    """Reads a command line; what is wrong with it is told with the next move."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("formatter_class", RawDescriptionHelpFormatter)
        options.setdefault("allow_abbrev", False)
        super().__init__(**options)

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Refuse what is unknown here, where the options are known that it may mean."""
        given, unknown = super().parse_known_args(args, namespace)
        if unknown:
            self.error(f"unrecognized arguments: {' '.join(unknown)}")
        return given, unknown

    def error(self, message: str) -> NoReturn:
        """Say what is wrong, and end."""
        sys.stderr.write(f"{self.prog}: {message}.\nHint: {self._hint(message)}\n")
        self.exit(WRONG_USAGE)

    def _hint(self, message: str) -> str:
        manual = f"`{self.prog} --help` is the manual."
        word = _CHOICE.search(message)
        if word:
            return f"{did_you_mean(word[1], self._commands())} {manual}"
        option = _UNKNOWN.search(message)
        if option and option[1].startswith("--"):
            name = option[1].partition("=")[0]
            return f"{did_you_mean(name, self._options())} {manual}"
        return manual

    def _commands(self) -> list[str]:
        return [name for action in self._actions for name in action.choices or ()]

    def _options(self) -> list[str]:
        return [
            name
            for action in self._actions
            for name in action.option_strings
            if name.startswith("--")
        ]
