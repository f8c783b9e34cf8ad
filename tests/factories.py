"""Short words to build the values that tests speak of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from opnb.definitions.in_out import DynamicOut, Out
from opnb.definitions.job import JobDefinition
from opnb.definitions.op import OpDefinition, op
from opnb.execution.drive import drive
from opnb.execution.run import Run, build_op_run
from opnb.execution.step import InputValue
from opnb.model.entry import (
    AssetObservationData,
    EventData,
    EventLogEntry,
    EventType,
    RunStartData,
    StepExpectationResultData,
    StepMaterializationData,
)
from opnb.model.event_row import event_entry
from opnb.model.events import (
    AssetMaterialization,
    AssetObservation,
    DynamicOutput,
    ExpectationResult,
    Output,
)
from opnb.result import ExecuteInProcessResult

_DATA = {
    AssetMaterialization: (EventType.ASSET_MATERIALIZATION, StepMaterializationData),
    AssetObservation: (EventType.ASSET_OBSERVATION, AssetObservationData),
    ExpectationResult: (EventType.STEP_EXPECTATION_RESULT, StepExpectationResultData),
}


def entry(
    event: Any, *, run_id: str = "r1", timestamp: float = 1.5, **fields: Any
) -> EventLogEntry:
    """Return the entry of a user's event, or one of an `EventType`."""
    data: EventData = fields.pop("data", None)
    if not isinstance(event, EventType):
        event, kind = _DATA[type(event)][0], _DATA[type(event)][1](event)
        data = kind
    fields = {"step_key": "clean", "node_name": "clean", **fields}
    return EventLogEntry(
        event, run_id, "clean", timestamp, event_specific_data=data, **fields
    )


def started(run_id: str = "r1", **tags: str) -> EventLogEntry:
    """Return the entry that a run begins with."""
    data = RunStartData(tags)
    return entry(
        EventType.RUN_START, run_id=run_id, data=data, step_key=None, node_name=None
    )


def ended(event_type: EventType, run_id: str = "r1") -> EventLogEntry:
    """Return the entry that a run ends with."""
    return entry(event_type, run_id=run_id, step_key=None, node_name=None)


def observed(number: int = 0, run_id: str = "r1") -> EventLogEntry:
    """Return the entry of an observation that carries a number."""
    event = AssetObservation("orders", metadata={"number": number})
    return entry(event, run_id=run_id)


def op_that(*, yields: Any = (), raises: BaseException | None = None) -> OpDefinition:
    """Return an op that yields these events, then raises or puts out 1."""

    @op(name="clean")
    def body():  # type: ignore[no-untyped-def]
        yield from yields
        if raises is not None:
            raise raises
        yield Output(1)

    return body


@dataclass
class Executed:
    """A run that is over: what it told and how it went."""

    run: Run
    entries: list[EventLogEntry] = field(default_factory=list)

    @property
    def types(self) -> list[str]:
        """The types of the step's entries, without those of the run."""
        return [e.event_type.value for e in self.entries[1:-1]]

    @property
    def error(self) -> BaseException | None:
        """What the run ended with."""
        return self.run.error

    @property
    def outputs(self) -> dict[str, Any]:
        """The values that came out."""
        return self.run.step.outputs

    @property
    def last(self) -> EventLogEntry:
        """The entry that the step ended with."""
        return self.entries[-2]

    def data(self, event_type: EventType) -> list[Any]:
        """Return the data of all entries of one type."""
        return [
            e.event_specific_data for e in self.entries if e.event_type is event_type
        ]


class AsEntries:
    """Gives all that a run tells to `append`, events of the user's code as entries."""

    def __init__(self, append: Callable[[list[EventLogEntry]], object]) -> None:
        self._append = append

    def __call__(self, entries: list[EventLogEntry]) -> None:
        """Give entries."""
        self._append(entries)

    def event(self, *told: Any) -> None:
        """Give the entry of an event."""
        self._append([event_entry(*told)])


def prepared(definition: OpDefinition, **inputs: Any) -> Executed:
    """Return a run of the op that has not been started."""
    options = {
        name: inputs.pop(name)
        for name in ("config", "partition_key", "tags", "open_resources")
        if name in inputs
    }
    entries: list[EventLogEntry] = []
    values = {name: InputValue(value) for name, value in inputs.items()}
    return Executed(
        build_op_run(definition, values, AsEntries(entries.extend), **options), entries
    )


def executed(definition: OpDefinition, **inputs: Any) -> Executed:
    """Run an op to its end; what it raises is in `error`."""
    result = prepared(definition, **inputs)
    drive(result.run.execute(), result.entries.extend)
    return result


@op
def one():
    """Put out 1."""
    return 1


@op
def increment(n):
    """Put out one more."""
    return n + 1


@op
def both(a, b):
    """Put out the two as a tuple."""
    return a, b


@op
def listed(items):
    """Put out the items as a list."""
    return list(items)


@op(out=Out(is_required=False))
def skips():
    """Put out nothing."""
    yield from ()


@op
def fails():
    """Raise."""
    raise LookupError("gone")


@op(out=DynamicOut())
def numbers():
    """Put out 0 under the key `a`, and 1 under `b`."""
    yield DynamicOutput(0, "a")
    yield DynamicOutput(1, "b")


def calling(use: Callable[..., Any]) -> Callable[[], Any]:
    """Return a function that calls an op or a graph, to make a graph of."""
    return lambda: use()  # noqa: PLW0108 - an op's own signature tells no inputs


def ran(job: JobDefinition, **options: Any) -> ExecuteInProcessResult:
    """Run a job to its end, whatever its ops raise."""
    return job.execute_in_process(raise_on_error=False, **options)


def told(result: ExecuteInProcessResult, *types: str) -> list[str]:
    """Return what the run told of its steps, all or of some types: `"START one"`."""
    return [
        f"{kind} {entry.step_key}"
        for entry in result.all_node_events
        if (kind := entry.event_type.value.removeprefix("STEP_")) in types or not types
    ]


def order(result: ExecuteInProcessResult) -> list[str]:
    """Return the keys of the steps in the order in which they started."""
    return [line.removeprefix("START ") for line in told(result, "START")]
