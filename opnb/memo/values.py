"""Values as bytes and back, equal or not at all.

Frames and series are Parquet, all else is one pickle that refers to them, so that what
is one object in two places stays one. What comes back is compared before it is kept.
"""

from __future__ import annotations

import io
import pickle
import sys
from collections.abc import Hashable, Mapping
from types import FunctionType
from typing import Any, TypeVar

import cloudpickle

from opnb.memo.content import digest_of
from opnb.memo.refusal import RefusedError

K = TypeVar("K", bound=Hashable)

# What is kept: each blob with its form.
Blob = tuple[str, bytes]
_PARQUET, _SERIES, _PICKLE = "parquet", "series", "pickle"
_PROTOCOL = 5
_NOTEBOOK = "__main__"


def pack(values: Mapping[str, Any]) -> tuple[list[Blob], dict[str, int]]:
    """Return blobs for named values, and the blob that each frame is in.

    What is in no blob of its own is in the last one, a pickle.

    Raises:
        RefusedError: One would not come back as it is.
    """
    blobs: list[Blob] = []
    frames: list[Any] = []
    for value in values.values():
        if not _is_among(value, frames):
            blob = _parquet(value)
            if blob is not None:
                blobs.append(blob)
                frames.append(value)
    known = {id(frame): place for place, frame in enumerate(frames)}
    places = {n: known[id(value)] for n, value in values.items() if id(value) in known}
    rest = {name: value for name, value in values.items() if name not in places}
    return [*blobs, (_PICKLE, _pickled(rest, frames))], places


def unpack(
    blobs: list[Blob], places: Mapping[str, int], names: list[str]
) -> dict[str, Any]:
    """Return the values that `pack` was given, by name.

    Raises:
        RefusedError: The notebook has other classes or functions by now.
    """
    frames = [_frame(form, data) for form, data in blobs[:-1]]
    rest = _unpickled(blobs[-1][1], frames)
    return {
        name: frames[places[name]] if name in places else rest[name] for name in names
    }


def _is_among(value: Any, frames: list[Any]) -> bool:
    return any(value is frame for frame in frames)


def _parquet(value: Any) -> Blob | None:
    """Return a frame or a series as Parquet, if that gives it back as it is."""
    kind = type(value)
    if kind.__name__ not in ("DataFrame", "Series") or not _is_of_pandas(kind):
        return None
    import pyarrow as pa  # noqa: PLC0415 - at first use
    import pyarrow.parquet as pq  # noqa: PLC0415 - likewise

    is_frame = kind.__name__ == "DataFrame"
    form, frame = (_PARQUET, value) if is_frame else (_SERIES, value.to_frame())
    buffer = io.BytesIO()
    try:
        table = pa.Table.from_pandas(frame)
        pq.write_table(table, buffer, compression="zstd")
        data = buffer.getvalue()
        same = digest_of(_frame(form, data)) == digest_of(value)
    except Exception:  # noqa: BLE001 - of many kinds, and a pickle will do
        return None
    return (form, data) if same else None


def _is_of_pandas(kind: type) -> bool:
    return kind.__module__.partition(".")[0] == "pandas"


def _frame(form: str, data: bytes) -> Any:
    import pyarrow as pa  # noqa: PLC0415 - at first use
    import pyarrow.parquet as pq  # noqa: PLC0415 - likewise

    frame = pq.read_table(pa.BufferReader(data)).to_pandas()
    return frame.iloc[:, 0] if form == _SERIES else frame


def _pickled(values: dict[str, Any], frames: list[Any]) -> bytes:
    digests = {name: _digest(name, value) for name, value in values.items()}
    buffer = io.BytesIO()
    try:
        _Pickler(buffer, frames).dump(values)
    except RefusedError:
        raise
    except Exception as error:
        kinds = ", ".join(sorted({type(value).__name__ for value in values.values()}))
        raise RefusedError(f"what came out cannot be pickled: {kinds}") from error
    data = buffer.getvalue()
    again = _unpickled(data, frames)
    for name, digest in digests.items():
        if _digest(name, again[name]) != digest:
            raise RefusedError(f"{name} would not come back as it is")
    return data


def _digest(name: str, value: Any) -> bytes:
    try:
        return digest_of(value)
    except RefusedError as refused:
        raise RefusedError(f"{name}: {refused}") from refused


def _unpickled(data: bytes, frames: list[Any]) -> dict[str, Any]:
    values: dict[str, Any] = _Unpickler(io.BytesIO(data), frames).load()
    return values


class _Pickler(cloudpickle.Pickler):  # type: ignore[misc]  # has no types
    """Pickles what the notebook defines by its name, to be what it is there.

    A frame that has a blob of its own is in the pickle by the place of that.
    """

    def __init__(self, buffer: io.BytesIO, frames: list[Any]) -> None:
        super().__init__(buffer, protocol=_PROTOCOL)
        self._places = {id(frame): place for place, frame in enumerate(frames)}

    def persistent_id(self, thing: Any) -> int | None:
        return self._places.get(id(thing))

    def reducer_override(self, thing: Any) -> Any:
        if isinstance(thing, type | FunctionType) and thing.__module__ == _NOTEBOOK:
            name = thing.__qualname__
            if _in_notebook(name) is not thing:
                raise RefusedError(f"the notebook has no name for {name!r} in it")
            return of_notebook, (name, digest_of(thing))
        return super().reducer_override(thing)


class _Unpickler(pickle.Unpickler):
    """Reads what this user's `_Pickler` wrote; the caller has verified that."""

    def __init__(self, buffer: io.BytesIO, frames: list[Any]) -> None:
        super().__init__(buffer)
        self._frames = frames

    def persistent_load(self, place: Any) -> Any:
        return self._frames[place]


def of_notebook(name: str, digest: bytes) -> Any:
    """Return a class or function that the notebook defines.

    Raises:
        RefusedError: It has none of that name, or another one.
    """
    found = _in_notebook(name)
    if found is None or digest_of(found) != digest:
        raise RefusedError(f"the notebook's {name!r} is not what it was")
    return found


def _in_notebook(name: str) -> Any:
    found: Any = sys.modules.get(_NOTEBOOK)
    for part in name.split("."):
        found = getattr(found, part, None)
    return found
