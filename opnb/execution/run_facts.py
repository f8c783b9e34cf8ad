"""What the context tells of the run and of the step's place in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from opnb.model.checks import verify_type


@dataclass(frozen=True, slots=True)
class Run:
    """A run, as it stands while its code asks.

    Args:
        job_name: The job; the op's name where an op runs alone.
        run_id: Its id.
        run_config: What it was told.
        tags: Text by text.
        status: A word of `RunStatus`.
    """

    job_name: str
    run_id: str
    run_config: Mapping[str, Any] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    status: str = "STARTED"


@dataclass(frozen=True, slots=True)
class NodeHandle:
    """The place of a node in a job.

    Args:
        name: The node's name in its graph.
        parent: The place of that graph; None in the job's own.

    >>> str(NodeHandle("clean", NodeHandle("nightly")))
    'nightly.clean'
    """

    name: str
    parent: NodeHandle | None = None

    @staticmethod
    def from_path(path: Sequence[str]) -> NodeHandle:
        """Return the place that the names of nodes lead to."""
        *above, name = path
        return NodeHandle(name, NodeHandle.from_path(above) if above else None)

    @property
    def path(self) -> list[str]:
        """The names of the nodes from the job down."""
        return [*(self.parent.path if self.parent else ()), self.name]

    def to_string(self) -> str:
        """Return the path with dots between: the step's key, where it runs once."""
        return ".".join(self.path)

    def __str__(self) -> str:
        return self.to_string()


@dataclass(frozen=True, slots=True)
class PartitionKeyRange:
    """Partitions from one to another, both included.

    Args:
        start: The first.
        end: The last.
    """

    start: str
    end: str

    def __post_init__(self) -> None:
        verify_type(self.start, str, "start")
        verify_type(self.end, str, "end")
