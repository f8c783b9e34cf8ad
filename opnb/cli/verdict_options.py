"""What `opnb run` and `opnb check` have in common: options, reports, exit codes."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path

from opnb.cli.words import counted
from opnb.gate.baseline import Baseline
from opnb.gate.outcome import FAIL_ON, NotebookVerdict, worst
from opnb.gate.targets import make_folders, write
from opnb.model.errors import CheckError

EXIT_CODES = """
exit codes:
  0    all is well
  1    an op or a cell raised
  2    a check failed, and nothing else
  3    a notebook did not run to its end: missing, invalid, dead kernel, time-out
  64   the line is wrong
  130  interrupted
Of several notebooks the worst counts: 3, then 1, then 2.
"""
_REPORTS = {
    "junit": "JUnit XML: a suite a notebook, a case a check",
    "html": "the scorecard as a page of its own",
    "md": "the scorecard as Markdown",
}


def add_options(parser: ArgumentParser) -> None:
    """Tell a parser of the options on verdicts."""
    parser.epilog = EXIT_CODES
    parser.add_argument(
        "--fail-on",
        choices=FAIL_ON,
        default="error",
        help="which failed checks fail the gate: those of severity error and fatal and "
        "those without one (error, the default), warn too, or none (never)",
    )
    for name, help_ in _REPORTS.items():
        parser.add_argument(f"--{name}", metavar="FILE", help=f"write {help_}")
    parser.add_argument(
        "--baseline",
        metavar="FILE",
        help="accept the failed checks that this file names, and tell which are cured",
    )
    parser.add_argument(
        "--write-baseline",
        action="store_true",
        help="write what fails now into the --baseline, and accept it",
    )


def prepare(given: Namespace) -> Baseline | None:
    """Look at all that could be wrong with the options; return the baseline.

    Raises:
        CheckError: Something is.
    """
    if given.write_baseline and given.baseline is None:
        raise CheckError(
            "--write-baseline does not say where.", hint="--baseline FILE does."
        )
    files = [getattr(given, name) for name in (*_REPORTS, "baseline")]
    make_folders([Path(file) for file in files if file], own=False)
    if given.baseline is None:
        return None
    path = Path(given.baseline)
    if given.write_baseline:
        known = Baseline.read(path).known if path.exists() else {}
        return Baseline(path, known, accepts_all=True)
    return Baseline.read(path)


def notebooks_meant(given: Sequence[str]) -> list[str]:
    """Return the notebooks that are meant, each once; of a folder those in it.

    Raises:
        CheckError: A folder has none.
    """
    found: dict[str, None] = {}
    for name in given:
        path = Path(name)
        if not path.is_dir():
            found[name] = None
            continue
        inside = sorted(path.glob("*.ipynb"))
        if not inside:
            raise CheckError(
                f"There is no notebook in the folder {name!r}.",
                hint="Name notebooks, or a folder that has some.",
            )
        found.update(dict.fromkeys(each.as_posix() for each in inside))
    return list(found)


def conclude(
    given: Namespace, verdicts: Sequence[NotebookVerdict], baseline: Baseline | None
) -> int:
    """Tell of verdicts in all the ways that are asked for; return the exit code."""
    if baseline is not None and given.write_baseline:
        count = baseline.write(verdicts)
        told = f"Known from now on, in {given.baseline}: {counted(count, 'check')}."
        print(f"{told}\n")  # noqa: T201 - its output
    _report(given, verdicts)
    _tell(verdicts)
    return worst(verdict.exit_code for verdict in verdicts)


def _report(given: Namespace, verdicts: Sequence[NotebookVerdict]) -> None:
    from opnb.gate.junit import junit_xml  # noqa: PLC0415 - at first use
    from opnb.gate.scorecard import (  # noqa: PLC0415 - at first use
        html_scorecard,
        markdown_scorecard,
    )

    writers = {
        "junit": junit_xml,
        "html": html_scorecard,
        "md": markdown_scorecard,
    }
    for name, written in writers.items():
        file = getattr(given, name)
        if file:
            write(Path(file), written(verdicts))


def _tell(verdicts: Sequence[NotebookVerdict]) -> None:
    from opnb.gate import github  # noqa: PLC0415 - at first use
    from opnb.gate.scorecard import (  # noqa: PLC0415 - at first use
        markdown_scorecard,
        text_scorecard,
    )

    sys.stdout.write(text_scorecard(verdicts))
    if github.is_in_actions():
        for line in github.annotation_lines(verdicts):
            print(line)  # noqa: T201 - GitHub reads it
        github.add_summary(markdown_scorecard(verdicts))
