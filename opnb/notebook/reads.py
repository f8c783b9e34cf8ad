"""What an op's code reads of the notebook beside its inputs, through functions, too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import CodeType, FunctionType, ModuleType
from typing import Any

from opnb.definitions.op import DecoratedFunction, OpDefinition
from opnb.memo.code import global_names
from opnb.notebook.body import CellBody
from opnb.notebook.define import OF_IPYTHON


def globals_read(op: OpDefinition, ns: Mapping[str, Any]) -> dict[str, str | None]:
    """Return the names of the notebook that an op's code reads.

    Its inputs, the names that it binds itself, modules and IPython's own names are left
    out. What a function or a class of the notebook reads is read by whoever reads it.

    Returns:
        Each name with the name of the function or class that reads it; None where the
        code itself does.
    """
    found: dict[str, str | None] = {}
    ahead: list[tuple[str, str | None]] = [(name, None) for name in _own_reads(op)]
    while ahead:
        name, reader = ahead.pop(0)
        if name in found or name in OF_IPYTHON or name.startswith("_"):
            continue
        value = ns.get(name)
        if name not in ns or isinstance(value, ModuleType):
            continue
        found[name] = reader
        ahead += [(inner, reader or name) for inner in _reads_of_value(value, ns)]
    return found


def own_stores(op: OpDefinition) -> set[str]:
    """Return the names that an op's code binds in the notebook."""
    body = op.compute_fn
    return set(body.code.names.stores) if isinstance(body, CellBody) else set()


def _own_reads(op: OpDefinition) -> list[str]:
    body = op.compute_fn
    if isinstance(body, CellBody):
        left_out = {*op.ins, *body.code.names.stores, "context"}
        return [name for name in body.code.names.reads if name not in left_out]
    if isinstance(body, DecoratedFunction) and isinstance(body.fn, FunctionType):
        return list(_names_in(body.fn.__code__))
    return []


def _reads_of_value(value: Any, ns: Mapping[str, Any]) -> Iterator[str]:
    if isinstance(value, FunctionType):
        if value.__globals__ is ns:
            yield from _names_in(value.__code__)
    elif isinstance(value, type) and value.__module__ == "__main__":
        for member in vars(value).values():
            inner = getattr(member, "__func__", getattr(member, "fget", member))
            if isinstance(inner, FunctionType):
                yield from _reads_of_value(inner, ns)


@lru_cache(maxsize=1024)
def _names_in(code: CodeType) -> tuple[str, ...]:
    """Return the names that code looks up in its globals, functions within it, too."""
    return tuple(sorted(global_names(code)))
