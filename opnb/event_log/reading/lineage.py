"""What the last run of each op took from which: the lineage that the log tells."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from opnb.event_log.process import Process
from opnb.event_log.reading.dialect import DIALECTS
from opnb.event_log.reading.op_graph import Mark, OpEdge, OpGraph, OpNode
from opnb.event_log.reading.query import build_query, one_of, type_condition
from opnb.event_log.reading.runs_frame import gone_processes
from opnb.event_log.summary import RunStatus
from opnb.model.entry import EventType
from opnb.model.serialize import readable
from opnb.model.strict_json import decode_json

if TYPE_CHECKING:
    from opnb.event_log.reading.query import Asset
    from opnb.event_log.reading.reader import LogReader
    from opnb.event_log.reading.tables import LogTables

# The last run of each op, and the last one that went well.
_RUNS = """\
SELECT last.number, last.run_id, last.job_name, last.status, last.host, last.pid,
  last.pid_started, good.run_id
FROM (
  SELECT max(number) AS newest,
    max(number) FILTER (WHERE status = 'SUCCESS') AS good
  FROM runs{clause} GROUP BY job_name
) AS told
JOIN runs AS last ON last.number = told.newest
LEFT JOIN runs AS good ON good.number = told.good"""
# The runs come first, and of each the entries among its own: there is no index by run.
_ENTRIES = f"""\
SELECT entries.run, entries.event_type, entries.step_key, entries.body
FROM runs CROSS JOIN entries
WHERE runs.number IN ({{numbers}}) AND entries.run = runs.number
  AND entries.id >= runs.first_entry
  AND entries.id <= coalesce(runs.last_entry, 9223372036854775807)
  AND ({type_condition([EventType.STEP_INPUT, EventType.STEP_UP_FOR_RETRY])}
    OR ({type_condition(EventType.STEP_EXPECTATION_RESULT)} AND entries.success = 0))
ORDER BY entries.id"""  # noqa: S608 - ours


class _Taken(NamedTuple):
    """An output that a run took: of which op and which run."""

    op: str
    output_name: str
    run_id: str


@dataclass(slots=True)
class _LastRun:
    """The last run of an op: what it took, and the checks that failed in each step."""

    number: int
    run_id: str
    status: RunStatus
    good_run_id: str | None
    taken: dict[_Taken, None] = field(default_factory=dict)
    failed: dict[str | None, int] = field(default_factory=dict)

    def add(self, event_type: str, step_key: str | None, body: str | None) -> None:
        """Take in one of its entries; a retry takes its checks back."""
        if event_type == EventType.STEP_INPUT.value:
            source = decode_json(body).get("source") if body else None
            if source and source[2] != self.run_id:
                self.taken[_Taken(*source[:3])] = None
        elif event_type == EventType.STEP_UP_FOR_RETRY.value:
            self.failed.pop(step_key, None)
        elif not body or decode_json(body).get("severity") != "warn":
            self.failed[step_key] = self.failed.get(step_key, 0) + 1


def read_lineage(log: LogTables, ops: Collection[str]) -> OpGraph:
    """Return the ops with what their last runs took, and from whom, however far back.

    Where an op took what another put out before it ran again, it is marked as stale.

    Args:
        log: The log.
        ops: The ops of the session, in their order; producers that the log tells of are
            added.
    """
    reader, runs = _reader_of(log), {}
    asked, ahead = set(ops), [*ops]
    while ahead:
        found = _last_runs(reader, ahead)
        runs.update(found)
        told = {taken.op for run in found.values() for taken in run.taken}
        ahead = sorted(told - asked)
        asked |= told
    names = [*ops, *sorted(asked.difference(ops))]
    return _graph(names, set(ops), runs)


def read_all_lineage(log: LogTables, ops: Collection[str]) -> OpGraph:
    """Return the same for all ops and jobs that the log tells of.

    Args:
        log: The log.
        ops: The ops of the session.
    """
    runs = _last_runs(_reader_of(log), None)
    told = {taken.op for run in runs.values() for taken in run.taken}
    names = [*ops, *sorted({*runs, *told}.difference(ops))]
    return _graph(names, set(ops), runs)


def makers_of(log: LogTables, asset: Asset) -> list[str]:
    """Return the ops, or the jobs, that have materialized an asset; sorted."""
    reader = _reader_of(log)
    query = build_query(
        DIALECTS[reader.dialect],
        asset=asset,
        event_type=EventType.ASSET_MATERIALIZATION,
    )
    statement = (
        "SELECT DISTINCT runs.job_name"  # noqa: S608 - values are bound
        f" FROM {query.tables} JOIN runs ON runs.number = entries.run{query.clause}"
    )
    rows = reader.select(statement, query.parameters)
    return sorted(name for (name,) in rows)


def _reader_of(log: LogTables) -> LogReader:
    return log._store  # noqa: SLF001 - of this room, which `LogTables` is the door of


def _last_runs(reader: LogReader, ops: Collection[str] | None) -> dict[str, _LastRun]:
    """Return the last run of each of the ops; of all there are if None is given."""
    names = [] if ops is None else [readable(name) for name in ops]
    clause = "" if ops is None else f" WHERE {one_of('job_name', len(names))}"
    is_gone = gone_processes()
    runs: dict[str, _LastRun] = {}
    for number, run_id, op, status, *process, good in reader.select(
        _RUNS.format(clause=clause), names
    ):
        how = RunStatus(status)
        if how is RunStatus.STARTED and is_gone(Process(*process)):
            how = RunStatus.INTERRUPTED
        runs[op] = _LastRun(number, run_id, how, good)
    if runs:
        _read_entries(reader, {run.number: run for run in runs.values()})
    return runs


def _read_entries(reader: LogReader, runs: dict[int, _LastRun]) -> None:
    numbers = ",".join(f"{number:d}" for number in sorted(runs))
    for number, *entry in reader.select(_ENTRIES.format(numbers=numbers)):
        runs[number].add(*entry)


def _graph(
    names: Iterable[str], session: set[str], runs: dict[str, _LastRun]
) -> OpGraph:
    nodes, edges = {}, []
    for name in names:
        run = runs.get(name)
        if run is None:
            nodes[name] = OpNode(name, is_of_session=name in session)
            continue
        edges += [OpEdge(t.op, name, t.output_name) for t in run.taken]
        nodes[name] = OpNode(
            name,
            run.status,
            sum(run.failed.values()),
            name in session,
            tuple(_marks(name, run, runs)),
        )
    return OpGraph(nodes, tuple(dict.fromkeys(edges)))


def _marks(name: str, run: _LastRun, runs: dict[str, _LastRun]) -> Iterable[Mark]:
    """Yield what the op has taken that its producer has put out anew since."""
    for op in dict.fromkeys(taken.op for taken in run.taken if taken.op != name):
        good = runs[op].good_run_id if op in runs else None
        taken = {each.run_id for each in run.taken if each.op == op}
        if good is not None and good not in taken:
            yield Mark("↻", f"stale: {op} ran again")
