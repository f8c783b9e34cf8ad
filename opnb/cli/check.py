"""`opnb check`: notebooks that were run elsewhere, judged."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from inspect import getdoc

from opnb.cli.verdict_options import add_options, conclude, notebooks_meant, prepare
from opnb.gate.gate import Gate


def configure(parser: ArgumentParser) -> None:
    """Judge executed notebooks by their checks and errors; nothing is run.

    Papermill, a scheduler or a person in JupyterLab ran them: the verdict is the same
    as that of `opnb run`.
    """
    parser.description = getdoc(configure)
    parser.add_argument(
        "notebooks", metavar="EXECUTED", nargs="+", help="a notebook, or a folder"
    )
    add_options(parser)
    parser.set_defaults(command=run)


def run(given: Namespace) -> int:
    """Judge notebooks; return the exit code."""
    notebooks = notebooks_meant(given.notebooks)
    baseline = prepare(given)
    gate = Gate(fail_on=given.fail_on, baseline=baseline)
    return conclude(given, [gate.check(path) for path in notebooks], baseline)
