"""Notebooks as pytest sees them: a file, what its checks are about, the checks.

What the checks of a notebook are is known once it has run, and pytest wants to know its
tests before any of them; so a notebook is run when it is collected.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from opnb.gate.baseline import Baseline
from opnb.gate.execute import HowToRun
from opnb.gate.gate import Gate
from opnb.gate.junit import ENDED
from opnb.gate.kernel import verify_can_run
from opnb.gate.outcome import COUNTS, Case, NotebookVerdict, Outcome, Place
from opnb.gate.parameters import Parameters, parse_parameters
from opnb.gate.view import CaseView
from opnb.model.errors import OpnbError
from opnb.pytest_plugin.shared import SharedRuns

_runs = pytest.StashKey[SharedRuns]()


def runs_of(config: pytest.Config) -> SharedRuns:
    """Return the runs of a session's notebooks, as its options say.

    Raises:
        pytest.UsageError: They say something that cannot be.
    """
    if _runs not in config.stash:
        try:
            gate = _gate(config)
        except OpnbError as error:
            raise pytest.UsageError(str(error)) from error
        worker = getattr(config, "workerinput", {})
        config.stash[_runs] = SharedRuns(gate, worker.get("opnb_shared"))
    return config.stash[_runs]


def _gate(config: pytest.Config) -> Gate:
    verify_can_run()
    option = config.option
    parameters = Parameters(parse_parameters(option.opnb_parameter))
    how = HowToRun(parameters, option.opnb_timeout, option.opnb_kernel)
    baseline = None
    if option.opnb_baseline:
        folder = config.invocation_params.dir
        baseline = Baseline.read(folder / option.opnb_baseline)
    return Gate(how, option.opnb_fail_on, baseline=baseline)


def collect_notebook(path: Path, parent: pytest.Collector) -> pytest.Collector:
    """Return the collector of a notebook."""
    runs_of(parent.config).expect(path)
    return NotebookFile.from_parent(parent, path=path)


class NotebookFile(pytest.File):
    """A notebook: it is run when its tests are asked for."""

    def collect(self) -> Iterator[pytest.Item | pytest.Collector]:
        """Yield its checks by what they are about, and its errors."""
        if self.config.option.collectonly:
            yield CaseItem.from_parent(self, name=ENDED, case=_ended(None))
            return
        verdict = runs_of(self.config).verdict(self.path)
        subjects: dict[str, list[Case]] = {}
        for case in verdict.cases:
            if case.is_check:
                subjects.setdefault(case.name.partition("::")[0], []).append(case)
            else:
                yield CaseItem.from_parent(self, name=case.name, case=case)
        for name, cases in subjects.items():
            yield Subject.from_parent(self, name=name, cases=cases)
        if verdict.stop is not None or not verdict.cases:
            yield CaseItem.from_parent(self, name=ENDED, case=_ended(verdict))


def _ended(verdict: NotebookVerdict | None) -> Case:
    """Return whether a notebook ran to its end, as a case."""
    stop = None if verdict is None else verdict.stop
    place = Place(0, 1)
    if stop is None:
        return Case(ENDED, Outcome.PASSED, place, "", is_check=False)
    text = f"{stop.message}\nHint: {stop.hint}"
    return Case(
        ENDED, Outcome.RAISED, place, stop.kind, stop.message, text, is_check=False
    )


class Subject(pytest.Collector):
    """What checks of a notebook are about: an asset, or an op."""

    def __init__(self, *, cases: list[Case], **options: Any) -> None:
        super().__init__(**options)
        self._cases = cases

    def collect(self) -> Iterator[pytest.Item]:
        """Yield the checks."""
        for case in self._cases:
            label = case.name.partition("::")[2].replace("::", ":")
            yield CaseItem.from_parent(self, name=label, case=case)


class _CaseFailed(Exception):
    """A case that failed."""


class CaseItem(pytest.Item):
    """A check, or an error, as a test."""

    def __init__(self, *, case: Case, **options: Any) -> None:
        super().__init__(**options)
        self.case = case

    def runtest(self) -> None:
        """Fail as the case did."""
        case = self.case
        if case.outcome is Outcome.KNOWN:
            pytest.xfail("the baseline accepts it")
        if case.outcome is Outcome.EXPECTED:
            pytest.xfail("its cell is tagged raises-exception")
        if case.outcome is Outcome.WARNED:
            told = " ".join(
                filter(None, (f"{case.place}:", case.message, case.details))
            )
            self.user_properties.append(("opnb warn", told))
        elif case.outcome in COUNTS:
            raise _CaseFailed

    def repr_failure(
        self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None
    ) -> Any:
        """Return what is told of the case, on one screen."""
        if not isinstance(excinfo.value, _CaseFailed):
            return super().repr_failure(excinfo, style)
        view = CaseView.of(self.case)
        place = [] if self.name == ENDED else [view.place]
        return "\n".join(
            [f"✗ {view.word}: {view.name}", *place, *view.facts, *view.screen]
        )

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return where it stands, for the head of its failure."""
        return self.path, self.case.place.line - 1, self.case.name
