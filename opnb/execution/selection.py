"""Op selections: which steps of a plan run, in Dagster's grammar.

`name` is an op, or all within a graph; `*name` adds all before it, `name*` all after
it, each `+` one level of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from opnb.execution.plan import (
    ExecutionPlan,
    FromCollect,
    FromMany,
    FromOutput,
    FromValue,
    PlannedStep,
    Source,
)
from opnb.model.checks import shorten, verify_type
from opnb.model.errors import (
    InvalidSubsetError,
    did_you_mean,
)

_CLAUSE = re.compile(r"(\*|\+*)([.\w\d\[\]?_-]+)(\*|\+*)\Z")


def selected_keys(plan: ExecutionPlan, selection: Iterable[str]) -> set[str]:
    """Return the keys of the steps that a selection names.

    Raises:
        InvalidSubsetError: A clause names nothing, or cannot be read.
    """
    verify_type(selection, (list, tuple, set, frozenset), "op_selection")
    chosen: set[str] = set()
    for clause in selection:
        chosen |= set(_matches(plan, clause))
    if not chosen:
        raise InvalidSubsetError(
            "The op_selection is empty.", hint=did_you_mean("", plan.steps)
        )
    return chosen


def part_of(
    plan: ExecutionPlan,
    chosen: set[str],
    input_values: Mapping[tuple[str, ...], Mapping[str, Any]],
) -> ExecutionPlan:
    """Return the part of a plan that is these steps.

    What one that is left out would feed takes the value given for it, or its default.
    """
    steps = {key: step for key, step in plan.steps.items() if key in chosen}
    for step in steps.values():
        values = input_values.get(step.path, {})
        step.inputs = dict(_inputs_within(step, chosen, values))
        if step.scope is not None and step.scope.step.key not in chosen:
            step.scope = None
    return ExecutionPlan(
        steps,
        {name: h for name, h in plan.graph_outputs.items() if h[0] in chosen},
        plan.node_outputs,
    )


def _matches(plan: ExecutionPlan, clause: str) -> Iterator[str]:
    found = _CLAUSE.match(clause) if isinstance(clause, str) else None
    if found is None:
        raise InvalidSubsetError(
            f"{shorten(clause)} is no selection of ops.",
            hint="A name; *name with all before it, name+ with those right after it.",
        )
    before, name, after = found.groups()
    seeds = [key for key in plan.steps if key == name or key.startswith(f"{name}.")]
    if not seeds:
        raise InvalidSubsetError(
            f"The job has no op {name!r}.",
            hint=did_you_mean(name, plan.steps),
        )
    yield from seeds
    upstream = {key: set(_steps_before(step)) for key, step in plan.steps.items()}
    yield from _reached(seeds, upstream, before)
    downstream: dict[str, set[str]] = {key: set() for key in plan.steps}
    for key, sources in upstream.items():
        for source in sources:
            downstream[source].add(key)
    yield from _reached(seeds, downstream, after)


def _reached(
    seeds: Iterable[str], edges: Mapping[str, set[str]], reach: str
) -> Iterator[str]:
    levels = len(edges) if reach == "*" else len(reach)
    seen, front = set(seeds), set(seeds)
    for _ in range(levels):
        front = {key for each in front for key in edges[each]} - seen
        if not front:
            return
        seen |= front
        yield from front


def _steps_before(step: PlannedStep) -> Iterator[str]:
    for source in step.inputs.values():
        members = source.members if isinstance(source, FromMany) else (source,)
        for member in members:
            if isinstance(member, FromOutput | FromCollect):
                yield member.step.key


def _inputs_within(
    step: PlannedStep, chosen: set[str], values: Mapping[str, Any]
) -> Iterator[tuple[str, Source]]:
    """Yield the inputs that are fed by chosen steps, values, and defaults."""
    for name, source in step.inputs.items():
        kept = _within(source, chosen)
        declared = step.op.ins[name]
        if kept is not None:
            yield name, kept
        elif name in values:
            yield name, FromValue(values[name])
        elif declared.has_default and not declared.type.is_nothing:
            yield name, FromValue(declared.default_value)


def _within(source: Source, chosen: set[str]) -> Source | None:
    if isinstance(source, FromOutput | FromCollect):
        return source if source.step.key in chosen else None
    if isinstance(source, FromMany):
        members = [_within(member, chosen) for member in source.members]
        kept = tuple(member for member in members if member is not None)
        return FromMany(kept) if kept or not members else None
    return source
