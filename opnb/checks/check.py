"""`check`: an expectation result from a condition: a truth, a truth per row, a call."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any, Final

from opnb.checks.check_result import CheckResult
from opnb.checks.libraries import is_of
from opnb.checks.mask import not_boolean, read_mask
from opnb.checks.rows import CheckedRows
from opnb.model.check_facts import row_counts
from opnb.model.checks import verify_type
from opnb.model.errors import ParameterCheckError
from opnb.model.events import Severity
from opnb.model.plain import is_missing, plain_scalar

_MOST_OF_ERROR: Final = 300


def check(
    condition: Any,
    label: str,
    description: str | None = None,
    *,
    severity: Severity | None = None,
    rows: Any = None,
    na: bool = False,
    metadata: Mapping[str, Any] | None = None,
) -> CheckResult:
    """Return whether a condition holds, to be yielded or logged by an op.

    A condition per row holds if it does for all rows, so it holds for none. Rows that
    failed are counted, the first of them kept as a table, all of them at hand as
    `failed_rows`. A condition that raises is not met, and the error is kept.

    Args:
        condition: True or False; booleans row by row: a Series, an array, a frame,
            a list; or a function that returns one of these, given `rows` if there are.
        label: A short name, the check's own from run to run.
        description: What is expected, in words.
        severity: What follows if it fails: "warn" is recorded, "error" fails the op
            once all its code has run, "fatal" at once. Without one it is recorded.
        rows: The table that the condition is about, so that rows that failed can be
            shown whole.
        na: Whether a missing truth meets the condition; by itself it does not. What is
            compared with NaN is no missing truth but False, as pandas has it:
            `age.isna() | age.ge(0)` lets it pass.
        metadata: What else to keep with it, see `normalize_metadata`.

    Raises:
        ParameterCheckError: The condition is neither true nor false, or not about
            `rows`.

    >>> result = check([True, False, None], "age ≥ 0", severity="warn")
    >>> result.success, result.failed_rows.tolist()
    (False, [1, 2])
    """
    verify_type(label, str, "label", hint='check(df["age"].ge(0), "age ≥ 0").')
    verify_type(na, bool, "na")
    verify_type(metadata, Mapping, "metadata", optional=True)
    told: dict[str, Any] = {**(metadata or {})}
    if _is_function(condition):
        try:
            condition = condition() if rows is None else condition(rows)
        except Exception as error:  # noqa: BLE001 - told as the check's own failure
            told["error"] = f"{type(error).__name__}: {error}"[:_MOST_OF_ERROR]
            return CheckResult(False, label, description, told, severity=severity)
    met = read_mask(condition, na=na)
    if met is None:
        success = _truth(condition, na=na)
        return CheckResult(success, label, description, told, severity=severity)
    checked = CheckedRows.of(met, condition, rows)
    failed = checked.failed
    told = {**row_counts(failed, len(met)), **told}
    if failed:
        told.setdefault("sample", checked.sample())
    return CheckResult(
        not failed, label, description, told, severity=severity, checked=checked
    )


def _is_function(condition: Any) -> bool:
    return isinstance(condition, Callable) and not is_of(  # type: ignore[arg-type]
        condition, "pandas", "Series", "DataFrame"
    )


def _truth(condition: Any, *, na: bool) -> bool:
    if is_missing(condition):
        return na
    truth = condition.item() if is_of(condition, "numpy", "ndarray") else condition
    truth = plain_scalar(truth)
    if isinstance(truth, bool):
        return truth
    if inspect.isawaitable(condition):
        if inspect.iscoroutine(condition):
            condition.close()
        raise ParameterCheckError(
            f"A check does not wait for an awaitable: {type(condition).__name__}",
            hint="check(await condition(), ...).",
        )
    raise not_boolean(condition)
