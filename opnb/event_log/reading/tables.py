"""What a log shows beside its entries: metadata, runs, checks, assets, what is new."""

from __future__ import annotations

from typing import Any

import pandas as pd

from opnb.event_log.reading.asset_history import AssetHistory
from opnb.event_log.reading.asset_keys import read_asset_keys
from opnb.event_log.reading.assets_frame import read_assets
from opnb.event_log.reading.checks_frame import read_checks
from opnb.event_log.reading.dialect import DIALECTS, Dialect
from opnb.event_log.reading.lineage_frame import read_lineage_frame
from opnb.event_log.reading.metadata_frame import (
    ValueFilter,
    read_metadata,
    verify_labels,
)
from opnb.event_log.reading.query import (
    Asset,
    Assets,
    Conditions,
    EventTypes,
    Several,
    build_query,
    is_newest_first,
    refuse_unknown_filters,
    verify_limit,
)
from opnb.event_log.reading.reader import LogReader
from opnb.event_log.reading.runs_frame import parse_statuses, read_runs
from opnb.event_log.reading.seen import verify_seen
from opnb.event_log.reading.shown_frames import CatalogFrame, ChecksFrame, RunsFrame
from opnb.event_log.reading.tail import Tail
from opnb.event_log.reading.timeline import RunTimeline
from opnb.event_log.reading.timeline_read import read_timeline
from opnb.event_log.reading.times import Time
from opnb.model.asset_key import AssetKey
from opnb.model.checks import verify_type


class LogTables:
    """The tables of a log; all filters go to the database.

    Where several values make sense, a filter takes one or a list of them. A frame has
    its columns and dtypes also without a row. A name of an op, an asset, a label, a job
    or a run that the log has never seen is an error with the nearest one that it has.
    """

    _store: LogReader

    @property
    def _dialect(self) -> Dialect:
        return DIALECTS[self._store.dialect]

    def _entries(self, *, by_id: Any) -> str | None:
        """Return the table of entries in the order of their ids; None: by an index.

        What the index does not tell is looked up for each entry in it, which takes
        longer than to go through all.
        """
        return self._dialect.entries_by_id if by_id else None

    def lineage(self, what: Asset) -> pd.DataFrame:
        """Return what an output or an asset was made from, step by step back.

        A row is an input of a step, nearest first; a step without inputs has one row.
        The columns are `depth` (0: the step that made it), `op` (the step's key) and
        `run_id`; `input`, and of the output that it came from `source_op`,
        `source_output`, `source_run_id` and `source_event` (the `id` of its entry).
        `change` is what was done to the value since it came out, as far as could be
        told: "rebound", "changed in place"; missing if nothing.

        Args:
            what: An op, an output such as `"clean.tidy"`, or the key of an asset; the
                last that came of it is meant.

        Raises:
            CheckError: The log has never seen it.
        """
        return read_lineage_frame(self._store, what)

    @refuse_unknown_filters
    def metadata(  # noqa: PLR0913 - one argument a filter
        self,
        *,
        run: Several | None = None,
        op: Several | None = None,
        type: EventTypes | None = None,  # noqa: A002 - the column's word
        asset: Assets | None = None,
        partition: Several | None = None,
        event: Several | None = None,
        label: Several | None = None,
        kind: Several | None = None,
        since: Time | None = None,
        until: Time | None = None,
        limit: int | None = None,
        order: str = "oldest",
    ) -> pd.DataFrame:
        """Return the metadata of events in long form: one row a label.

        The columns `id`, `timestamp` (UTC), `run_id`, `op`, `event_type`, `asset_key`
        and `partition` are those of the event, as in `frame`, and `event` is its label
        (of an expectation, an output or a failure). Then come `label` and `kind` of the
        value, `value` (what `MetadataValue.value` gives) and `number`: the value as a
        float where it is an int, a float, a bool or a timestamp (seconds since 1970).

        Args:
            run: As in `events`, as are the other filters but these.
            op: The op.
            type: The type of the event.
            asset: The asset's key.
            partition: The partition of the asset.
            event: The label of the expectation, output or failure.
            label: The label of the value.
            kind: The kind of the value, such as `"int"`, `"md"` or `"table"`.
            since: From then on.
            until: Before then.
            limit: How many values at the most.
            order: `"oldest"` or `"newest"` events first.

        Raises:
            CheckError: A filter has a value that it cannot have.
        """
        filters = {"run": run, "op": op, "asset": asset, "event": event}
        query = build_query(
            self._dialect,
            run=run,
            op=op,
            event_type=type,
            asset=asset,
            partition=partition,
            label=event,
            since=since,
            until=until,
        )
        frame = read_metadata(
            self._store,
            query,
            ValueFilter(label, kind),
            newest_first=is_newest_first(order),
            limit=verify_limit(limit),
        )
        if frame.empty:
            verify_seen(self._store, filters)
            verify_labels(self._store, label)
        return frame

    @refuse_unknown_filters
    def runs(
        self,
        *,
        run: Several | None = None,
        job: Several | None = None,
        op: Several | None = None,
        status: Several | None = None,
        partition: Several | None = None,
        since: Time | None = None,
        until: Time | None = None,
        limit: int | None = None,
        order: str = "oldest",
    ) -> pd.DataFrame:
        """Return one row a run.

        The columns are `run_id`, `job`, `status` (STARTED, SUCCESS, FAILURE, CANCELED,
        or INTERRUPTED for one whose process has ended without a word), `start_time`,
        `end_time` (UTC), `duration` (seconds), `partition`, and `host` and `pid` of its
        process.

        Args:
            run: The first characters of a run's id, or all of it.
            job: The job, or the op that was run on its own.
            op: An op that something was recorded of in the run.
            status: A status.
            partition: The partition of the run.
            since: Started from then on; a time as in `events`.
            until: Started before then.
            limit: How many at the most.
            order: `"oldest"` or `"newest"` first; a limit keeps the first ones.

        Raises:
            CheckError: A filter has a value that it cannot have.
        """
        runs = Conditions()
        if run is not None:
            runs.where_run(run, self._dialect)
        if job is not None:
            runs.where_text("runs.job_name", job, "job")
        if partition is not None:
            runs.where_text("runs.partition", partition, "partition")
        if op is not None:
            of_op = build_query(self._dialect, op=op)
            runs.where(
                f"runs.number IN (SELECT entries.run FROM entries{of_op.clause})",  # noqa: S608 - values are bound
                *of_op.parameters,
            )
        runs.where_time("runs.start_time", since, until)
        frame = read_runs(
            self._store,
            runs,
            None if status is None else parse_statuses(status),
            newest_first=is_newest_first(order),
            limit=verify_limit(limit),
        )
        if frame.empty:
            verify_seen(self._store, {"run": run, "job": job, "op": op})
        return RunsFrame(frame)

    @refuse_unknown_filters
    def checks(
        self,
        *,
        run: Several | None = None,
        op: Several | None = None,
        label: Several | None = None,
        failing: bool | None = None,
        since: Time | None = None,
        until: Time | None = None,
    ) -> pd.DataFrame:
        """Return one row a check, which is an expectation of an op; sorted by both.

        The columns are `op`, `label`, `success` (how it came out last), `severity`
        ("warn", "error", "fatal" or missing, at that time), `evaluated`, `passed` and
        `failed` (how often), `pass_rate` (of 1), `last_time` (UTC) and
        `last_run_id` of the last evaluation, and `last_change` (UTC): since when it
        comes out as it did last; where it never came out otherwise, its first time.

        Args:
            run: As in `events`; only what passes the filters is counted.
            op: The op.
            label: The label of the expectation.
            failing: Only those which failed last, or only those which did not.
            since: From then on.
            until: Before then.

        Raises:
            CheckError: A filter has a value that it cannot have.
        """
        verify_type(failing, bool, "failing", optional=True)
        query = build_query(
            self._dialect,
            run=run,
            op=op,
            label=label,
            since=since,
            until=until,
            entries=self._entries(by_id=run or since or until),
        )
        frame = read_checks(self._store, query, failing=failing)
        if frame.empty:
            verify_seen(self._store, {"run": run, "op": op, "label": label})
        return ChecksFrame(frame)

    @refuse_unknown_filters
    def assets(
        self,
        *,
        run: Several | None = None,
        op: Several | None = None,
        asset: Assets | None = None,
        partition: Several | None = None,
        since: Time | None = None,
        until: Time | None = None,
    ) -> pd.DataFrame:
        """Return the catalog: one row an asset, sorted by key.

        The columns are `asset_key`, `materializations`, `observations` and `partitions`
        (how many), `last_materialization` and `last_observation` (UTC), `op` and
        `run_id` of the last materialization, or of the last observation if there is
        none, and `checks` and `checks_failing`: how many checks that op has in the
        whole log, and how many of them failed when last evaluated. The log knows of no
        other tie between checks and assets.

        Args:
            run: As in `events`; only what passes the filters is counted.
            op: The op.
            asset: The asset's key.
            partition: The partition.
            since: From then on.
            until: Before then.

        Raises:
            CheckError: A filter has a value that it cannot have.
        """
        query = build_query(
            self._dialect,
            run=run,
            op=op,
            asset=asset,
            partition=partition,
            since=since,
            until=until,
            entries=self._entries(
                by_id=asset is None and (run or op or since or until)
            ),
        )
        frame = read_assets(self._store, query)
        if frame.empty:
            verify_seen(self._store, {"run": run, "op": op, "asset": asset})
        return CatalogFrame(frame)

    @refuse_unknown_filters
    def asset(
        self,
        key: Asset,
        *,
        run: Several | None = None,
        op: Several | None = None,
        type: EventTypes | None = None,  # noqa: A002 - the column's word
        partition: Several | None = None,
        since: Time | None = None,
        until: Time | None = None,
        limit: int | None = None,
    ) -> AssetHistory:
        """Return the history of one asset, which is read when it is asked.

        Of an asset that the log has not it is empty.

        Args:
            key: The asset's key.
            run: As in `events`.
            op: The op.
            type: Materializations or observations.
            partition: The partition.
            since: From then on.
            until: Before then.
            limit: How many events at the most, the newest.

        Raises:
            CheckError: A filter has a value that it cannot have.
        """
        query = build_query(
            self._dialect,
            run=run,
            op=op,
            event_type=type,
            asset=AssetKey.of_event(key),
            partition=partition,
            since=since,
            until=until,
        )
        checks = build_query(self._dialect, run=run, op=op, since=since, until=until)
        return AssetHistory(
            self._store, AssetKey.of_event(key), query, verify_limit(limit), checks
        )

    def timeline(self, run_id_or_op: str | None = None) -> RunTimeline:
        """Return when the steps of a run began and ended; it shows itself as bars.

        Args:
            run_id_or_op: A job or an op, of which the last run is meant, or the first
                characters of a run's id; the last run of the log if not given.

        Raises:
            CheckError: The log has no such run.
        """
        return read_timeline(self._store, run_id_or_op)

    def asset_keys(self) -> list[AssetKey]:
        """Return the keys of all assets in the log, sorted."""
        return read_asset_keys(self._store)

    @refuse_unknown_filters
    def tail(  # noqa: PLR0913 - one argument a filter
        self,
        *,
        last: int = 0,
        run: Several | None = None,
        op: Several | None = None,
        type: EventTypes | None = None,  # noqa: A002 - the column's word
        asset: Assets | None = None,
        partition: Several | None = None,
        label: Several | None = None,
        level: str | int | None = None,
        since: Time | None = None,
        until: Time | None = None,
    ) -> Tail:
        """Return a place at the end of the log, from which one reads what comes.

        `tail = log.tail()`, and then `tail.read()` gives a frame of the entries that
        have come since the last `read`, from whatever process, at a cost of what is
        new; `for frame in log.tail():` waits for them.

        Args:
            last: How many entries that are there already are told at first.
            run: As in `events`, as are the other filters.
            op: The op.
            type: The event type.
            asset: The asset's key.
            partition: The partition.
            label: The label of an expectation, an output or an input.
            level: The lowest level.
            since: From then on.
            until: Before then.

        Raises:
            CheckError: A filter has a value that it cannot have.
        """
        verify_limit(verify_type(last, int, "last"), "last")
        query = build_query(
            self._dialect,
            run=run,
            op=op,
            event_type=type,
            asset=asset,
            partition=partition,
            label=label,
            level=level,
            since=since,
            until=until,
            entries=self._dialect.entries_by_id,
        )
        return Tail(self._store, query, last)
