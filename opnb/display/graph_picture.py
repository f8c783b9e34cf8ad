"""Boxes and what leads from one to another, as a picture in layers.

Few layers go from left to right, many from top to bottom, no wider than a narrow
notebook. What a link is called stands on a small tag in its way, one for all links of
that name that leave a box. Links that close a circle are dashed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from opnb.display import style
from opnb.display.layers import Link, assign, back_links, order, rows_of
from opnb.display.narrow import columns, fit, one_name
from opnb.display.picture import Picture, draw
from opnb.display.places import Places, Size, extent, place

MOST_BOXES = 60

_WIDEST = 680.0
_TALLEST = 420.0  # from left to right; what has more in a layer is wrapped
_MARGIN = 3.0
_TITLE_COLUMNS, _LINE_COLUMNS, _TAG_COLUMNS, _LINES = 20, 24, 18, 4
_TITLE, _LINE = 7.3, 6.4  # a column of 12 and of 10.5 pixels' type
_LINE_HEIGHT, _TITLE_HEIGHT, _FOOT, _TAG_HEIGHT = 14, 24, 4, 15
_TAG_PADDING = 10.0
_PADDING, _NARROWEST = 26.0, 84.0
_TIP = 8.0
_GAP = {True: 24.0, False: 20.0}


@dataclass(frozen=True, slots=True)
class BoxView:
    """A box.

    Args:
        title: Its name.
        lines: What stands below, each with its own glyph where it tells how things are.
        color: Of its edge to the left.
        border: `""`, or `"failed"` or `"stale"`, which stand out.
    """

    title: str
    lines: tuple[str, ...] = ()
    color: str = style.GREY
    border: str = ""


@dataclass(frozen=True, slots=True)
class LinkView:
    """What leads from a box to another, both by number; `word` is what it is called."""

    source: int
    target: int
    word: str = ""
    is_dashed: bool = False


@dataclass(frozen=True, slots=True)
class _Wire:
    """One line of the picture: between boxes, or between a box and a tag."""

    source: int
    target: int
    is_dashed: bool
    is_back: bool

    @property
    def link(self) -> tuple[int, int]:
        """From which layer's thing to which later one's."""
        ends = (self.source, self.target)
        return (ends[1], ends[0]) if self.is_back else ends


def graph_picture(
    boxes: Sequence[BoxView],
    links: Sequence[LinkView],
    alt: str,
    *,
    tallest: float = _TALLEST,
) -> Picture | None:
    """Draw boxes and links; None if there are too many boxes to be seen, or none.

    Args:
        boxes: By number.
        links: Between them.
        alt: A sentence that says the same.
        tallest: Up to this height layers go from left to right, where they fit so.
    """
    if not 0 < len(boxes) <= MOST_BOXES:
        return None
    tags, wires = _wires(len(boxes), links)
    width = max(_NARROWEST, *(_box_width(box) for box in boxes))
    lines = max(len(box.lines[:_LINES]) for box in boxes)
    height = _TITLE_HEIGHT + _LINE_HEIGHT * lines + (_FOOT if lines else 4)
    pages = [(width, height)] * len(boxes) + [
        (_TAG_PADDING + _LINE * columns(tag), _TAG_HEIGHT) for tag in tags
    ]
    chart = _arranged(len(boxes), wires, pages, tallest)
    spots = [chart.spot(each, page) for each, page in enumerate(pages)]
    return draw(
        "layers.svg",
        alt=alt,
        width=chart.width,
        height=chart.height,
        boxes=[_drawn(*each) for each in zip(boxes, spots, strict=False)],
        tags=[
            {"text": tag, "at": spot, "width": page[0]}
            for tag, spot, page in zip(
                tags, spots[len(boxes) :], pages[len(boxes) :], strict=True
            )
        ],
        **chart.lines(wires, len(boxes)),
        box_width=width,
        box_height=height,
        line_height=_LINE_HEIGHT,
        tag_height=_TAG_HEIGHT,
    )


def _drawn(box: BoxView, spot: tuple[float, float]) -> dict[str, Any]:
    lines = [fit(one_name(line), _LINE_COLUMNS) for line in box.lines]
    if len(lines) > _LINES:
        lines[_LINES - 1 :] = [f"and {len(lines) - _LINES + 1} more"]
    return {
        "at": spot,
        "title": fit(one_name(box.title), _TITLE_COLUMNS),
        "lines": lines,
        "color": box.color,
        "border": box.border,
    }


def _wires(count: int, links: Sequence[LinkView]) -> tuple[list[str], list[_Wire]]:
    """Return the tags and the lines: one to each tag, one from it to each target."""
    ends = [(link.source, link.target) for link in links]
    back = back_links(count, ends)
    tags: dict[tuple[int, str, bool, bool], int] = {}
    wires: dict[_Wire, None] = {}
    for number, link in enumerate(links):
        if link.source == link.target:
            continue  # its box tells of it
        is_back = number in back
        is_dashed = link.is_dashed or is_back
        word = fit(one_name(link.word), _TAG_COLUMNS)
        if not word:
            wires[_Wire(link.source, link.target, is_dashed, is_back)] = None
            continue
        key = (link.source, word, is_dashed, is_back)
        tag = tags.setdefault(key, count + len(tags))
        wires[_Wire(link.source, tag, is_dashed, is_back)] = None
        wires[_Wire(tag, link.target, is_dashed, is_back)] = None
    return [word for _, word, *_ in tags], list(wires)


def _box_width(box: BoxView) -> float:
    title = _TITLE * min(columns(one_name(box.title)), _TITLE_COLUMNS)
    lines = (_LINE * min(columns(one_name(line)), _LINE_COLUMNS) for line in box.lines)
    return _PADDING + max(title, *lines) if box.lines else _PADDING + title


@dataclass(frozen=True, slots=True)
class _Chart:
    """Where all stands on the page, whichever way the layers go."""

    places: Places
    chains: list[list[int]]
    is_sideways: bool

    @property
    def width(self) -> int:
        size = self.places.size
        return round((size.along if self.is_sideways else size.across) + 2 * _MARGIN)

    @property
    def height(self) -> int:
        size = self.places.size
        return round((size.across if self.is_sideways else size.along) + 2 * _MARGIN)

    def spot(self, each: int, page: tuple[float, float]) -> tuple[float, float]:
        """Return the upper left corner of a thing of this width and height."""
        across, along = self.places.across[each], self.places.along[each][0]
        if self.is_sideways:
            return along + _MARGIN, across - page[1] / 2 + _MARGIN
        return across - page[0] / 2 + _MARGIN, along + _MARGIN

    def point(self, along: float, across: float) -> str:
        """Return a point as a path spells it."""
        x, y = (along, across) if self.is_sideways else (across, along)
        return f"{round(x + _MARGIN, 1):g} {round(y + _MARGIN, 1):g}"

    def lines(self, wires: Sequence[_Wire], boxes: int) -> dict[str, str]:
        """Return the paths of whole lines, of dashed ones, and of the arrows' tips."""
        # Lines that go the same way are drawn once.
        paths: dict[bool, dict[str, None]] = {False: {}, True: {}}
        tips: dict[str, None] = {}
        for wire, chain in zip(wires, self.chains, strict=True):
            paths[wire.is_dashed].update(dict.fromkeys(self._path(chain)))
            if wire.target < boxes:
                tips[self._tip(chain, is_back=wire.is_back)] = None
        return {
            "solid": "".join(paths[False]),
            "dashed": "".join(paths[True]),
            "tips": "".join(tips),
        }

    def _path(self, chain: Sequence[int]) -> Iterator[str]:
        """Yield the ways from layer to layer: a curve, and straight on through it."""
        places = self.places
        for upper, lower in pairwise(chain):
            a, b = places.across[upper], places.across[lower]
            start, end = places.layer[upper][1], places.layer[lower][0]
            leaves = places.along[upper][1]
            goes_to = places.along[lower][0 if lower == chain[-1] else 1]
            middle = (start + end) / 2
            bends = (self.point(middle, a), self.point(middle, b), self.point(end, b))
            first = f"L{self.point(start, a)}" if start != leaves else ""
            last = f"L{self.point(goes_to, b)}" if goes_to != end else ""
            yield f"M{self.point(leaves, a)}{first}C{' '.join(bends)}{last}"

    def _tip(self, chain: Sequence[int], *, is_back: bool) -> str:
        """Return the path of the arrow's tip, at the box that a line ends at."""
        end = chain[0] if is_back else chain[-1]
        at = self.places.along[end][1 if is_back else 0]
        root = at + (_TIP if is_back else -_TIP)
        across = self.places.across[end]
        corners = ((at, across), (root, across - _TIP / 2), (root, across + _TIP / 2))
        return f"M{'L'.join(self.point(*corner) for corner in corners)}Z"


def _arranged(
    count: int,
    wires: Sequence[_Wire],
    pages: Sequence[tuple[float, float]],
    tallest: float,
) -> _Chart:
    """Return where all stands: `count` boxes, and after them the tags."""
    links = []
    for wire in wires:
        source, target = wire.link
        links.append(Link(source, target, 2 if max(source, target) < count else 1))
    sizes = [Size(height, width) for width, height in pages]
    layers = assign(links, [size.across for size in sizes], None)
    needed = extent(rows_of(layers), sizes, _GAP[True])
    is_sideways = needed.along <= _WIDEST and needed.across <= tallest
    if not is_sideways:
        sizes = [Size(width, height) for width, height in pages]
        layers = assign(links, [size.across + _PADDING for size in sizes], _WIDEST)
    made = order(links, layers)
    return _Chart(place(made, sizes, _GAP[is_sideways]), made.chains, is_sideways)
