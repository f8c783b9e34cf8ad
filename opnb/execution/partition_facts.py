"""What a context tells of the partition that its run is for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from opnb.execution.run_facts import PartitionKeyRange
from opnb.model.errors import InvariantViolationError, did_you_mean
from opnb.model.partition_key import MultiPartitionKey

if TYPE_CHECKING:
    from opnb.execution.step import RunInfo

# Dagster's tags of a run for several partitions.
RANGE_START = "dagster/asset_partition_range_start"
RANGE_END = "dagster/asset_partition_range_end"


class PartitionFacts:
    """The part of a context that speaks of partitions."""

    @property
    def _run_info(self) -> RunInfo:
        raise NotImplementedError

    @property
    def has_partitions(self) -> bool:
        """Whether the job declares partitions."""
        return self._partitions_def is not None

    @property
    def has_partition_key(self) -> bool:
        """Whether the run is for one partition."""
        return self._run_info.partition_key is not None

    @property
    def partition_key(self) -> str:
        """The partition that the run is for.

        Raises:
            InvariantViolationError: It is for none, or for several.
        """
        info = self._run_info
        if info.partition_key is None:
            if self.has_partition_key_range:
                raise InvariantViolationError(
                    f"The run of {info.job_name!r} is for several partitions.",
                    hint="context.partition_keys has them all.",
                )
            self._refuse_partition()
        return info.partition_key

    @property
    def multi_partition_key(self) -> MultiPartitionKey:
        """The partition, where it is one by several dimensions.

        Raises:
            InvariantViolationError: It is not.
        """
        key = self.partition_key
        if not isinstance(key, MultiPartitionKey):
            raise InvariantViolationError(
                f"The partition {key!r} is not one by several dimensions.",
                hint="partition_key=MultiPartitionKey({'date': '2026-01-01', ...}).",
            )
        return key

    @property
    def has_partition_key_range(self) -> bool:
        """Whether the run is for a range of partitions."""
        tags = self._run_info.tags
        return RANGE_START in tags and RANGE_END in tags

    @property
    def partition_key_range(self) -> PartitionKeyRange:
        """The partitions that the run is for; a single one starts and ends it.

        Raises:
            InvariantViolationError: It is for none.
        """
        info = self._run_info
        if self.has_partition_key_range:
            return PartitionKeyRange(info.tags[RANGE_START], info.tags[RANGE_END])
        if info.partition_key is None:
            self._refuse_partition()
        return PartitionKeyRange(info.partition_key, info.partition_key)

    @property
    def partition_keys(self) -> Sequence[str]:
        """The keys of all partitions that the run is for.

        Raises:
            InvariantViolationError: It is for none, or for a range of what the job does
                not declare.
        """
        asked = self.partition_key_range
        if asked.start == asked.end:
            return [asked.start]
        if self._partitions_def is None:
            raise InvariantViolationError(
                f"The run of {self._run_info.job_name!r} is for the partitions from "
                f"{asked.start!r} to {asked.end!r}; what is between is not declared.",
                hint="@job(partitions_def=StaticPartitionsDefinition([...])).",
            )
        keys = list(self._partitions_def.get_partition_keys())
        start, end = (self._position(keys, key) for key in (asked.start, asked.end))
        return keys[start : end + 1]

    @staticmethod
    def _position(keys: Sequence[str], key: str) -> int:
        if key not in keys:
            raise InvariantViolationError(
                f"The job has no partition {key!r}.", hint=did_you_mean(key, keys)
            )
        return keys.index(key)

    @property
    def partition_time_window(self) -> NoReturn:
        """Refused: partitions are names here, they have no times.

        Raises:
            InvariantViolationError: Always.
        """
        raise InvariantViolationError(
            "A partition has no time window: in opnb it is a name.",
            hint="Read the date: datetime.date.fromisoformat(context.partition_key).",
        )

    @property
    def _partitions_def(self) -> Any:
        return getattr(self._run_info.job_def, "partitions_def", None)

    def _refuse_partition(self) -> NoReturn:
        raise InvariantViolationError(
            "The run has no partition.", hint="Set partition_key."
        )
