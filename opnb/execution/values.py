"""The values that steps put out: held while a later step needs them, then let go."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from opnb.execution.active import ActiveExecution
from opnb.execution.plan import (
    ExecutionPlan,
    FromElement,
    FromMany,
    FromOutput,
    FromValue,
    OutputHandle,
    Source,
)
from opnb.execution.step import InputValue
from opnb.execution.value_info import size_of
from opnb.model.entry import OutputSource

# What is kept beyond need, for `output_for_node`, unless the caller chooses.
_KEPT_BYTES = 64 * 2**20


@dataclass(slots=True)
class Values:
    """The values of a run.

    Args:
        run_id: Whose values.
        keep_outputs: True keeps all, False only the graph's outputs; None keeps what no
            step takes, and of the rest as much as fits into 64 MB.
        pinned: The outputs of the graph.
    """

    run_id: str
    keep_outputs: bool | None = None
    pinned: frozenset[OutputHandle] = frozenset()
    held: dict[OutputHandle, Any] = field(default_factory=dict)
    let_go: set[OutputHandle] = field(default_factory=set)
    _uses: dict[OutputHandle, int] = field(default_factory=dict)
    _spare: int = _KEPT_BYTES

    @staticmethod
    def of(
        plan: ExecutionPlan, run_id: str, *, keep_outputs: bool | None = None
    ) -> Values:
        """Return an empty store that knows which outputs a plan takes."""
        pinned = frozenset(plan.graph_outputs.values())
        values = Values(run_id, keep_outputs, pinned)
        for step in plan.steps.values():
            values.expect(step.inputs.values())
        return values

    def expect(self, sources: Iterable[Source]) -> None:
        """Note that a step will take what these sources give."""
        for source in sources:
            for _, handle in source.handles:
                self._uses[handle] = self._uses.get(handle, 0) + 1

    def put(self, handle: OutputHandle, value: Any) -> None:
        """Hold a value, if a step or the caller may ask for it."""
        of_nobody = len(handle) == 2 and handle not in self._uses  # noqa: PLR2004 - no key
        if self.keep_outputs is False and of_nobody and not self._is_pinned(handle):
            self.let_go.add(handle)
        else:
            self.held[handle] = value

    def take(self, source: Source, active: ActiveExecution) -> InputValue:
        """Return what a source gives; a fan-in gives what came of it, as a list."""
        if isinstance(source, FromValue):
            return InputValue(source.value, source.source, source.fingerprint)
        if isinstance(source, FromMany):
            found = [
                self.take(member, active).value
                for member in source.members
                if isinstance(member, FromValue)
                or all(h in active.produced for _, h in member.handles)
            ]
            return InputValue(found)
        assert isinstance(source, FromOutput | FromElement)  # noqa: S101 - collects are resolved
        ((step, handle),) = source.handles
        origin = OutputSource(step.key, source.output_name, self.run_id)
        return InputValue(self.held[handle], origin)

    def release(self, sources: Iterable[Source]) -> None:
        """Let go of what a step that has ended was the last to take."""
        for source in sources:
            for _, handle in source.handles:
                self._uses[handle] -= 1
                if self._uses[handle] <= 0:
                    del self._uses[handle]
                    self._let_go(handle)

    def _is_pinned(self, handle: OutputHandle) -> bool:
        """Whether it is an output of the graph, or a part of one that is dynamic."""
        return (handle[0].partition("[")[0], handle[1]) in self.pinned

    def _let_go(self, handle: OutputHandle) -> None:
        if handle not in self.held or self.keep_outputs:
            return
        if self.pinned and self._is_pinned(handle):
            return
        size = size_of(self.held[handle])
        if self.keep_outputs is None and size <= self._spare:
            self._spare -= size
            return
        del self.held[handle]
        self.let_go.add(handle)

    def settle(self) -> None:
        """Let go of mapped values that no step took, where the caller keeps none."""
        if self.keep_outputs is False:
            for handle in list(self.held):
                self._let_go(handle)
