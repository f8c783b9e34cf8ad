"""Names that the log has never seen: an error with the nearest one that it has.

Asked only where a reader found nothing, so that it costs nothing where it did.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from opnb.event_log.reading.dialect import DIALECTS
from opnb.event_log.reading.query import Conditions, Query, asset_columns, texts_of
from opnb.model.checks import shorten
from opnb.model.errors import CheckError, did_you_mean

if TYPE_CHECKING:
    from opnb.event_log.reading.reader import LogReader

# Filter → the table that tells, its column.
_PLACES = {
    "op": ("entries", "entries.op"),
    "asset": ("entries", "entries.asset_key"),
    "label": ("entries", "entries.label"),
    "event": ("entries", "entries.label"),
    "job": ("runs", "runs.job_name"),
}


def verify_seen(reader: LogReader, filters: Mapping[str, Any]) -> None:
    """Refuse the names of ops, assets, labels, jobs and runs that the log has not.

    A log without any is empty, and nothing is wrong with the name.

    Raises:
        CheckError: The log has no such name.
    """
    for name, given in filters.items():
        if given is None:
            continue
        if name == "run":
            _verify_runs(reader, texts_of(given, name))
        elif name in _PLACES:
            texts = asset_columns(given) if name == "asset" else texts_of(given, name)
            _verify(reader, name, texts)


def _verify(reader: LogReader, name: str, texts: list[str]) -> None:
    table, column = _PLACES[name]
    by_asset = DIALECTS[reader.dialect].in_any_bucket if name == "asset" else ""
    for text in texts:
        having = Query(table, by_asset).and_where(f"{column} = ?", text)
        query = f"SELECT 1 FROM {table}{having.clause} LIMIT 1"  # noqa: S608 - ours
        if reader.select(query, having.parameters):
            continue
        known = f"SELECT DISTINCT {column} FROM {table} WHERE {column} IS NOT NULL"  # noqa: S608 - ours
        refuse_unseen(name, text, [row[0] for row in reader.select(known)])


def refuse_unseen(name: str, text: str, known: list[str]) -> None:
    """Say that the log has no such name, unless it has none at all."""
    if known:
        raise CheckError(
            f"The log has no {name} {shorten(text)}.",
            hint=did_you_mean(text, sorted(known)),
        )


def _verify_runs(reader: LogReader, texts: list[str]) -> None:
    for text in texts:
        runs = Conditions()
        runs.where_run(text, DIALECTS[reader.dialect])
        query = f"SELECT 1 FROM runs{runs.clause} LIMIT 1"  # noqa: S608 - ours
        if not reader.select(query, runs.parameters) and reader.select(
            "SELECT 1 FROM runs LIMIT 1"
        ):
            raise CheckError(
                f"The log has no run {shorten(text)}.",
                hint="opnb.log.runs() lists them.",
            )
