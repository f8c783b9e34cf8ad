"""`%op graph`: the ops of the session, or what is before and after one of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from opnb.event_log.reading.lineage import makers_of, read_all_lineage, read_lineage
from opnb.event_log.reading.op_graph import Mark, OpGraph
from opnb.model.checks import shorten
from opnb.model.errors import CellError, did_you_mean
from opnb.notebook.plan import Planner
from opnb.session import Session


def graph_of(
    session: Session, ns: Mapping[str, Any], name: str | None = None
) -> OpGraph:
    """Return the graph of the session's ops and of those that they took from.

    Args:
        session: Whose ops, and whose log.
        ns: The notebook's names.
        name: An op, or an asset for the ops that made it: these, and all before and
            after them that the log tells of, whatever session they are of.

    Raises:
        CellError: There is neither an op nor an asset of that name.
    """
    if name is None:
        return _marked(read_lineage(session.log, list(session.ops)), session, ns)
    graph = _marked(read_all_lineage(session.log, list(session.ops)), session, ns)
    if name in graph.nodes:
        return graph.around([name])
    makers = makers_of(session.log, name)
    if makers:
        return graph.around(makers, about=name)
    assets = [key.to_user_string() for key in session.log.asset_keys()]
    raise CellError(
        f"There is neither an op nor an asset that an op made named {shorten(name)}.",
        hint=did_you_mean(name, sorted({*graph.nodes, *assets})),
    )


def _marked(graph: OpGraph, session: Session, ns: Mapping[str, Any]) -> OpGraph:
    """Return the graph with what the kernel knows better than the log."""
    planner = Planner(session, ns)
    nodes = dict(graph.nodes)
    for name in planner.wiring.takes:
        if name in planner.book.runs:
            nodes[name] = replace(nodes[name], marks=())
    marks = {name: [*_marks(name, planner)] for name in planner.wiring.takes}
    return replace(graph, nodes=nodes).with_marks(marks)


def _marks(name: str, planner: Planner) -> Iterator[Mark]:
    if name in planner.stale:
        yield Mark("↻", f"stale: {', '.join(planner.stale[name])}")
    yield from (Mark("!", note) for note in planner.notes(name))
