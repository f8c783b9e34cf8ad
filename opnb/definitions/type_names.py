"""Dagster's names for the types of inputs and outputs: they are Python's own."""

from __future__ import annotations

# Capitals on purpose, and kept by Dagster since before `list[int]`.
from typing import Any, Dict, List, Optional, Set, Tuple, TypeAlias  # noqa: UP035

__all__ = [
    "Any",
    "Bool",
    "Dict",
    "Float",
    "Int",
    "List",
    "Optional",
    "Set",
    "String",
    "Tuple",
]

Bool: TypeAlias = bool
Float: TypeAlias = float
Int: TypeAlias = int
String: TypeAlias = str
