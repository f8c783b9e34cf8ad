"""`opnb log import`: what was exported, taken into a log."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from opnb.cli.log_meant import log_meant
from opnb.cli.progress import bar
from opnb.cli.words import counted
from opnb.event_log.address import shown_address
from opnb.event_log.care.transfer import import_log


def configure(parser: ArgumentParser) -> None:
    """Take into the log what was exported from one, all of it or nothing.

    The log is made if it is not there. Runs that it has already are left as they are.
    Cards in a notebook hold the entries of their runs, up to a size.
    """
    parser.add_argument(
        "source",
        metavar="FILE|FOLDER|ADDRESS",
        help="a file that ends in .parquet or .jsonl, - for JSON Lines from standard "
        "input, the address of another log, an executed notebook (.ipynb), or a folder "
        "of notebooks",
    )
    parser.set_defaults(command=run)


def run(given: Namespace) -> None:
    """Take something into a log."""
    done = import_log(log_meant(given), given.source, progress=bar("importing"))
    new = (done.runs or 0) - done.runs_known
    line = f"{counted(done.entries, 'entry')} of {counted(new, 'run')} added"
    if done.runs_known:
        line += f"; {counted(done.runs_known, 'run')} the log had already"
    if not done.runs:
        line = f"Nothing was added: {shown_address(given.source)} tells of no run"
    print(f"{line}.")  # noqa: T201 - its output
    left_out = {"entry": done.left_out, "value": done.values_left_out}
    told = " and ".join(counted(left, noun) for noun, left in left_out.items() if left)
    if told:
        print(  # noqa: T201 - its output
            f"Cards left out for their size: {told}; the log that wrote them has all."
        )
