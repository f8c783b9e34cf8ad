"""Ops and which of them took what from which: the graph of a notebook, as a value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from opnb.event_log.summary import RunStatus
from opnb.model.checks import shorten, verify_type
from opnb.model.displayable import Displayable
from opnb.model.errors import CheckError, did_you_mean

_DEFAULT = "result"


@dataclass(frozen=True, slots=True)
class Mark:
    """What is to be seen at an op beside how it ended: a glyph, and words that say it.

    >>> Mark("↻", "stale: orders changed")
    Mark(glyph='↻', word='stale: orders changed')
    """

    glyph: str
    word: str

    def __post_init__(self) -> None:
        for name in ("glyph", "word"):
            text = verify_type(
                getattr(self, name), str, name, hint="Mark('↻', 'stale')."
            )
            if not text.strip():
                raise CheckError(
                    f"A mark needs a glyph and a word: its {name} is {shorten(text)}.",
                    hint="Mark('↻', 'stale: orders changed').",
                )


@dataclass(frozen=True, slots=True)
class OpNode:
    """An op, and how it ended last.

    Args:
        name: The op; or the job, where it ran as part of one.
        status: Of the last run; None if the log has none.
        failed_checks: How many expectations that run did not meet, but for
            those that only warn.
        is_of_session: Whether this session has defined it; otherwise the log tells of
            it.
        marks: What is to be seen beside that.
    """

    name: str
    status: RunStatus | None = None
    failed_checks: int = 0
    is_of_session: bool = True
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class OpEdge:
    """An op took an output of another, or of an earlier run of its own."""

    source: str
    target: str
    output_name: str = _DEFAULT

    @property
    def word(self) -> str:
        """The output's name; empty where it is the one that says nothing."""
        return "" if self.output_name == _DEFAULT else self.output_name


@dataclass(frozen=True, slots=True)
class OpGraph(Displayable):
    """Which op took what from which; shows as a picture with a tree as its twin.

    Args:
        nodes: The ops by name, in the order that they are told.
        edges: What each took in its last run.
        about: The op or the asset that was asked about, if one was.

    Raises:
        CheckError: An edge begins or ends at an op that is not there.
    """

    nodes: Mapping[str, OpNode] = field(default_factory=dict)
    edges: tuple[OpEdge, ...] = ()
    about: str | None = None

    def __post_init__(self) -> None:
        for edge in self.edges:
            for name in (edge.source, edge.target):
                self._verify_known(name)

    def __repr__(self) -> str:
        return f"OpGraph({len(self.nodes)} ops, {len(self.edges)} edges)"

    def before(self, name: str) -> list[str]:
        """Return the ops that this one was made from, however far away; sorted.

        Raises:
            CheckError: There is no such op.
        """
        self._verify_known(name)
        return sorted(self._reached([name], _ends(self.edges, forward=False)))

    def after(self, name: str) -> list[str]:
        """Return the ops that were made from this one, however far away; sorted.

        Raises:
            CheckError: There is no such op.
        """
        self._verify_known(name)
        return sorted(self._reached([name], _ends(self.edges, forward=True)))

    def around(self, names: Iterable[str], about: str | None = None) -> OpGraph:
        """Return these ops and all before and after them.

        Args:
            names: The ops.
            about: What is asked about; the first of the ops if not given.

        Raises:
            CheckError: There is no such op.
        """
        kept = [*names]
        for name in kept:
            self._verify_known(name)
        reached = {
            *kept,
            *self._reached(kept, _ends(self.edges, forward=False)),
            *self._reached(kept, _ends(self.edges, forward=True)),
        }
        return OpGraph(
            {name: node for name, node in self.nodes.items() if name in reached},
            tuple(e for e in self.edges if e.source in reached and e.target in reached),
            about if about is not None or not kept else kept[0],
        )

    def with_marks(self, marks: Mapping[str, Iterable[Mark]]) -> OpGraph:
        """Return the graph with further marks, given by op.

        Raises:
            CheckError: There is no such op.
        """
        nodes = dict(self.nodes)
        for name, added in marks.items():
            self._verify_known(name)
            nodes[name] = replace(nodes[name], marks=(*nodes[name].marks, *added))
        return replace(self, nodes=nodes)

    def _reached(
        self, names: Iterable[str], ends: Mapping[str, Iterable[str]]
    ) -> set[str]:
        found: set[str] = set()
        ahead = [*names]
        while ahead:
            for end in ends.get(ahead.pop(), ()):
                if end not in found:
                    found.add(end)
                    ahead.append(end)
        return found

    def _verify_known(self, name: str) -> None:
        if name not in self.nodes:
            raise CheckError(
                f"The graph has no op {shorten(name)}.",
                hint=did_you_mean(name, sorted(self.nodes)),
            )


def _ends(edges: Iterable[OpEdge], *, forward: bool) -> dict[str, list[str]]:
    ends: dict[str, list[str]] = {}
    for edge in edges:
        start, end = edge.source, edge.target
        if forward:
            ends.setdefault(start, []).append(end)
        else:
            ends.setdefault(end, []).append(start)
    return ends
