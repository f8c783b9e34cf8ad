"""JSON as a tree to unfold: nodes for the template, of bounded number."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice
from typing import Any

from opnb.display import words
from opnb.display.json_text import json_text

MOST_NODES = 200
_MOST_CHILDREN = 50
_DEEPEST = 12
_SHORT = 60
_LONGEST_TEXT = 400
_LONGEST_ROW = 120
_PREVIEW = 50
_FEW = 12
_MOST_LOOKED_AT = 10_000
_MOST_BITS = 128  # beyond, a number is told by its first digits


@dataclass(slots=True)
class Node:
    """One key with its value: a line of text, or children to unfold.

    Args:
        key: The key within its parent; empty at the root.
        text: The value, or how many are within.
        kind: The type in a word, where the value does not show it.
        preview: The first of what is within.
        children: What is within.
    """

    key: str
    text: str
    kind: str = ""
    preview: str = ""
    children: list[Node] = field(default_factory=list)

    @property
    def is_small(self) -> bool:
        """Whether it takes few lines when unfolded."""
        return len(self.children) <= _FEW


def tree_of(data: Any) -> Node:
    """Return the tree; short data is one line, beyond 200 nodes the rest is counted."""
    return _Builder().node("", data, depth=0)


def tree_lines(node: Node, depth: int = 0) -> Iterator[str]:
    """Return the tree as indented lines of text."""
    for child in node.children:
        # What ends the list of children has no value of its own.
        text = child.text if child.key == "…" else f": {child.text}"
        kind = f" ({child.kind})" if child.kind else ""
        gap = " " if child.key == "…" else ""
        key = words.cut(words.printable(child.key), _SHORT)
        yield f"{'  ' * depth}{key}{gap}{text}{kind}"
        yield from tree_lines(child, depth + 1)


class _Builder:
    def __init__(self) -> None:
        self.left = MOST_NODES

    def node(self, key: str, data: Any, depth: int) -> Node:
        self.left -= 1
        if not isinstance(data, dict | list) or not data:
            return _leaf(key, data)
        text = json_text(data, _SHORT)
        if len(text) <= _SHORT:
            return Node(key, words.printable(text))
        if isinstance(data, list) and _is_row_of_numbers(data):
            return Node(key, _row(data), _how_many(data))
        node = Node(key, _how_many(data), preview=_preview(data))
        items = data.items() if isinstance(data, dict) else enumerate(data)
        if depth < _DEEPEST:
            node.children = self._children(items, len(data), depth)
        return node

    def _children(
        self, items: Iterable[tuple[Any, Any]], total: int, depth: int
    ) -> list[Node]:
        children: list[Node] = []
        for key, item in items:
            if self.left <= 0 or len(children) == _MOST_CHILDREN:
                children.append(Node("…", f"{total - len(children):,} more"))
                break
            children.append(self.node(str(key), item, depth + 1))
        return children


def _leaf(key: str, data: Any) -> Node:
    text = words.cut(words.printable(json_text(data, _LONGEST_TEXT)), _LONGEST_TEXT)
    return Node(key, text, _kind(data))


def _kind(data: Any) -> str:
    """Return the type in a word, where quotes, digits and words do not show it."""
    if isinstance(data, str) and len(data) > _LONGEST_TEXT:
        return f"text, {len(data):,} characters"
    if isinstance(data, Decimal):
        return "decimal"
    if isinstance(data, float) and not math.isfinite(data):
        return "number"
    return "number" if isinstance(data, int) and data.bit_length() > _MOST_BITS else ""


def _how_many(data: dict[str, Any] | list[Any]) -> str:
    if isinstance(data, dict):
        return words.count(len(data), "key")
    nouns = {_noun(item) for item in islice(data, _MOST_LOOKED_AT)}
    one_noun = len(nouns) == 1 and len(data) <= _MOST_LOOKED_AT
    return words.count(len(data), nouns.pop() if one_noun else "item")


def _is_row_of_numbers(data: list[Any]) -> bool:
    return all(
        item is None or isinstance(item, bool | int | float | Decimal) for item in data
    )


def _row(data: list[Any]) -> str:
    text = json_text(data, _LONGEST_ROW)
    return text if len(text) <= _LONGEST_ROW else f"{_whole(text, _LONGEST_ROW)}]"


def _whole(text: str, width: int) -> str:
    """Return what comes before the last comma that fits, or of one item its start."""
    whole = text[:width].rpartition(", ")[0]
    return f"{whole}, …" if whole else words.cut(text, width)


def _noun(item: Any) -> str:
    if isinstance(item, bool):
        return "item"
    if isinstance(item, int | float | Decimal):
        return "number"
    kinds = ((str, "text"), (dict, "object"), (list, "list"))
    return next((noun for kind, noun in kinds if isinstance(item, kind)), "item")


def _preview(data: dict[str, Any] | list[Any]) -> str:
    """Return the first keys, the first texts, or the keys of the first object."""
    first = data[0] if isinstance(data, list) else data
    if isinstance(first, dict):
        text = ", ".join(islice(first, _FEW))
        is_all = len(first) <= _FEW
    elif isinstance(first, str):
        text = ", ".join(json_text(item, _PREVIEW) for item in islice(data, _FEW))
        is_all = len(data) <= _FEW
    else:
        return ""
    text = " ".join(words.printable(text).split())
    return text if is_all and len(text) <= _PREVIEW else _whole(text, _PREVIEW)
