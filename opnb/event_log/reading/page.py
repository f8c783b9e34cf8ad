"""The log a page at a time, newest first, at a cost that does not grow with the log.

Entries have an index by id and few others, so a page is looked for backwards from
where the one before ended, and by one query no further than `SPAN` entries: what many
entries pass is found at once, and what none passes does not make the database go
through all of them. The runs, of which there are fewer, tell between which entries
those of a run or of a time lie.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from opnb.event_log.reading.dialect import DIALECTS
from opnb.event_log.reading.entry_rows import read_entries
from opnb.event_log.reading.query import Conditions, Query, build_query
from opnb.event_log.reading.times import parse_time

if TYPE_CHECKING:
    from opnb.event_log.reading.query import Asset, EventTypes
    from opnb.event_log.reading.reader import LogReader
    from opnb.event_log.reading.tables import LogTables
    from opnb.event_log.reading.times import Time
    from opnb.model.entry import EventLogEntry

SPAN = 50_000
# So many entries of one asset are sorted sooner than they are looked for.
_FEW = 10_000
# Clocks are put right while runs go on, and threads log after their run has ended.
_SLACK_MICROS = 3_600_000_000
_MESSAGE = 300
_COLUMNS = (
    "entries.id, entries.timestamp, runs.run_id, runs.job_name, entries.event_type,"
    " entries.op, entries.level, entries.asset_key, entries.partition, entries.label,"
    f" entries.success, substr(entries.message, 1, {_MESSAGE})"
)
# A run that was killed has a last entry, but no time of its end; one under way neither.
_HEARD_SINCE = (
    "(end_time >= ? OR (end_time IS NULL AND (last_entry IS NULL OR"
    " (SELECT entries.timestamp FROM entries WHERE entries.id = last_entry) >= ?)))"
)


@dataclass(frozen=True, slots=True)
class Line:
    """One entry as a list of entries shows it.

    Args:
        micros: When, in microseconds since 1970 in UTC.
        message: Its beginning.
    """

    id: int
    micros: int
    run_id: str
    job: str
    event_type: str
    op: str | None
    level: int
    asset_key: str | None
    partition: str | None
    label: str | None
    success: int | None
    message: str | None


@dataclass(frozen=True, slots=True)
class Page:
    """Some entries, newest first.

    Args:
        lines: The entries.
        start: The id from which on, downwards, they were looked for.
        following: Where to look for the next ones; None if there are no more.
        is_full: Whether there are as many as a page takes.
    """

    lines: tuple[Line, ...]
    start: int
    following: int | None
    is_full: bool


class Pages:
    """The entries that pass every filter given, as the log stands now.

    Args:
        log: The log.
        size: How many entries a page takes.
        run: The first characters of a run's id, or all of it.
        op: The op; this and what follows as in `EventLog.events`.
        type: The event type.
        asset: The asset's key.
        label: The label of an expectation, an output or an input.
        since: From then on.
        until: Before then.

    Raises:
        CheckError: A filter has a value that it cannot have.
        LogUnavailableError: The log cannot be read now.
    """

    def __init__(
        self,
        log: LogTables,
        *,
        size: int = 25,
        run: str | None = None,
        op: str | None = None,
        type: EventTypes | None = None,  # noqa: A002 - the column's word
        asset: Asset | None = None,
        label: str | None = None,
        since: Time | None = None,
        until: Time | None = None,
    ) -> None:
        self.size = size
        self._reader = _reader_of(log)
        dialect = DIALECTS[self._reader.dialect]
        self._is_few = asset is not None and _is_few(self._reader, asset)
        self._query = build_query(
            dialect,
            op=op,
            event_type=type,
            asset=asset,
            label=label,
            since=since,
            until=until,
            entries=None if self._is_few else dialect.entries_by_id,
        )
        runs = Conditions()
        if run is not None:
            condition, parameters = dialect.beginning("run_id", run)
            runs.where(condition, *parameters)
            self._query.where(
                f"entries.run IN (SELECT number FROM runs WHERE {condition})",  # noqa: S608 - values are bound
                *parameters,
            )
        _where_under_way(runs, since, until)
        self.low, self.high = _ends(self._reader, runs)

    def read(self, start: int) -> Page:
        """Return the page of the entries that have this id or lower ones."""
        return self._look((), start, start)

    def read_further(self, page: Page) -> Page:
        """Return a page that is not full with what is found further back."""
        if page.following is None:
            return page
        return self._look(page.lines, page.start, page.following)

    def _look(self, found: tuple[Line, ...], start: int, upper: int) -> Page:
        """Fill a page up with what lies at an id and below, as far as one looks."""
        upper = self._nearest(upper)
        lower = self.low if self._is_few else max(self.low, upper - SPAN + 1)
        wanted = self.size - len(found)
        rows = self._select(lower, upper, wanted + 1)
        lines = found + tuple(Line(*row) for row in rows[:wanted])
        following: int | None = lower - 1 if lower > self.low else None
        if len(rows) > wanted:
            following = lines[-1].id - 1
        return Page(lines, start, following, len(lines) == self.size)

    def _nearest(self, upper: int) -> int:
        """Return the id of the entry there, or below what was taken out of the log."""
        query = "SELECT max(id) FROM entries WHERE id <= ?"
        ((found,),) = self._reader.select(query, (min(upper, self.high),))
        return self.low - 1 if found is None else int(found)

    def _select(self, lower: int, upper: int, limit: int) -> list[tuple[Any, ...]]:
        between = self._between(lower, upper)
        order = "ORDER BY entries.id DESC"
        # The ids are found first, by what finds them soonest.
        ids = f"SELECT entries.id FROM {between.tables}{between.clause} {order}"  # noqa: S608 - ours
        statement = (
            f"SELECT {_COLUMNS} FROM entries JOIN runs ON runs.number = entries.run"  # noqa: S608 - likewise
            f" WHERE entries.id IN ({ids} LIMIT {limit:d}) {order}"
        )
        return self._reader.select(statement, between.parameters)

    def _between(self, lower: int, upper: int) -> Query:
        return self._query.and_where(
            "entries.id >= ? AND entries.id <= ?", lower, upper
        )

    def total(self) -> int | None:
        """Return how many entries there are; None where it would take long to count."""
        if not self._query.clause and self._has_no_gaps():
            return max(0, self.high - self.low + 1)
        if not self._is_few and self.high - self.low >= SPAN:
            return None
        chosen = self._between(self.low, self.high)
        statement = f"SELECT count(*) FROM {chosen.tables}{chosen.clause}"  # noqa: S608 - values are bound
        return int(self._reader.select(statement, chosen.parameters)[0][0])

    def _has_no_gaps(self) -> bool:
        """Whether every id has its entry; PostgreSQL gives none twice."""
        if self._reader.dialect != "sqlite":
            return False
        return self._reader.select("SELECT removals FROM log") == [(0,)]


def read_entry(log: LogTables, number: int) -> EventLogEntry | None:
    """Return the entry of an id, whole; None if the log has it no more."""
    query = Query()
    query.where("entries.id = ?", number)
    found = read_entries(_reader_of(log), query)
    return found[0] if found else None


def _reader_of(log: LogTables) -> LogReader:
    return log._store  # noqa: SLF001 - a page is one of the log's tables


def _where_under_way(runs: Conditions, since: Time | None, until: Time | None) -> None:
    """Let runs have been under way at some time from the one to the other."""
    if since is not None:
        from_then = parse_time(since, "since") - _SLACK_MICROS
        runs.where(_HEARD_SINCE, from_then, from_then)
    if until is not None:
        runs.where("start_time < ?", parse_time(until, "until") + _SLACK_MICROS)


def _ends(reader: LogReader, runs: Conditions) -> tuple[int, int]:
    """Return between which ids the entries of some runs lie."""
    query = "SELECT (SELECT min(id) FROM entries), (SELECT max(id) FROM entries)"
    ((low, high),) = reader.select(query)
    if high is None:
        return 1, 0
    if not runs.clause:
        return low, high
    query = (
        "SELECT min(first_entry), max(coalesce(last_entry, 9223372036854775807))"  # noqa: S608 - values are bound
        f" FROM runs{runs.clause}"
    )
    ((first, last),) = reader.select(query, runs.parameters)
    return (1, 0) if first is None else (max(low, first), min(high, last))


def _is_few(reader: LogReader, asset: Asset) -> bool:
    """Whether an asset has few entries; counted by its index, and not to the end."""
    query = build_query(DIALECTS[reader.dialect], asset=asset)
    statement = (
        f"SELECT count(*) FROM (SELECT 1 FROM {query.tables}{query.clause}"  # noqa: S608 - values are bound
        f" LIMIT {_FEW + 1:d}) AS found"
    )
    return bool(reader.select(statement, query.parameters)[0][0] <= _FEW)
