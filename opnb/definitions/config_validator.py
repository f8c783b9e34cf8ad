"""Building a validator that is stricter than the one a class has by itself."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any, Final

from pydantic_core import SchemaValidator

_COMPLETE: Final = "__pydantic_complete__"
_lock = threading.Lock()


def build_validator(core: Any) -> SchemaValidator:
    """Return the validator of a schema, those of the classes within it included.

    Since 2.11 pydantic takes for a class that is complete the validator that the class
    has, whatever the schema says; so none is complete while this one is built.
    """
    with _lock:
        held = [kind for kind in set(_classes(core)) if vars(kind).get(_COMPLETE)]
        try:
            for kind in held:
                setattr(kind, _COMPLETE, False)
            return SchemaValidator(core)
        finally:
            for kind in held:
                setattr(kind, _COMPLETE, True)


def _classes(node: Any) -> Iterator[type]:
    if isinstance(node, list | tuple):
        for item in node:
            yield from _classes(item)
    elif isinstance(node, dict):
        if node.get("type") in ("model", "dataclass") and "cls" in node:
            yield node["cls"]
        for item in node.values():
            yield from _classes(item)
