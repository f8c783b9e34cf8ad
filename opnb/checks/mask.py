"""A condition, row by row: boolean Series, arrays and frames as one numpy array."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from opnb.checks.libraries import is_of
from opnb.model.checks import shorten
from opnb.model.errors import ParameterCheckError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]


def read_mask(condition: Any, *, na: bool) -> Mask | None:
    """Return which rows met a condition; None if it is told of no rows.

    A row of a frame meets it if all of its cells do.

    Args:
        condition: A boolean Series, array, list or frame.
        na: What a missing value counts as.

    Raises:
        ParameterCheckError: It is a table or an array, and not boolean.
    """
    cells = _cells(condition, na=na)
    if cells is None:
        return None
    if cells.dtype != bool:
        raise not_boolean(condition)
    met: Mask = cells if cells.ndim == 1 else cells.all(axis=1)
    return met


def _cells(condition: Any, *, na: bool) -> Any:
    if is_of(condition, "pandas", "Series", "DataFrame", "Index"):
        return _of_pandas(condition, na=na)
    if is_of(condition, "polars", "Series", "DataFrame"):
        return _of_polars(condition, na=na)
    if is_of(condition, "pyarrow", "Array", "ChunkedArray"):
        return _of_pandas(condition.to_pandas(), na=na)
    if is_of(condition, "numpy", "ndarray") and condition.ndim:
        return _of_numpy(condition, na=na)
    if isinstance(condition, list | tuple):
        import pandas as pd  # noqa: PLC0415 - at first use

        return _of_pandas(pd.Series(list(condition), dtype="object"), na=na)
    return None


def _of_pandas(condition: Any, *, na: bool) -> Any:
    dtypes = [condition.dtype] if condition.ndim == 1 else list(condition.dtypes)
    import numpy as np  # noqa: PLC0415 - loaded with pandas

    kinds = {getattr(dtype, "kind", "") for dtype in dtypes}
    if "O" in kinds:
        try:
            # Flags and missing values mixed.
            condition = condition.astype("boolean")
        except (TypeError, ValueError):
            raise not_boolean(condition) from None
    elif kinds - {"b"}:
        raise not_boolean(condition)
    elif all(isinstance(dtype, np.dtype) for dtype in dtypes):
        return condition.to_numpy()  # nothing can be missing: no need to look
    return condition.to_numpy(dtype=bool, na_value=na)


def _of_polars(condition: Any, *, na: bool) -> Any:
    kinds = [condition.dtype] if hasattr(condition, "dtype") else condition.dtypes
    if any(str(kind) not in ("Boolean", "Null") for kind in kinds):
        raise not_boolean(condition)
    return condition.fill_null(na).to_numpy().astype(bool)


def _of_numpy(condition: Any, *, na: bool) -> Any:
    if condition.dtype == object:
        import pandas as pd  # noqa: PLC0415 - at first use

        whole = pd.DataFrame if condition.ndim > 1 else pd.Series
        return _of_pandas(whole(condition), na=na)
    return condition


def not_boolean(condition: Any) -> ParameterCheckError:
    """Return the error for a condition that does not say yes or no."""
    name = type(condition).__name__
    if hasattr(condition, "collect") or hasattr(condition, "compute"):
        how = ".collect()" if hasattr(condition, "collect") else ".compute()"
        return ParameterCheckError(
            f"A check takes what is there, not the lazy {name}: {shorten(condition)}",
            hint=f"Give what {how} returns.",
        )
    return ParameterCheckError(
        f"A check takes a bool, or booleans row by row, not {name}: "
        f"{shorten(condition)}",
        hint='Compare first: df["age"].ge(0), df["id"].notna(), len(df) > 0.',
    )
