"""Which cells `%op run` runs, in which order and why; `%op plan` shows just that.

A selection is a name, of an op or of what one puts out, with `+` before it for all that
it is made from, `+` after it for all that is made from it, and a number beyond the `+`
for as many levels alone: `+report`, `orders+`, `1+report`, `orders+1`. It is Dagster's
grammar for assets; `*` is taken for `+`, as in Dagster's for ops.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

import pandas as pd

from opnb.event_log.reading.shown_frames import OpsFrame, PlanFrame
from opnb.event_log.summary import RunStatus
from opnb.model.errors import CellError, did_you_mean
from opnb.notebook.book import CellBook, book_of
from opnb.notebook.shown_cards import Reasons
from opnb.notebook.staleness import stale_ops
from opnb.notebook.wiring import Wiring, wire_ops
from opnb.session import Session

_CLAUSE = re.compile(
    r"(?P<before>(?P<levels_before>\d*)[+*])?(?P<name>[\w.]+)"
    r"(?P<after>[+*](?P<levels_after>\d*))?\Z"
)
UP_TO_DATE = "up to date"
_ENDED = {
    RunStatus.FAILURE: "failed",
    RunStatus.CANCELED: "was interrupted",
    RunStatus.STARTED: "was interrupted",
}


@dataclass(frozen=True, slots=True)
class PlannedOp:
    """An op that will run.

    Args:
        name: Which.
        asked: How it comes to be in the plan: "asked for", "before report", …
        state: How it stands: "up to date", "has not run here", "stale: …", …
    """

    name: str
    asked: str
    state: str


class Planner:
    """Plans at one moment: how the ops are wired and how they stand.

    Args:
        session: Whose ops.
        ns: The notebook's names.
    """

    def __init__(self, session: Session, ns: Mapping[str, Any]) -> None:
        self._ns = ns
        self.book: CellBook = book_of(session)
        self.wiring: Wiring = wire_ops(self.book, session)
        self.stale: Reasons = stale_ops(self.book, session, ns)

    def state(self, name: str) -> str:
        """Return how an op stands."""
        run = self.book.runs.get(name)
        if run is None:
            return "has not run here"
        if run.status in _ENDED:
            return _ENDED[run.status]
        reasons = self.stale.get(name)
        return f"stale: {', '.join(reasons)}" if reasons else UP_TO_DATE

    def notes(self, name: str) -> Iterator[str]:
        """Yield what makes it hard to tell what an op takes."""
        for read in self.wiring.own.get(name, ()):
            yield f"reads its own {read}: run again, it takes its own result; rename it"
        upstream = self.wiring.upstream
        for output, makers in self.wiring.makers.items():
            if name not in makers:
                continue
            others = [
                each
                for each in makers
                if each != name
                and each not in _reached([name], upstream, "")
                and name not in _reached([each], upstream, "")
            ]
            if others:
                yield (
                    f"{output} is also put out by {', '.join(others)}: the last to run "
                    "counts; rename one"
                )

    def plan(
        self, selection: Sequence[str], *, stale: bool = False, every: bool = False
    ) -> list[PlannedOp]:
        """Return the ops that a selection means, in the order in which they run.

        Args:
            selection: Clauses; see the module.
            stale: Only those that are not up to date; of all if there is no selection.
            every: All of them.

        Raises:
            CellError: A clause names nothing or cannot be read, there is no selection,
                or the ops take from each other in a circle.
        """
        if every and selection:
            raise CellError(
                "--all goes with no selection.", hint="`%op run --all`, or the names."
            )
        if every and stale:
            raise CellError(
                "--all and --stale say two things.", hint="`%op run --stale`, or --all."
            )
        if not selection and not (every or stale):
            raise CellError(
                "Nothing says which ops are meant.",
                hint="`%op run clean`, `+report`, `orders+`, --stale or --all.",
            )
        chosen = dict(self._chosen(selection))
        planned = [
            PlannedOp(name, chosen[name], self.state(name))
            for name in self.wiring.in_order(chosen)
        ]
        if not stale:
            return planned
        return self._with_makers([op for op in planned if op.state != UP_TO_DATE])

    def _with_makers(self, planned: Sequence[PlannedOp]) -> list[PlannedOp]:
        """Add the ops that make what is planned to be read, and was deleted."""
        found = {op.name: op for op in planned}
        ahead = list(found)
        while ahead:
            taker = ahead.pop()
            for read, wire in self.wiring.takes[taker].items():
                maker = wire.op_name
                if read in self.deleted(maker) and maker not in found:
                    state = f"{read} was deleted"
                    found[maker] = PlannedOp(maker, f"before {taker}", state)
                    ahead.append(maker)
        return [found[name] for name in self.wiring.in_order(found)]

    def deleted(self, name: str) -> list[str]:
        """Return the names that an op put out and the notebook has no more."""
        makers = self.wiring.makers.items()
        return [out for out, ops in makers if name in ops and out not in self._ns]

    def _chosen(self, selection: Sequence[str]) -> Iterator[tuple[str, str]]:
        if not selection:
            yield from ((name, "all") for name in self.wiring.takes)
            return
        asked: dict[str, str] = {}
        for clause in selection:
            for name, how in self._matches(clause):
                if asked.get(name) != "asked for":
                    asked[name] = how
        yield from asked.items()

    def _matches(self, clause: str) -> Iterator[tuple[str, str]]:
        found = _CLAUSE.match(clause)
        if found is None:
            raise CellError(
                f"{clause!r} is no selection of ops.",
                hint="A name; `+name` with all before it, `name+` with all after it.",
            )
        seeds = self._ops_of(found["name"])
        upstream = self.wiring.upstream
        downstream: dict[str, set[str]] = {name: set() for name in upstream}
        for name, before in upstream.items():
            for each in before:
                downstream[each].add(name)
        if found["before"]:
            reached = _reached(seeds, upstream, found["levels_before"])
            yield from ((name, f"before {seeds[0]}") for name in reached)
        if found["after"]:
            reached = _reached(seeds, downstream, found["levels_after"])
            yield from ((name, f"after {seeds[0]}") for name in reached)
        yield from ((name, "asked for") for name in seeds)

    def _ops_of(self, name: str) -> list[str]:
        """Return the op of a name, or those that put it out."""
        if name in self.wiring.takes:
            return [name]
        op_name, _, output = name.rpartition(".")
        if op_name in self.wiring.takes and output:
            return [op_name]
        if name in self.wiring.makers:
            return [*self.wiring.makers[name]]
        raise CellError(
            f"No op of this session is called {name!r}, and none puts it out.",
            hint=did_you_mean(name, [*self.wiring.takes, *self.wiring.makers]),
        )


def _reached(
    seeds: Iterable[str], edges: Mapping[str, AbstractSet[str]], levels: str
) -> Iterator[str]:
    left = int(levels) if levels else len(edges)
    seen, front = set(seeds), set(seeds)
    while front and left:
        front = {name for each in front for name in edges[each]} - seen
        seen |= front
        left -= 1
        yield from sorted(front)


def plan_frame(planned: Sequence[PlannedOp]) -> PlanFrame:
    """Return a plan as a table: a row an op, in the order in which they run."""
    rows = [(op.name, op.asked, op.state) for op in planned]
    frame = pd.DataFrame(rows, columns=["op", "asked", "state"], dtype="str")
    return PlanFrame(frame.set_index("op"))


def ops_frame(planner: Planner, session: Session) -> OpsFrame:
    """Return the ops of a session as a table: how they stand, what goes in and out."""
    ops = session.ops
    statuses = session.log.last_statuses() if ops else {}
    rows = [
        {
            "op": name,
            "last run": statuses.get(name, "never"),
            "inputs": ", ".join(op.ins),
            "outputs": ", ".join(op.outs),
            "state": planner.state(name),
            "notes": "; ".join(planner.notes(name)),
        }
        for name, op in ops.items()
    ]
    frame = pd.DataFrame(rows, columns=["op", *OpsFrame.SHOWN], dtype="str")
    return OpsFrame(frame.set_index("op"))
