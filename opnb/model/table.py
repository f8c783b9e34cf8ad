"""Tables as metadata: records, their schema, and the lineage of columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from opnb.model.asset_key import AssetKey
from opnb.model.checks import shorten, verify_type
from opnb.model.displayable import Displayable
from opnb.model.errors import CheckError, ParameterCheckError

# Dagster's names for the types that a cell may have, by Python class name.
_TYPE_NAMES = {"str": "string", "int": "int", "float": "float", "bool": "bool"}


def _texts(other: Sequence[str] | None) -> tuple[str, ...]:
    texts = verify_type(other or (), (list, tuple), "other", hint="['length > 0'].")
    return tuple(verify_type(text, str, "other") for text in texts)


@dataclass(frozen=True, slots=True)
class TableColumnConstraints:
    """What holds for the values of one column.

    Args:
        nullable: Whether a value may be missing.
        unique: Whether no value comes twice.
        other: Further constraints, in words.
    """

    nullable: bool = True
    unique: bool = False
    other: Sequence[str] = ()

    def __post_init__(self) -> None:
        verify_type(self.nullable, bool, "nullable")
        verify_type(self.unique, bool, "unique")
        object.__setattr__(self, "other", _texts(self.other))


@dataclass(frozen=True, slots=True)
class TableConstraints:
    """What holds for a table as a whole, in words."""

    other: Sequence[str] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "other", _texts(self.other))


@dataclass(frozen=True, slots=True)
class TableColumn:
    """One column of a schema."""

    name: str
    type: str = "string"
    description: str | None = None
    constraints: TableColumnConstraints = field(default_factory=TableColumnConstraints)
    tags: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        verify_type(self.name, str, "name")
        verify_type(self.type, str, "type", hint="Name the type: 'int', 'string', …")
        verify_type(self.description, str, "description", optional=True)
        constraints = self.constraints or TableColumnConstraints()
        verify_type(constraints, TableColumnConstraints, "constraints")
        object.__setattr__(self, "constraints", constraints)
        tags = verify_type(self.tags or {}, Mapping, "tags")
        kept = {
            verify_type(k, str, "tags"): verify_type(v, str, "tags")
            for k, v in tags.items()
        }
        object.__setattr__(self, "tags", kept)


@dataclass(frozen=True, slots=True)
class TableSchema(Displayable):
    """The columns of a table and what holds for it.

    >>> TableSchema.from_name_type_dict({"id": "int"}).columns[0].name
    'id'
    """

    columns: Sequence[TableColumn]
    constraints: TableConstraints = field(default_factory=TableConstraints)

    def __post_init__(self) -> None:
        columns = tuple(verify_type(self.columns, (list, tuple), "columns"))
        for column in columns:
            verify_type(
                column,
                TableColumn,
                "columns",
                hint="TableSchema.from_name_type_dict({'id': 'int'})",
            )
        object.__setattr__(self, "columns", columns)
        constraints = self.constraints or TableConstraints()
        verify_type(constraints, TableConstraints, "constraints")
        object.__setattr__(self, "constraints", constraints)

    @staticmethod
    def from_name_type_dict(name_type_dict: Mapping[str, str]) -> TableSchema:
        """Make a schema from `{"column": "type"}`."""
        return TableSchema([TableColumn(n, t) for n, t in name_type_dict.items()])


@dataclass(frozen=True, slots=True)
class TableRecord:
    """One row: a value for each column.

    Values may be `str`, `int`, `float`, `bool` and `None` as in Dagster; beyond it
    also numpy scalars, `Decimal`, dates, times, paths and bytes.
    """

    data: Mapping[str, Any]

    def __post_init__(self) -> None:
        verify_type(self.data, Mapping, "data", hint="TableRecord({'id': 1}).")
        for name in self.data:
            verify_type(name, str, "the name of a column", hint="str(name).")
        object.__setattr__(self, "data", dict(self.data))


def as_records(rows: Any) -> tuple[TableRecord, ...]:
    """Read rows given as `TableRecord`s or dicts; all must have the same columns.

    Raises:
        CheckError: A row is neither, or lacks a column that the first one has.
    """
    if isinstance(rows, str | Mapping) or not isinstance(rows, Sequence):
        raise ParameterCheckError(
            f"'records' must be a list of rows, not {shorten(rows)}",
            hint="[{'id': 1}, {'id': 2}], or give a DataFrame as the metadata itself.",
        )
    records = tuple(_as_record(row) for row in rows)
    for number, record in enumerate(records):
        if record.data.keys() != records[0].data.keys():
            raise CheckError(
                f"Row {number} has columns {shorten(list(record.data))}, row 0 "
                f"{shorten(list(records[0].data))}.",
                hint="Fill gaps with None.",
            )
    return records


def _as_record(row: Any) -> TableRecord:
    if isinstance(row, TableRecord):
        return row
    if isinstance(row, Mapping):
        return TableRecord(row)
    raise ParameterCheckError(
        f"A row of a table must be a dict or a TableRecord, not {shorten(row)}",
        hint="{'column': value} for each row.",
    )


def infer_schema(records: Sequence[TableRecord]) -> TableSchema:
    """Read the schema off the first row, as Dagster does; None counts as string."""
    if not records:
        raise CheckError(
            "An empty table needs a schema.",
            hint="Give schema=TableSchema(...).",
        )
    first = records[0].data
    columns = [
        TableColumn(name, _TYPE_NAMES.get(type(value).__name__, "string"))
        for name, value in first.items()
    ]
    return TableSchema(columns)


@dataclass(frozen=True, slots=True, init=False)
class TableColumnDep:
    """A column of another asset, from which a column is made."""

    asset_key: AssetKey
    column_name: str

    def __init__(
        self, asset_key: AssetKey | str | Sequence[str], column_name: str
    ) -> None:
        object.__setattr__(self, "asset_key", AssetKey.from_coercible(asset_key))
        verify_type(column_name, str, "column_name")
        object.__setattr__(self, "column_name", column_name)


@dataclass(frozen=True, slots=True)
class TableColumnLineage(Displayable):
    """For each column, the columns of other assets that it is made from."""

    deps_by_column: Mapping[str, Sequence[TableColumnDep]]

    def __post_init__(self) -> None:
        deps = verify_type(self.deps_by_column, Mapping, "deps_by_column")
        for column, sources in deps.items():
            verify_type(column, str, "deps_by_column")
            for source in sources:
                verify_type(source, TableColumnDep, "deps_by_column")
        kept = {column: tuple(sources) for column, sources in deps.items()}
        object.__setattr__(self, "deps_by_column", kept)
