"""The directive form: `#| op: clean` on top of a cell, in place of `%%op clean`.

Such a cell is plain Python to linters, formatters and editors, and runs where opnb is
not loaded. An input transformer hands the directives to `%%op` as they stand, each as
one quoted word of its line; the magic reads them by its own table of options.
"""

from __future__ import annotations

import io
import re
import shlex
import tokenize
from argparse import Action, Namespace
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from opnb.model.checks import shorten
from opnb.model.errors import CellError, OpnbError, did_you_mean
from opnb.notebook.arguments import actions_of, parse_line, parse_words

MARK = "#|"
_OP_LINE = re.compile(r"#\|\s*op(?![\w-])")
_DIRECTIVE = re.compile(r"#\|\s?(?P<indent>\s*)(?P<key>[\w-]+)\s*(:\s*(?P<value>.*))?$")

# Directives of Quarto and nbdev, which read the same lines for purposes of their own.
_FOREIGN = frozenset(
    "cache cap-location classes code-fold code-line-numbers code-overflow code-summary "
    "collapse column cross-ref default_exp echo error eval exec_doc export exporti "
    "exports file filename filter_stream freeze hide hide_input hide_output id include "
    "kernel label layout layout-align layout-ncol layout-nrow layout-valign lightbox "
    "lines message order output output-location panel renderings results tags warning"
    "".split()
)
_FOREIGN_FAMILIES = ("cell_", "fig-", "lst-", "tbl-", "code-", "layout-")


def to_magic(lines: list[str]) -> list[str]:
    """Turn a cell with an `#| op` directive into a `%%op` cell.

    IPython calls it for each cell. What is wrong with the directives is for the magic
    to say: an error here would come up while somebody is still typing.
    """
    if not lines or lines[0].startswith("%%"):
        return lines
    directives = _directive_lines("".join(lines))
    if not any(_OP_LINE.match(lines[number]) for number in directives):
        return lines
    end = directives[-1] + 1
    # A line of code goes along, where there is one: no directive may stand below it.
    words = [line.strip() for line in lines[:end] if not _is_remark(line)]
    return [f"%%op {shlex.join(words)}\n", *lines[end:]]


def _directive_lines(code: str) -> list[int]:
    """Return the numbers of the lines that are directives, from 0 on."""
    if MARK not in code:
        return []
    lines = code.split("\n")
    head = next(
        (n for n, line in enumerate(lines) if line.strip() and line[0] != "#"),
        len(lines),
    )
    if any(line.startswith(MARK) for line in lines[head:]):
        return list(_comments(code))
    return [n for n in range(head) if lines[n].startswith(MARK)]


def _comments(code: str) -> Iterator[int]:
    """Yield the numbers of the lines that are directives and not part of a text."""
    with suppress(tokenize.TokenError, SyntaxError):
        for token in tokenize.generate_tokens(io.StringIO(code).readline):
            line, column = token.start
            is_comment = token.type == tokenize.COMMENT and column == 0
            if is_comment and token.string.startswith(MARK):
                yield line - 1


def _is_remark(line: str) -> bool:
    """Whether a line is blank, or a comment that is no directive."""
    text = line.strip()
    return not text or (text.startswith("#") and not text.startswith(MARK))


def is_directive(line: str) -> bool:
    """Whether a line of `%%op` is made of directives."""
    return f"'{MARK}" in line


def directives_of(line: str) -> list[str]:
    """Return the directives that a line of `%%op` is made of; none in its own form."""
    return shlex.split(line) if is_directive(line) else []


def parse_cell_line(
    magic: Any, line: str, body: str, directives: Sequence[str]
) -> Namespace:
    """Return the options of a cell, in whichever of the two forms they are given.

    Args:
        magic: The cell magic, whose table of options both forms are read by.
        line: What follows `%%op`.
        body: The rest of the cell.
        directives: Those that the line is made of.

    Raises:
        CellError: An option or a directive cannot be read.
    """
    if not directives:
        _refuse_both_forms(body)
        return parse_line(magic, line)
    _verify_on_top(directives)
    return parse_words(magic.parser, _arguments(directives, actions_of(magic)))


def _refuse_both_forms(body: str) -> None:
    lines = body.split("\n")
    for number in _directive_lines(body):
        if _OP_LINE.match(lines[number]):
            raise CellError(
                f"The cell is an op by `%%op` and by {lines[number].strip()!r}.",
                hint="Keep one of the two lines.",
            )


def _verify_on_top(words: Sequence[str]) -> None:
    code = next((n for n, word in enumerate(words) if word[:1] != "#"), None)
    if code is None:
        return
    below = next(word for word in words[code:] if word.startswith(MARK))
    raise CellError(
        f"The directive {below!r} stands below code.",
        hint="Directives of an op are the first lines of its cell, and a cell is one "
        "op: move the line, or split the cell.",
    )


def _arguments(directives: Iterable[str], options: Mapping[str, Action]) -> list[str]:
    """Return directives as the arguments that `%%op` takes."""
    names: list[str] = []
    given: list[str] = []
    within_foreign = False
    for line in directives:
        found = _DIRECTIVE.match(line)
        if within_foreign and (found is None or found["indent"]):
            continue  # Quarto's values may go on over several lines
        if found is None:
            raise _unreadable(line, options)
        key, value = found["key"], (found["value"] or "").strip()
        within_foreign = False
        if key == "op":
            names += _name(line, value)
        elif f"--{key}" in options:
            given += _option(line, options[f"--{key}"], value)
        else:
            within_foreign = _verify_foreign(key, value, options)
    if len(names) > 1:
        raise CellError(
            f"The cell has two names, {names[0]!r} and {names[1]!r}.",
            hint="A cell is one op: keep one `#| op: …`, or split the cell.",
        )
    return names + given


def _unreadable(line: str, options: Mapping[str, Action]) -> CellError:
    key, _, value = line.removeprefix(MARK).strip().partition(" ")
    if key == "op" or f"--{key}" in options:
        return CellError(
            f"The directive {shorten(line)} lacks its colon.",
            hint=f"Write `#| {key}: {value.strip()}`.",
        )
    return CellError(
        f"The directive {shorten(line)} cannot be read.",
        hint="Each is one line: `#| out: tidy`, `#| retries: 3`.",
    )


def _name(line: str, value: str) -> list[str]:
    name = _unquoted(value)
    if len(name.split()) > 1:
        raise CellError(
            f"The directive {shorten(line)} gives more than a name.",
            hint="Options stand on lines of their own: `#| retries: 3`.",
        )
    return [name] if name else []


def _option(line: str, action: Action, value: str) -> list[str]:
    """Return a directive that is an option of `%%op`."""
    option = action.option_strings[0]
    if action.nargs == 0:
        return [option] if _is_on(line, value) else []
    if not value:
        raise CellError(
            f"The directive {shorten(line)} lacks its value.",
            hint=f"Write `#| {option[2:]}: {_sample(action)}`.",
        )
    if action.nargs == "+":
        return [option, *_values(line, value)]
    return [f"{option}={_unquoted(value)}"]


def _sample(action: Action) -> str:
    return next(iter(action.choices)) if action.choices else str(action.metavar)


def _is_on(line: str, value: str) -> bool:
    if value not in ("", "true", "false"):
        raise CellError(
            f"The directive {shorten(line)} takes no value.",
            hint="Leave it away, or write true or false.",
        )
    return value != "false"


def _values(line: str, value: str) -> list[str]:
    """Return several values: between commas or blanks, as a list of YAML or not."""
    if value.startswith("[") and value.endswith("]"):
        value = value[1:-1]
    words = shlex.shlex(value, posix=True, punctuation_chars=False)
    words.whitespace += ","
    words.whitespace_split = True
    words.commenters = ""
    try:
        return list(words)
    except ValueError as error:
        raise CellError(
            f"The directive {shorten(line)} cannot be read: {error}.",
            hint="Close the quotation mark.",
        ) from None


def _unquoted(value: str) -> str:
    if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
        return value[1:-1]
    return value


def _verify_foreign(key: str, value: str, options: Mapping[str, Action]) -> bool:
    """Let pass what another tool reads; `tags` of key=value are meant for us."""
    is_tag = key == "tags" and "=" in value
    if not is_tag and (key in _FOREIGN or key.startswith(_FOREIGN_FAMILIES)):
        return True
    known = ["op", *(option[2:] for option in options)]
    raise CellError(
        f"An op has no directive {key!r}.",
        hint=f"{did_you_mean(key, known)} `%%op?` is the manual.",
    )


def respell(error: OpnbError) -> None:
    """Let an error about the options of `%%op` name them as directives."""
    if MARK in error.message:
        return
    error.message = re.sub(r"--(?=[a-z])", "#| ", error.message)
    if error.hint is not None:
        hint = re.sub(r"--([a-z-]+)(?= \S)", r"#| \1:", error.hint)
        error.hint = re.sub(r"%%op (?=\w)", "#| op: ", hint.replace("--", "#| "))
