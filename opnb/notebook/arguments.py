"""The options of `%%op` and `%op`: IPython's `magic_arguments`, with clear errors."""

from __future__ import annotations

import argparse
import re
import shlex
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, NoReturn

from IPython.core import magic, magic_arguments

from opnb.model.errors import CellError, did_you_mean

# Not for people: the line stands behind an `await` that opnb has put there.
AWAITED = "--awaited"

# An option as `argparse` takes it: its names, and how it is read.
Option = tuple[tuple[str, ...], dict[str, Any]]


def option(*names: str, **how: Any) -> Option:
    """Describe an option; the arguments are those of `add_argument`."""
    return names, how


def cell_magic_of(
    name: str, options: tuple[Option, ...]
) -> Callable[[Callable[[Any, str, str], Any]], Any]:
    """Make a method a cell magic with these options."""
    return lambda function: _made(function, magic.cell_magic(name), options)


def line_magic_of(
    name: str, options: tuple[Option, ...]
) -> Callable[[Callable[[Any, str], Any]], Any]:
    """Make a method a line magic with these options."""
    return lambda function: _made(function, magic.line_magic(name), options)


def _made(function: Any, kind: Any, options: tuple[Option, ...]) -> Any:
    """Finish a magic: its docstring becomes the manual, its errors clear."""
    described = function
    for names, how in reversed(options):
        described = magic_arguments.argument(*names, **how)(described)
    described = magic_arguments.magic_arguments()(described)
    parser = described.parser

    def refuse(message: str) -> NoReturn:
        raise CellError(_message(message), hint=_hint(message, options_of(described)))

    # IPython's own error is a UsageError, which nbval and others take for success.
    parser.error = refuse
    parser.allow_abbrev = False
    return magic.no_var_expand(kind(described))


def actions_of(magic: Any) -> dict[str, argparse.Action]:
    """Return the long options of a magic, each with how it is read."""
    actions = magic.parser._actions  # noqa: SLF001 - argparse has no other way
    return {
        name: action
        for action in actions
        for name in action.option_strings
        if name != AWAITED
    }


def options_of(magic: Any) -> list[str]:
    """Return the long options of a magic."""
    return list(actions_of(magic))


def parse_line(magic: Any, line: str) -> argparse.Namespace:
    """Return the options given on a magic's line.

    Raises:
        CellError: One is unknown or lacks its value.
    """
    words = [line] if line.isidentifier() else _split(line)
    # Where several words may stand alone they may do so on either side of an option;
    # to look for that costs as much as a commit.
    parser = magic.parser
    if _mixes(parser):
        given: argparse.Namespace = parser.parse_intermixed_args(words)
        return given
    return parse_words(parser, words)


def _split(line: str) -> list[str]:
    try:
        return shlex.split(line)
    except ValueError as error:
        raise CellError(
            f"The line {line!r} cannot be read: {error}.",
            hint="Close the quotation mark.",
        ) from None


def parse_words(
    parser: argparse.ArgumentParser, words: Sequence[str]
) -> argparse.Namespace:
    """Return the options given by words, where a single one is the name.

    Raises:
        CellError: One is unknown or lacks its value.
    """
    if len(words) == 1 and words[0].isidentifier():
        # Most cells: argparse would take a tenth of what all about such a cell costs.
        return argparse.Namespace(**{**_defaults(parser), "name": words[0]})
    return parser.parse_args(words)


@lru_cache(maxsize=8)
def _defaults(parser: argparse.ArgumentParser) -> dict[str, Any]:
    return vars(parser.parse_args([]))


@lru_cache(maxsize=8)
def _mixes(parser: argparse.ArgumentParser) -> bool:
    """Whether a magic takes several words that stand alone."""
    return any(
        not action.option_strings and action.nargs == "*"
        for action in parser._actions  # noqa: SLF001 - argparse has no other way
    )


def _message(message: str) -> str:
    return message[0].upper() + message[1:].rstrip(".") + "."


def _hint(message: str, options: list[str]) -> str:
    unknown = re.search(r"unrecognized arguments: (-\S+)", message)
    if unknown:
        return f"{did_you_mean(unknown[1], options)} `%%op?` is the manual."
    return "`%%op?` is the manual."


def pairs_of(given: list[str] | None, option: str) -> dict[str, str]:
    """Return `["a=1"]` as `{"a": "1"}`; a word alone stands for itself.

    Raises:
        CellError: There is nothing on one side of the `=`.
    """
    pairs: dict[str, str] = {}
    for word in given or []:
        name, equals, value = word.partition("=")
        if not name or (equals and not value):
            raise CellError(
                f"{option} {word!r} lacks a name or a value.",
                hint=f"Write {option} name=value.",
            )
        pairs[name] = value if equals else name
    return pairs
