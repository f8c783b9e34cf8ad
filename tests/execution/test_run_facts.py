import dataclasses

import pytest

from opnb.execution.run_facts import NodeHandle, PartitionKeyRange, Run
from opnb.model.errors import CheckError


@pytest.mark.parametrize("path", [["clean"], ["inner", "deep", "clean"]])
def test_a_place_is_a_path(path):
    handle = NodeHandle.from_path(path)

    assert handle.path == path
    assert handle.name == "clean"
    assert str(handle) == handle.to_string() == ".".join(path)


def test_places_are_told_apart_by_all_of_the_path():
    one = NodeHandle.from_path(["a", "clean"])

    assert one == NodeHandle("clean", NodeHandle("a"))
    assert one != NodeHandle.from_path(["b", "clean"])


def test_a_run_is_frozen():
    run = Run("nightly", "r1")

    assert (run.run_config, run.tags) == ({}, {})
    with pytest.raises(dataclasses.FrozenInstanceError):
        run.run_id = "r2"


def test_a_range_of_partitions_is_two_keys():
    assert PartitionKeyRange("a", "b") == PartitionKeyRange(start="a", end="b")
    with pytest.raises(CheckError, match="'end' must be str"):
        PartitionKeyRange("a", 3)
