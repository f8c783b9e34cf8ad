"""Which layer of a drawing each thing stands in, and in what order within it.

Things are numbers from 0 on. A link goes from a layer to a later one; where it passes
others on its way, it has a place in each of them, as if it were a thing. The links that
leave one thing share theirs: they part where they must.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

_SWEEPS = 6


class Link(NamedTuple):
    """A link between two things; `span` is how many layers it goes on at the least."""

    source: int
    target: int
    span: int = 1


@dataclass(slots=True)
class Layers:
    """Things and the places of long links, layer by layer.

    Args:
        rows: What stands in each layer, in order; places have the numbers after those
            of the things.
        chains: For each link what it runs through, both ends included.
        above: What is linked to each from the layer before.
        below: What is linked to each in the layer after.
    """

    rows: list[list[int]]
    chains: list[list[int]]
    above: list[list[int]]
    below: list[list[int]]


def back_links(count: int, links: Sequence[tuple[int, int]]) -> set[int]:
    """Return which links close a circle, by their place in `links`.

    Without them there is none. A link from a thing to itself is one of them.
    """
    after: list[list[tuple[int, int]]] = [[] for _ in range(count)]
    for place, (source, target) in enumerate(links):
        after[source].append((place, target))
    found: set[int] = set()
    open_, done = [False] * count, [False] * count
    for root in range(count):
        if done[root]:
            continue
        open_[root] = True
        path = [(root, iter(after[root]))]
        while path:
            here, ways = path[-1]
            for place, target in ways:
                if open_[target]:
                    found.add(place)
                elif not done[target]:
                    open_[target] = True
                    path.append((target, iter(after[target])))
                    break
            else:
                open_[here], done[here] = False, True
                path.pop()
    return found


def assign(
    links: Sequence[Link], breadths: Sequence[float], most: float | None
) -> list[int]:
    """Return the layer of each thing: as early as its links allow, none left empty.

    Args:
        links: Without circles.
        breadths: How much of its layer each thing takes.
        most: How much a layer may hold, one thing aside; None for any amount. What
            does not fit goes to a later one.
    """
    before: list[list[Link]] = [[] for _ in breadths]
    for link in links:
        before[link.target].append(link)
    layers = [0] * len(breadths)
    held: dict[int, float] = {}
    for each in _in_order(links, len(breadths)):
        layer = max(
            (layers[link.source] + link.span for link in before[each]), default=0
        )
        while (
            most is not None and held.get(layer) and held[layer] + breadths[each] > most
        ):
            layer += 2  # beside its like: what is odd stays odd
        held[layer] = held.get(layer, 0.0) + breadths[each]
        layers[each] = layer
    ranks = {layer: rank for rank, layer in enumerate(sorted(held))}
    return [ranks[layer] for layer in layers]


def _in_order(links: Iterable[Link], count: int) -> Iterable[int]:
    """Yield the things, each after all that are linked to it."""
    waits = [0] * count
    after: list[list[int]] = [[] for _ in range(count)]
    for link in links:
        waits[link.target] += 1
        after[link.source].append(link.target)
    ready = deque(each for each in range(count) if not waits[each])
    while ready:
        each = ready.popleft()
        yield each
        for target in after[each]:
            waits[target] -= 1
            if not waits[target]:
                ready.append(target)


def order(links: Sequence[Link], layers: Sequence[int]) -> Layers:
    """Return the layers with the places of long links, few of them crossing."""
    made = _with_places(links, layers)
    best, fewest = made.rows, _crossings(made, made.rows)
    rows = made.rows
    for sweep in range(_SWEEPS):
        if not fewest:
            break
        rows = _swept(rows, made.above if sweep % 2 == 0 else made.below, sweep)
        crossings = _crossings(made, rows)
        if crossings < fewest:
            best, fewest = rows, crossings
    made.rows = best
    return made


def rows_of(layers: Sequence[int]) -> list[list[int]]:
    """Return what stands in each layer."""
    rows: list[list[int]] = [[] for _ in range(max(layers, default=-1) + 1)]
    for each, layer in enumerate(layers):
        rows[layer].append(each)
    return rows


def _with_places(links: Sequence[Link], layers: Sequence[int]) -> Layers:
    """Give long links their places; those that leave one thing go together."""
    rows = rows_of(layers)
    count = len(layers)
    places: dict[tuple[int, int], int] = {}
    chains = []
    for link in links:
        chain = [link.source]
        for layer in range(layers[link.source] + 1, layers[link.target]):
            passed = (link.source, layer)
            if passed not in places:
                places[passed] = count + len(places)
                rows[layer].append(places[passed])
            chain.append(places[passed])
        chains.append([*chain, link.target])
    beside: list[list[list[int]]] = [
        [[] for _ in range(count + len(places))] for _ in "ab"
    ]
    for upper, lower in {pair: None for chain in chains for pair in pairwise(chain)}:
        beside[0][lower].append(upper)
        beside[1][upper].append(lower)
    return Layers(rows, chains, above=beside[0], below=beside[1])


def _swept(
    rows: list[list[int]], beside: Sequence[list[int]], sweep: int
) -> list[list[int]]:
    """Return the layers, each ordered by the mean of what it is linked to on a side."""
    swept = [list(row) for row in rows]
    spots = [0.0] * len(beside)
    for row in swept if sweep % 2 == 0 else reversed(swept):
        for spot, each in enumerate(row):
            linked = beside[each]
            spots[each] = (
                sum(spots[n] for n in linked) / len(linked) if linked else spot
            )
        row.sort(key=spots.__getitem__)
        for spot, each in enumerate(row):
            spots[each] = spot
    return swept


def _crossings(made: Layers, rows: Iterable[Sequence[int]]) -> int:
    spots = {each: spot for row in rows for spot, each in enumerate(row)}
    crossings = 0
    for row in rows:
        ends: list[int] = []
        for each in row:
            targets = sorted(spots[lower] for lower in made.below[each])
            crossings += sum(len(ends) - bisect_left(ends, t + 1) for t in targets)
            for target in targets:
                insort(ends, target)
    return crossings
