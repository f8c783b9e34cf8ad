"""`expect_no_new_values`: a column holds none but what it held in earlier runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from opnb.checks.check_result import CheckResult
from opnb.checks.libraries import is_of
from opnb.checks.past import OF_THE_RUN, Partition, Past
from opnb.checks.rows import CheckedRows
from opnb.checks.window import parse_window
from opnb.model.check_facts import UNKNOWN, VALUES, row_counts
from opnb.model.checks import shorten, verify_type
from opnb.model.errors import ParameterCheckError
from opnb.model.events import Severity
from opnb.model.plain import plain_cell

if TYPE_CHECKING:
    from collections.abc import Iterable

    from opnb.event_log.log import EventLog

_MOST_VALUES: Final = 1000


def expect_no_new_values(
    values: Any,
    label: str,
    *,
    of: str = "last 30",
    known: Iterable[Any] = (),
    severity: Severity | None = None,
    rows: Any = None,
    partition: Partition = OF_THE_RUN,
    log: EventLog | None = None,
) -> CheckResult:
    """Return whether a column holds none but values that it held in earlier runs.

    Its past is what this check of this op saw in runs that went well. The first time it
    passes as unknown. A value that was new once is known from then on, if the run went
    well in spite of it. What is missing is no value.

    Args:
        values: A column of categories: a Series, an array or a list.
        label: What it is, such as `"status"`.
        of: Which past: `"last 30"` runs, or `"90d"`.
        known: Values that are never new.
        severity: What follows if it fails, as of `check`.
        rows: The table that the column is of, so that rows can be shown whole.
        partition: Whose past: by itself that of the run's partition; None for that of
            all partitions together.
        log: Where the past is read; by itself in the session's log.

    Raises:
        ParameterCheckError: It is no column, or has more than 1,000 values.
    """
    verify_type(label, str, "label", hint='expect_no_new_values(df["a"], "a").')
    window = parse_window(of)
    column = _column(values)
    # As the log keeps them, and as the column holds them.
    present = {plain_cell(value): value for value in _distinct(column, label)}
    past = Past.here(partition, log)
    name = past.name_check(f"no new values in {label}")
    before = past.values(past.own(name), VALUES, window, "value")
    seen = {*map(plain_cell, known)}.union(*before)
    metadata: dict[str, Any] = {**row_counts(0, len(column)), VALUES: [*present]}
    if not seen:
        metadata[UNKNOWN] = window.fewer(0)
        return CheckResult(True, name, metadata=metadata, severity=severity)
    new = [value for value in present if value not in seen]
    if not new:
        return CheckResult(True, name, metadata=metadata, severity=severity)
    is_new = column.isin([present[value] for value in new])
    checked = CheckedRows.of(~is_new.to_numpy(dtype=bool), values, rows)
    metadata |= row_counts(checked.failed, len(column))
    metadata |= {"new": new, "sample": checked.sample()}
    return CheckResult(
        False, name, metadata=metadata, severity=severity, checked=checked
    )


def _column(values: Any) -> Any:
    import pandas as pd  # noqa: PLC0415 - at first use

    if is_of(values, "pandas", "Series", "Index"):
        return pd.Series(values)
    if hasattr(values, "to_pandas"):  # of polars, of pyarrow
        values = values.to_pandas()
    if isinstance(values, list | tuple) or getattr(values, "ndim", 0) == 1:
        return pd.Series(values)
    raise ParameterCheckError(
        f"'values' must be a column, not {type(values).__name__}: {shorten(values)}",
        hint='expect_no_new_values(df["status"], "status").',
    )


def _distinct(column: Any, label: str) -> list[Any]:
    try:
        values = column.dropna().unique().tolist()
    except TypeError:
        raise ParameterCheckError(
            f"The values of {label!r} are no categories: {shorten(column.iloc[0])}",
            hint="Give a column of texts, numbers or dates.",
        ) from None
    if len(values) > _MOST_VALUES:
        raise ParameterCheckError(
            f"{label!r} has {len(values):,} values; at most {_MOST_VALUES:,} are kept.",
            hint="Give a column of categories, not of ids or amounts.",
        )
    return sorted(values, key=lambda value: (type(value).__name__, str(value)))
