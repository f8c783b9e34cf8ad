"""What earlier runs told, as checks ask for it: of runs that went well alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from opnb.checks.window import Window
from opnb.event_log.summary import RunStatus
from opnb.execution.context import OpExecutionContext
from opnb.execution.running import running_context
from opnb.model.asset_key import AssetKey
from opnb.model.checks import verify_type
from opnb.model.entry import EventType
from opnb.model.errors import CheckError
from opnb.session import current_session

if TYPE_CHECKING:
    import pandas as pd

    from opnb.event_log.log import EventLog

_READ_AT_FIRST: Final = 100
_READ_MORE: Final = 4


class OfTheRun:
    """Stands for the partition of the run, whether it has one or not."""

    def __repr__(self) -> str:
        return "of the run"


OF_THE_RUN: Final = OfTheRun()
Partition = str | OfTheRun | None


@dataclass(frozen=True, slots=True)
class Past:
    """The past of what a check is about.

    Args:
        log: Where it is read.
        op: The op that asks; None where none runs here.
        mapping_key: Which of the steps mapped from the op asks.
        run_id: The run that asks, which is no part of its own past.
        partition: Whose past: a partition's, or that of runs without one.
        is_of_all: Whether it is that of all partitions together.
    """

    log: EventLog
    op: str | None
    mapping_key: str | None
    run_id: str | None
    partition: str | None
    is_of_all: bool

    @staticmethod
    def here(partition: Partition, log: EventLog | None) -> Past:
        """Return the past as the op that runs here sees it.

        Args:
            partition: Whose; None for all partitions together.
            log: Where; the session's if None.
        """
        verify_type(partition, (str, OfTheRun), "partition", optional=True)
        context = running_context()
        if not isinstance(context, OpExecutionContext):
            context = None
        whose = None if isinstance(partition, OfTheRun) else partition
        if isinstance(partition, OfTheRun) and context and context.has_partition_key:
            whose = context.partition_key
        return Past(
            current_session().log if log is None else log,
            None if context is None else context.op.name,
            None if context is None else context.get_mapping_key(),
            None if context is None else context.run_id,
            whose,
            partition is None,
        )

    def name_check(self, name: str) -> str:
        """Return the name of a check whose past is its own: of a mapped step, its."""
        return name if self.mapping_key is None else f"{name} [{self.mapping_key}]"

    def own(self, event: str) -> Mapping[str, Any]:
        """Return the filters for what a check of this op was told before."""
        # Outside of an op there is no past, and no op has no name.
        return {"op": self.op or "", "event": event}

    def values(
        self, filters: Mapping[str, Any], label: str, window: Window, column: str
    ) -> list[Any]:
        """Return the last value of a label in each run of a window, newest first.

        Args:
            filters: Whose metadata, as `EventLog.metadata` takes it.
            label: Which of its values.
            window: Which runs.
            column: "number" or "value".
        """
        asked = {"label": label, **filters}
        if window.since is not None:
            asked["since"] = window.since
        read = partial(self._read, self.log.metadata, asked)
        rows = self._last_good(read, window.last, and_own=False)
        values: list[Any] = rows[column].dropna().tolist()
        return values[: window.last]

    def number_of_this_run(
        self, filters: Mapping[str, Any], label: str
    ) -> float | None:
        """Return the last number of a label that this run told, or None."""
        if self.run_id is None:
            return None
        asked = {"label": label, "run": self.run_id, **filters}
        numbers = self._read(self.log.metadata, asked, 1)["number"].dropna().tolist()
        return numbers[0] if numbers else None

    def last_materialization(self, key: AssetKey) -> pd.Timestamp | None:
        """Return when an asset was materialized last, by a good run or by this one."""
        asked = {"asset": key, "type": EventType.ASSET_MATERIALIZATION}
        read = partial(self._read, self.log.events, asked)
        rows = self._last_good(read, 1, and_own=True)
        moment: pd.Timestamp | None = None if rows.empty else rows["timestamp"].iloc[0]
        return moment

    @staticmethod
    def _read(
        read: Callable[..., pd.DataFrame], asked: Mapping[str, Any], limit: int | None
    ) -> pd.DataFrame:
        try:
            return read(order="newest", limit=limit, **asked)
        except CheckError:
            # The log has never seen such a name: that is no past.
            return read(limit=0)

    def _last_good(
        self,
        read: Callable[[int | None], pd.DataFrame],
        enough: int | None,
        *,
        and_own: bool,
    ) -> pd.DataFrame:
        """Return the newest row of each run that counts; read no more than it takes."""
        limit = None if enough is None else enough + _READ_AT_FIRST
        while True:
            rows = read(limit)
            good = self._good(rows, and_own=and_own)
            if limit is None or len(rows) < limit or len(good) >= (enough or 0):
                return good
            limit *= _READ_MORE

    def _good(self, rows: pd.DataFrame, *, and_own: bool) -> pd.DataFrame:
        is_own = rows["run_id"] == (self.run_id or "")
        rows = rows[~is_own] if not and_own else rows
        if rows.empty:
            return rows
        runs = self.log.runs(run=sorted(set(rows["run_id"])))
        counts = (runs["status"] == RunStatus.SUCCESS.value) | (
            runs["run_id"] == (self.run_id or "")
        )
        rows = rows[rows["run_id"].isin(runs["run_id"][counts])]
        if not self.is_of_all:
            partitions = dict(zip(runs["run_id"], runs["partition"], strict=True))
            own = rows["partition"].fillna(rows["run_id"].map(partitions))
            is_same = own.isna() if self.partition is None else own == self.partition
            rows = rows[is_same.fillna(value=False).astype(bool)]
        return rows.drop_duplicates("run_id")
