"""A pandera schema held to a frame, all at once: one expectation result a rule.

pandera tells of what failed alone. So the schema is read for its rules first, and what
failed is then put to them by where it came up; what is left gets a rule of its own.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from opnb.checks.libraries import is_of
from opnb.checks.rows import ROWS_SAMPLED, table_of
from opnb.model.check_facts import row_counts
from opnb.model.errors import ParameterCheckError
from opnb.model.events import ExpectationResult, Severity
from opnb.model.metadata import TableMetadataValue

# Where a failure came up: the column, and the number or the name of the check.
Key = tuple[str, int | str]

_IS_THERE: Final = "column_in_dataframe"
_MOST_OF_CASE: Final = 300
_OF_INDEX: Final = ("Index", "MultiIndex")


@dataclass(frozen=True, slots=True)
class _Rule:
    """One rule of a schema.

    Args:
        label: What it says.
        keys: By which its failures are known.
        severity: "warn" where the schema says that it only warns.
        is_of_rows: Whether it is about each row.
    """

    label: str
    keys: tuple[Key, ...]
    severity: Severity | None = None
    is_of_rows: bool = True

    @property
    def column(self) -> str:
        """The column that it is about."""
        return self.keys[0][0]


def results_of(source: Any, data: Any) -> Iterator[ExpectationResult]:
    """Yield a result for each rule of a schema or a model."""
    schema: Any = source
    if isinstance(source, type):  # a model
        schema = source.to_schema()  # type: ignore[attr-defined]  # theirs all have it
    if hasattr(data, "collect"):
        raise ParameterCheckError(
            f"checks_from takes what is there, not the lazy {type(data).__name__}.",
            hint="checks_from(schema, frame.collect()).",
        )
    rules = [*_rules_of(schema)]
    failures = _failures(_strict_copy(schema), data)
    known = {key for rule in rules for key in rule.keys}
    rules += [_Rule(_name_of(key), (key,)) for key in failures if key not in known]
    missing = {column for column, check in failures if check == _IS_THERE}
    for rule in rules:
        found = [case for key in rule.keys for case in failures.get(key, ())]
        if not found and rule.column in missing:
            told = {"error": f"There is no column {rule.column!r}."}
            yield ExpectationResult(
                success=False, label=rule.label, metadata=told, severity=rule.severity
            )
        else:
            yield _result(rule, found, data)


def _rules_of(schema: Any) -> Iterator[_Rule]:
    columns = getattr(schema, "columns", None)
    if columns is None:  # of a Series
        yield from _rules_of_column(str(schema.name or "values"), schema)
    else:
        for name, column in columns.items():
            if column.required:
                yield _Rule(f"{name} is there", ((name, _IS_THERE),), is_of_rows=False)
            yield from _rules_of_column(name, column)
        yield from _rules_of_frame(schema)
    index = getattr(schema, "index", None)
    for level in [] if index is None else getattr(index, "indexes", [index]):
        yield from _rules_of_column(_index_name(level.name), level)


def _rules_of_column(name: str, column: Any) -> Iterator[_Rule]:
    dtype = column.dtype
    if dtype is not None:
        keys = ((name, f"dtype('{dtype}')"), (name, f"coerce_dtype('{dtype}')"))
        yield _Rule(f"{name} is {dtype}", keys, is_of_rows=False)
    if not column.nullable:
        yield _Rule(f"{name} is not null", ((name, "not_nullable"),))
    if column.unique:
        yield _Rule(f"{name} is unique", ((name, "field_uniqueness"),))
    yield from _rules_of_checks(name, column.checks)


def _rules_of_frame(schema: Any) -> Iterator[_Rule]:
    if schema.strict is True:
        keys: tuple[Key, ...] = (("", "column_in_schema"),)
        yield _Rule("no other columns", keys, is_of_rows=False)
    if schema.ordered:
        yield _Rule("columns in order", (("", "column_ordered"),), is_of_rows=False)
    if schema.unique:
        names = schema.unique if isinstance(schema.unique, list) else [schema.unique]
        label = f"{', '.join(names)} unique together"
        yield _Rule(label, (("", "multiple_fields_uniqueness"),))
    yield from _rules_of_checks("", schema.checks)


def _rules_of_checks(column: str, checks: list[Any]) -> Iterator[_Rule]:
    for number, check in enumerate(checks):
        words = str(check.error or check.name or "check")
        severity: Severity | None = "warn" if check.raise_warning else None
        label = f"{column}: {words}" if column else words
        yield _Rule(label, ((column, number),), severity)


def _name_of(key: Key) -> str:
    column, check = key
    return f"{column}: {check}" if column else str(check)


def _index_name(name: object) -> str:
    return "index" if name is None else f"index {name}"


def _strict_copy(schema: Any) -> Any:
    """Return the schema as one that tells of all, and drops nothing."""
    strict = copy.deepcopy(schema)
    parts = [strict, *(getattr(strict, "columns", None) or {}).values()]
    index = getattr(strict, "index", None)
    parts += [] if index is None else getattr(index, "indexes", [index])
    for part in parts:
        part.drop_invalid_rows = False
        for check in part.checks:
            check.raise_warning = False
    return strict


def _failures(schema: Any, data: Any) -> dict[Key, list[Any]]:
    """Return the cases of each failure, as frames with `index` and `failure_case`."""
    from pandera.config import ValidationDepth, config_context  # noqa: PLC0415 - theirs
    from pandera.errors import SchemaErrors  # noqa: PLC0415 - it is loaded

    try:
        # Else a setting of the environment would let all pass.
        with config_context(
            validation_enabled=True, validation_depth=ValidationDepth.SCHEMA_AND_DATA
        ):
            schema.validate(data, lazy=True)
    except SchemaErrors as errors:
        cases: Any = errors.failure_cases
    else:
        return {}
    if hasattr(cases, "to_pandas"):
        cases = cases.to_pandas()
    found: dict[Key, list[Any]] = {}
    # Of missing columns each is a failure of its own.
    is_missing = cases["check"] == _IS_THERE
    for name in cases["failure_case"][is_missing]:
        found[str(name), _IS_THERE] = [cases[is_missing]]
    parts = ["schema_context", "column", "check", "check_number"]
    for place, group in cases[~is_missing].groupby(parts, dropna=False, sort=False):
        found.setdefault(_key_of(schema, *place), []).append(group)
    return found


def _key_of(schema: Any, context: str, column: Any, check: str, number: Any) -> Key:
    name = str(column) if isinstance(column, str | int) else ""
    if context in _OF_INDEX:
        name = _index_name(name or None)
    elif context == "DataFrameSchema":
        name = ""  # it tells of a row once for each of its columns
    else:
        name = _pattern_of(schema, name or "values")
    is_numbered = number is not None and number == number  # noqa: PLR0124 - not NaN
    return name, int(number) if is_numbered else str(check)


def _pattern_of(schema: Any, name: str) -> str:
    """Return the column of the schema that a column of the data goes by."""
    columns = getattr(schema, "columns", None) or {}
    if name in columns:
        return name
    patterns = [
        pattern
        for pattern, column in columns.items()
        if column.regex and re.match(str(pattern), name)
    ]
    return patterns[0] if patterns else name


def _result(rule: _Rule, found: list[Any], data: Any) -> ExpectationResult:
    told: dict[str, Any] = {}
    if found:
        told = _told(rule, found, data)
    elif rule.is_of_rows:
        told = row_counts(0, len(data))
    return ExpectationResult(
        not found, rule.label, metadata=told, severity=rule.severity
    )


def _told(rule: _Rule, found: list[Any], data: Any) -> dict[str, Any]:
    import pandas as pd  # noqa: PLC0415 - there are frames of it

    cases = pd.concat(found)
    of_rows = cases[cases["index"].notna()].drop_duplicates("index")
    if of_rows.empty:
        case = " ".join(str(cases["failure_case"].iloc[0]).split())
        # Of a whole column there may be no more to tell than that it failed.
        is_told = rule.keys[0][1] == _IS_THERE or case in ("True", "False")
        return {} if is_told else {"found": case[:_MOST_OF_CASE]}
    failed, first = len(of_rows), of_rows.head(ROWS_SAMPLED)
    # Of polars they have become floats, as some were missing.
    labels = [int(row) if isinstance(row, float) else row for row in first["index"]]
    sample = None if rule.column else _rows_of(data, labels, failed)
    if sample is None:
        records = [
            {"row": row, "value": case}
            for row, case in zip(labels, first["failure_case"], strict=True)
        ]
        sample = TableMetadataValue(records, row_count=failed)
    return {**row_counts(failed, len(data)), "sample": sample}


def _rows_of(data: Any, labels: list[Any], count: int) -> TableMetadataValue | None:
    """Return rows of the data by their labels, if they name them."""
    if is_of(data, "pandas", "DataFrame"):
        return table_of(data.loc[labels], count) if data.index.is_unique else None
    return table_of(data[labels], count)
