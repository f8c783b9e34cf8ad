"""HTML as a small tree, and what is wrong with it as one line with a hint."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from opnb.model.checks import shorten

# Elements that have no end tag.
_VOID = frozenset("area base br col embed hr img input link meta source wbr".split())


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, where, and what to do."""

    what: str
    where: str
    hint: str


@dataclass(slots=True, eq=False)
class Element:
    """An element with its attributes and, in their order, elements and texts."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    parent: Element | None = None
    children: list[Element | str] = field(default_factory=list)

    @property
    def chain(self) -> list[Element]:
        """The element and those that it is within, the outermost first."""
        above = self.parent.chain if self.parent is not None else []
        return [*above, self]

    @property
    def text(self) -> str:
        """All text within, as it reads without any style."""
        return "".join(
            child if isinstance(child, str) else child.text for child in self.children
        )

    def walk(self) -> Iterator[Element]:
        """Yield the element and all elements within, in the order of the text."""
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child.walk()

    def problem(self, what: str, hint: str) -> Problem:
        """Return what is wrong with this element."""
        path = " > ".join(each.tag for each in self.chain[1:]) or "the top"
        words = " ".join(self.text.split())
        return Problem(what, f"{path}: {shorten(words)}" if words else path, hint)


def parse(html: str) -> tuple[Element, list[Problem]]:
    """Return the tree, below a root without a name, and what does not close."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    for left_open in reader.at.chain[1:]:
        reader.problems.append(
            left_open.problem(f"<{left_open.tag}> is never closed", _CLOSE)
        )
    return reader.root, reader.problems


_CLOSE = "Close each element that you open, the inner ones first."


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = self.at = Element("")
        self.problems: list[Problem] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        element = Element(tag, attributes, self.at)
        self.at.children.append(element)
        if tag not in _VOID:
            self.at = element

    def handle_endtag(self, tag: str) -> None:
        if self.at.tag == tag and self.at.parent is not None:
            self.at = self.at.parent
        elif tag not in _VOID:
            self.problems.append(
                self.at.problem(f"</{tag}> closes what is not open there", _CLOSE)
            )

    def handle_data(self, data: str) -> None:
        self.at.children.append(data)
