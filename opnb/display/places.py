"""Where each thing of a layered drawing stands, and the way each link takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from opnb.display.layers import Layers

_PASSES = 6
_BETWEEN = 16.0  # two things of a layer
_BESIDE = 9.0  # a link that passes, and what it passes


@dataclass(frozen=True, slots=True)
class Size:
    """How much a thing takes: `across` its layer, and `along` the way of the links."""

    across: float
    along: float


@dataclass(frozen=True, slots=True)
class Places:
    """Where all is.

    Args:
        across: The middle of each thing, and of each place that a link passes.
        along: Where each begins and where it ends.
        layer: Where its layer begins and where that ends.
        size: All of it.
    """

    across: Sequence[float]
    along: Sequence[tuple[float, float]]
    layer: Sequence[tuple[float, float]]
    size: Size


def extent(rows: Sequence[Sequence[int]], sizes: Sequence[Size], gap: float) -> Size:
    """Return how much room layers need, links aside."""
    across = [sum(sizes[n].across + _BETWEEN for n in row) - _BETWEEN for row in rows]
    along = [max(sizes[n].along for n in row) for row in rows]
    return Size(max(across, default=0.0), sum(along) + gap * (len(rows) - 1))


def place(layers: Layers, sizes: Sequence[Size], gap: float) -> Places:
    """Return where all stands: near what it is linked to, and nothing overlaps."""
    count = len(sizes)
    sizes = [*sizes, *[Size(0.0, 0.0)] * (len(layers.above) - count)]
    middles = [0.0] * len(sizes)
    offsets = [_offsets(row, sizes, count) for row in layers.rows]
    spans = [steps[-1] for steps in offsets]
    widest = max(
        span + (sizes[row[0]].across + sizes[row[-1]].across) / 2
        for row, span in zip(layers.rows, spans, strict=True)
    )
    paired = list(zip(layers.rows, offsets, strict=True))
    for row, steps in paired:
        for each, offset in zip(row, steps, strict=True):
            middles[each] = offset - steps[-1] / 2
    for turn in range(_PASSES):
        beside = layers.above if turn % 2 == 0 else layers.below
        for row, steps in paired if turn % 2 == 0 else reversed(paired):
            wishes = [_wish(n, beside, middles) for n in row]
            # No row strays beyond the widest: what follows it would stray further.
            least = (sizes[row[0]].across - widest) / 2
            most = (widest - sizes[row[-1]].across) / 2 - steps[-1]
            _settle(row, steps, wishes, middles, (least, max(least, most)))
    least, most = _ends(sizes, middles)
    along, bounds, length = _along(layers, sizes, gap, count)
    across = [middle - least for middle in middles]
    return Places(across, along, bounds, Size(most - least, length))


def _wish(
    each: int, beside: Sequence[Sequence[int]], middles: Sequence[float]
) -> float:
    linked = beside[each]
    return sum(middles[n] for n in linked) / len(linked) if linked else middles[each]


def _offsets(row: Sequence[int], sizes: Sequence[Size], count: int) -> list[float]:
    """Return how far each is from the first at the least."""
    steps = [
        (sizes[a].across + sizes[b].across) / 2
        + (_BETWEEN if a < count and b < count else _BESIDE)
        for a, b in pairwise(row)
    ]
    return list(accumulate(steps, initial=0.0))


def _settle(
    row: Sequence[int],
    offsets: Sequence[float],
    wishes: Sequence[float],
    middles: list[float],
    bounds: tuple[float, float],
) -> None:
    """Bring each as near to its wish as the others let it: the least squares.

    The first of the row stays within the bounds.
    """
    groups: list[
        tuple[float, int]
    ] = []  # the sum of what its members wish, and how many
    for wish, offset in zip(wishes, offsets, strict=True):
        total, members = wish - offset, 1
        while groups and groups[-1][0] * members >= total * groups[-1][1]:
            before, number = groups.pop()
            total, members = total + before, members + number
        groups.append((total, members))
    starts = [total / members for total, members in groups for _ in range(members)]
    for each, start, offset in zip(row, starts, offsets, strict=True):
        middles[each] = min(max(start, bounds[0]), bounds[1]) + offset


def _ends(sizes: Sequence[Size], middles: Sequence[float]) -> tuple[float, float]:
    pairs = list(zip(middles, (size.across / 2 for size in sizes), strict=True))
    return min(at - half for at, half in pairs), max(at + half for at, half in pairs)


def _along(
    layers: Layers, sizes: Sequence[Size], gap: float, count: int
) -> tuple[list[tuple[float, float]], list[tuple[float, float]], float]:
    """Return where each begins and ends, where its layer does, and how long all is."""
    along, bounds = [(0.0, 0.0)] * len(sizes), [(0.0, 0.0)] * len(sizes)
    at = 0.0
    for row in layers.rows:
        end = at + max(sizes[each].along for each in row)
        for each in row:
            free = (end - at - sizes[each].along) / 2 if each < count else 0.0
            along[each], bounds[each] = (at + free, end - free), (at, end)
        at = end + gap
    return along, bounds, at - gap
