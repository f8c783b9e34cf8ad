"""What an op tells, for tests of ops: its events, without a log on disk."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from opnb.definitions.op import OpDefinition
from opnb.execution.direct_context import DirectOpExecutionContext, build_op_context
from opnb.model.checks import shorten
from opnb.model.entry import (
    AssetObservationData,
    EventLogEntry,
    EventType,
    StepExpectationResultData,
    StepMaterializationData,
    StepOutputData,
)
from opnb.model.errors import CheckFailed, ParameterCheckError
from opnb.model.events import (
    AssetMaterialization,
    AssetObservation,
    DynamicOutput,
    ExpectationResult,
    Output,
)
from opnb.session import Session

Event = (
    AssetMaterialization
    | AssetObservation
    | ExpectationResult
    | Output[Any]
    | DynamicOutput[Any]
)


def events_of(
    op: Any, context: DirectOpExecutionContext | None = None, /, **inputs: Any
) -> list[Event]:
    """Return the events that an op yields, logs or puts out, in their order.

    The op is run, in a log that is gone afterwards. Checks that fail the op are among
    its events, and raise nothing here: so one tests what bad data leads to. Whatever
    else the op raises is raised. Of an op that was tried again it is the last attempt.

    Args:
        op: An op; or a generator of events, such as a call of an op that yields gives.
        context: From `build_op_context`: config, resources, a partition, tags.
        inputs: The op's inputs, by name.

    >>> from opnb.definitions.op import op
    >>> @op
    ... def count(rows: list):
    ...     yield ExpectationResult(bool(rows), "has rows")
    ...     yield Output(len(rows))
    >>> check, output = events_of(count, rows=[1, 2])
    >>> check.success, output.value
    (True, 2)

    Raises:
        ParameterCheckError: It is neither an op nor a generator.
        BaseException: What the op raised.
    """
    if isinstance(op, OpDefinition):
        return _events_of_run(op, context or build_op_context(), inputs)
    if inspect.isgenerator(op) or inspect.isasyncgen(op):
        return _taken(op)
    raise ParameterCheckError(
        f"events_of takes an op and its inputs, or a generator, not {shorten(op)}.",
        hint="events_of(clean, orders=frame) or events_of(clean(frame)).",
    )


def _events_of_run(
    op: OpDefinition, context: DirectOpExecutionContext, inputs: Mapping[str, Any]
) -> list[Event]:
    session = Session("memory:")
    session.resources.update(context.made_resources)
    result = session.execute_op(
        op,
        inputs,
        config=context.given_config,
        partition_key=context.info.partition_key,
        tags=context.info.tags,
        raise_on_error=False,
    )
    if result.error is not None and not isinstance(result.error, CheckFailed):
        raise result.error
    events: list[Event] = []
    for entry in result.events:
        if entry.event_type is EventType.STEP_UP_FOR_RETRY:
            events.clear()
        events.extend(_event(entry, result.outputs))
    return events


def _event(entry: EventLogEntry, outputs: Mapping[str, Any]) -> Iterator[Event]:
    data = entry.event_specific_data
    if isinstance(data, StepExpectationResultData):
        yield data.expectation_result
    elif isinstance(data, StepMaterializationData):
        yield data.materialization
    elif isinstance(data, AssetObservationData):
        yield data.asset_observation
    elif isinstance(data, StepOutputData):
        name, key, value = data.output_name, data.mapping_key, outputs[data.output_name]
        if key is None:
            yield Output(value, name, metadata=data.metadata)
        else:
            yield DynamicOutput(value[key], key, name, metadata=data.metadata)


def _taken(stream: Any) -> list[Event]:
    events: list[Event] = []
    with suppress(CheckFailed):  # what failed is among the events
        if inspect.isasyncgen(stream):
            asyncio.run(_take(stream, events))
        else:
            events.extend(stream)
    return events


async def _take(stream: AsyncIterable[Any], events: list[Event]) -> None:
    async for event in stream:
        events.append(event)  # noqa: PERF401 - what came before an error stays
