"""`opnb log compact`: a log made small."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from opnb.cli.log_meant import log_meant
from opnb.cli.words import counted, sized
from opnb.event_log.care.compact import compact_log


def configure(parser: ArgumentParser) -> None:
    """Bring in what waits in spools, and give back the room of what was removed."""
    parser.set_defaults(command=run)


def run(given: Namespace) -> None:
    """Make a log small."""
    done = compact_log(log_meant(given))
    print(f"{sized(done.before)} before, {sized(done.after)} now.")  # noqa: T201 - its output
    if not done.is_whole:
        print("Others read the log, so its journal was not emptied.")  # noqa: T201 - its output
    if done.is_kept:
        print("What was removed is room for new entries; the server keeps it.")  # noqa: T201 - its output
    if done.left:
        left = counted(len(done.left), "spool")
        print(f"Left alone: {left}; `opnb log check` tells whose.")  # noqa: T201 - its output
