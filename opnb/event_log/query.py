"""Filters of the log's reader, turned into SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from opnb.model.asset_key import AssetKey
from opnb.model.checks import shorten, verify_type
from opnb.model.entry import EventType
from opnb.model.errors import CheckError, did_you_mean
from opnb.model.plain import in_utc
from opnb.model.serialize import readable

_LEVELS = {"DEBUG": 10, "INFO": 20, "WARNING": 30, "ERROR": 40, "CRITICAL": 50}


_TIME_HINT = (
    "Give an ISO time in UTC such as '2026-01-31' or '2026-01-31T09:00', or "
    "timedelta(days=2) for the last two days."
)


class Query:
    """Conditions on entries, to be read one after the other."""

    def __init__(self) -> None:
        self._conditions: list[str] = []
        self.parameters: list[Any] = []

    def where(self, condition: str, *parameters: Any) -> None:
        """Add a condition."""
        self._conditions.append(condition)
        self.parameters += parameters

    def sql(self, columns: str, *, newest_first: bool, limit: int | None) -> str:
        """Return the whole statement."""
        where = " AND ".join(self._conditions) or "1"
        tail = f" LIMIT {limit:d}" if limit is not None else ""
        order = "DESC" if newest_first else "ASC"
        return (
            f"SELECT {columns} FROM entries JOIN runs ON runs.number = entries.run"  # noqa: S608 - columns are ours, values are bound
            f" WHERE {where} ORDER BY entries.id {order}{tail}"
        )


def build_query(
    *,
    run: str | None = None,
    op: str | None = None,
    event_type: str | EventType | Sequence[str | EventType] | None = None,
    asset: str | Sequence[str] | AssetKey | None = None,
    partition: str | None = None,
    label: str | None = None,
    level: str | int | None = None,
    since: str | datetime | timedelta | None = None,
    until: str | datetime | timedelta | None = None,
) -> Query:
    """Return a query for the filters given; see `EventLog.events` for what they mean.

    Raises:
        CheckError: A filter has a value that it cannot have.
    """
    query = Query()
    if run is not None:
        _where_run(query, run)
    for column, value in (("op", op), ("partition", partition), ("label", label)):
        if value is not None:
            text = readable(verify_type(value, str, column))
            query.where(f"entries.{column} = ?", text)
    if event_type is not None:
        _where_type(query, event_type)
    if asset is not None:
        query.where("asset_key = ?", asset_column(asset))
    if level is not None:
        query.where("level >= ?", _parse_level(level))
    _where_time(query, since, until)
    return query


def _where_run(query: Query, run: str) -> None:
    # Cards and tables show the first characters of an id; they are enough here.
    # A range, not LIKE: the ids may hold what LIKE takes for a pattern.
    first = readable(verify_type(run, str, "run"))
    query.where("run_id >= ? AND run_id < ?", first, first + "\U0010ffff")
    within_run(query)


def within_run(query: Query) -> None:
    """Let a query for one run look at no others' entries than those among its own."""
    query.where(
        "entries.id >= runs.first_entry"
        " AND entries.id <= coalesce(runs.last_entry, 9223372036854775807)"
    )


def _where_time(query: Query, since: Any, until: Any) -> None:
    for operator, time in ((">=", since), ("<", until)):
        if time is not None:
            query.where(f"timestamp {operator} ?", parse_time(time))


def _where_type(query: Query, given: str | EventType | Sequence[Any]) -> None:
    verify_type(given, (str, EventType, Sequence), "type", hint="'STEP_OUTPUT'.")
    kinds = [given] if isinstance(given, str | EventType) else given
    names = [parse_event_type(kind) for kind in kinds]
    query.where(f"event_type IN ({','.join('?' * len(names))})", *names)


def asset_column(asset: str | Sequence[str] | AssetKey) -> str:
    """Return how the log spells an asset's key."""
    return readable(AssetKey.of_event(asset).to_escaped_user_string())


def parse_event_type(kind: str | EventType) -> str:
    """Return the name of an event type; case and a missing `STEP_` are forgiven."""
    if isinstance(kind, EventType):
        return kind.value
    verify_type(kind, str, "type")
    name = kind.strip().upper().replace("PIPELINE_", "RUN_").replace("-", "_")
    known = [event_type.value for event_type in EventType]
    for candidate in (name, f"STEP_{name}", f"ASSET_{name}", f"STEP_{name}_RESULT"):
        if candidate in known:
            return candidate
    raise CheckError(
        f"There is no event type {kind!r}.", hint=did_you_mean(name, known)
    )


def _parse_level(level: str | int) -> int:
    if isinstance(level, int):
        return level
    verify_type(level, str, "level")
    if level.upper() not in _LEVELS:
        raise CheckError(
            f"There is no level {level!r}.", hint=did_you_mean(level.upper(), _LEVELS)
        )
    return _LEVELS[level.upper()]


def parse_time(time: str | datetime | timedelta) -> int:
    """Return microseconds since 1970 in UTC.

    A text is ISO (`2026-01-31`, `2026-01-31T09:00+01:00`); without a zone it is UTC, as
    is a datetime. A timedelta counts back from now.

    Raises:
        CheckError: The text is no time.
    """
    verify_type(time, (str, datetime, timedelta), "since or until", hint=_TIME_HINT)
    try:
        moment = _moment(time)
        return round(in_utc(moment).timestamp() * 1e6)
    except (ValueError, OverflowError):
        raise CheckError(f"{shorten(time)} is no time.", hint=_TIME_HINT) from None


def _moment(time: str | datetime | timedelta) -> datetime:
    if isinstance(time, timedelta):
        return datetime.now(UTC) - time
    return datetime.fromisoformat(time) if isinstance(time, str) else time
