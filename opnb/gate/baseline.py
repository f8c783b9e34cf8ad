"""The baseline: the failed checks that are known today, and accepted.

A JSON file, to be kept in git: notebook → names of checks, in order. Notebooks are
named from the folder of the file.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from opnb.gate.outcome import Case, NotebookVerdict, Outcome
from opnb.gate.targets import write
from opnb.model.errors import CheckError

_VERSION: Final = 1
_FAILING: Final = (Outcome.FAILED, Outcome.WARNED, Outcome.KNOWN)


@dataclass(frozen=True)
class Baseline:
    """Failed checks that are accepted.

    Args:
        path: Its file.
        known: The names of checks, by notebook.
        accepts_all: Whether each check may fail: what fails is written afterwards.
    """

    path: Path
    known: Mapping[str, frozenset[str]] = field(default_factory=dict)
    accepts_all: bool = False

    @staticmethod
    def read(path: Path) -> Baseline:
        """Read a baseline.

        Raises:
            CheckError: There is none that could be read.
        """
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise CheckError(
                f"There is no baseline {str(path)!r}.",
                hint="--write-baseline makes it of what fails today.",
            ) from None
        except (OSError, ValueError) as error:
            raise _no_baseline(path, str(error)) from error
        return Baseline(path, _known(path, content))

    def apply(self, verdict: NotebookVerdict) -> NotebookVerdict:
        """Return a verdict in which what is known does not count."""
        failing = {case.name for case in verdict.checks if case.outcome in _FAILING}
        passing = {case.name for case in verdict.checks} - failing
        known = self.known.get(self._name(verdict), frozenset())
        if self.accepts_all:
            known = frozenset(failing)
        return replace(
            verdict.with_cases(_accepted(case, known) for case in verdict.cases),
            cured=tuple(sorted(known & passing)),
            unseen=tuple(sorted(known - failing - passing)),
        )

    def write(self, verdicts: Iterable[NotebookVerdict]) -> int:
        """Write what fails now into the file; return how many checks that is.

        What it says of other notebooks stays.
        """
        known = {name: sorted(checks) for name, checks in self.known.items()}
        count = 0
        for verdict in verdicts:
            failing = sorted(
                {case.name for case in verdict.checks if case.outcome in _FAILING}
            )
            known[self._name(verdict)] = failing
            count += len(failing)
        content = {
            "version": _VERSION,
            "known": {name: known[name] for name in sorted(known) if known[name]},
        }
        write(self.path, json.dumps(content, indent=2, ensure_ascii=False) + "\n")
        return count

    def _name(self, verdict: NotebookVerdict) -> str:
        folder = self.path.resolve().parent
        path = Path(verdict.path).resolve()
        try:
            return Path(os.path.relpath(path, folder)).as_posix()
        except ValueError:  # on another drive
            return path.as_posix()


def _accepted(case: Case, known: frozenset[str]) -> Case:
    if case.is_check and case.outcome in _FAILING and case.name in known:
        return replace(case, outcome=Outcome.KNOWN)
    return case


def _known(path: Path, content: Any) -> dict[str, frozenset[str]]:
    if not isinstance(content, dict) or content.get("version") != _VERSION:
        raise _no_baseline(path, f"it is no object with version {_VERSION}")
    known = content.get("known")
    if not isinstance(known, dict) or not all(map(_is_names, known.values())):
        raise _no_baseline(path, "'known' has no list of names for each notebook")
    return {name: frozenset(checks) for name, checks in known.items()}


def _is_names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(name, str) for name in value)


def _no_baseline(path: Path, why: str) -> CheckError:
    return CheckError(
        f"{str(path)!r} is no baseline: {why}.",
        hint="--write-baseline makes one of what fails today.",
    )
