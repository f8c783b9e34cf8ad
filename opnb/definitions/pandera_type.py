"""A schema of pandera as the type of an input or output; pandera is not imported here.

The whole value is checked, not up to the first failure, and the check tells what
failed: how many `failures`, and the first of them as the table `failure_cases`. It
changes nothing: what a schema coerces or drops stays in the value as it is.
"""

from __future__ import annotations

import sys
import typing
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from itertools import islice
from typing import Any

from opnb.definitions.python_object import PythonObjectOpType
from opnb.definitions.type_check import Check, Found, OpType, TypeCheck
from opnb.model.checks import shorten
from opnb.model.metadata import MetadataValue, TableMetadataValue
from opnb.model.table import TableColumn, TableColumnConstraints, TableSchema

# Where pandera has its own `DataFrame` and `Series`, for annotations.
_FRAMES = ("pandera.typing.pandas", "pandera.typing.polars")
_CASES_KEPT = 20
_REASONS_NAMED = 3
# Columns of pandera's failure cases, in the order in which they are shown.
_CASE_COLUMNS = ("column", "check", "failure_case", "index")


def type_of_pandera(annotation: Any) -> OpType | None:
    """Return the type of a schema, of a model or of `DataFrame[Model]`; else None."""
    if "pandera" not in sys.modules:
        return None
    schema = _schema_of(annotation)
    if schema is not None:
        return _type_of_schema(schema, annotation)
    frame = typing.get_origin(annotation) or annotation
    if isinstance(frame, type) and frame.__module__ in _FRAMES:
        return PythonObjectOpType(_base_of_frame(frame))
    return None


def _type_of_schema(schema: Any, annotation: Any) -> OpType:
    name = getattr(schema, "name", None) or type(schema).__name__
    return OpType(
        PanderaCheck(schema, str(name)),
        f"pandera.{name}",
        str(name),
        description=getattr(schema, "description", None),
        typing_type=annotation,
        metadata=_definition(schema),
    )


def _base_of_frame(frame: type) -> type:
    """Return the library's own class, which `DataFrame` and `Series` only annotate."""
    return next(
        base for base in frame.__mro__ if not base.__module__.startswith("pandera")
    )


def _schema_of(annotation: Any) -> Any:
    origin = typing.get_origin(annotation)
    if origin is not None:
        args = typing.get_args(annotation)
        return (
            _schema_within(origin, args[0]) if args and _is_panderas(origin) else None
        )
    if isinstance(annotation, type):
        is_model = _is_panderas(annotation) and hasattr(annotation, "to_schema")
        return annotation.to_schema() if is_model else None  # type: ignore[attr-defined]
    return annotation if _is_panderas(type(annotation)) else None


def _schema_within(frame: Any, inner: Any) -> Any:
    """Return the schema of `DataFrame[Model]`, or that of a `Series[int]` of pandas."""
    schema = _schema_of(inner)
    if schema is not None or frame.__module__ != "pandera.typing.pandas":
        return schema
    return import_module("pandera.api.pandas.array").SeriesSchema(inner)


def _is_panderas(kind: Any) -> bool:
    bases = getattr(kind, "__mro__", ())
    return any(base.__module__.partition(".")[0] == "pandera" for base in bases)


@dataclass(frozen=True, slots=True)
class PanderaCheck(Check):
    """Checks values against a schema."""

    schema: Any
    name: str

    def __call__(self, context: Any, value: Any) -> Found:  # noqa: ARG002 - a Check's
        """Check a value."""
        try:
            self.schema.validate(value, lazy=True)
        except Exception as error:
            cases = getattr(error, "failure_cases", None)
            if cases is not None:
                return _found(self.name, value, cases)
            if isinstance(error, TypeError) or "Backend" in type(error).__name__:
                return False  # not a frame at all, or not of this kind
            raise
        return True


def _found(name: str, value: Any, cases: Any) -> TypeCheck:
    count = len(cases)
    reasons = Counter(_reason(*case) for case in _rows(cases, None))
    named = [
        reason if times == 1 else f"{reason} ({times} times)"
        for reason, times in reasons.most_common(_REASONS_NAMED)
    ]
    if len(reasons) > _REASONS_NAMED:
        named.append(f"and {len(reasons) - _REASONS_NAMED} more")
    # A lazy frame of polars has no length.
    rows = f" in {_count(len(value), 'row')}" if hasattr(value, "__len__") else ""
    return TypeCheck(
        success=False,
        description=f"{name}: {_count(count, 'failure')}{rows}: {', '.join(named)}.",
        metadata={
            "failures": MetadataValue.int(count),
            "failure_cases": _table(cases),
        },
    )


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}" + ("" if number == 1 else "s")


def _reason(column: Any, check: Any, case: Any, _: Any) -> str:
    if check == "column_in_dataframe":
        return f"no column {shorten(case)}"
    if check == "column_in_schema":
        return f"a column {shorten(case)} too many"
    where = "" if column is None else f"{shorten(column)} "
    return f"{where}{check}"


def _table(cases: Any) -> TableMetadataValue:
    rows = _rows(cases, _CASES_KEPT)
    return TableMetadataValue(
        [dict(zip(_CASE_COLUMNS, row, strict=True)) for row in rows],
        TableSchema.from_name_type_dict(dict.fromkeys(_CASE_COLUMNS, "any")),
        row_count=len(cases),
    )


def _rows(cases: Any, count: int | None) -> Iterable[tuple[Any, ...]]:
    columns = ([_cell(cell) for cell in cases[name]] for name in _CASE_COLUMNS)
    return islice(zip(*columns, strict=True), count)


def _cell(cell: Any) -> Any:
    # pandas writes a missing text as NaN.
    return None if isinstance(cell, float) and cell != cell else cell  # noqa: PLR0124


def _definition(schema: Any) -> dict[str, MetadataValue]:
    columns = getattr(schema, "columns", None)
    if not isinstance(columns, dict):
        return {}
    made = [_column(str(name), column) for name, column in columns.items()]
    return {"schema": MetadataValue.table_schema(TableSchema(made))}


def _column(name: str, column: Any) -> TableColumn:
    return TableColumn(
        name,
        "any" if column.dtype is None else str(column.dtype),
        column.description,
        TableColumnConstraints(
            nullable=bool(column.nullable),
            unique=bool(column.unique),
            other=[str(check.error or check.name) for check in column.checks],
        ),
    )
