"""Tables whose cells are words and numbers: views for `grid.html`, `.md` and text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from opnb.display import words

_WIDEST = 34
_GAP = "  "


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell.

    Args:
        text: What stands in it.
        number: Whether it stands to the right.
        strong: Whether it is to be seen first.
        whole: Whether it stays on one line.
    """

    text: str
    number: bool = False
    strong: bool = False
    whole: bool = False


def aligned(rows: Sequence[Sequence[Cell]]) -> list[str]:
    """Return the rows as lines of text whose columns stand below each other.

    >>> aligned([[Cell("a"), Cell("10", number=True)], [Cell("bcd"), Cell("5")]])
    ['a    10', 'bcd  5']
    """
    texts = [[words.cut(words.printable(c.text), _WIDEST) for c in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    return [
        _GAP.join(
            text.rjust(width) if cell.number else text.ljust(width)
            for cell, text, width in zip(row, line, widths, strict=True)
            if width
        ).rstrip()
        for row, line in zip(rows, texts, strict=True)
    ]


def without_empty(
    columns: Sequence[str], rows: Sequence[Sequence[Cell]]
) -> tuple[list[str], list[list[Cell]]]:
    """Return a table without the columns that have nothing in any row.

    >>> without_empty(["a", "b"], [[Cell(""), Cell("x")], [Cell(""), Cell("")]])[0]
    ['b']
    """
    kept = [
        place for place in range(len(columns)) if any(row[place].text for row in rows)
    ]
    return (
        [columns[place] for place in kept],
        [[row[place] for place in kept] for row in rows],
    )


def with_head(
    columns: Sequence[str], rows: Sequence[Sequence[Cell]]
) -> list[Sequence[Cell]]:
    """Return the rows below one of their names; none if there is none."""
    if not rows:
        return []
    head = [
        Cell(name, number=cell.number)
        for name, cell in zip(columns, rows[0], strict=True)
    ]
    return [head, *rows]


def more(shown: int, total: int, noun: str) -> str:
    """Return how many there are that are not shown; nothing if there are none.

    >>> more(10, 12, "run"), more(10, 10, "run")
    ('and 2 further runs', '')
    """
    left_out = total - shown
    return f"and {words.count(left_out, f'further {noun}')}" if left_out > 0 else ""
