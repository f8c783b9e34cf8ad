"""What an asset, an output or an op was made from, step by step back, as a frame."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from opnb.event_log.reading.dialect import DIALECTS
from opnb.event_log.reading.query import Query, build_query, type_condition, within_run
from opnb.model.asset_key import AssetKey
from opnb.model.checks import shorten
from opnb.model.entry import EventType
from opnb.model.errors import CheckError, ParameterCheckError, did_you_mean
from opnb.model.serialize import readable
from opnb.model.strict_json import decode_json

if TYPE_CHECKING:
    from opnb.event_log.reading.query import Asset
    from opnb.event_log.reading.reader import LogReader

LINEAGE_COLUMNS = {
    "depth": "int64",
    "op": "str",
    "run_id": "str",
    "input": "str",
    "source_op": "str",
    "source_output": "str",
    "source_run_id": "str",
    "source_event": "Int64",
    "change": "str",
}
_LAST_OF_ASSET = """\
SELECT runs.run_id, entries.step_key FROM {tables}
JOIN runs ON runs.number = entries.run{clause}
ORDER BY entries.event_type, entries.id DESC LIMIT 1"""
# The last run that put it out; read from the end of the log.
_LAST_OF_OP = f"""\
SELECT runs.run_id, entries.step_key FROM entries
JOIN runs ON runs.number = entries.run
WHERE entries.op = ? AND {type_condition(EventType.STEP_OUTPUT)}{{of_output}}
ORDER BY entries.id DESC LIMIT 1"""  # noqa: S608 - ours
_NAMES = (
    "SELECT DISTINCT op FROM entries WHERE op IS NOT NULL"
    " UNION SELECT DISTINCT asset_key FROM entries WHERE asset_key IS NOT NULL"
)


class _Step(NamedTuple):
    """A step of a run."""

    run_id: str
    step_key: str


class _Taken(NamedTuple):
    """An input of a step, and the output that it came from."""

    name: str
    op: str | None
    output: str | None
    run_id: str | None
    change: str | None


@dataclass(slots=True)
class _RunPorts:
    """What the steps of one run took, and where they put out."""

    taken: dict[str, list[_Taken]] = field(default_factory=dict)
    events: dict[tuple[str, str], int] = field(default_factory=dict)


def read_lineage_frame(reader: LogReader, what: Asset) -> pd.DataFrame:
    """Return the steps back; see `EventLog.lineage`."""
    ports: dict[str, _RunPorts] = {}

    def ports_of(run_id: str) -> _RunPorts:
        if run_id not in ports:
            ports[run_id] = _read_ports(reader, run_id)
        return ports[run_id]

    rows: list[tuple[Any, ...]] = []
    ahead = deque([(0, _first_step(reader, what))])
    seen = {ahead[0][1]}
    while ahead:
        depth, step = ahead.popleft()
        here = (depth, step.step_key, step.run_id)
        taken = ports_of(step.run_id).taken.get(step.step_key, ())
        if not taken:
            rows.append((*here, *[None] * 6))
        for name, op, output, run_id, change in taken:
            event = None
            if op is not None and output is not None and run_id is not None:
                event = ports_of(run_id).events.get((op, output))
                before = _Step(run_id, op)
                if before not in seen:
                    seen.add(before)
                    ahead.append((depth + 1, before))
            rows.append((*here, name, op, output, run_id, event, change))
    frame = pd.DataFrame(rows, columns=list(LINEAGE_COLUMNS))
    return frame.astype(LINEAGE_COLUMNS)


def _first_step(reader: LogReader, what: Asset) -> _Step:
    name = what if isinstance(what, str) else None
    if name is not None:
        op, dot, output = name.rpartition(".")
        found = _last_of_op(reader, name) or (dot and _last_of_op(reader, op, output))
        if found:
            return _Step(*found)
    elif not isinstance(what, AssetKey | list | tuple):
        raise ParameterCheckError(
            f"The lineage of {shorten(what)} cannot be told.",
            hint="Give an op, an output such as 'clean.tidy', or the key of an asset.",
        )
    of_asset = build_query(
        DIALECTS[reader.dialect],
        asset=AssetKey.of_event(what),
        event_type=[EventType.ASSET_MATERIALIZATION, EventType.ASSET_OBSERVATION],
    )
    query = _LAST_OF_ASSET.format(tables=of_asset.tables, clause=of_asset.clause)
    rows = reader.select(query, of_asset.parameters)
    if not rows:
        known = sorted(name for (name,) in reader.select(_NAMES))
        raise CheckError(
            f"The log has no op, no output and no asset {shorten(what)}.",
            hint=did_you_mean(str(what), known),
        )
    return _Step(*rows[0])


def _last_of_op(
    reader: LogReader, op: str, output: str | None = None
) -> tuple[Any, ...] | None:
    of_output = "" if output is None else " AND entries.label = ?"
    names = [readable(name) for name in (op, output) if name is not None]
    rows = reader.select(_LAST_OF_OP.format(of_output=of_output), names)
    return rows[0] if rows else None


def _read_ports(reader: LogReader, run_id: str) -> _RunPorts:
    query = Query().and_where("runs.run_id = ?", run_id)
    within_run(query)
    query.where(
        f"({type_condition([EventType.STEP_INPUT, EventType.STEP_OUTPUT])}"
        f" OR {type_condition(EventType.STEP_UP_FOR_RETRY)})"
    )
    columns = (
        "entries.id, entries.event_type, entries.step_key, entries.label, entries.body"
    )
    statement = query.sql(columns, newest_first=False, limit=None)
    ports = _RunPorts()
    for row in reader.select(statement, query.parameters):
        _take(ports, *row)
    return ports


def _take(
    ports: _RunPorts,
    event_id: int,
    event_type: str,
    step_key: str,
    label: str | None,
    body: str | None,
) -> None:
    if event_type == EventType.STEP_UP_FOR_RETRY.value:
        ports.taken.pop(step_key, None)  # the next attempt takes its inputs anew
    elif event_type == EventType.STEP_OUTPUT.value:
        ports.events[step_key, label or ""] = event_id
    else:
        source: list[Any] = (decode_json(body) or {}).get("source") or []
        taken = _Taken(label or "", *source, *[None] * (4 - len(source)))
        ports.taken.setdefault(step_key, []).append(taken)
