"""The graph of ops: a picture in layers, and a tree of text that says the same."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Sequence

from opnb.display import style, words
from opnb.display.engine import render
from opnb.display.graph_picture import MOST_BOXES, BoxView, LinkView, graph_picture
from opnb.display.layers import back_links
from opnb.display.looks import Look, run_look
from opnb.display.narrow import one_name
from opnb.display.text_tree import Branch, tree_lines
from opnb.event_log.reading.op_graph import OpGraph, OpNode
from opnb.event_log.summary import Counts, RunSummary

_MOST_LINES = 200
_MOST_NAMES = 5
_NEVER = Look("–", "never run", style.GREY)
_UNKNOWN = Look("–", "not in the log", style.GREY)
_FAILED, _WARNING = "✗", "!"


def op_graph_forms(graph: OpGraph) -> dict[str, str]:
    """Draw the ops, how each ended last, and what each took from which."""
    names = list(graph.nodes)
    numbers = {name: number for number, name in enumerate(names)}
    looks = [_look(node) for node in graph.nodes.values()]
    ends = [(numbers[e.source], numbers[e.target], e.word) for e in graph.edges]
    lines = tree_lines(
        names,
        [_text(*each) for each in zip(graph.nodes.values(), looks, strict=True)],
        [Branch(*each) for each in ends],
    )
    view = {
        "title": one_name(graph.about) if graph.about is not None else "",
        "remarks": list(_remarks(graph, looks)),
        "circle": _circle_line(names, [end[:2] for end in ends]),
        "lines": lines[:_MOST_LINES],
        "more": _more(len(lines)),
    }
    boxes = [_box(*each) for each in zip(graph.nodes.values(), looks, strict=True)]
    links = [LinkView(*each) for each in ends]
    picture = graph_picture(_with_loops(boxes, links), links, _sentence(graph, looks))
    return {
        "text/plain": words.fit_terminal(render("op_graph.txt", **view)),
        "text/markdown": words.single_gaps(render("op_graph.md", **view)),
        "text/html": render(
            "op_graph.html", picture=picture, most=MOST_BOXES, ops=len(names), **view
        ),
    }


def _look(node: OpNode) -> Look:
    if node.status is None:
        return _NEVER if node.is_of_session else _UNKNOWN
    failed = Counts(outcomes=Counter({"failed": node.failed_checks}))
    return run_look(RunSummary(status=node.status, left_out=failed))


def _lines(node: OpNode, look: Look) -> Iterator[str]:
    yield f"{look.glyph} {look.word}"
    for mark in node.marks:
        yield f"{mark.glyph} {mark.word}"
    if not node.is_of_session and look is not _UNKNOWN:
        yield "not of this session"


def _text(node: OpNode, look: Look) -> str:
    _, *others = _lines(node, look)
    return f"{look.glyph} {one_name(node.name)}: {', '.join([look.word, *others])}"


def _box(node: OpNode, look: Look) -> BoxView:
    border = "stale" if node.marks else ""
    if look.glyph == _FAILED:
        border = "failed"
    return BoxView(node.name, tuple(_lines(node, look)), look.color, border)


def _with_loops(boxes: Sequence[BoxView], links: Sequence[LinkView]) -> list[BoxView]:
    """Return the boxes, those told of it that take their own earlier output."""
    told = list(boxes)
    for link in links:
        if link.source == link.target:
            box, what = told[link.source], link.word or "output"
            line = f"↺ reads its own {what}"
            told[link.source] = BoxView(
                box.title, (*box.lines, line), box.color, box.border
            )
    return told


def _remarks(graph: OpGraph, looks: Sequence[Look]) -> Iterator[str]:
    if not graph.nodes:
        return
    yield words.count(len(graph.nodes), "op")
    counts = Counter(_counted(look) for look in looks)
    yield ", ".join(f"{count:,} {word}" for word, count in counts.items())
    marked = Counter(
        kind
        for node in graph.nodes.values()
        for kind in {mark.word.partition(":")[0]: None for mark in node.marks}
    )
    yield from (f"{count:,} {one_name(kind)}" for kind, count in marked.items())


def _counted(look: Look) -> str:
    return "with failed checks" if look.glyph == _WARNING else look.word


def _circle_line(names: Sequence[str], ends: Sequence[tuple[int, int]]) -> str:
    circle = _circle(len(names), ends)
    return " → ".join(one_name(names[each]) for each in circle)


def _circle(count: int, ends: Sequence[tuple[int, int]]) -> list[int]:
    """Return the ops of the first circle of several, the first again at its end."""
    after: dict[int, list[int]] = {}
    for source, target in ends:
        after.setdefault(source, []).append(target)
    for place in sorted(back_links(count, ends)):
        source, target = ends[place]
        if source != target:
            return [*_way(after, target, source), target]
    return []


def _way(after: dict[int, list[int]], start: int, end: int) -> list[int]:
    """Return the shortest way from one op to another that it leads to."""
    came = {start: start}
    ahead = deque([start])
    while end not in came:
        here = ahead.popleft()
        for each in after.get(here, ()):
            if each not in came:
                came[each] = here
                ahead.append(each)
    way = [end]
    while way[-1] != start:
        way.append(came[way[-1]])
    return way[::-1]


def _sentence(graph: OpGraph, looks: Sequence[Look]) -> str:
    """Return what the picture shows: how many ops, and which are not as they should."""
    parts = [f"Graph of {words.count(len(graph.nodes), 'op')}"]
    troubled: dict[str, list[str]] = {}
    for node, look in zip(graph.nodes.values(), looks, strict=True):
        if look.glyph != "✓":
            troubled.setdefault(look.word, []).append(one_name(node.name))
        for mark in node.marks:
            troubled.setdefault(one_name(mark.word), []).append(one_name(node.name))
    parts += [f"{word}: {_named(names)}" for word, names in troubled.items()]
    return f"{'; '.join(parts[: 1 + _MOST_NAMES])}."


def _named(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMES
    shown = ", ".join(words.cut(name, 40) for name in names[:_MOST_NAMES])
    return f"{shown} and {more:,} more" if more > 0 else shown


def _more(lines: int) -> str:
    left_out = lines - _MOST_LINES
    return f"and {words.count(left_out, 'further line')}" if left_out > 0 else ""
