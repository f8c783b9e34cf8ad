"""The rows that a check failed for: picked from whatever holds them, and a sample."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from opnb.checks.libraries import is_of
from opnb.model.errors import ParameterCheckError
from opnb.model.metadata import TableMetadataValue
from opnb.model.pandas_table import table_of_pandas

if TYPE_CHECKING:
    from opnb.checks.mask import Mask

# A sample is looked at; the rows themselves are at hand in `failed_rows`.
ROWS_SAMPLED: Final = 5
COLUMNS_SAMPLED: Final = 20
_AT_ONCE: Final = 65_536


@dataclass(frozen=True, slots=True, eq=False)
class CheckedRows:
    """What was checked, row by row; nothing of it is copied before it is asked for.

    Args:
        met: Which rows met the condition.
        rows: The rows; None where the check was not told of them.
        labels: What pandas calls the condition's rows, where it has names for them.
    """

    met: Mask
    rows: Any = None
    labels: Any = None

    @staticmethod
    def of(met: Mask, condition: Any, rows: Any) -> CheckedRows:
        """Return the rows that a condition was about.

        Raises:
            ParameterCheckError: They are not those that the condition is about.
        """
        labels = getattr(condition, "index", None)
        if not is_of(labels, "pandas", "Index"):
            labels = None
        checked = CheckedRows(met, rows, labels)
        if rows is not None and checked.is_by_label:
            checked.verify_labels()
        elif rows is not None and len(rows) != len(met):
            raise _other_rows(f"has {len(met):,} rows and `rows` {len(rows):,}")
        return checked

    @property
    def is_by_label(self) -> bool:
        """Whether the rows are in another order than the condition, or more."""
        index: Any = getattr(self.rows, "index", None)
        return (
            self.labels is not None
            and is_of(index, "pandas", "Index")
            and not index.equals(self.labels)
        )

    def verify_labels(self) -> None:
        """Look whether each label of the condition is one row's."""
        if not self.rows.index.is_unique or not self.labels.isin(self.rows.index).all():
            raise _other_rows("has another index than `rows`")

    @property
    def failed(self) -> int:
        """How many rows did not meet the condition."""
        import numpy as np  # noqa: PLC0415 - there is an array of it

        # Ten times as fast as the sum of it.
        return len(self.met) - int(np.count_nonzero(self.met))

    def failed_rows(self, most: int | None = None) -> Any:
        """Return the rows that failed, or the first of them.

        Without rows: their labels, or their positions.
        """
        places = self._places(most)
        if self.rows is None:
            return places if self.labels is None else self.labels[places]
        if self.is_by_label:
            return self.rows.loc[self.labels[places]]
        return _pick(self.rows, places)

    def _places(self, most: int | None) -> Any:
        """Return the positions of rows that failed; look no further than it takes."""
        import numpy as np  # noqa: PLC0415 - there is an array of it

        if most is None:
            return np.flatnonzero(~self.met)
        found: list[int] = []
        for start in range(0, len(self.met), _AT_ONCE):
            met = self.met[start : start + _AT_ONCE]
            found += (np.flatnonzero(~met)[: most - len(found)] + start).tolist()
            if len(found) == most:
                break
        return np.array(found, dtype="int64")

    def sample(self) -> TableMetadataValue:
        """Return the first rows that failed as a table that says how many there are."""
        return table_of(self.failed_rows(ROWS_SAMPLED), self.failed)


def _other_rows(how: str) -> ParameterCheckError:
    return ParameterCheckError(
        f"The condition {how}.",
        hint='Make it from the same rows: check(df["age"].ge(0), "age", rows=df).',
    )


def _pick(rows: Any, places: Any) -> Any:
    if is_of(rows, "pandas", "DataFrame", "Series"):
        return rows.iloc[places]
    if is_of(rows, "pyarrow", "Table", "Array", "ChunkedArray", "RecordBatch"):
        return rows.take(places)
    if is_of(rows, "numpy", "ndarray") or is_of(rows, "polars", "DataFrame", "Series"):
        return rows[places]
    return [rows[place] for place in places.tolist()]


def table_of(rows: Any, count: int) -> TableMetadataValue:
    """Return rows as table metadata.

    Args:
        rows: Some rows of a table, or labels of rows.
        count: How many there are of them in all.
    """
    if is_of(rows, "pandas", "DataFrame", "Series"):
        rows = rows if rows.ndim == 1 else rows.iloc[:, :COLUMNS_SAMPLED]
        kept = table_of_pandas(_with_row_numbers(rows))
        return TableMetadataValue(kept.records, kept.schema, row_count=count)
    if is_of(rows, "polars", "DataFrame"):
        records = rows.to_dicts()
    else:
        to_list = getattr(rows, "to_pylist", None) or getattr(rows, "tolist", None)
        records = list(rows) if to_list is None else to_list()
    return TableMetadataValue([*map(_record, records)], row_count=count)


def _with_row_numbers(rows: Any) -> Any:
    """Return rows of pandas with an index that is kept: theirs, or their numbers."""
    index = rows.index
    if index.nlevels > 1 or index.name is not None:
        return rows
    import pandas as pd  # noqa: PLC0415 - there is a frame of it

    # Of a counting index without a name nothing would be told.
    return rows.set_axis(pd.Index(index.to_numpy(), name="row"), axis=0)


def _record(row: Any) -> Mapping[str, Any]:
    if isinstance(row, Mapping):
        cells = list(row.items())
    elif isinstance(row, Sequence) and not isinstance(row, str | bytes):
        cells = list(enumerate(row))
    else:
        cells = [("row", row)]
    return {str(name): value for name, value in cells[:COLUMNS_SAMPLED]}
