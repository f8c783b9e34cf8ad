"""Cheap fingerprints: whether a value is, as far as one looks, what it was before.

A fingerprint is text. Equal values of the kinds below have equal ones, in every
process. The cost is bounded: small values are looked at whole; of a large table, array
or list some thousand places are, spread evenly, and the fingerprint then begins with
`~`: a change of a whole column is noticed, that of a single cell may not be.

Told are builtins and what they hold, dates, decimals, paths, dataclasses; arrays of
numpy, tables of pandas and polars; functions and classes by their code, modules by
their name. Of anything else there is none: what it is can only be told by identity.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import math
import weakref
from abc import ABC, abstractmethod
from array import array
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from pathlib import PurePath
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType
from typing import Any, Final
from uuid import UUID

_WHOLE_BYTES: Final = 2**20
_SAMPLED_BYTES: Final = 2**16
_WHOLE_MEMBERS: Final = 20_000
_PLACES: Final = 2_000
_DEEPEST: Final = 20
_64_BITS: Final = 2**64 - 1

REBOUND: Final = "rebound"
IN_PLACE: Final = "changed in place"


class _NotTold(Exception):
    """There is no fingerprint of such a value."""


def fingerprint_of(value: Any) -> str | None:
    """Return the fingerprint of a value; None if its kind has none."""
    return _told(value, _StableDigest())


class Fingerprints:
    """Fingerprints taken at one moment: each value is looked at once.

    They are quicker to take and can be compared with each other alone, in one process.
    """

    def __init__(self) -> None:
        self._known: dict[int, tuple[Any, str | None]] = {}

    def of(self, value: Any) -> str | None:
        """Return the fingerprint of a value; None if its kind has none."""
        if id(value) not in self._known:
            # With the value itself, so that its identity stays its own.
            self._known[id(value)] = value, _told(value, _QuickDigest())
        return self._known[id(value)][1]


def _told(value: Any, digest: _Digest) -> str | None:
    try:
        digest.add(value)
    except Exception:  # noqa: BLE001 - a value that will not be looked at is no fault
        return None
    return digest.text


@dataclasses.dataclass(slots=True)
class SeenValue:
    """A value as it was at some moment.

    It is held weakly where that can be done: a frame that the user deletes is gone.
    What cannot be held weakly is told by its identity alone.

    Args:
        fingerprint: Its fingerprint then; None if its kind has none.
    """

    identity: int
    reference: weakref.ref[Any] | None
    fingerprint: str | None = None

    @staticmethod
    def of(value: Any, fingerprint: str | None = None) -> SeenValue:
        """Remember a value."""
        if value is None:  # of ops that are run for what they tell
            return SeenValue(id(value), None, fingerprint)
        try:
            return SeenValue(id(value), weakref.ref(value), fingerprint)
        except TypeError:
            return SeenValue(id(value), None, fingerprint)

    def is_value(self, value: Any) -> bool:
        """Whether this very object was seen."""
        if self.reference is not None:
            return value is not None and self.reference() is value
        return id(value) == self.identity

    def change(self, value: Any, fingerprint: str | None) -> str | None:
        """Return how a value differs from this one; None if not, as far as is told.

        Args:
            value: What there is now.
            fingerprint: Its fingerprint now.
        """
        same = self.is_value(value)
        if self.fingerprint is None or fingerprint is None:
            return None if same else REBOUND
        if self.fingerprint == fingerprint:
            return None
        return IN_PLACE if same else REBOUND


class _Digest(ABC):
    """Takes in a value part by part."""

    def __init__(self) -> None:
        self._sampled = False
        self._left = _WHOLE_MEMBERS
        self._depth = 0

    @property
    def text(self) -> str:
        """What was taken in, as text."""
        return ("~" if self._sampled else "") + self._hex()

    @abstractmethod
    def _hex(self) -> str:
        """Return what was taken in as hexadecimal digits, always as many."""

    @abstractmethod
    def raw(self, kind: str, data: bytes | memoryview = b"") -> None:
        """Take in bytes, with what they are."""

    def add(self, value: Any) -> None:
        """Take in a value.

        Raises:
            _NotTold: Its kind has no fingerprint, or it holds one that has none.
        """
        take = _BY_TYPE.get(type(value)) or _by_class(value)
        self._depth += 1
        if self._depth > _DEEPEST:
            raise _NotTold
        take(self, value)
        self._depth -= 1

    def plain(self, value: Any) -> None:
        """Take in what its `repr` tells whole."""
        self.raw(type(value).__name__, repr(value).encode("utf-8", "surrogatepass"))

    def text_of(self, value: str) -> None:
        """Take in text."""
        self.bytes_of(value.encode("utf-8", "surrogatepass"), "str")

    def bytes_of(self, value: Any, kind: str | None = None) -> None:
        """Take in bytes; of many the first and the last."""
        kind = kind or type(value).__name__
        view = memoryview(value).cast("B")
        if len(view) <= _WHOLE_BYTES:
            self.raw(kind, view)
            return
        self._sampled = True
        half = _WHOLE_BYTES // 2
        self.raw(f"{kind} {len(view)}", view[:half])
        self.raw(kind, view[-half:])

    def members(self, value: Any) -> None:
        """Take in a list or a tuple."""
        some = self._some(value)
        kinds = set(map(type, some))
        kind = next(iter(kinds)).__name__ if len(kinds) == 1 else ""
        self.raw(f"{type(value).__name__} {len(value)} {kind}")
        if _REPR_TELLS.issuperset(kinds):  # the rule, and far quicker
            self.raw("members", _bytes_of_plain(some, kinds))
            return
        for member in some:
            self.add(member)

    def pairs(self, value: Mapping[Any, Any]) -> None:
        """Take in a mapping, in its order."""
        self.raw(f"{type(value).__name__} {len(value)}")
        for key, member in self._some(list(value.items())):
            self.add(key)
            self.add(member)

    def unordered(self, value: Iterable[Any]) -> None:
        """Take in a set, whose order says nothing."""
        prints = []
        for member in value:
            digest = type(self)()
            digest.add(member)
            prints.append(digest.text)
        self.raw(type(value).__name__, "".join(sorted(prints)).encode())

    def _some(self, members: Any) -> Any:
        """Return all members; some of them, spread evenly, where they are many."""
        count = len(members)
        self._left -= count
        if self._left >= 0 or count <= 1:
            return members
        self._sampled = True
        if isinstance(members, deque):
            members = list(members)
        return [members[place] for place in places_in(count, _PLACES)]

    def array(self, value: Any) -> None:
        """Take in an array of numpy."""
        self.raw(f"{value.dtype.str} {value.shape}")
        if value.dtype.hasobject:
            self.members(value.ravel().tolist())
            return
        if value.nbytes > _WHOLE_BYTES:
            self._sampled = True
            rows = max(_SAMPLED_BYTES * len(value) // value.nbytes, 1)
            value = value[:: -(-len(value) // rows)]
        self.raw("array", value.tobytes())

    def column(self, values: Any) -> None:
        """Take in the array of a column or an index of pandas, all of it."""
        if type(values).__name__ == "ndarray":
            self.array(values)
            return
        dtype = str(values.dtype)
        self.raw(dtype)
        if hasattr(values, "asi8"):
            self.array(values.asi8)
        elif dtype == "str" or hasattr(values.dtype, "pyarrow_dtype"):
            self.arrow_column(values)
        else:
            self.members(values.to_numpy(dtype=object).tolist())

    def arrow_column(self, values: Any) -> None:
        """Take in an array of pandas that Arrow holds, as Arrow has it."""
        import pyarrow as pa  # noqa: PLC0415 - loaded where there is such a column

        column = pa.array(values)
        if isinstance(column, pa.ChunkedArray):
            column = column.combine_chunks()
        # A slice is written as what it is, and not as what it was cut from.
        batch = pa.record_batch([column], names=["column"])
        self.raw("arrow", memoryview(batch.serialize()))

    def table(self, value: Any) -> None:
        """Take in a frame of pandas; of a long one some rows."""
        self.raw(f"{type(value).__name__} {value.shape}")
        rows, columns = value.shape
        most = max(_WHOLE_MEMBERS // max(columns, 1), 1)
        if rows > most and value.memory_usage(index=False).sum() > _WHOLE_BYTES:
            self._sampled = True
            value = value.iloc[list(places_in(rows, min(most, _PLACES)))]
        self._left = _WHOLE_MEMBERS + rows * (columns + 1)
        self.add(_labels_of(value.columns))
        self.index(value.index)
        for values in _arrays_of(value):
            self.column(values)

    def series(self, value: Any) -> None:
        """Take in a series of pandas."""
        self.add(value.name)
        self.table(value.to_frame(name="value"))

    def index(self, value: Any) -> None:
        """Take in an index of pandas."""
        self.add(list(value.names))
        if type(value).__name__ == "RangeIndex":
            self.raw(f"range {value.start} {value.stop} {value.step}")
        elif value.nlevels > 1:
            self.members(value.tolist())
        else:
            self.column(_array_of(value))

    def polars_table(self, value: Any) -> None:
        """Take in a frame of polars; of a long one some rows."""
        self.raw(f"{value.schema} {value.height}")
        if value.height > _WHOLE_MEMBERS:
            self._sampled = True
            value = value.gather_every(value.height // _PLACES)
        self.array(value.hash_rows(seed=0).to_numpy())

    def function(self, value: FunctionType) -> None:
        """Take in a function: its code, its defaults, and what it closes over."""
        self.raw(value.__qualname__)
        self.code(value.__code__)
        self.add(value.__defaults__)
        self.add(value.__kwdefaults__)
        for cell in value.__closure__ or ():
            self.add(cell.cell_contents)

    def code(self, code: CodeType) -> None:
        """Take in code, but not where it stands."""
        self.raw("code", code.co_code)
        self.add([code.co_names, code.co_varnames, code.co_freevars])
        for constant in code.co_consts:
            if isinstance(constant, CodeType):
                self.code(constant)
            else:
                self.add(constant)

    def class_of_objects(self, value: type) -> None:
        """Take in a class: by its members if it is the notebook's, else by its name."""
        self.raw(f"{value.__module__}.{value.__qualname__}")
        if value.__module__ != "__main__":
            return
        for base in value.__bases__:
            self.add(base)
        for name, member in vars(value).items():
            if name not in _NOT_OF_CLASS:
                self.raw(name)
                self.member_of_class(member)

    def member_of_class(self, member: Any) -> None:
        """Take in a method, a property or a value of a class."""
        if isinstance(member, staticmethod | classmethod):
            self.add(member.__func__)
        elif isinstance(member, property):
            self.members([member.fget, member.fset, member.fdel])
        else:
            self.add(member)

    def fields(self, value: Any) -> None:
        """Take in an instance of a dataclass."""
        self.raw(f"{type(value).__module__}.{type(value).__qualname__}")
        for field in dataclasses.fields(value):
            self.raw(field.name)
            self.add(getattr(value, field.name))


class _StableDigest(_Digest):
    """A digest that is the same in every process."""

    def __init__(self) -> None:
        super().__init__()
        self._hash = hashlib.blake2b(digest_size=10)

    def _hex(self) -> str:
        return self._hash.hexdigest()

    def raw(self, kind: str, data: bytes | memoryview = b"") -> None:
        self._hash.update(f"{kind}:{len(data)}:".encode("utf-8", "surrogatepass"))
        self._hash.update(data)


class _QuickDigest(_Digest):
    """A digest by Python's own hashes, which are others in each process."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[object] = []

    def _hex(self) -> str:
        return f"{hash(tuple(self._parts)) & _64_BITS:016x}"

    def raw(self, kind: str, data: bytes | memoryview = b"") -> None:
        self._parts += (kind, hash(bytes(data)))


_NOT_OF_CLASS: Final = frozenset(
    "__dict__ __weakref__ __module__ __doc__ __firstlineno__ __annotations__"
    " __static_attributes__ __abstractmethods__ _abc_impl".split()
)


def _labels_of(index: Any) -> list[Any]:
    """Return what `tolist` gives; of text, as most are, at a tenth of its cost."""
    if str(index.dtype) != "str":
        labels: list[Any] = index.tolist()
        return labels
    import pyarrow as pa  # noqa: PLC0415 - loaded where there is such an index

    labels = pa.array(index.array).to_pylist()
    return [math.nan if label is None else label for label in labels]


def _arrays_of(frame: Any) -> Iterable[Any]:
    """Return the columns of a frame as arrays; a series of each would cost more."""
    arrays = getattr(frame, "_iter_column_arrays", None)
    if arrays is not None:
        found: Iterable[Any] = arrays()
        return found
    return [_array_of(column) for _, column in frame.items()]


def _array_of(values: Any) -> Any:
    """Return the array behind a series or an index, of numpy where it is one."""
    return values.to_numpy() if hasattr(values.dtype, "byteorder") else values.array


def _bytes_of_plain(members: Any, kinds: set[type]) -> bytes:
    """Return plain values as bytes that no other such values have."""
    if kinds == {float}:
        return array("d", members).tobytes()
    if kinds == {str}:
        joined = "\0".join(members)
        if joined.count("\0") == len(members) - 1:
            return joined.encode("utf-8", "surrogatepass")
    with suppress(OverflowError):
        if kinds == {int}:
            return array("q", members).tobytes()
    return repr(members).encode("utf-8", "backslashreplace")


def places_in(count: int, most: int) -> range:
    """Return at most so many places of a sequence, spread evenly."""
    return range(0, count, -(-count // most))


_PLAIN = (
    type(None),
    type(...),
    bool,
    int,
    float,
    complex,
    range,
    slice,
    dt.datetime,
    dt.date,
    dt.time,
    dt.timedelta,
    Decimal,
    Fraction,
    UUID,
)

_REPR_TELLS: Final = frozenset([*_PLAIN, str])

_Take = Callable[[_Digest, Any], None]

_BY_TYPE: Final[dict[type, _Take]] = {
    **dict.fromkeys(_PLAIN, _Digest.plain),
    str: _Digest.text_of,
    bytes: _Digest.bytes_of,
    bytearray: _Digest.bytes_of,
    list: _Digest.members,
    tuple: _Digest.members,
    deque: _Digest.members,
    dict: _Digest.pairs,
    set: _Digest.unordered,
    frozenset: _Digest.unordered,
    FunctionType: _Digest.function,
}

# By the class's module and name, for libraries that need not be there.
_BY_NAME: Final[dict[str, _Take]] = {
    "numpy.ndarray": _Digest.array,
    "pandas.DataFrame": _Digest.table,
    "pandas.Series": _Digest.series,
    "polars.DataFrame": _Digest.polars_table,
}


def _by_class(value: Any) -> _Take:
    kind = type(value)
    library = kind.__module__.partition(".")[0]
    named = _BY_NAME.get(f"{library}.{kind.__name__}")
    if named is not None:
        return named
    if library == "pandas" and hasattr(value, "nlevels"):
        return _Digest.index
    if library == "numpy" and hasattr(value, "tobytes"):
        return _Digest.plain
    if isinstance(value, type):
        return _Digest.class_of_objects
    return _by_nature(value)


def _by_nature(value: Any) -> _Take:
    if isinstance(value, PurePath | Enum):
        return _Digest.plain
    if isinstance(value, ModuleType):
        return lambda digest, module: digest.raw(f"module {module.__name__}")
    if isinstance(value, BuiltinFunctionType):
        return lambda digest, function: digest.raw(function.__qualname__)
    if dataclasses.is_dataclass(value):
        return _Digest.fields
    raise _NotTold
