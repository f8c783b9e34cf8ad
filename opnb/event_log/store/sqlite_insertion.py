"""The statements that put rows of a run into SQLite, by the shape of the rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain, compress, repeat
from operator import is_not
from typing import Any, NamedTuple

from opnb.event_log.store.base import ENTRY_COLUMNS
from opnb.model.serialize import EntryRow

# One statement for several rows is cheaper than as many.
_FEW_ROWS = 16
_MANY_ROWS = (64, _FEW_ROWS)


# Python 3.11 takes longer over a parameter that is None than SQLite over the row: each
# raises and drops an error. So no None is bound.
_NULL = -1  # stands for it where few of a column are: no such column has this number
# So many shapes are known at a time, here and to the connection.
STATEMENTS = 256


def insertions(rows: Sequence[EntryRow]) -> Iterator[tuple[str, list[Any]]]:
    """Yield the statements for rows of one run, each with its values beyond the run.

    The run's number is the first parameter.
    """
    for part in _parts(rows):
        yield _insertion(part)


def _insertion(rows: Sequence[EntryRow]) -> tuple[str, list[Any]]:
    return _by_column(rows) if len(rows) >= _FEW_ROWS else _by_cell(rows)


def _by_cell(rows: Sequence[EntryRow]) -> tuple[str, list[Any]]:
    cells = list(chain.from_iterable(rows))
    present = bytes(map(is_not, cells, repeat(None)))
    return _cell_statement(present), list(compress(cells, present))


@lru_cache(maxsize=STATEMENTS)
def _cell_statement(present: bytes) -> str:
    """Return the statement for rows whose cells are NULL where `present` is 0."""
    cells = ["?" if is_present else "NULL" for is_present in present]
    width = len(ENTRY_COLUMNS)
    lines = (
        f"(?1,{','.join(cells[first : first + width])})"
        for first in range(0, len(cells), width)
    )
    return _insert_lines(ENTRY_COLUMNS, lines)


class _Column(NamedTuple):
    """How a column of many rows is bound: one value for all, or one for each."""

    name: str
    is_alike: bool
    may_be_null: bool


def _by_column(rows: Sequence[EntryRow]) -> tuple[str, list[Any]]:
    columns: list[_Column] = []
    values: list[Any] = []
    count = len(rows)
    for name, column in zip(ENTRY_COLUMNS, zip(*rows, strict=True), strict=True):
        first = column[0]
        if column == (first,) * count:
            if first is not None:
                columns.append(_Column(name, is_alike=True, may_be_null=False))
                values.append(first)
            continue
        may_be_null = None in column
        columns.append(_Column(name, is_alike=False, may_be_null=may_be_null))
        values += [_NULL if v is None else v for v in column] if may_be_null else column
    return _column_statement(count, tuple(columns)), values


@lru_cache(maxsize=STATEMENTS)
def _column_statement(count: int, columns: tuple[_Column, ...]) -> str:
    """Return the statement for so many rows; values come a column after the other."""
    number = 2  # the run is the first
    cells: list[list[str]] = []
    for column in columns:
        places = [f"?{number}"] * count
        if not column.is_alike:
            places = [f"?{number + row}" for row in range(count)]
        if column.may_be_null:
            places = [f"nullif({place},{_NULL})" for place in places]
        cells.append(places)
        number += 1 if column.is_alike else count
    lines = (f"(?1,{','.join(line)})" for line in zip(*cells, strict=True))
    return _insert_lines([column.name for column in columns], lines)


def _insert_lines(names: Iterable[str], lines: Iterable[str]) -> str:
    return f"INSERT INTO entries (run, {', '.join(names)}) VALUES {','.join(lines)}"  # noqa: S608 - ours


def _parts(rows: Sequence[EntryRow]) -> Iterator[Sequence[EntryRow]]:
    """Yield the rows in parts for each of which there is a statement."""
    first = 0
    for size in _MANY_ROWS:
        while len(rows) - first >= size:
            yield rows[first : first + size]
            first += size
    if first < len(rows):
        yield rows[first:]
