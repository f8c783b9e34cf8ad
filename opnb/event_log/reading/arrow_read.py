"""Many rows of SQLite as an Arrow table, without a Python object for each value.

SQLite itself joins each column of the answer to one text, which is cut apart in Arrow's
memory. It is done by the connection that stands: a second copy of the SQLite library in
one process, as ADBC brings it, breaks the locks of the first when it closes the file.

Source: "How To Corrupt An SQLite Database File", section 2.2.1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from opnb.event_log.reading.frame import ARROW_TYPES, table_of_rows
from opnb.model.errors import LogUnavailableError

# Between values, and for NULL: characters that texts hardly have. Where one has them
# the counts do not tally, and the rows are read one by one.
_BETWEEN = 0x1F
_NULL = 0x1E
_NO_TRUTH = -1
# Older SQLites cut off joined texts at the first NUL character.
_WHOLE = "(SELECT length(CAST(group_concat(char(97, 0, 98), '') AS BLOB))) = 3"

Select = Callable[[str, Sequence[Any]], list[tuple[Any, ...]]]
Columns = Mapping[str, tuple[str, str]]


def read_arrow(
    select: Select, query: str, parameters: Sequence[Any], columns: Columns
) -> pa.Table:
    """Return the answer of a query as a table.

    Args:
        select: Asks SQLite.
        query: What is asked; without an ORDER BY it costs half as much.
        parameters: A value for each `?` of the query.
        columns: For each column of the answer, in their order, its name and dtype: one
            of `string`, `boolean`, and without NULLs `int64` or `datetime64[us, UTC]`.

    Raises:
        LogUnavailableError: The log cannot be read now.
    """
    asked = ", ".join(_asked(name, dtype) for name, (_, dtype) in columns.items())
    statement = (
        f"WITH found ({', '.join(columns)}) AS ({query})"  # noqa: S608 - the caller's
        f" SELECT count(*), {_WHOLE}, {asked} FROM found"
    )
    try:
        ((rows, is_whole, *facts),) = select(statement, parameters)
        if rows and is_whole:
            return _cut_apart(rows, facts, columns)
    except (LogUnavailableError, pa.ArrowInvalid):
        # Joined it was more than SQLite takes, or a value is not what it should be.
        pass
    return table_of_rows(select(query, parameters), columns)


def _asked(name: str, dtype: str) -> str:
    """Return two columns: how many values there are but NULL, and the values joined."""
    if dtype == "string":
        values = f"coalesce(found.{name}, '{chr(_NULL)}'), '{chr(_BETWEEN)}'"
        return f"count(found.{name}), CAST(group_concat({values}) AS BLOB)"
    if dtype == "boolean":
        return f"NULL, group_concat(coalesce(found.{name}, {_NO_TRUTH}))"
    return f"NULL, group_concat(found.{name})"


def _cut_apart(rows: int, facts: Sequence[Any], columns: Columns) -> pa.Table:
    arrays = {}
    for (name, (_, dtype)), count, text in zip(
        columns.items(), facts[::2], facts[1::2], strict=True
    ):
        arrays[name] = (
            _strings(text, rows, rows - count)
            if dtype == "string"
            else _numbers(text, dtype)
        )
    return pa.table(arrays)  # refuses columns of different lengths


def _strings(text: bytes, rows: int, nulls: int) -> pa.Array:
    """Return a column of texts: their bytes in a row, and where each one begins."""
    letters = np.frombuffer(text, np.uint8)
    ends = np.append(np.flatnonzero(letters == _BETWEEN), len(letters))
    if len(ends) != rows or text.count(_NULL) != nulls:
        raise pa.ArrowInvalid("A text has a character that stands between texts.")
    lengths = np.diff(ends, prepend=-1) - 1
    validity = None
    if nulls:
        # An empty text is followed by what stands between, or by nothing at the end.
        first = letters[np.minimum(ends - lengths, len(letters) - 1)]
        lengths[first == _NULL] = 0
        validity = pa.py_buffer(np.packbits(first != _NULL, bitorder="little"))
    offsets = pa.py_buffer(np.append(0, np.cumsum(lengths)))
    values = pa.py_buffer(text.translate(None, bytes([_BETWEEN, _NULL])))
    array = pa.LargeStringArray.from_buffers(rows, offsets, values, validity, nulls)
    array.validate(full=True)  # UTF-8, above all
    return array


def _numbers(text: str, dtype: str) -> pa.Array:
    values = pc.split_pattern(pa.array([text], pa.large_string()), ",").flatten()
    numbers = pc.cast(values, pa.int64())
    if dtype != "boolean":
        return pc.cast(numbers, ARROW_TYPES[dtype])
    known = pc.not_equal(numbers, _NO_TRUTH)
    return pc.if_else(known, pc.cast(numbers, pa.bool_()), None)
