"""Partitions that a job's runs may be for."""

import pytest

from opnb.definitions.partitions import StaticPartitionsDefinition
from opnb.model.errors import ParameterCheckError, UnknownPartitionError

DAYS = StaticPartitionsDefinition(["2026-01-01", "2026-01-02"])


def test_the_keys_come_in_their_order():
    keys = DAYS.get_partition_keys()
    keys.append("more")

    assert DAYS.get_partition_keys() == ["2026-01-01", "2026-01-02"]


def test_an_unknown_key_is_refused_with_the_nearest():
    DAYS.verify_partition_key("2026-01-01")
    with pytest.raises(UnknownPartitionError, match="Did you mean '2026-01-0"):
        DAYS.verify_partition_key("2026-01-03")


@pytest.mark.parametrize("keys", ["abc", {"a"}, None, 5], ids=str)
def test_the_keys_are_a_list(keys):
    with pytest.raises(ParameterCheckError, match="'partition_keys' must be"):
        StaticPartitionsDefinition(keys)


def test_a_key_is_text():
    with pytest.raises(ParameterCheckError, match=r"'a partition key' must be str"):
        StaticPartitionsDefinition(["a", 5])
