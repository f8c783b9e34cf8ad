"""`opnb run`: notebooks run without anybody looking, and judged."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from inspect import getdoc

from opnb.cli.verdict_options import add_options, conclude, notebooks_meant, prepare
from opnb.gate.execute import HowToRun
from opnb.gate.gate import Gate
from opnb.gate.kernel import verify_can_run
from opnb.gate.outcome import NOT_RUN
from opnb.gate.parameters import Parameters, parse_parameters
from opnb.gate.targets import executed_paths, make_folders
from opnb.model.errors import OpnbError


def configure(parser: ArgumentParser) -> None:
    """Run notebooks from top to bottom, and judge them by their checks and errors.

    Each has a kernel of its own, works in the notebook's folder, and ends at the first
    cell that raises, as Run All does; a check that the baseline accepts, or that does
    not count by --fail-on, does not end it. The executed notebooks are written.
    """
    parser.description = getdoc(configure)
    parser.add_argument("notebooks", metavar="NOTEBOOK", nargs="+", help="or a folder")
    parser.add_argument(
        "-p",
        "--parameter",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="goes into a cell after the one tagged 'parameters', as papermill does; "
        "what is named like a secret (api_key, password, token) is masked",
    )
    parser.add_argument(
        "-r",
        "--raw-parameter",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="the same; the value is text, even if it looks like a number",
    )
    parser.add_argument(
        "-o",
        "--output",
        metavar="FOLDER|FILE",
        help="where the executed notebooks go (executed/)",
    )
    parser.add_argument(
        "--timeout",
        metavar="SECONDS",
        type=_seconds,
        help="for each notebook, its kernel's start included; then the kernel is "
        "interrupted, and five seconds later killed",
    )
    parser.add_argument(
        "--keep-going",
        action="store_true",
        help="run the cells after one that raised, too",
    )
    parser.add_argument(
        "--jobs", metavar="N", type=_jobs, default=1, help="so many at once (1)"
    )
    parser.add_argument(
        "--kernel", metavar="NAME", help="the kernel; else the notebook's own"
    )
    parser.add_argument(
        "-q", "--quiet", action="store_true", help="only the scorecard, no progress"
    )
    add_options(parser)
    parser.set_defaults(command=run)


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds < float("inf"):
        raise ValueError(text)
    return seconds


def _jobs(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def run(given: Namespace) -> int:
    """Run notebooks and judge them; return the exit code."""
    parameters = parse_parameters(given.parameter, given.raw_parameter)
    how = HowToRun(
        Parameters(parameters), given.timeout, given.kernel, given.keep_going
    )
    notebooks = notebooks_meant(given.notebooks)
    targets = executed_paths(notebooks, given.output)
    baseline = prepare(given)
    make_folders(targets, own=given.output is None)
    try:
        verify_can_run()
    except OpnbError as error:
        sys.stderr.write(f"{error}\n")
        return NOT_RUN
    gate = Gate(how, given.fail_on, _nothing if given.quiet else _print, baseline)
    verdicts = gate.run(notebooks, targets, given.jobs)
    if not given.quiet:
        _print("\n")
    return conclude(given, verdicts, baseline)


def _print(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def _nothing(_: str) -> None:
    """Say nothing."""
