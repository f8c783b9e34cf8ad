"""The verdict on an executed notebook, read from its outputs, whoever ran it.

Each card carries the events of its run; each error that a cell raised is an output of
its own. What stands in a cell tagged `raises-exception` is expected, as it is for
every program that runs notebooks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from opnb.event_log.notebook_file import CardRecord, read_cards
from opnb.gate.cells import CodeCell, code_cells
from opnb.gate.outcome import (
    FINE,
    Case,
    FailOn,
    NotebookVerdict,
    Outcome,
    Place,
    Stop,
)
from opnb.gate.own_runs import own_runs
from opnb.gate.place import place_of_check, place_of_error, plain_traceback
from opnb.model.check_facts import beside_words, check_words
from opnb.model.entry import (
    FAILED_CHECKS,
    EventLogEntry,
    EventType,
    StepExpectationResultData,
    StepFailureData,
)
from opnb.model.errors import CheckFailed, LogError, MaxRetriesExceededError
from opnb.model.events import ExpectationResult

# `sys.exit()` ends a notebook early, and well: papermill's rule.
_ENDS_WELL: Final = ("", "0", "None")
_SUCCESS: Final = {"passed": Outcome.PASSED, "unknown": Outcome.UNKNOWN}
_FACTS_WIDTH: Final = 400


def judge_notebook(
    path: str,
    notebook: Mapping[str, Any],
    *,
    fail_on: FailOn = "error",
    names: Counter[str] | None = None,
) -> NotebookVerdict:
    """Return the verdict on an executed notebook.

    Args:
        path: What to call it.
        notebook: As it stands in its file.
        fail_on: From which severity on a check that failed fails the gate.
        names: How often each name came up before, if it is a part of a notebook.
    """
    cells = list(code_cells(notebook))
    not_run = [cell for cell in cells if not cell.has_run]
    stop = _kept_stop(notebook) or _stop_of(cells, not_run)
    cards: list[CardRecord] = []
    try:
        cards = read_cards(notebook)
    except LogError as error:
        stop = stop or Stop("invalid", error.message, error.hint or "")
    runs = own_runs(notebook, cards)
    shown: dict[int, list[EventLogEntry]] = {}
    for card in cards:
        # A card may be shown again: it is where it was shown first.
        if card.run_id in runs:
            runs.remove(card.run_id)
            shown.setdefault(card.cell, []).extend(card.entries)
    cases = [
        case
        for cell in cells
        for case in _judge_cell(cell, shown.get(cell.index, []), fail_on)
        # What is raised where a run is stopped comes of that.
        if case.is_check or stop is None or stop.index != cell.index
    ]
    return NotebookVerdict(
        path,
        stop=stop,
        cells=len(cells),
        not_run=len(not_run),
        ended_in=_end_of(cells) if not_run else None,
        left_out=sum(card.left_out for card in cards),
        notebook=notebook,
    ).with_cases(_numbered(cases, Counter() if names is None else names))


def _judge_cell(
    cell: CodeCell, entries: Sequence[EventLogEntry], fail_on: FailOn
) -> Iterator[Case]:
    """Yield the checks and errors of one cell, whose runs have these entries."""
    checks = [_case(cell, check, fail_on) for check in _last_attempts(entries)]
    failures = [
        entry.event_specific_data
        for entry in entries
        if isinstance(entry.event_specific_data, StepFailureData)
    ]
    yield from checks
    error = _error_case(cell, failures, checks, fail_on)
    if error is not None:
        yield replace(error, outcome=_unless_expected(cell, error.outcome))


@dataclass(frozen=True, slots=True)
class _Check:
    """An expectation, and what it is about."""

    result: ExpectationResult
    subject: str
    op: str


def _last_attempts(entries: Sequence[EventLogEntry]) -> Iterator[_Check]:
    """Yield the expectations; of a step that was tried again those of its last attempt.

    A check is about the asset that its step told of before it, if that is one, else
    about its op: so the name is the same whether the check passes or ends the op.
    """
    checks: dict[tuple[str, str], list[_Check]] = {}
    assets: dict[tuple[str, str], set[str]] = {}
    for entry in entries:
        step = (entry.run_id, entry.step_key or entry.job_name)
        data = entry.event_specific_data
        if entry.event_type is EventType.STEP_UP_FOR_RETRY:
            checks.pop(step, None)
            assets.pop(step, None)
        elif entry.asset_key is not None:
            assets.setdefault(step, set()).add(_shown_asset(entry))
        elif isinstance(data, StepExpectationResultData):
            about = assets.get(step, set())
            subject = next(iter(about)) if len(about) == 1 else step[1]
            check = _Check(data.expectation_result, subject, step[1])
            checks.setdefault(step, []).append(check)
    for of_step in checks.values():
        yield from of_step


def _shown_asset(entry: EventLogEntry) -> str:
    assert entry.asset_key is not None  # noqa: S101 - the caller looked
    key = entry.asset_key.to_user_string()
    return key if entry.partition is None else f"{key}[{entry.partition}]"


def _case(cell: CodeCell, check: _Check, fail_on: FailOn) -> Case:
    result = check.result
    severity = result.severity or "error"
    place = place_of_check(cell, result.label, check.op)
    name = f"{check.subject}::{result.label}"
    if result.success:
        return Case(name, _SUCCESS[result.outcome], place, severity)
    fails = fail_on != "never" and (severity != "warn" or fail_on == "warn")
    outcome = Outcome.FAILED if fails else Outcome.WARNED
    return Case(
        name,
        _unless_expected(cell, outcome),
        place,
        severity,
        message=result.description or result.label,
        details=_facts(result),
    )


def _facts(result: ExpectationResult) -> str:
    if not result.metadata:
        return ""
    # It knows how every kind of value reads; what passes needs none of it.
    from opnb.display.pairs import pairs_line  # noqa: PLC0415 - at first use

    others = pairs_line(beside_words(result.metadata), _FACTS_WIDTH)
    return ", ".join(filter(None, [check_words(result.metadata), others]))


def _error_case(
    cell: CodeCell,
    failures: Sequence[StepFailureData],
    checks: Sequence[Case],
    fail_on: FailOn,
) -> Case | None:
    """Return the error of a cell, unless its failed checks say it all."""
    raised = cell.error
    if raised is None:
        return _shown_failure(cell, failures)
    if _ends_well(raised):
        return None
    kind, message = str(raised.get("ename", "")), str(raised.get("evalue", ""))
    place = place_of_error(cell)
    name = cell.op or f"cell {cell.number}"
    outcome = Outcome.RAISED
    if _comes_of_checks(kind, failures):
        if any(_failed_its_op(case) for case in checks):
            return None
        outcome = Outcome.WARNED if fail_on == "never" else Outcome.FAILED
    trace = plain_traceback(cell)
    return Case(name, outcome, place, kind, message, trace, is_check=False)


def _ends_well(raised: Mapping[str, Any]) -> bool:
    is_exit = raised.get("ename") == "SystemExit"
    return is_exit and str(raised.get("evalue", "")) in _ENDS_WELL


def _shown_failure(cell: CodeCell, failures: Sequence[StepFailureData]) -> Case | None:
    """Return the error of an op whose failure a cell shows, and did not raise."""
    for failure in failures:
        if not _is_of_checks(failure):
            error = failure.error
            return Case(
                cell.op or f"cell {cell.number}",
                Outcome.RAISED,
                place_of_error(cell),
                error.cls_name or "Error",
                error.message,
                f"{error.cls_name}: {error.message}",
                is_check=False,
            )
    return None


def _failed_its_op(case: Case) -> bool:
    return case.outcome not in FINE and case.kind != "warn"


def _comes_of_checks(kind: str, failures: Sequence[StepFailureData]) -> bool:
    """Whether an error that a cell raised says that checks failed."""
    if kind == MaxRetriesExceededError.__name__:
        return any(map(_is_of_checks, failures))
    return kind == CheckFailed.__name__


def _is_of_checks(failure: StepFailureData) -> bool:
    said = failure.user_failure_data
    return said is not None and said.label == FAILED_CHECKS


def _unless_expected(cell: CodeCell, outcome: Outcome) -> Outcome:
    return Outcome.EXPECTED if cell.expects_error else outcome


def _numbered(cases: Iterable[Case], counts: Counter[str]) -> Iterator[Case]:
    """Yield the cases, each by a name of its own."""
    for case in cases:
        counts[case.name] += 1
        count = counts[case.name]
        yield case if count == 1 else replace(case, name=f"{case.name} #{count}")


def _kept_stop(notebook: Mapping[str, Any]) -> Stop | None:
    """Return why a notebook stopped, as the gate kept it in the notebook."""
    kept = ((notebook.get("metadata") or {}).get("opnb") or {}).get("stop")
    return Stop.from_json(kept)


def _stop_of(cells: Sequence[CodeCell], not_run: Sequence[CodeCell]) -> Stop | None:
    """Return that a notebook stopped without an error that would say why."""
    cut_off = [cell for cell in cells if _was_cut_off(cell)]
    if cut_off:
        cell = cut_off[0]
        message = f"It stopped within cell {cell.number}."
    elif not_run and not any(cell.error and not cell.expects_error for cell in cells):
        cell = not_run[0]
        message = f"Cell {cell.number} never ran."
    else:
        return None
    return Stop("not run", message, "Run it to its end, and look again.", cell.index)


def _end_of(cells: Sequence[CodeCell]) -> Place | None:
    """Return the last cell that raised, unless it ended the notebook well."""
    ends = [cell for cell in cells if cell.error and not cell.expects_error]
    if not ends or _ends_well(ends[-1].error or {}):
        return None
    return place_of_error(ends[-1])


def _was_cut_off(cell: CodeCell) -> bool:
    papermill = (cell.raw.get("metadata") or {}).get("papermill") or {}
    return papermill.get("status") == "running"
