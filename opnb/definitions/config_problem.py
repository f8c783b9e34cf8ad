"""What is wrong with config that was given: where, and what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_MOST_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong.

    Args:
        path: The keys and the places in lists that lead to it.
        text: What is wrong there.
    """

    path: tuple[str | int, ...]
    text: str

    def under(self, *path: str | int) -> Problem:
        """Return the same problem, seen from further up."""
        return Problem((*path, *self.path), self.text)

    def __str__(self) -> str:
        where = dotted(self.path)
        return f"{where}: {self.text}" if where else self.text


class ConfigDoesNotFit(Exception):
    """Carries the problems of one piece of config to whoever names the piece."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("; ".join(map(str, self.problems)))


def dotted(path: Sequence[str | int]) -> str:
    """Return a path as it is written: `ops.load.config.names[1]`.

    >>> dotted(("ops", "load", "names", 1))
    'ops.load.names[1]'
    """
    text = ""
    for key in path:
        if isinstance(key, int):
            text += f"[{key}]"
        else:
            text += f".{key}" if text else key
    return text


def listing(problems: Sequence[Problem]) -> str:
    """Return the problems, a line each; the first few, if there are many."""
    lines = [f"  {problem}" for problem in problems[:_MOST_SHOWN]]
    if len(problems) > _MOST_SHOWN:
        lines.append(f"  and {len(problems) - _MOST_SHOWN} more")
    return "\n".join(lines)
