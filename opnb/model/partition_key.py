"""The name of a part of an asset that is partitioned in several ways at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from opnb.model.checks import verify_type


@dataclass(frozen=True, slots=True)
class PartitionDimensionKey:
    """Which part it is, in one of the ways.

    Args:
        dimension_name: The way, such as `"date"`.
        partition_key: The part, such as `"2026-01-01"`.
    """

    dimension_name: str
    partition_key: str


class MultiPartitionKey(str):
    """A partition by several dimensions: text, with the key of each dimension.

    Args:
        keys_by_dimension: The key of each dimension, by its name.

    >>> key = MultiPartitionKey({"region": "eu", "date": "2026-01-01"})
    >>> print(key)
    2026-01-01|eu
    >>> key.keys_by_dimension["region"]
    'eu'
    """

    __slots__ = ("dimension_keys",)

    dimension_keys: Sequence[PartitionDimensionKey]

    def __new__(cls, keys_by_dimension: Mapping[str, str]) -> Self:
        """Join the keys, in the order of the names of their dimensions."""
        verify_type(
            keys_by_dimension, Mapping, "keys_by_dimension", hint="{'region': 'eu'}."
        )
        keys = [
            PartitionDimensionKey(
                verify_type(name, str, "the name of a dimension"),
                verify_type(part, str, f"keys_by_dimension[{name!r}]"),
            )
            for name, part in keys_by_dimension.items()
        ]
        keys.sort(key=lambda key: key.dimension_name)
        made = super().__new__(cls, "|".join(key.partition_key for key in keys))
        made.dimension_keys = keys
        return made

    def __getnewargs__(self) -> tuple[Any, ...]:
        return (self.keys_by_dimension,)

    @property
    def keys_by_dimension(self) -> Mapping[str, str]:
        """The key of each dimension, by its name."""
        return {key.dimension_name: key.partition_key for key in self.dimension_keys}
