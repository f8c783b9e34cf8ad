"""JSON as a tree to unfold: nodes for the template, of bounded number."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from opnb.display import values, words

MOST_NODES = 200
_DEEPEST = 12
_SHORT = 60


@dataclass(slots=True)
class Node:
    """One key with its value: a line of text, or children to unfold.

    Args:
        key: The key within its parent; empty at the root.
        text: The value, or what the fold says of it.
        children: What is within.
    """

    key: str
    text: str
    children: list[Node] = field(default_factory=list)


def tree_of(data: Any) -> Node:
    """Return the tree; short data is one line, beyond 200 nodes the rest is counted."""
    return _Builder().node("", data, depth=0)


class _Builder:
    def __init__(self) -> None:
        self.left = MOST_NODES

    def node(self, key: str, data: Any, depth: int) -> Node:
        self.left -= 1
        if not isinstance(data, dict | list) or not data:
            return Node(key, self._leaf(data))
        text = words.printable(values.json_text(data)) if _is_small(data) else ""
        if text and len(text) <= _SHORT:
            return Node(key, text)
        noun = "key" if isinstance(data, dict) else "item"
        node = Node(key, words.count(len(data), noun))
        items = data.items() if isinstance(data, dict) else enumerate(data)
        if depth < _DEEPEST:
            node.children = self._children(items, len(data), depth)
        return node

    def _children(
        self, items: Iterable[tuple[Any, Any]], total: int, depth: int
    ) -> list[Node]:
        children: list[Node] = []
        for key, item in items:
            if self.left <= 0:
                children.append(Node("…", f"{total - len(children):,} more"))
                break
            children.append(self.node(str(key), item, depth + 1))
        return children

    def _leaf(self, data: Any) -> str:
        if isinstance(data, bytes):
            return values.bytes_text(data)
        return words.cut(words.printable(values.json_text(data)), 400)


def _is_small(data: Any) -> bool:
    # Look before writing it all out: the data may be of any size.
    flat = data.values() if isinstance(data, dict) else data
    return len(data) <= 12 and not any(  # noqa: PLR2004 - more cannot fit a line
        isinstance(item, dict | list) and len(item) > 4  # noqa: PLR2004
        for item in flat
    )
