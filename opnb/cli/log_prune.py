"""`opnb log prune`: old runs removed from a log, once a person has said yes."""

from __future__ import annotations

import re
import sys
from argparse import ArgumentParser, Namespace

from opnb.cli.log_meant import log_meant
from opnb.cli.parser import FAILED, OK
from opnb.cli.words import counted, timed
from opnb.event_log.care.database import open_to_change
from opnb.event_log.care.prune import Prune, PruneCounts
from opnb.event_log.reading.times import parse_time
from opnb.model.checks import shorten
from opnb.model.errors import CheckError

_STRETCH = re.compile(r"\s*[\d.]+\s*[a-z]+\s*")


def configure(parser: ArgumentParser) -> None:
    """Remove the runs that ended before a time, with their entries; asks first.

    What stays: runs under way, the run with the newest entry, and of each asset and
    each partition the latest materialization and the latest observation, with the lines
    that tell when their run and step began and how they ended.
    """
    age = parser.add_mutually_exclusive_group(required=True)
    age.add_argument(
        "--before", metavar="TIME", help="runs that ended before: 2026-01-31T09:00Z"
    )
    age.add_argument(
        "--older-than", metavar="STRETCH", help="runs that ended longer ago: 90d, 12h"
    )
    parser.add_argument(
        "--keep-runs",
        metavar="N",
        type=_count,
        default=0,
        help="keep the last N runs of each op or job, however old",
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="only tell what it would"
    )
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.set_defaults(command=run)


def _count(text: str) -> int:
    number = int(text)
    if number < 0:
        raise ValueError(text)
    return number


def run(given: Namespace) -> int:
    """Remove what is old from a log."""
    before = _before(given)
    is_asking = not (given.yes or given.dry_run)
    if is_asking and not sys.stdin.isatty():
        raise CheckError(
            "Nobody can be asked here whether to remove what is old.",
            hint="--dry-run tells what would be removed, --yes removes it.",
        )
    with open_to_change(log_meant(given)) as database:
        prune = Prune(database, before, given.keep_runs)
        counts = prune.counts
        print(_described(counts, before))  # noqa: T201 - its output
        if given.dry_run or not counts.entries:
            return OK
        if is_asking and not _is_sure():
            print("Nothing was removed.")  # noqa: T201 - its output
            return FAILED
        prune.remove()
    print("Removed. `opnb log compact` gives the room back.")  # noqa: T201 - its output
    return OK


def _before(given: Namespace) -> int:
    if given.older_than is None:
        return parse_time(given.before, "before")
    if not _STRETCH.fullmatch(given.older_than):
        raise CheckError(
            f"{shorten(given.older_than)} is no stretch of time.",
            hint="'90d', '12h', '30m'; --before takes a time.",
        )
    return parse_time(given.older_than, "older-than")


def _described(counts: PruneCounts, before: int) -> str:
    if not counts.entries:
        return f"Nothing is older than {timed(before)} that could be removed."
    of_all = f"{counted(counts.entries, 'entry')} of {counts.all_entries:,}"
    text = (
        f"Ended before {timed(before)}: {of_all}, and {counted(counts.runs, 'run')} of "
        f"{counts.all_runs:,} whole."
    )
    if counts.runs_thinned:
        text += (
            f" Of {counted(counts.runs_thinned, 'more run')} the latest of an asset "
            "stays."
        )
    return text


def _is_sure() -> bool:
    try:
        return input("Remove them? [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        return False
