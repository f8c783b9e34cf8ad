"""The content of arrays and frames as a digest: values, dtypes, labels, attributes.

Neither numpy nor pandas is imported here: a value of theirs has brought them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from opnb.memo.content import Content

Digest = Callable[["Content", Any], bytes]


def digest_for(kind: type) -> Digest | None:
    """Return what digests an array, a frame or a part of one; None for other kinds.

    Subclasses hold more than what is looked at here.
    """
    library = kind.__module__.partition(".")[0]
    if library == "numpy":
        return _NUMPY.get(kind.__name__)
    if library == "pandas":
        return _PANDAS.get(kind.__name__)
    return None


def _digest_ndarray(content: Content, array: Any) -> bytes:
    dtype, shape = repr(array.dtype), array.shape
    if array.dtype.kind == "O":
        return content.join(
            "objects", shape, content.digest_list(array.ravel().tolist())
        )
    if array.dtype.hasobject:  # fields of which some are objects
        return content.join("fields", dtype, shape, content.digest_list(array.tolist()))
    return content.join("array", dtype, shape, array.tobytes())


def _digest_frame(content: Content, frame: Any) -> bytes:
    columns = [frame.iloc[:, place].array for place in range(frame.shape[1])]
    return content.join(
        "frame",
        content.digest(frame.columns),
        content.digest(frame.index),
        *(_digest_extension(content, column) for column in columns),
        _labels(content, frame),
    )


def _digest_series(content: Content, series: Any) -> bytes:
    return content.join(
        "series",
        content.digest(series.name),
        content.digest(series.index),
        _digest_extension(content, series.array),
        _labels(content, series),
    )


def _labels(content: Content, table: Any) -> bytes:
    return content.digest([table.attrs, table.flags.allows_duplicate_labels])


def _digest_index(content: Content, index: Any) -> bytes:
    return content.join(
        type(index).__name__,
        content.digest(list(index.names)),
        str(getattr(index, "freqstr", None)),
        _digest_extension(content, index.array),
    )


def _digest_range_index(content: Content, index: Any) -> bytes:
    parts = [index.start, index.stop, index.step, index.name]
    return content.join("range index", content.digest(parts))


def _digest_multi_index(content: Content, index: Any) -> bytes:
    parts = [list(index.names), list(index.levels), list(index.codes)]
    return content.join("multi index", content.digest(parts))


def _digest_extension(content: Content, array: Any) -> bytes:
    """Digest the values of a column or an index by what holds them."""
    dtype, kind = repr(array.dtype), type(array).__name__
    if kind == "NumpyExtensionArray":
        return content.digest(array.to_numpy())
    if kind == "Categorical":
        parts = (content.digest(array.codes), content.digest(array.categories))
        return content.join("categories", array.ordered, *parts)
    if kind in ("DatetimeArray", "TimedeltaArray", "PeriodArray"):
        return content.join("times", dtype, content.digest(array.asi8))
    if kind == "IntervalArray":
        ends = (content.digest(array.left), content.digest(array.right))
        return content.join("intervals", dtype, *ends)
    values = array.to_numpy(dtype=object, na_value=None).tolist()
    return content.join("extension", dtype, content.digest_list(values))


_NUMPY: dict[str, Digest] = {"ndarray": _digest_ndarray}
_PANDAS: dict[str, Digest] = {
    "DataFrame": _digest_frame,
    "Series": _digest_series,
    "RangeIndex": _digest_range_index,
    "MultiIndex": _digest_multi_index,
    **dict.fromkeys(
        "Index CategoricalIndex DatetimeIndex TimedeltaIndex PeriodIndex"
        " IntervalIndex".split(),
        _digest_index,
    ),
}
