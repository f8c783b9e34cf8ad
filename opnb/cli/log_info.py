"""`opnb log info`: where a log is, and what is in it."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator

from opnb.cli.log_meant import log_meant
from opnb.cli.words import counted, sized, timed
from opnb.event_log.care.database import open_to_read
from opnb.event_log.care.info import LogInfo, log_info


def configure(parser: ArgumentParser) -> None:
    """Tell where the log is, what is in it and what waits; nothing is changed."""
    parser.add_argument("--json", action="store_true", help="as JSON, for programs")
    parser.set_defaults(command=run)


def run(given: Namespace) -> None:
    """Tell of a log."""
    with open_to_read(log_meant(given)) as database:
        info = log_info(database)
    if given.json:
        print(json.dumps(info.as_json(), indent=2))  # noqa: T201 - its output
        return
    for name, text in _lines(info):
        print(f"{name:<9} {text}")  # noqa: T201 - its output


def _lines(info: LogInfo) -> Iterator[tuple[str, str]]:
    yield "log", info.address
    yield "size", sized(info.size_bytes)
    yield "version", f"{info.schema_version} of the log's tables"
    yield "kept", ", ".join(f"{name} {word}" for name, word in info.settings.items())
    statuses = ", ".join(
        f"{count:,} {status}" for status, count in info.runs_by_status.items()
    )
    yield "runs", f"{info.runs:,}{f': {statuses}' if statuses else ''}"
    yield "entries", f"{info.entries:,}{_stretch(info)}"
    yield "assets", f"{info.assets:,}"
    yield "checks", f"{info.checks:,}"
    spools = [spool for spool in info.spools if spool.waiting]
    waiting = f"{counted(info.waiting, 'entry')} in {counted(len(spools), 'spool')}"
    yield "waiting", waiting if spools else "nothing"
    if any(spool.error for spool in info.spools):
        yield "", "some spools cannot be read: `opnb log check` tells more"


def _stretch(info: LogInfo) -> str:
    if info.first_entry is None or info.last_entry is None:
        return ""
    return f": {timed(info.first_entry)} to {timed(info.last_entry)}"
