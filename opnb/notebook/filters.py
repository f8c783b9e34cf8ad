"""The options of `%op VERB` as the filters of the log's reader of that name."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Container, Sequence
from inspect import signature
from typing import Any

from opnb.event_log.log import EventLog
from opnb.model.asset_key import AssetKey
from opnb.model.errors import CellError, did_you_mean
from opnb.notebook.arguments import AWAITED

# Verbs that are a method of the log, and take its filters.
READERS = ("asset", "assets", "checks", "events", "metadata", "runs", "tail")
_NO_FILTERS = ("self", "key", "verb", "what", "more")
# Options of verbs that read no table.
_OWN = {
    "diff": ["run", "duration"],
    "explore": ["run", "op", "type", "asset", "label", "since", "until"],
    "inputs": ["forget"],
    "plan": ["stale", "all"],
    "run": ["stale", "all", "awaited"],
}
_TAKE_MORE_WORDS = ("run", "plan", "job", "memo")


def filter_names(verb: str) -> list[str]:
    """Return the options that go with a verb: filters where it reads a table."""
    if verb not in READERS:
        return _OWN.get(verb, [])
    parameters = signature(getattr(EventLog, verb)).parameters
    return [name for name in parameters if name not in _NO_FILTERS]


def options_of_verb(verb: str) -> list[str]:
    """Return the options that go with a verb, as people write them."""
    options = [f"--{name}" for name in filter_names(verb)]
    return [option for option in options if option != AWAITED]


def filters_of(given: Namespace) -> dict[str, Any]:
    """Return the filters given on the line.

    Raises:
        CellError: One is none of the verb's.
    """
    known = filter_names(given.verb)
    filters = {
        name: value
        for name, value in vars(given).items()
        if value is not None and name not in _NO_FILTERS
    }
    for name in filters:
        if name not in known:
            raise CellError(
                f"`%op {given.verb}` has no option --{name}.",
                hint=_near_option(given.verb, f"--{name}"),
            )
    if "asset" in filters and given.verb in READERS:
        filters["asset"] = [AssetKey.of_event(key) for key in filters["asset"]]
    return filters


def refuse_unknown_options(words: Sequence[str], options: Container[str]) -> None:
    """Refuse what is no option, with those of the verb in the hint.

    Args:
        words: The verb, and what follows it.
        options: Those of all verbs.

    Raises:
        CellError: There is such a word.
    """
    verb, *others = words
    for word in others:
        name = word.partition("=")[0]
        is_number = name.removeprefix("-").isdigit()
        if name.startswith("-") and not is_number and name not in options:
            raise CellError(
                f"`%op {verb}` has no option {name}.", hint=_near_option(verb, name)
            )


def _near_option(verb: str, option: str) -> str:
    options = options_of_verb(verb)
    return did_you_mean(option, options) if options else "`%op?` is the manual."


def fields_of(given: Namespace) -> dict[str, Any]:
    """Return the filters given on the line of a verb that takes one value for each.

    Raises:
        CellError: One is none of the verb's, or has several values.
    """
    fields: dict[str, Any] = {}
    for name, value in filters_of(given).items():
        first, *others = [value] if isinstance(value, str) else value
        if others:
            raise CellError(
                f"`%op {given.verb}` takes one value for --{name}, not {len(value)}.",
                hint=f"`%op {given.verb} --{name} {first}`; "
                f"`%op events --{name} {' '.join(value)}` takes several.",
            )
        fields[name] = first
    return fields


def refuse_more_words(given: Namespace) -> None:
    """Refuse words beyond the first where only one says something.

    Raises:
        CellError: There are such words.
    """
    if given.more and given.verb not in _TAKE_MORE_WORDS:
        raise CellError(
            f"`%op {given.verb}` does not know what {given.more[0]!r} is.",
            hint=f"It takes one word: `%op {given.verb} {given.what}`.",
        )


def refuse_word(given: Namespace) -> None:
    """Say how to filter by a word that stands alone after a verb.

    Raises:
        CellError: There is such a word.
    """
    if given.what is None:
        return
    names = [each for each in ("op", "asset") if each in filter_names(given.verb)]
    first, *others = [f"--{name} {given.what}`" for name in names]
    raise CellError(
        f"`%op {given.verb}` does not know what {given.what!r} is.",
        hint=f"`%op {given.verb} {first}{''.join(f' or `{each}' for each in others)}.",
    )
