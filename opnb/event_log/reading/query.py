"""Filters of the log's reader, turned into SQL."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from inspect import signature
from typing import Any, ParamSpec, TypeAlias, TypeVar

from opnb.event_log.reading.dialect import Dialect
from opnb.event_log.reading.times import Time, parse_time
from opnb.model.asset_key import AssetKey
from opnb.model.checks import shorten, verify_type
from opnb.model.entry import EventType
from opnb.model.errors import CheckError, did_you_mean
from opnb.model.serialize import readable

P = ParamSpec("P")
T = TypeVar("T")

Several: TypeAlias = str | Iterable[str]
EventTypes: TypeAlias = str | EventType | Iterable[str | EventType]
Asset: TypeAlias = str | Sequence[str] | AssetKey
Assets: TypeAlias = Asset | Iterable[Asset]

ORDERS = ("oldest", "newest")
LEVELS = {"DEBUG": 10, "INFO": 20, "WARNING": 30, "ERROR": 40, "CRITICAL": 50}
# As long as the ids that opnb makes; there are no further characters to come.
_WHOLE_RUN_ID = 36


class Conditions:
    """Conditions on the rows of a query, all of which must hold."""

    def __init__(self) -> None:
        self._conditions: list[str] = []
        self.parameters: list[Any] = []

    def where(self, condition: str, *parameters: Any) -> None:
        """Add a condition."""
        self._conditions.append(condition)
        self.parameters += parameters

    def where_text(self, column: str, given: Several, name: str) -> None:
        """Let a column be one of the texts given."""
        texts = texts_of(given, name)
        self.where(one_of(column, len(texts)), *texts)

    def where_run(self, run: Several, dialect: Dialect) -> None:
        """Let a run's id be one of those given, by their first characters at least."""
        condition, parameters = run_condition(run, dialect)
        self.where(condition, *parameters)

    def where_time(self, column: str, since: Time | None, until: Time | None) -> None:
        """Let a time be from the one on, and before the other."""
        if since is not None:
            self.where(f"{column} >= ?", parse_time(since, "since"))
        if until is not None:
            self.where(f"{column} < ?", parse_time(until, "until"))

    @property
    def clause(self) -> str:
        """The conditions as SQL, ` WHERE` before them; empty if there are none."""
        return f" WHERE {' AND '.join(self._conditions)}" if self._conditions else ""


class Query(Conditions):
    """Conditions on entries, to be read one after the other.

    Args:
        entries: The table, or how to go through it.
        in_any_bucket: What the index of assets needs to be used; see `Dialect`.
    """

    def __init__(self, entries: str = "entries", in_any_bucket: str = "") -> None:
        super().__init__()
        self._entries = entries
        self._in_any_bucket = in_any_bucket

    def and_where(self, condition: str, *parameters: Any) -> Query:
        """Return a query with one condition more."""
        query = self._copy(self._in_any_bucket)
        query.where(condition, *parameters)
        return query

    def in_bucket(self, condition: str, *parameters: Any) -> Query:
        """Return a query for no more than the buckets that a condition tells."""
        query = self._copy("")
        query.where(condition, *parameters)
        return query

    def _copy(self, in_any_bucket: str) -> Query:
        query = Query(self._entries, in_any_bucket)
        query._conditions = [*self._conditions]
        query.parameters = [*self.parameters]
        return query

    @property
    def clause(self) -> str:
        """The conditions as SQL, as those of any table."""
        if not self._in_any_bucket:
            return super().clause
        return self.in_bucket(self._in_any_bucket).clause

    @property
    def tables(self) -> str:
        """What the conditions are about; runs are looked up only where one asks."""
        if any("runs." in condition for condition in self._conditions):
            return f"{self._entries} JOIN runs ON runs.number = entries.run"
        return self._entries

    def sql(self, columns: str, *, newest_first: bool, limit: int | None) -> str:
        """Return the whole statement."""
        order = f"ORDER BY entries.id {'DESC' if newest_first else 'ASC'}"
        chosen = self.clause
        if limit is not None:
            # The ids alone are found by an index; the rows are read once it is known
            # which.
            chosen = (
                f" WHERE entries.id IN (SELECT entries.id FROM {self.tables}"  # noqa: S608 - columns are ours, values are bound
                f"{chosen} {order} LIMIT {limit:d})"
            )
        return (
            f"SELECT {columns} FROM {self._entries} JOIN runs"  # noqa: S608 - likewise
            f" ON runs.number = entries.run{chosen} {order}"
        )


def build_query(  # noqa: PLR0913 - one argument a filter
    dialect: Dialect,
    *,
    run: Several | None = None,
    op: Several | None = None,
    event_type: EventTypes | None = None,
    asset: Assets | None = None,
    partition: Several | None = None,
    label: Several | None = None,
    level: str | int | None = None,
    since: Time | None = None,
    until: Time | None = None,
    entries: str | None = None,
) -> Query:
    """Return a query for the filters given; see `EventLog.events` for what they mean.

    It goes through the table of entries as it is told, else by their index where there
    is one for a filter.

    Raises:
        CheckError: A filter has a value that it cannot have.
    """
    by_asset = entries is None and asset is not None
    query = Query(entries or "entries", dialect.in_any_bucket if by_asset else "")
    if run is not None:
        _where_run(query, run, dialect)
    for name, value in (("op", op), ("partition", partition), ("label", label)):
        if value is not None:
            query.where_text(f"entries.{name}", value, name)
    if event_type is not None:
        query.where(type_condition(event_type))
    if asset is not None:
        keys = asset_columns(asset)
        query.where(one_of("entries.asset_key", len(keys)), *keys)
    if level is not None:
        query.where("entries.level >= ?", _parse_level(level))
    query.where_time("entries.timestamp", since, until)
    return query


def run_condition(run: Several, dialect: Dialect) -> tuple[str, list[Any]]:
    """Return the condition that a run is one of those given, and its parameters."""
    texts = texts_of(run, "run")
    whole = [text for text in texts if len(text) >= _WHOLE_RUN_ID]
    conditions = [one_of("runs.run_id", len(whole))] if whole or not texts else []
    parameters: list[Any] = [*whole]
    for text in texts:
        if len(text) < _WHOLE_RUN_ID:
            condition, bound = dialect.beginning("runs.run_id", text)
            conditions.append(condition)
            parameters += bound
    return f"({' OR '.join(conditions)})", parameters


def _where_run(query: Query, run: Several, dialect: Dialect) -> None:
    condition, parameters = run_condition(run, dialect)
    query.where(condition, *parameters)
    # Where the entries of these runs lie is looked up once, whatever table the database
    # goes through first.
    for bound in (
        "entries.id >= (SELECT min(runs.first_entry)",
        "entries.id <= (SELECT max(coalesce(runs.last_entry, 9223372036854775807))",
    ):
        query.where(f"{bound} FROM runs WHERE {condition})", *parameters)


def within_run(query: Query) -> None:
    """Let a query for one run look at no others' entries than those among its own."""
    query.where(
        "entries.id >= runs.first_entry"
        " AND entries.id <= coalesce(runs.last_entry, 9223372036854775807)"
    )


def one_of(column: str, count: int) -> str:
    """Return the condition that a column is one of so many parameters."""
    if count == 1:
        return f"{column} = ?"
    return f"{column} IN ({','.join('?' * count)})" if count else "1 = 0"


def type_condition(types: EventTypes) -> str:
    """Return the condition that an entry is of one of the types.

    Their names stand in it: for a parameter no database takes the index of one type.
    """
    verify_type(types, (str, EventType, Iterable), "type", hint="'STEP_OUTPUT'.")
    kinds = [types] if isinstance(types, str | EventType) else list(types)
    names = [f"'{parse_event_type(kind)}'" for kind in kinds]
    if len(names) == 1:
        return f"entries.event_type = {names[0]}"
    return f"entries.event_type IN ({','.join(names)})" if names else "1 = 0"


def texts_of(given: Several, name: str) -> list[str]:
    """Return one text or several as a list, as the log spells them."""
    verify_type(given, (str, Iterable), name, hint="Give a text or a list of texts.")
    texts = [given] if isinstance(given, str) else given
    return [readable(verify_type(text, str, name)) for text in texts]


def asset_columns(given: Assets) -> list[str]:
    """Return how the log spells the keys: of one asset, or of several.

    A list of texts is one key by its parts, as everywhere; several keys are a list of
    `AssetKey`s, or of lists.
    """
    if isinstance(given, str | AssetKey) or not isinstance(given, Iterable):
        return [asset_column(given)]
    keys = list(given)
    parts = [key for key in keys if isinstance(key, str)]
    if len(parts) == len(keys):
        return [asset_column(parts)]
    return [asset_column(key) for key in keys]


def asset_column(asset: Asset) -> str:
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
    verify_type(level, (str, int), "level", hint="'WARNING', or a number.")
    if level.isdecimal():
        return int(level)
    return LEVELS[parse_word(level.upper(), LEVELS, "level")]


def parse_word(word: str, known: Iterable[str], name: str) -> str:
    """Return a word if it is one of those known.

    Raises:
        CheckError: It is none of them.
    """
    words = list(known)
    if verify_type(word, str, name) not in words:
        raise CheckError(
            f"There is no {name} {shorten(word)}.", hint=did_you_mean(word, words)
        )
    return word


def is_newest_first(order: str) -> bool:
    """Return whether an order begins with the newest."""
    return parse_word(order, ORDERS, "order") == "newest"


def verify_limit(limit: int | None, name: str = "limit") -> int | None:
    """Return a limit if it can be one."""
    verify_type(limit, int, name, optional=True)
    if limit is not None and limit < 0:
        raise CheckError(
            f"A {name} counts up from zero: {limit!r}.", hint="Give one, or omit it."
        )
    return limit


def refuse_unknown_filters(method: Callable[P, T]) -> Callable[P, T]:
    """Let a reader answer a filter that it has not by the nearest that it has."""
    known = [name for name in signature(method).parameters if name != "self"]

    @wraps(method)
    def read(*args: P.args, **filters: P.kwargs) -> T:
        for name in filters:
            if name not in known:
                raise CheckError(
                    f"{method.__name__}() has no filter {name!r}.",
                    hint=did_you_mean(name, known),
                )
        return method(*args, **filters)

    return read
