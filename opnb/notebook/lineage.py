"""`%op graph`: the ops of the session, or what is before and after one of them."""

from __future__ import annotations

from opnb.event_log.reading.lineage import makers_of, read_all_lineage, read_lineage
from opnb.event_log.reading.op_graph import OpGraph
from opnb.model.checks import shorten
from opnb.model.errors import CellError, did_you_mean
from opnb.session import Session


def graph_of(session: Session, name: str | None = None) -> OpGraph:
    """Return the graph of the session's ops and of those that they took from.

    Args:
        session: Whose ops, and whose log.
        name: An op, or an asset for the ops that made it: these, and all before and
            after them that the log tells of, whatever session they are of.

    Raises:
        CellError: There is neither an op nor an asset of that name.
    """
    if name is None:
        return read_lineage(session.log, list(session.ops))
    graph = read_all_lineage(session.log, list(session.ops))
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
