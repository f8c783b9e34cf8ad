"""Which op of the session makes what another one takes, found from their code.

An input is taken from the op that `--in` names, else from the one that it came from in
the last run, else from the nearest op before that puts out its name, in the order in
which the ops were first defined; else from the nearest one after.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from opnb.definitions.op import OpDefinition
from opnb.model.errors import CellError
from opnb.notebook.body import CellBody
from opnb.notebook.book import CellBook
from opnb.session import Session

_DEFAULT = "result"


class Wire(NamedTuple):
    """An output of an op."""

    op_name: str
    output_name: str


@dataclass(frozen=True)  # without slots, for what is found once
class Wiring:
    """What feeds the inputs of the session's ops.

    Args:
        takes: Of each op, in the order of their first definition: what feeds each
            input.
        own: The names that an op reads and has put out itself, with no other op that
            makes them before: run again, it takes its own result.
        makers: The ops that put out a name, by the name.
    """

    takes: Mapping[str, Mapping[str, Wire]]
    own: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    makers: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @cached_property
    def upstream(self) -> Mapping[str, frozenset[str]]:
        """The ops right before each op."""
        return {
            name: frozenset(wire.op_name for wire in wires.values()) - {name}
            for name, wires in self.takes.items()
        }

    def in_order(self, names: Iterable[str]) -> list[str]:
        """Return ops so that each comes after those that it takes from.

        Beyond that the order is that of their first definition.

        Raises:
            CellError: They take from each other in a circle.
        """
        chosen = set(names)
        before = {name: set(self.upstream[name] & chosen) for name in chosen}
        places = {name: place for place, name in enumerate(self.takes)}
        ready = [(places[name], name) for name in chosen if not before[name]]
        heapq.heapify(ready)
        ordered: list[str] = []
        while ready:
            _, name = heapq.heappop(ready)
            ordered.append(name)
            for other, waits in before.items():
                if name in waits:
                    waits.discard(name)
                    if not waits:
                        heapq.heappush(ready, (places[other], other))
        if len(ordered) < len(chosen):
            self._refuse_circle(chosen.difference(ordered))
        return ordered

    def _refuse_circle(self, left: set[str]) -> None:
        name = next(each for each in self.takes if each in left)
        circle: list[str] = []
        while name not in circle:
            circle.append(name)
            name = next(each for each in self.upstream[name] if each in left)
        circle = circle[circle.index(name) :]
        links = ", ".join(
            f"{taker} takes {self._taken(taker, giver)} of {giver}"
            for taker, giver in zip(circle, [*circle[1:], circle[0]], strict=True)
        )
        raise CellError(
            f"Ops take from each other in a circle: {links}.",
            hint="Give what is put out later another name, or run the cells by hand.",
        )

    def _taken(self, taker: str, giver: str) -> str:
        wires = self.takes[taker].values()
        return next(wire.output_name for wire in wires if wire.op_name == giver)


def wire_ops(book: CellBook, session: Session) -> Wiring:
    """Return how the ops of the session's cells feed each other."""
    ops = {name: session.ops[name] for name in book.cells if name in session.ops}
    makers: dict[str, list[str]] = {}
    for name, op in ops.items():
        for output in op.outs:
            if output != _DEFAULT:
                makers.setdefault(output, []).append(name)
    find = _Finder(book, ops, makers)
    takes: dict[str, dict[str, Wire]] = {}
    own: dict[str, tuple[str, ...]] = {}
    for name, op in ops.items():
        found = {read: find.wire(name, read) for read in find.reads_of(op)}
        takes[name] = {
            read: wire for read, wire in found.items() if wire and wire.op_name != name
        }
        itself = [read for read, wire in found.items() if wire and wire.op_name == name]
        if itself:
            own[name] = tuple(itself)
    return Wiring(takes, own, makers)


@dataclass(frozen=True, slots=True)
class _Finder:
    book: CellBook
    ops: Mapping[str, OpDefinition]
    makers: Mapping[str, list[str]]

    def reads_of(self, op: OpDefinition) -> Iterator[str]:
        """Yield what may be an input of an op: its inputs, and what its code reads."""
        yield from op.ins
        body, cell = op.compute_fn, self.book.cells[op.name]
        if isinstance(body, CellBody) and cell.options.infer:
            yield from (name for name in body.code.names.reads if name not in op.ins)

    def wire(self, op_name: str, read: str) -> Wire | None:
        """Return what feeds an input; None if no op does."""
        source = self.book.cells[op_name].options.ins.get(read, read)
        named, dot, output = source.partition(".")
        if named in self.ops and source != read:
            outs = self.ops[named].outs
            return Wire(named, output if dot else next(iter(outs), _DEFAULT))
        return self._seen(op_name, read) or self._nearest(op_name, source)

    def _seen(self, op_name: str, read: str) -> Wire | None:
        run = self.book.runs.get(op_name)
        source = None if run is None else run.sources.get(read)
        if source is None or source.op_name == op_name:
            return None
        op = self.ops.get(source.op_name)
        if op is None or source.output_name not in op.outs:
            return None
        return Wire(source.op_name, source.output_name)

    def _nearest(self, op_name: str, output: str) -> Wire | None:
        makers = self.makers.get(output, [])
        if not makers:
            return None
        order = list(self.ops)
        here = order.index(op_name)
        before = [name for name in makers if order.index(name) < here]
        after = [name for name in makers if order.index(name) > here]
        nearest = before[-1] if before else after[0] if after else op_name
        return Wire(nearest, output)
