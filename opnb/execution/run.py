"""One run of one op, from `RUN_START` to its end, as a generator of entries."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from opnb.execution.compute import attempt
from opnb.execution.instructions import Instructions
from opnb.execution.step import (
    INTERRUPTS,
    InputValue,
    RunInfo,
    StepRun,
    execute_step,
)
from opnb.model.checks import verify_type
from opnb.model.entry import (
    EventData,
    EventLogEntry,
    EventType,
    RunFailureData,
    RunStartData,
    SerializableErrorInfo,
)
from opnb.model.errors import InvalidInvocationError, did_you_mean

if TYPE_CHECKING:
    from opnb.definitions.op import OpDefinition


@dataclass(eq=False)
class OpRun:
    """A run of one op: what is needed to execute it, and how it went.

    Args:
        info: The id, the tags and what else all steps share.
        step: The run's one step; `step.outputs` and `step.error` tell how it went.
    """

    info: RunInfo
    step: StepRun

    @property
    def error(self) -> BaseException | None:
        """What the run ended with; None if it went well."""
        return self.step.error

    def execute(self) -> Instructions:
        """Run, as a generator that a driver carries out."""
        info = self.info
        started = f"Started execution of run for {info.job_name!r}."
        try:
            yield self._entry(
                EventType.RUN_START, started, RunStartData(dict(info.tags))
            )
            yield from execute_step(self.step, attempt)
        except GeneratorExit:
            raise
        except BaseException as raised:  # noqa: BLE001 - Ctrl-C outside of user code
            self.step.error = raised
        yield self._end()

    def _entry(
        self, event_type: EventType, message: str, data: EventData, level: int = 10
    ) -> EventLogEntry:
        return EventLogEntry(
            event_type,
            self.info.run_id,
            self.info.job_name,
            time.time(),
            level=level,
            message=message,
            event_specific_data=data,
        )

    def _end(self) -> EventLogEntry:
        name, error = self.info.job_name, self.error
        if error is None:
            message = f"Finished execution of run for {name!r}."
            return self._entry(EventType.RUN_SUCCESS, message, None)
        info = SerializableErrorInfo.of(error)
        data = RunFailureData(info, (self.step.step_key,))
        if isinstance(error, INTERRUPTS):
            message = f"Execution of run for {name!r} was canceled."
            return self._entry(EventType.RUN_CANCELED, message, data, level=40)
        message = f"Execution of run for {name!r} failed. Steps failed: [{name!r}]."
        return self._entry(EventType.RUN_FAILURE, message, data, level=40)


def build_op_run(
    op: OpDefinition,
    inputs: Mapping[str, InputValue],
    record: Callable[[EventLogEntry], None],
    *,
    config: Any = None,
    partition_key: str | None = None,
    tags: Mapping[str, str] | None = None,
    resources: Mapping[str, Any] | None = None,
    run_id: str | None = None,
) -> OpRun:
    """Return a run of `op`, everything checked that can be before it starts.

    Raises:
        InvalidConfigError: The config does not fit the op.
        InvalidInvocationError: An input is missing or unknown.
    """
    run_tags = {
        verify_type(key, str, "a tag"): verify_type(value, str, "a tag's value")
        for key, value in (tags or {}).items()
    }
    if partition_key is not None:
        verify_type(partition_key, str, "partition_key", hint="str(partition_key).")
        run_tags["dagster/partition"] = partition_key
    info = RunInfo(
        run_id or str(uuid.uuid4()), op.name, run_tags, partition_key, resources or {}
    )
    given = _all_inputs(op, inputs)
    step = StepRun(info, op, op.name, given, op.resolve_config(config), record)
    return OpRun(info, step)


def _all_inputs(
    op: OpDefinition, inputs: Mapping[str, InputValue]
) -> dict[str, InputValue]:
    for name in inputs:
        if name not in op.ins:
            raise InvalidInvocationError(
                f"Op {op.name!r} has no input {name!r}.",
                hint=did_you_mean(name, op.ins),
            )
    found: dict[str, InputValue] = {}
    for name, declared in op.ins.items():
        if declared.type.is_nothing:
            continue  # it says what comes first; no value goes in
        if name in inputs:
            found[name] = inputs[name]
        elif declared.has_default:
            found[name] = InputValue(declared.default_value)
        else:
            raise InvalidInvocationError(
                f"Op {op.name!r} needs a value for its input {name!r}.",
                hint=f"Give {name!r}, or a default in the function's signature.",
            )
    return found
