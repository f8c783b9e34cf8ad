"""A batch as the one parameter of `append_batch`, and rows as PostgreSQL takes them.

It takes no NUL in a text, and no lone surrogate: the columns show an escape in their
place, and the body keeps what they stand for.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, NamedTuple

import orjson

from opnb.event_log.process import Process
from opnb.event_log.store.base import RUN_ENDS, Append, run_partition
from opnb.model.serialize import EntryRow, Row, readable
from opnb.model.strict_json import decode_json, encode_json

_EXACT = "exact"  # as in `readable_row`
_NUL = b"\\u0000"  # as JSON spells it


class Mark(NamedTuple):
    """What tells one batch from all others.

    Args:
        writer: Who sends it.
        number: Which batch of theirs; it grows.
    """

    writer: str
    number: int


def encode_batch(
    appends: Sequence[Append],
    process: Process,
    spool: str | None,
    mark: Mark,
    identity: str,
) -> str:
    """Return the parameter for entries that were appended.

    Args:
        appends: In their order.
        process: Who wrote them.
        spool: Where the lines of those of them are that have an end.
        mark: What tells the batch from all others.
        identity: The log that it is for.

    Raises:
        TypeError: A number has more than 64 bits.
    """
    ends = [end for a in appends for end in a.ends if end] if spool else []
    marks = [tuple(mark)]
    if spool and ends:
        marks.append((spool, max(ends)))
    batch = {
        "identity": identity,
        "writer": mark.writer,
        "number": mark.number,
        "spool": spool,
        "first_position": min(ends, default=None),
        "process": [process.host, process.pid, process.started],
        "marks": marks,
    }
    with suppress(TypeError):  # a lone surrogate, or too large a number
        text = orjson.dumps({**batch, **_parts(appends)})
        if _NUL not in text:
            return text.decode()
    parts = _parts([_storable(append) for append in appends])
    return orjson.dumps({**batch, **parts}).decode()


def _parts(appends: Sequence[Append]) -> dict[str, list[Any]]:
    runs: dict[str, list[Any]] = {}
    entries = []
    place = 0
    for append in appends:
        run_id, rows = append.run_id, append.rows
        entries.append((run_id, rows))
        run = runs.setdefault(run_id, _run(append, place))
        place += len(rows)
        for row in rows:
            if row[1] in RUN_ENDS:
                run[-2:] = RUN_ENDS[row[1]], row[0]
    return {"runs": [*runs.values()], "entries": entries}


def _run(first: Append, place: int) -> list[Any]:
    """Return what is known of a run by its first entries, and how it ends: not yet."""
    row = first.rows[0]
    partition = run_partition(row)
    if partition is not None:
        partition = storable_text(partition)
    return [first.run_id, first.job_name, row[0], partition, place, None, None]


def storable_text(text: str) -> str:
    r"""Return text that PostgreSQL takes.

    >>> print(storable_text("a\0b"))
    a\x00b
    """
    return readable(text).replace("\0", "\\x00")


def _storable(append: Append) -> Append:
    return replace(
        append,
        run_id=storable_text(append.run_id),
        job_name=storable_text(append.job_name),
        rows=[storable_row(row) for row in append.rows],
    )


def storable_row(columns: EntryRow) -> EntryRow:
    """Return a row that PostgreSQL takes: no NUL, no lone surrogate."""
    row = Row(*columns)
    texts = {name: v for name, v in row._asdict().items() if isinstance(v, str)}
    exact = {name: v for name, v in texts.items() if storable_text(v) != v}
    if not exact:
        return columns
    body = decode_json(row.body) or {}
    # A column that was made readable before stands for what the body keeps of it.
    kept = {**exact, **body.get(_EXACT, {})}
    shown: dict[str, Any] = {name: storable_text(v) for name, v in exact.items()}
    shown["body"] = encode_json({**body, _EXACT: kept})
    return tuple(row._replace(**shown))
