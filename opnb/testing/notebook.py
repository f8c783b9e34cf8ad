"""A notebook run by a test, and what came out of it."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from opnb.event_log.notebook_file import CardRecord, read_cards
from opnb.gate.execute import HowToRun
from opnb.gate.gate import Gate
from opnb.gate.outcome import Case, FailOn, NotebookVerdict, Stop
from opnb.gate.parameters import Parameters
from opnb.gate.scorecard import text_scorecard
from opnb.model.errors import InvalidPropertyError, did_you_mean

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class NotebookResult:
    """What came out of a notebook.

    Args:
        verdict: How it is judged; `str()` of the result is its scorecard.
        path: The executed notebook.
    """

    verdict: NotebookVerdict
    path: Path

    def __str__(self) -> str:
        return text_scorecard([self.verdict])

    @property
    def exit_code(self) -> int:
        """What `opnb run` would end with: 0 if all is well."""
        return self.verdict.exit_code

    @property
    def checks(self) -> list[Case]:
        """The checks, in their order: each has a `name`, an `outcome`, a `place`."""
        return self.verdict.checks

    @property
    def errors(self) -> list[Case]:
        """What was raised, in its order: `kind` is the class."""
        return [case for case in self.verdict.cases if not case.is_check]

    @property
    def stop(self) -> Stop | None:
        """Why it did not run to its end, if it did not."""
        return self.verdict.stop

    @property
    def notebook(self) -> Mapping[str, Any]:
        """The executed notebook, as it stands in its file."""
        return self.verdict.notebook

    @cached_property
    def cards(self) -> list[CardRecord]:
        """The cards: each has the `entries` of its run."""
        return read_cards(self.notebook) if self.notebook else []

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The entries of all cards, as `opnb.read_notebook` gives them."""
        from opnb.event_log.notebook_frame import (  # noqa: PLC0415 - loads pandas
            read_notebook,
        )

        return read_notebook(self.path)

    def check(self, name: str) -> Case:
        """Return a check by its name, `asset::check` or `op::check`, or its label.

        Raises:
            InvalidPropertyError: There is none, or there are several of that label.
        """
        found = [
            case
            for case in self.checks
            if name in (case.name, case.name.partition("::")[2])
        ]
        if len(found) != 1:
            how_many = f"{len(found)} checks" if found else "no check"
            names = [case.name for case in found or self.checks]
            raise InvalidPropertyError(
                f"The notebook has {how_many} {name!r}.", hint=did_you_mean("", names)
            )
        return found[0]


def run_notebook(
    path: str | Path,
    parameters: Mapping[str, Any] | None = None,
    *,
    fail_on: FailOn = "error",
    timeout: float | None = None,
    kernel: str | None = None,
    keep_going: bool = False,
    log: str = "memory:",
    output: str | Path | None = None,
) -> NotebookResult:
    """Run a notebook in a kernel of its own, and return what came out.

    Args:
        path: The notebook.
        parameters: Go into a cell after the one tagged `parameters`; those that are
            named like secrets are masked in what is kept.
        fail_on: From which severity on a check that failed counts.
        timeout: The seconds that it may take.
        kernel: Its kernel; the notebook's own if not given.
        keep_going: Whether cells after one that raised are run, too.
        log: Where its ops are recorded: a test leaves nothing in the log of others.
        output: The folder for the executed notebook; a temporary one if not given.
    """
    how = HowToRun(
        Parameters(parameters or {}), timeout, kernel, keep_going, {"OPNB_LOG": log}
    )
    folder = Path(output or tempfile.mkdtemp(prefix="opnb-"))
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / Path(path).name
    (verdict,) = Gate(how, fail_on).run([str(path)], [target])
    return NotebookResult(verdict, target)
