"""The partitions that a job's runs may be for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from opnb.model.checks import verify_type
from opnb.model.errors import UnknownPartitionError, did_you_mean


@dataclass(frozen=True, slots=True)
class StaticPartitionsDefinition:
    """A fixed list of partitions.

    Args:
        partition_keys: Their keys.
    """

    partition_keys: Sequence[str]

    def __post_init__(self) -> None:
        verify_type(self.partition_keys, (list, tuple), "partition_keys")
        for key in self.partition_keys:
            verify_type(key, str, "a partition key", hint="str(key).")

    def get_partition_keys(self) -> Sequence[str]:
        """Return the keys, in their order."""
        return list(self.partition_keys)

    def verify_partition_key(self, key: str) -> None:
        """Refuse a key that is not in the list.

        Raises:
            UnknownPartitionError: It is not.
        """
        if key not in self.partition_keys:
            raise UnknownPartitionError(
                f"No partition {key!r}.",
                hint=did_you_mean(key, self.partition_keys),
            )
