"""What of a plan is done, ready, waiting, skipped: Dagster's order of steps.

Steps that are ready run first come, first served, a higher priority before all. A step
whose source was skipped, or ended without the output, is skipped; one behind a failed
step is left alone. Each step is looked at when something it waits for ends, so that the
cost of a step does not grow with the plan.
"""

from __future__ import annotations

import heapq
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from enum import Enum
from typing import Final

from opnb.execution.plan import (
    ExecutionPlan,
    FromCollect,
    FromElement,
    FromMany,
    FromOutput,
    OutputHandle,
    PlannedStep,
    Source,
)


class StepStatus(Enum):
    """How a step ended; one that is missing has not run: Dagster's "untouched"."""

    SUCCESS = "SUCCESS"
    FAILURE = "FAILURE"
    SKIPPED = "SKIPPED"
    ABANDONED = "ABANDONED"


_RESOLVES = (StepStatus.SUCCESS, StepStatus.SKIPPED)
_FAILURE: Final = StepStatus.FAILURE  # an enum's attributes are slow to look up


class ActiveExecution:
    """A plan under way.

    Args:
        plan: Its steps.

    Attributes:
        status: How steps ended, by key.
        produced: What came out.
        mapping_keys: The keys of what came out of dynamic outputs.
        attempts: How many attempts of a step came before, where there were some.
        expected: The sources of steps that were made lately.
        replaced: The sources of the templates that those were made from.
    """

    def __init__(self, plan: ExecutionPlan) -> None:
        self.status: dict[str, StepStatus] = {}
        self.produced: set[OutputHandle] = set()
        self.mapping_keys: dict[tuple[str, str], list[str]] = {}
        self.attempts: dict[str, int] = {}
        self.expected: list[Source] = []
        self.replaced: list[Source] = []
        self._ready: list[tuple[int, int, PlannedStep]] = []
        self._waiting: list[tuple[float, int, PlannedStep]] = []
        self._to_end: list[tuple[PlannedStep, StepStatus]] = []
        self._missing: dict[str, int] = {}
        self._dependents: dict[str, list[PlannedStep]] = {}
        self._templates: dict[str, list[PlannedStep]] = {}
        self._unresolved: dict[str, set[str]] = {}
        self._instances: dict[tuple[str, str], PlannedStep] = {}
        self._number = 0
        for step in plan.steps.values():
            if not step.inputs:  # as it is of most ops that run alone
                self._push(step)
                continue
            waits_for = self._dynamic_steps_before(step)
            if waits_for:
                self._unresolved[step.key] = waits_for
                for key in waits_for:
                    self._templates.setdefault(key, []).append(step)
            else:
                self._add(step)

    @staticmethod
    def _dynamic_steps_before(step: PlannedStep) -> set[str]:
        keys = {collect.scope.step.key for collect in step.collects}
        if step.scope is not None:
            keys.add(step.scope.step.key)
        return keys

    def _add(self, step: PlannedStep) -> None:
        """Take in a step whose sources are all known."""
        before = {
            source.key
            for each in step.inputs.values()
            for source, _ in each.handles
            if source.key not in self.status
        }
        if not before:
            self._decide(step)
            return
        self._missing[step.key] = len(before)
        for key in before:
            self._dependents.setdefault(key, []).append(step)

    def _decide(self, step: PlannedStep) -> None:
        """Make a step ready, or mark it to be skipped or left alone."""
        produced = self.produced
        if all(
            handle in produced
            for source in step.inputs.values()
            for _, handle in source.handles
        ):
            self._push(step)
        elif self._must_skip(step):
            self._to_end.append((step, StepStatus.SKIPPED))
        elif self._behind_failure(step):
            self._to_end.append((step, StepStatus.ABANDONED))
        else:
            self._push(step)

    def _push(self, step: PlannedStep) -> None:
        self._number += 1
        heapq.heappush(self._ready, (-step.priority, self._number, step))

    def _must_skip(self, step: PlannedStep) -> bool:
        for source in step.inputs.values():
            handles = source.handles
            missing = [
                handle
                for before, handle in handles
                if handle not in self.produced
                and self.status.get(before.key) in _RESOLVES
            ]
            # A fan-in goes on with what came; anything else needs all it asks for.
            if missing and (
                not isinstance(source, FromMany) or len(missing) == len(handles)
            ):
                return True
        return False

    def _behind_failure(self, step: PlannedStep) -> bool:
        lost = (StepStatus.FAILURE, StepStatus.ABANDONED)
        return any(
            self.status.get(before.key) in lost
            for source in step.inputs.values()
            for before, _ in source.handles
        )

    @property
    def is_complete(self) -> bool:
        """Whether no step is left to run or to wait for."""
        return not (self._ready or self._waiting or self._to_end)

    def next_step(self) -> PlannedStep | None:
        """Return the step to run now; None if all that are left wait."""
        now = time.monotonic()
        while self._waiting and self._waiting[0][0] <= now:
            self._push(heapq.heappop(self._waiting)[2])
        return heapq.heappop(self._ready)[2] if self._ready else None

    def seconds_to_wait(self) -> float:
        """Return how long it is until a step is ready again."""
        if not self._waiting:
            return 0.0
        return max(self._waiting[0][0] - time.monotonic(), 0.0)

    def retry(self, step: PlannedStep, wait: float) -> None:
        """Put a step back, to be run again after some seconds."""
        self.attempts[step.key] = self.attempts.get(step.key, 0) + 1
        if wait:
            self._number += 1
            entry = (time.monotonic() + wait, self._number, step)
            heapq.heappush(self._waiting, entry)
        else:
            self._push(step)

    def put_out(
        self, step: PlannedStep, output_name: str, mapping_key: str | None
    ) -> None:
        """Note that an output came."""
        if mapping_key is None:
            self.produced.add((step.key, output_name))
        else:
            self.produced.add((step.key, output_name, mapping_key))
            keys = self.mapping_keys.setdefault((step.key, output_name), [])
            keys.append(mapping_key)

    def end(self, step: PlannedStep, status: StepStatus) -> None:
        """Note how a step ended; steps that waited for it are decided on."""
        self.status[step.key] = status
        if status is _FAILURE:
            self._void_outputs(step)
        for dependent in self._dependents.pop(step.key, ()):
            self._missing[dependent.key] -= 1
            if not self._missing[dependent.key]:
                del self._missing[dependent.key]
                self._decide(dependent)
        if status in _RESOLVES and step.key in self._templates:
            self._resolve(step, skipped=status is StepStatus.SKIPPED)

    def _void_outputs(self, step: PlannedStep) -> None:
        """Let no step take what one put out that failed afterwards."""
        for name in step.op.outs:
            self.produced.discard((step.key, name))
            for key in self.mapping_keys.get((step.key, name), ()):
                self.produced.discard((step.key, name, key))

    def take_ended(self) -> Iterator[tuple[PlannedStep, StepStatus]]:
        """Yield the steps that end without running: skipped first, then abandoned."""
        while self._to_end:
            batch, self._to_end = self._to_end, []
            batch.sort(
                key=lambda each: (each[1] is StepStatus.ABANDONED, -each[0].priority)
            )
            for step, status in batch:
                yield step, status
                self.end(step, status)

    def _resolve(self, step: PlannedStep, *, skipped: bool) -> None:
        """Make the steps that are mapped over this one's outputs, or collect them."""
        for waiting in self._templates.pop(step.key):
            unresolved = self._unresolved[waiting.key]
            unresolved.discard(step.key)
            if unresolved:
                continue
            if waiting.scope is None:
                self._add(self._collected(waiting))
                continue
            keys = self._keys(step, waiting.scope.output_name, skipped=skipped) or ()
            for key in keys:
                made = self._mapped(waiting, key)
                self.expected += made.inputs.values()
                self._add(made)
            self.replaced += waiting.inputs.values()

    def _keys(
        self, step: PlannedStep, output_name: str, *, skipped: bool
    ) -> list[str] | None:
        """Return the mapping keys of an output; None if the output was skipped."""
        keys = self.mapping_keys.get((step.key, output_name), [])
        if not keys and (skipped or not step.op.outs[output_name].is_required):
            return None
        return keys

    def _mapped(self, template: PlannedStep, key: str) -> PlannedStep:
        before = {
            source.step.key: self._instances[source.step.key, key]
            for source in template.inputs.values()
            if isinstance(source, FromOutput) and source.step.scope is not None
        }
        made = template.mapped(key, before)
        self._instances[template.key, key] = made
        return made

    def _collected(self, step: PlannedStep) -> PlannedStep:
        inputs = dict(step.inputs)
        for name, source in step.inputs.items():
            if isinstance(source, FromCollect):
                inputs[name] = collected = self._collect(source)
                self.expected.append(collected)
        return replace(step, inputs=inputs)

    def _collect(self, collect: FromCollect) -> Source:
        dynamic, output_name = collect.scope.step, collect.scope.output_name
        skipped = self.status.get(dynamic.key) is StepStatus.SKIPPED
        keys = self._keys(dynamic, output_name, skipped=skipped)
        if keys is None:
            return FromOutput(dynamic, output_name)
        return FromMany(tuple(self._members(collect, keys)))

    def _members(self, collect: FromCollect, keys: Iterable[str]) -> Iterator[Source]:
        for key in keys:
            if collect.step.scope is None:
                yield FromElement(collect.step, collect.output_name, key)
            else:
                instance = self._instances[collect.step.key, key]
                yield FromOutput(instance, collect.output_name)
