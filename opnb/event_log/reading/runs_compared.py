"""Which two runs of an op are meant: the last two, or those given by their ids."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opnb.event_log.reading.dialect import DIALECTS
from opnb.event_log.reading.query import Conditions, Several, texts_of
from opnb.model.checks import shorten, verify_type
from opnb.model.errors import CheckError, did_you_mean
from opnb.model.serialize import readable

if TYPE_CHECKING:
    from opnb.event_log.reading.reader import LogReader

_LISTED = 4
_ID_SHOWN = 13
_PAIR = 2


def runs_compared(reader: LogReader, op: str, run: Several | None) -> tuple[str, str]:
    """Return the ids of two runs of an op, the earlier or the first given first.

    Raises:
        CheckError: The op, or one of the runs, is not there, or it is of another op.
    """
    op = readable(verify_type(op, str, "op"))
    query = "SELECT run_id FROM runs WHERE job_name = ? ORDER BY number DESC LIMIT 2"
    last = [row[0] for row in reader.select(query, (op,))]
    if not last:
        _refuse_op(reader, op)
    given = (
        [] if run is None else [_run(reader, op, text) for text in texts_of(run, "run")]
    )
    if len(given) > _PAIR:
        raise CheckError(
            f"{len(given)} runs are given, and two are compared.",
            hint="Give two, or one to compare with the last.",
        )
    if len(given) == _PAIR:
        return _different(given[0], given[1])
    if len(last) < _PAIR:
        raise CheckError(
            f"Op {op!r} has run once: there is nothing to compare.",
            hint="Run its cell again.",
        )
    if given and given[0] != last[0]:
        return given[0], last[0]
    return last[1], last[0]


def _different(first: str, second: str) -> tuple[str, str]:
    if first == second:
        raise CheckError(
            "Both are the same run.", hint="Give the ids of two, or one of them alone."
        )
    return first, second


def _refuse_op(reader: LogReader, op: str) -> None:
    known = [row[0] for row in reader.select("SELECT DISTINCT job_name FROM runs")]
    raise CheckError(
        f"The log has no run of an op {shorten(op)}.",
        hint=did_you_mean(op, sorted(known)),
    )


def _run(reader: LogReader, op: str, text: str) -> str:
    runs = Conditions()
    runs.where_run(text, DIALECTS[reader.dialect])
    query = f"SELECT run_id, job_name FROM runs{runs.clause} ORDER BY number DESC"  # noqa: S608 - ours
    found = reader.select(query, runs.parameters)
    own = [run_id for run_id, job_name in found if job_name == op]
    if len(own) == 1:
        return str(own[0])
    if own:
        ids = ", ".join(run_id[:_ID_SHOWN] for run_id in own[:_LISTED])
        raise CheckError(
            f"The run {shorten(text)} is not told by that: {len(own):,} runs of "
            f"{op!r} begin so.",
            hint=f"Give more of its id: {ids}.",
        )
    if found:
        raise CheckError(
            f"The run {shorten(text)} is one of {found[0][1]!r}, not of {op!r}.",
            hint=f"opnb.log.runs(job={op!r}) lists those of {op!r}.",
        )
    raise CheckError(
        f"The log has no run {shorten(text)}.",
        hint=f"opnb.log.runs(job={op!r}) lists those of {op!r}.",
    )
