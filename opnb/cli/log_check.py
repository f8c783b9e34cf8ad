"""`opnb log check`: whether all is well with a log."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from opnb.cli.log_meant import log_meant
from opnb.cli.parser import FAILED, OK
from opnb.cli.progress import bar
from opnb.cli.words import counted
from opnb.event_log.care.check import Finding, check_log
from opnb.event_log.care.database import Database, open_to_read
from opnb.model.errors import LogUnavailableError


def configure(parser: ArgumentParser) -> None:
    """Look whether all is well with the log; nothing is changed.

    Ends with 1 if something is wrong.
    """
    parser.set_defaults(command=run)


def run(given: Namespace) -> int:
    """Tell what is wrong with a log."""
    with open_to_read(log_meant(given)) as database:
        total = _count(database)
        with bar("looking")(total) as advance:
            findings = list(check_log(database, advance))
        shown = database.shown
    for finding in findings:
        _tell(finding)
    faults = sum(finding.is_fault for finding in findings)
    if faults:
        print(f"{shown}: {counted(faults, 'finding')}.")  # noqa: T201 - its output
        return FAILED
    entries = "" if total is None else f" with its {counted(total, 'entry')}"
    print(f"{shown}: all is well{entries}.")  # noqa: T201 - its output
    return OK


def _tell(finding: Finding) -> None:
    mark = "✗" if finding.is_fault else "·"
    print(f"{mark} {finding.message}\n  Hint: {finding.hint}")  # noqa: T201 - its output


def _count(database: Database) -> int | None:
    try:
        return int(database.select("SELECT count(*) FROM entries")[0][0])
    except LogUnavailableError:  # damaged; the check tells how
        return None
