"""What happened to one asset: its materializations and observations, in order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from opnb.event_log.reading.asset_diff import diff_frame
from opnb.event_log.reading.asset_keys import read_asset_keys
from opnb.event_log.reading.assets_frame import read_partitions
from opnb.event_log.reading.check_strips import CheckStrip, read_check_strips
from opnb.event_log.reading.dialect import DIALECTS
from opnb.event_log.reading.entry_rows import read_entries
from opnb.event_log.reading.history_frame import columns_of, read_history
from opnb.event_log.reading.history_plot import plot_column
from opnb.event_log.reading.metadata_values import Kept, kept_values
from opnb.event_log.reading.query import Query, one_of, type_condition
from opnb.event_log.reading.recent_events import (
    RecentEvent,
    newest_id,
    newest_of,
    read_recent,
)
from opnb.model.checks import shorten, verify_type
from opnb.model.displayable import Displayable
from opnb.model.entry import (
    AssetObservationData,
    EventLogEntry,
    EventType,
    StepMaterializationData,
)
from opnb.model.errors import CheckError, did_you_mean

if TYPE_CHECKING:
    from opnb.event_log.reading.history_figure import HistoryFigure
    from opnb.event_log.reading.reader import LogReader
    from opnb.model.asset_key import AssetKey
    from opnb.model.events import AssetMaterialization, AssetObservation

# By what the latest is chosen: a materialization, else an observation.
_KINDS = (EventType.ASSET_MATERIALIZATION, EventType.ASSET_OBSERVATION)
_EVENT_HINT = (
    "Give the `id` of an event in `.frame`, -1 for the last, -2 for the one before, or "
    "the id of a run."
)


class AssetHistory(Displayable):
    """What the log knows of one asset, read when it is asked.

    Args:
        reader: Reads the log.
        key: The asset.
        query: Which of its events.
        limit: How many at the most, the newest; all if not given.
        checks: Which evaluations of checks count; all if not given.
    """

    def __init__(
        self,
        reader: LogReader,
        key: AssetKey,
        query: Query,
        limit: int | None = None,
        checks: Query | None = None,
    ) -> None:
        self.key = key
        self._reader = reader
        self._query = query
        self._limit = limit
        self._checks = checks or Query()

    def __len__(self) -> int:
        """How many events there are; the database counts them."""
        query = f"SELECT count(*) FROM {self._query.tables}{self._query.clause}"  # noqa: S608 - ours
        count = int(self._reader.select(query, self._query.parameters)[0][0])
        return count if self._limit is None else min(count, self._limit)

    def __repr__(self) -> str:
        return f"AssetHistory({self.key.to_user_string()!r}: {len(self)} events)"

    @property
    def entries(self) -> tuple[EventLogEntry, ...]:
        """The events, oldest first."""
        if self._limit is not None:
            return tuple(reversed(self.newest(self._limit)))
        return tuple(read_entries(self._reader, self._query))

    def newest(self, count: int) -> list[EventLogEntry]:
        """Return so many events, newest first."""
        limit = count if self._limit is None else min(count, self._limit)
        newest = newest_of(self._reader, self._query, limit)
        return read_entries(self._reader, newest, newest_first=True)

    def recent(self, count: int) -> list[RecentEvent]:
        """Return what trends need of so many events, newest first."""
        limit = count if self._limit is None else min(count, self._limit)
        return read_recent(self._reader, self._query, limit)

    def entries_of(self, events: Sequence[RecentEvent]) -> list[EventLogEntry]:
        """Return the entries of events that `recent` gave, newest first."""
        ids = [event.id for event in events]
        chosen = Query().and_where(one_of("entries.id", len(ids)), *ids)
        return read_entries(self._reader, chosen, newest_first=True)

    def check_strips(self, ops: Iterable[str]) -> tuple[list[CheckStrip], bool]:
        """Return how checks of ops came out last, and whether those are all."""
        return read_check_strips(self._reader, self._checks, ops)

    @property
    def latest(self) -> EventLogEntry | None:
        """The last materialization; the last observation if there is none."""
        for kind in _KINDS:
            found = self._last(kind)
            if found:
                return found[0]
        return None

    def _last(self, kind: EventType) -> list[EventLogEntry]:
        query = self._query.and_where(type_condition(kind))
        # Of what has no partition the index knows the last; elsewhere it looks at all.
        parts = [
            newest_id(self._reader, query.and_where(f"entries.partition {is_there}"))
            for is_there in ("IS NULL", "IS NOT NULL")
        ]
        last = " UNION ALL ".join(statement for statement, _ in parts)
        chosen = Query().and_where(
            f"entries.id = (SELECT max(id) FROM ({last}) AS found)",  # noqa: S608 - ours
            *[value for _, parameters in parts for value in parameters],
        )
        return read_entries(self._reader, chosen)

    @property
    def labels(self) -> list[str]:
        """The labels of all metadata, in the order in which they first came."""
        return list(columns_of([values for _, values in self._kept(self._query)]))

    def _kept(
        self, query: Query, limit: int | None = None
    ) -> list[tuple[int, dict[str, Kept]]]:
        """Return the ids and the metadata of events, oldest first."""
        limit = self._limit if limit is None else limit
        columns = "entries.id, entries.metadata"
        statement = query.sql(columns, newest_first=True, limit=limit)
        rows = self._reader.select(statement, query.parameters)
        return [(row[0], kept_values(row[1])) for row in reversed(rows)]

    @property
    def frame(self) -> pd.DataFrame:
        """One row an event, oldest first; one column a metadata label.

        The columns `id`, `timestamp` (UTC), `event_type`, `run_id`, `op`, `partition`,
        `description` and `duration` come first: `duration` are the seconds that the
        step took which made the event (its last attempt), missing where it has not
        ended well. Numbers give numeric columns and timestamps give times in UTC; a
        label called like a fixed column becomes `label (metadata)`.
        """
        return read_history(self._reader, self._query, self._limit)

    def materializations(self) -> pd.DataFrame:
        """Return the materializations; columns as in `frame`."""
        return self._only(EventType.ASSET_MATERIALIZATION).frame

    def observations(self) -> pd.DataFrame:
        """Return the observations; columns as in `frame`."""
        return self._only(EventType.ASSET_OBSERVATION).frame

    def _only(self, kind: EventType) -> AssetHistory:
        query = self._query.and_where(type_condition(kind))
        return AssetHistory(self._reader, self.key, query, self._limit, self._checks)

    def plot(self, label: str, by: str = "time") -> HistoryFigure:
        """Draw one number of the events, and return the figure.

        It needs matplotlib: `pip install "opnb[plot]"`. The figure is one of
        matplotlib's own (`figure.axes[0]` is what to go on drawing in,
        `figure.savefig(path)` keeps it); it shows itself in a notebook, and pyplot
        knows nothing of it.

        Args:
            label: A metadata label, or another numeric column of `frame`:
                `"duration"`.
            by: `"time"`: each event when it happened (UTC); `"partition"`: the last
                event of each partition, in natural order (`p2` before `p10`).

        Raises:
            CheckError: There is no such label, or it has no numbers.
            OpnbError: matplotlib is missing.
        """
        return plot_column(self.key.to_user_string(), self.frame, label, by)

    @property
    def partitions(self) -> pd.DataFrame:
        """One row a partition, sorted; a limit does not count here.

        The columns are `partition`, `materializations` and `observations` (how many),
        `last_materialization` and `last_observation` (UTC), and `op` and `run_id` of
        the last materialization, or of the last observation if there is none.
        """
        return read_partitions(self._reader, self._query)

    def diff(
        self, before: int | str | None = None, after: int | str | None = None
    ) -> pd.DataFrame:
        """Return what changed in the metadata from one event to another.

        An event is named by its `id` in `frame`, by -1 for the last one, -2 for the one
        before and so on, or by the id of a run, of which the last event is meant. What
        counts are the materializations; the observations where there is none. If they
        are not given, it is the last one and the one before.

        One row a label, in the order of the older event. The columns are `label`,
        `before` and `after` (missing where an event has no such label), `changed`, and
        for numbers, bools and timestamps `change` (after less before) and `relative`
        (the change as a part of what was before).

        Args:
            before: The older event.
            after: The newer event.

        Raises:
            CheckError: There is no such event, or none to compare with.
        """
        counted = self._counted()
        newer = self._event(counted, -1 if after is None else after, "after")
        if before is None:
            older = self._kept(counted.and_where("entries.id < ?", newer[0]), 1)
            if not older:
                raise CheckError(
                    f"{self.key.to_user_string()!r} has no event before that one.",
                    hint="A difference is one between two events.",
                )
            return diff_frame(older[0][1], newer[1])
        return diff_frame(self._event(counted, before, "before")[1], newer[1])

    def _counted(self) -> Query:
        kind = _KINDS[0] if self._last(_KINDS[0]) else _KINDS[1]
        return self._query.and_where(type_condition(kind))

    def _event(
        self, counted: Query, named: int | str, name: str
    ) -> tuple[int, dict[str, Kept]]:
        verify_type(named, (int, str), name, hint=_EVENT_HINT)
        if isinstance(named, str):
            begins, values = DIALECTS[self._reader.dialect].beginning(
                "runs.run_id", named
            )
            found = self._kept(counted.and_where(begins, *values), 1)
        elif named >= 0:
            found = self._kept(self._query.and_where("entries.id = ?", named), 1)
        else:
            found = self._kept(counted, -named)
            found = found[:1] if len(found) == -named else []
        if not found:
            raise CheckError(
                f"{self.key.to_user_string()!r} has no event {shorten(named)}.",
                hint=_EVENT_HINT,
            )
        return found[0]

    @property
    def hint(self) -> str:
        """What other asset may have been meant."""
        known = [key.to_user_string() for key in read_asset_keys(self._reader)]
        return did_you_mean(self.key.to_user_string(), known)


def event_of(entry: EventLogEntry) -> AssetMaterialization | AssetObservation:
    """Return the event that an entry about an asset carries."""
    data = entry.event_specific_data
    if isinstance(data, StepMaterializationData):
        return data.materialization
    assert isinstance(data, AssetObservationData)  # noqa: S101 - the query's promise
    return data.asset_observation
