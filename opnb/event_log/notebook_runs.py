"""The runs that notebook files tell of: of a file, a folder, or a file's git history.

A run may stand in several files, versions and cells; it is told once, by the card that
has most of it, and of equal ones by the first.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from opnb.event_log.care.new_file import unavailable
from opnb.event_log.git_versions import read_versions
from opnb.event_log.notebook_file import CardRecord, read_cards
from opnb.model.checks import shorten
from opnb.model.errors import (
    CheckError,
    ForeignLogError,
    LogError,
    LogUnavailableError,
    LogWarning,
    NewerLogError,
    did_you_mean,
)
from opnb.model.serialize import readable

SUFFIX = ".ipynb"
_LARGEST = 2**30
_SHORT = 12


class FoundRun(NamedTuple):
    """A run, and where it stands.

    Args:
        notebook: The file; in a folder its place there.
        commit: The commit; None where no history was asked for.
        card: The card.
    """

    notebook: str
    commit: str | None
    card: CardRecord


def find_runs(path: str | Path, *, history: bool = False) -> list[FoundRun]:
    """Return the runs in notebooks by when they began, each once.

    Args:
        path: A notebook, or a folder: then all below it but in hidden folders.
        history: Whether to look at each committed version of the notebook instead.

    Raises:
        LogError: A file cannot be read, is no notebook, or a card in it cannot be read.
        CheckError: The history of a folder was asked for.
    """
    place = Path(path).expanduser()
    if history:
        found = _in_history(place)
    elif place.is_dir():
        found = _in_folder(place)
    else:
        found = _in_file(place, str(path))
    return sorted(_once(found), key=lambda run: run.card.records[0].run.start_time)


def _once(found: Iterable[FoundRun]) -> list[FoundRun]:
    best: dict[str, FoundRun] = {}
    for run in found:
        if run.card.records:
            known = best.get(run.card.run_id)
            if known is None or _worth(run.card) > _worth(known.card):
                best[run.card.run_id] = run
    return list(best.values())


def _worth(card: CardRecord) -> tuple[bool, int, int]:
    has_ended = card.records[0].run.end_time is not None
    return has_ended, len(card.records), -card.values_left_out


def _in_folder(folder: Path) -> Iterator[FoundRun]:
    found = (file.relative_to(folder) for file in folder.rglob(f"*{SUFFIX}"))
    names = [name for name in found if not _is_hidden(name)]
    if not names:
        raise LogUnavailableError(
            f"{shorten(str(folder))} has no notebook in it.",
            hint=f"Give a folder with files that end in {SUFFIX}, or one of them.",
        )
    for name in sorted(names):
        yield from _in_file(folder / name, name.as_posix())


def _is_hidden(name: Path) -> bool:
    """Whether it is what Jupyter, git or an environment keeps for itself."""
    return any(part.startswith(".") for part in name.parts)


def _in_file(path: Path, name: str) -> Iterator[FoundRun]:
    for card in _cards(_content(path), name):
        yield FoundRun(readable(name), None, card)


def _in_history(path: Path) -> Iterator[FoundRun]:
    if path.is_dir():
        raise CheckError(
            f"{shorten(str(path))} is a folder; a history is one of a file.",
            hint="Give one notebook, or leave history=True out.",
        )
    if not path.parent.is_dir():
        raise _missing(path)
    for commit, content in read_versions(path):
        name = f"{path} at {commit[:_SHORT]}"
        try:
            cards = _cards(content, name)
        except (ForeignLogError, NewerLogError) as error:
            # Nobody can correct a commit; and there are the others.
            warnings.warn(f"Passed over: {error.message}", LogWarning, stacklevel=2)
            continue
        for card in cards:
            yield FoundRun(readable(str(path)), commit, card)


def _content(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > _LARGEST:
            raise LogUnavailableError(
                f"{shorten(str(path))} is too large: {size / 2**30:.1f} GiB.",
                hint="Clear its large outputs, those of other cells than cards.",
            )
        return path.read_bytes()
    except FileNotFoundError:
        raise _missing(path) from None
    except OSError as error:
        raise unavailable(path, "read", error) from error


def _missing(path: Path) -> LogUnavailableError:
    siblings = [file.name for file in path.parent.glob(f"*{SUFFIX}")]
    return LogUnavailableError(
        f"There is no file {shorten(str(path))}.",
        hint=did_you_mean(path.name, sorted(siblings))
        if siblings
        else f"{shorten(str(path.parent))} has no notebook in it.",
    )


def _cards(content: bytes, name: str) -> list[CardRecord]:
    try:
        return read_cards(_parsed(content))
    except LogError as error:
        message = error.message[0].lower() + error.message[1:]
        raise type(error)(f"{name}: {message}", hint=error.hint) from error


def _parsed(content: bytes) -> Mapping[str, Any]:
    try:
        return _object(content)
    except (ValueError, RecursionError) as error:
        reason = shorten(content[:60]) if content else "it is empty"
        raise ForeignLogError(
            f"This is no notebook, for it is no JSON: {reason}.",
            hint="An .ipynb file holds an object with 'nbformat' and 'cells'.",
        ) from error


def _object(content: bytes) -> Mapping[str, Any]:
    try:
        parsed: Mapping[str, Any] = orjson.loads(content)
    except ValueError:  # NaN in others' outputs, a byte order mark, or no JSON at all
        parsed = json.loads(content)
    return parsed
