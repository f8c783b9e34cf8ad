"""The content of any value as a digest: equal digests mean equal content.

What is known (builtins, arrays, frames, code) is digested as what it is; any other
object as what pickle would make it anew from. A value that pickle refuses, or that
comes out otherwise when it is asked twice, is refused.
"""

from __future__ import annotations

import copyreg
import hashlib
import marshal
from collections.abc import Callable
from functools import cached_property
from pathlib import PurePath
from types import (
    BuiltinFunctionType,
    CellType,
    CodeType,
    FunctionType,
    MappingProxyType,
    ModuleType,
)
from typing import Any

from opnb.memo import code, tables
from opnb.memo.refusal import RefusedError

_PROTOCOL = 4
_SCALARS = frozenset([type(None), bool, int, float, complex, str, bytes, type(...)])
# So many texts of a list are looked at for names of files.
_TEXTS_LOOKED_AT = 100


class Content:
    """Digests values; what is met twice is digested once.

    Attributes:
        texts: The texts met, any of which may name a file.
    """

    def __init__(self) -> None:
        self.texts: set[str] = set()
        self.by_reduction = False
        # The values are held, so that no other one gets their place in memory.
        self._known: dict[int, tuple[Any, bytes]] = {}
        self._open: dict[int, int] = {}

    def digest(self, value: Any) -> bytes:
        """Return the digest of a value.

        Raises:
            RefusedError: Its content cannot be told.
        """
        kind = type(value)
        if kind in _SCALARS:
            if kind is str:
                self.texts.add(value)
            return self.join("scalar", marshal.dumps(value, 0))
        known = self._known.get(id(value))
        if known is not None:
            return known[1]
        if id(value) in self._open:  # it contains itself
            return self.join("again", self._open[id(value)])
        self._open[id(value)] = len(self._open)
        try:
            found = self._of(kind, value)
        finally:
            del self._open[id(value)]
        self._known[id(value)] = (value, found)
        return found

    def join(self, tag: str, *parts: Any) -> bytes:
        """Return one digest of parts: bytes, or what a `repr` tells wholly."""
        whole = hashlib.blake2b(tag.encode(), digest_size=32)
        for part in parts:
            data = part if isinstance(part, bytes) else repr(part).encode()
            whole.update(len(data).to_bytes(8, "little"))
            whole.update(data)
        return whole.digest()

    def _of(self, kind: type, value: Any) -> bytes:
        if kind in _REFUSED:
            raise RefusedError(_REFUSED[kind])
        digest = _BY_KIND.get(kind)
        if digest is not None:
            return digest(self, value)
        digest = tables.digest_for(kind)
        if digest is not None:
            # What its methods do is of the version.
            version = code.version_of(kind.__module__)
            return self.join("table", version, digest(self, value))
        if isinstance(value, type):
            return code.digest_class(self, value)
        if isinstance(value, PurePath):
            return self.join("path", kind.__name__, self.digest(str(value)))
        return self._of_object(value)

    def _of_object(self, value: Any) -> bytes:
        self.by_reduction = True
        reduced = _reduced(value)
        if isinstance(reduced, str):
            return self._of_name(value, reduced)
        make, arguments, *rest = reduced
        state, listed, mapped, setter = (*rest, None, None, None, None)[:4]
        return self.join(
            "object",
            *map(
                self.digest,
                (
                    make,
                    arguments,
                    state,
                    None if listed is None else list(listed),
                    None if mapped is None else list(mapped),
                    setter,
                ),
            ),
        )

    def _of_name(self, value: Any, name: str) -> bytes:
        """Digest what pickle knows by its name alone."""
        wrapped = getattr(value, "__wrapped__", None)
        if wrapped is not None:
            return self.join("wrapped", type(value).__name__, self.digest(wrapped))
        module = getattr(value, "__module__", None) or type(value).__module__
        if not code.is_library(module):
            raise _refusal(value)
        return self.join("named", module, name, code.version_of(module))

    def digest_list(self, value: Any) -> bytes:
        """Return the digest of a list or tuple that is not held by anything else."""
        kinds = set(map(type, value))
        if kinds <= _SCALARS:
            if str in kinds:
                some = value[:_TEXTS_LOOKED_AT]
                self.texts.update(text for text in some if type(text) is str)
            return self.join("scalars", marshal.dumps(value, 0))
        return self.join(type(value).__name__, *map(self.digest, value))


def _digest_set(content: Content, value: Any) -> bytes:
    return content.join(type(value).__name__, *sorted(map(content.digest, value)))


def _digest_dict(content: Content, value: Any) -> bytes:
    # In its order: who loops over it sees the order, too.
    parts = (list(value), list(value.values()))
    return content.join("dict", *map(content.digest_list, parts))


def _digest_bytearray(content: Content, value: Any) -> bytes:
    return content.join("bytearray", bytes(value))


def _digest_slice(content: Content, value: Any) -> bytes:
    parts = (value.start, value.stop, value.step)
    return content.join(type(value).__name__, content.digest_list(parts))


def _digest_property(content: Content, value: Any) -> bytes:
    parts = (value.fget, value.fset, value.fdel)
    return content.join("property", content.digest_list(parts))


def _digest_method_kind(content: Content, value: Any) -> bytes:
    return content.join(type(value).__name__, content.digest(value.__func__))


def _digest_cached_property(content: Content, value: Any) -> bytes:
    # Python 3.11 has a lock in it, which is not of its content.
    return content.join("cached property", value.attrname, content.digest(value.func))


def _digest_cell(content: Content, value: Any) -> bytes:
    try:
        return content.join("cell", content.digest(value.cell_contents))
    except ValueError:
        return content.join("empty cell")


_BY_KIND: dict[type, Callable[[Content, Any], bytes]] = {
    list: Content.digest_list,
    tuple: Content.digest_list,
    set: _digest_set,
    frozenset: _digest_set,
    dict: _digest_dict,
    MappingProxyType: _digest_dict,
    bytearray: _digest_bytearray,
    slice: _digest_slice,
    range: _digest_slice,
    property: _digest_property,
    classmethod: _digest_method_kind,
    staticmethod: _digest_method_kind,
    cached_property: _digest_cached_property,
    CellType: _digest_cell,
    CodeType: code.digest_code,
    FunctionType: code.digest_function,
    BuiltinFunctionType: code.digest_builtin,
    ModuleType: code.digest_module,
}
_REFUSED: dict[type, str] = {}


def refuse_kind(kind: type, reason: str) -> None:
    """Let no value of a class be digested."""
    _REFUSED[kind] = reason


def _reduced(value: Any) -> Any:
    """Return what pickle would make a value anew from."""
    reduce = copyreg.dispatch_table.get(type(value))
    try:
        if reduce is not None:
            return reduce(value)
        return value.__reduce_ex__(_PROTOCOL)
    except Exception as error:
        raise _refusal(value) from error


def _refusal(value: Any) -> RefusedError:
    return RefusedError(f"the content of a {type(value).__name__} cannot be told")


def digest_of(value: Any, texts: set[str] | None = None) -> bytes:
    """Return the digest of a value.

    Args:
        value: Any.
        texts: Takes the texts met in it.

    Raises:
        RefusedError: Its content cannot be told, or is another each time it is asked.
    """
    content = Content()
    found = _whole(content, value)
    if content.by_reduction and _whole(Content(), value) != found:
        raise RefusedError(
            f"the content of a {type(value).__name__} is another each time"
        )
    if texts is not None:
        texts |= content.texts
    return found


def _whole(content: Content, value: Any) -> bytes:
    try:
        return content.digest(value)
    except RecursionError:
        raise RefusedError("it is nested too deeply") from None
