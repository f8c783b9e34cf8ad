"""A graph as a tree of text: each thing below what leads to it, shown once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from opnb.display.layers import back_links
from opnb.display.narrow import one_name

_DEEPEST = 12  # what is deeper begins at the left again


@dataclass(frozen=True, slots=True)
class Branch:
    """What leads from one thing to another, by number, and what it is called."""

    source: int
    target: int
    word: str = ""


def tree_lines(
    names: Sequence[str], texts: Sequence[str], branches: Sequence[Branch]
) -> list[str]:
    """Return the lines: `↑ name` is told further up, `↓ name` further down.

    Args:
        names: What each thing is called.
        texts: The name with all that is to be said of it.
        branches: What leads from where to where; circles are no harm.
    """
    tree = _Tree(
        [one_name(name) for name in names],
        [one_name(text) for text in texts],
        _branches_by_source(branches),
        set(),
    )
    back = back_links(len(names), [(b.source, b.target) for b in branches])
    fed = {b.target for place, b in enumerate(branches) if place not in back}
    roots = [n for n in range(len(names)) if n not in fed]
    lines: list[str] = []
    for root in roots:
        lines += tree.lines(root, roots)
    return lines


def _branches_by_source(branches: Sequence[Branch]) -> dict[int, list[tuple[int, str]]]:
    """Return what each leads to, once, with the names of all that leads there."""
    words: dict[tuple[int, int], list[str]] = {}
    for each in branches:
        told = words.setdefault((each.source, each.target), [])
        if each.word:
            told.append(one_name(each.word))
    found: dict[int, list[tuple[int, str]]] = {}
    for (source, target), told in words.items():
        found.setdefault(source, []).append((target, ", ".join(told)))
    return found


@dataclass(frozen=True, slots=True)
class _Tree:
    names: Sequence[str]
    texts: Sequence[str]
    branches: Mapping[int, list[tuple[int, str]]]
    shown: set[int]

    def lines(self, root: int, roots: list[int]) -> Iterator[str]:
        """Yield the tree of one root; what is too deep is added to the roots."""
        if root in self.shown:
            return
        self.shown.add(root)
        yield self.texts[root]
        yield from self._below(root, "", 1, roots)

    def _below(
        self, each: int, margin: str, depth: int, roots: list[int]
    ) -> Iterator[str]:
        branches = self.branches.get(each, [])
        for place, (target, word) in enumerate(branches):
            is_last = place == len(branches) - 1
            fork = f"{margin}{'└─' if is_last else '├─'} {f'{word} → ' if word else ''}"
            if target in self.shown or target in roots:
                arrow = "↑" if target in self.shown else "↓"
                yield f"{fork}{arrow} {self.names[target]}"
            elif depth == _DEEPEST:
                roots.append(target)
                yield f"{fork}↓ {self.names[target]}"
            else:
                self.shown.add(target)
                yield f"{fork}{self.texts[target]}"
                inner = f"{margin}{'   ' if is_last else '│  '}"
                yield from self._below(target, inner, depth + 1, roots)
