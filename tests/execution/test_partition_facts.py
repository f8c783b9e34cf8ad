import pytest
from factories import executed

from opnb.definitions.job import job
from opnb.definitions.op import op
from opnb.definitions.partitions import StaticPartitionsDefinition
from opnb.execution.partition_facts import RANGE_END, RANGE_START
from opnb.execution.run_facts import PartitionKeyRange
from opnb.model.errors import InvariantViolationError
from opnb.model.partition_key import MultiPartitionKey

REGIONS = StaticPartitionsDefinition(["north", "east", "south"])


def _asking(ask, **options):
    @op
    def clean(context):
        return ask(context)

    run = executed(clean, **options)
    if run.error is not None:
        raise run.error
    return run.outputs["result"]


def _range(start, end):
    return {"tags": {RANGE_START: start, RANGE_END: end}}


def _asking_in_a_job(ask, **options):
    @op
    def clean(context):
        return ask(context)

    @job(partitions_def=REGIONS)
    def nightly():
        clean()

    return nightly.execute_in_process(**options).output_for_node("clean")


def test_a_run_for_one_partition():
    asked = _asking(
        lambda c: (
            c.has_partition_key,
            c.partition_key,
            c.has_partition_key_range,
            c.partition_key_range,
            c.partition_keys,
            c.get_tag("dagster/partition"),
        ),
        partition_key="p",
    )

    assert asked == (True, "p", False, PartitionKeyRange("p", "p"), ["p"], "p")


def test_a_run_for_no_partition():
    def ask(context):
        return (
            context.has_partitions,
            context.has_partition_key,
            context.has_partition_key_range,
        )

    assert _asking(ask) == (False, False, False)


@pytest.mark.parametrize(
    "name",
    ["partition_key", "multi_partition_key", "partition_key_range", "partition_keys"],
)
def test_without_a_partition_there_is_no_key(name):
    with pytest.raises(
        InvariantViolationError, match=r"has no partition\.\nHint: Set partition_key"
    ):
        _asking(lambda c: getattr(c, name))


def test_a_partition_is_a_name_without_times():
    with pytest.raises(InvariantViolationError, match="no time window"):
        _asking(lambda c: c.partition_time_window, partition_key="2026-01-01")


def test_a_run_for_a_range_of_partitions():
    asked = _asking_in_a_job(
        lambda c: (c.has_partitions, c.partition_key_range, c.partition_keys),
        **_range("east", "south"),
    )

    assert asked == (True, PartitionKeyRange("east", "south"), ["east", "south"])


def test_a_range_has_no_single_key():
    with pytest.raises(
        InvariantViolationError, match=r"several partitions\.\nHint: .*keys"
    ):
        _asking(lambda c: c.partition_key, **_range("a", "b"))


def test_what_is_in_a_range_must_be_declared():
    with pytest.raises(InvariantViolationError, match="partitions_def"):
        _asking(lambda c: c.partition_keys, **_range("a", "b"))
    with pytest.raises(InvariantViolationError, match="Did you mean 'south'"):
        _asking_in_a_job(lambda c: c.partition_keys, **_range("east", "souths"))


def test_a_partition_by_several_dimensions_keeps_them():
    key = MultiPartitionKey({"date": "2026-01-01", "region": "eu"})

    asked = _asking(
        lambda c: c.multi_partition_key.keys_by_dimension["region"], partition_key=key
    )
    assert asked == "eu"


def test_a_plain_partition_has_no_dimensions():
    with pytest.raises(InvariantViolationError, match="not one by several"):
        _asking(lambda c: c.multi_partition_key, partition_key="a")
