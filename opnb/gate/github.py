"""GitHub Actions: annotations at the lines of a notebook's file, a step's summary."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from opnb.gate.outcome import Case, NotebookVerdict, Outcome
from opnb.gate.source_lines import SourceLines
from opnb.gate.words import word, worst_first

_MOST: Final = 10  # of a kind in one step; GitHub shows no more
_SUMMARY_BYTES: Final = 1_000_000  # a little below what GitHub takes


def is_in_actions(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether this is a step of GitHub Actions."""
    return environment.get("GITHUB_ACTIONS") == "true"


def annotation_lines(
    verdicts: Sequence[NotebookVerdict], environment: Mapping[str, str] = os.environ
) -> Iterator[str]:
    """Yield a line for each failure, by which GitHub shows it beside the code."""
    left = {"error": _MOST, "warning": _MOST}
    for verdict in verdicts:
        for level, line in _of_notebook(verdict, environment):
            if left[level]:
                left[level] -= 1
                yield line


def _of_notebook(
    verdict: NotebookVerdict, environment: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    path = _from_workspace(verdict.path, environment)
    lines = SourceLines.of(Path(verdict.path))
    for case in worst_first(verdict.cases):
        if case.outcome is Outcome.KNOWN:
            continue
        level = "warning" if case.outcome is Outcome.WARNED else "error"
        title = f"{word(case)}: {case.name}"
        text = f"{case.place}: {case.message}"
        if case.details and case.is_check:
            text += f"\n{case.details}"
        yield level, _annotation(level, path, _line(lines, case), title, text)
    stop = verdict.stop
    if stop is not None:
        line = None if stop.index is None else lines.line(stop.index, 1)
        text = f"{stop.message}\n{stop.hint}"
        yield "error", _annotation("error", path, line, stop.kind, text)


def _line(lines: SourceLines, case: Case) -> int | None:
    return lines.line(case.place.index, case.place.line)


def _annotation(level: str, path: str, line: int | None, title: str, text: str) -> str:
    facts = {"file": path, "line": line, "title": title}
    told = ",".join(
        f"{name}={_property(str(fact))}" for name, fact in facts.items() if fact
    )
    return f"::{level} {told}::{_escape(text)}"


def _escape(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escape(text).replace(":", "%3A").replace(",", "%2C")


def _from_workspace(path: str, environment: Mapping[str, str]) -> str:
    root = environment.get("GITHUB_WORKSPACE")
    if root:
        full = Path(path).resolve()
        if full.is_relative_to(Path(root).resolve()):
            return full.relative_to(Path(root).resolve()).as_posix()
    return path


def add_summary(markdown: str, environment: Mapping[str, str] = os.environ) -> None:
    """Add to the summary of the step, if it has one."""
    path = environment.get("GITHUB_STEP_SUMMARY")
    if not path:
        return
    content = markdown.encode()
    if len(content) > _SUMMARY_BYTES:
        cut = content[:_SUMMARY_BYTES].decode(errors="ignore")
        content = f"{cut}\n\nThe rest is left out.\n".encode()
    with Path(path).open("ab") as file:
        file.write(content)
