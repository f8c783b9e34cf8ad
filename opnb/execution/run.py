"""One run of a plan, from `RUN_START` to its end, as a generator of entries."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from opnb.definitions.op_config import config_digests, resolve_op_config
from opnb.execution.active import ActiveExecution, StepStatus
from opnb.execution.compute import attempt
from opnb.execution.hooks import run_hooks
from opnb.execution.instructions import Instructions, Wait
from opnb.execution.journal import Journal, Record
from opnb.execution.plan import ExecutionPlan, FromValue, PlannedStep, plan_of_op
from opnb.execution.retries import INTERRUPTS
from opnb.execution.step import InputValue, RunInfo, StepRun, execute_attempt
from opnb.execution.values import Values
from opnb.model.checks import verify_type
from opnb.model.entry import (
    EventData,
    EventType,
    RunFailureData,
    RunStartData,
    SerializableErrorInfo,
    StepFailureData,
)
from opnb.model.errors import InvalidInvocationError, did_you_mean
from opnb.model.signals import RetryRequested

if TYPE_CHECKING:
    from opnb.definitions.op import OpDefinition

# An enum's attributes are slow to look up.
_RUN_START: Final = EventType.RUN_START
_RUN_SUCCESS: Final = EventType.RUN_SUCCESS
_SUCCESS: Final = StepStatus.SUCCESS

OpenResources = Callable[[], AbstractContextManager[Mapping[str, Any]]]


@dataclass(eq=False)
class Run:
    """A run of a plan: what is needed to execute it, and how it went.

    Args:
        info: The id, the tags and what else all steps share.
        plan: What runs.
        journal: Takes the entries.
        open_resources: Makes the resources, which are closed when the run has ended;
            None where there are none.
        stop_at_failure: Whether the first failed step ends the run.
        keep_outputs: Which values are kept beyond need; see `Values`.
        own_errors: Whether a policy's last attempt ends the run with the user's own
            exception, as a cell wants it, and not with `MaxRetriesExceededError`.
        step: The step under way, or the last.
        error: What the run ended with; None if it went well.
    """

    info: RunInfo
    plan: ExecutionPlan
    journal: Journal
    open_resources: OpenResources | None = None
    stop_at_failure: bool = True
    keep_outputs: bool | None = None
    own_errors: bool = False
    step: StepRun | None = None
    error: BaseException | None = None
    failures: dict[str, StepFailureData] = field(default_factory=dict)
    failed_steps: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.active = ActiveExecution(self.plan)
        self.values = Values.of(
            self.plan, self.info.run_id, keep_outputs=self.keep_outputs
        )

    def execute(self) -> Instructions:
        """Run, as a generator that a driver carries out."""
        name = self.info.job_name
        try:
            self._tell(
                _RUN_START,
                f"Started execution of run for {name!r}.",
                RunStartData(dict(self.info.tags)),
            )
            if self.open_resources is None:
                yield from self._steps()
            else:
                yield self.journal.take()
                with self.open_resources() as resources:
                    self.info.resources = resources
                    yield from self._steps()
        except GeneratorExit:
            raise
        except BaseException as raised:  # noqa: BLE001 - raised by the caller
            self._end_with(raised)
        self.values.settle()
        self._tell_end()
        yield self.journal.take()

    def _steps(self) -> Instructions:
        active = self.active
        while not active.is_complete:
            planned = active.next_step()
            if planned is None:
                yield self.journal.take()
                yield Wait(active.seconds_to_wait())
                continue
            if self.step is not None:
                self.step.let_go()
            self.step = step = self._begin(planned)
            yield from execute_attempt(step, attempt)
            self._end(step)
            if planned.hooks:
                yield from run_hooks(step)
            if step.error is not None and self._must_stop(step.error):
                return

    def _begin(self, planned: PlannedStep) -> StepRun:
        inputs = {
            name: self.values.take(source, self.active)
            for name, source in planned.inputs.items()
            if not planned.op.ins[name].type.is_nothing
        }
        attempts = self.active.attempts.get(planned.key, 0)
        return StepRun(self.info, planned, inputs, self.journal, attempts)

    def _end(self, step: StepRun) -> None:
        """Hand on what came out, and decide on the steps that waited."""
        planned = step.planned
        if step.wait is not None:
            self.active.retry(planned, step.wait)
            return
        if step.error is None:
            status = _SUCCESS
        else:
            status = StepStatus.FAILURE
            self._end_with(self._error_of(step))
            self.failed_steps.append(planned.key)
            if step.failure_data is not None:
                self.failures[planned.key] = step.failure_data
        if not step.failed_checks:  # data that failed its checks goes no further
            self._hand_on(step)
        self.active.end(planned, status)
        self._settle(planned)
        for ended, how in self.active.take_ended():
            if how is StepStatus.SKIPPED:
                self._tell_skipped(ended)
            self._settle(ended)

    def _end_with(self, error: BaseException | None) -> None:
        """Note why the run fails: the first error, or an interrupt after it."""
        if self.error is None or isinstance(error, INTERRUPTS):
            self.error = error

    def _error_of(self, step: StepRun) -> BaseException | None:
        if self.own_errors and not isinstance(step.raised, RetryRequested):
            return step.raised
        return step.error

    def _hand_on(self, step: StepRun) -> None:
        for name, value in step.outputs.items():
            if not step.op.outs[name].is_dynamic:
                self._put(step.planned, name, None, value)
                continue
            for key, element in value.items():
                self._put(step.planned, name, key, element)

    def _put(
        self, planned: PlannedStep, name: str, mapping_key: str | None, value: Any
    ) -> None:
        self.active.put_out(planned, name, mapping_key)
        handle = (planned.key, name)
        self.values.put(
            handle if mapping_key is None else (*handle, mapping_key), value
        )

    def _settle(self, ended: PlannedStep) -> None:
        """Let go of what this step was the last to take."""
        active = self.active
        if active.expected or active.replaced:
            self.values.expect(active.expected)
            self.values.release(active.replaced)
            active.expected, active.replaced = [], []
        self.values.release(ended.inputs.values())

    def _must_stop(self, error: BaseException) -> bool:
        return self.stop_at_failure or isinstance(error, INTERRUPTS)

    def _tell_skipped(self, planned: PlannedStep) -> None:
        entry = self.info.entry(
            EventType.STEP_SKIPPED,
            f"Skipped execution of step {planned.key!r}: an input was skipped.",
            step_key=planned.key,
            node_name=planned.node.name,
        )
        self.journal.pending.append(entry)

    def _tell(
        self, event_type: EventType, message: str, data: EventData, level: int = 10
    ) -> None:
        self.journal.pending.append(self.info.entry(event_type, message, data, level))

    def _tell_end(self) -> None:
        name, error = self.info.job_name, self.error
        if error is None:
            message = f"Finished execution of run for {name!r}."
            self._tell(_RUN_SUCCESS, message, None)
            return
        info = SerializableErrorInfo.of(error)
        data = RunFailureData(info, tuple(self.failed_steps))
        if isinstance(error, INTERRUPTS):
            message = f"Execution of run for {name!r} was canceled."
            self._tell(EventType.RUN_CANCELED, message, data, level=40)
            return
        steps = f" Steps failed: {self.failed_steps!r}." if self.failed_steps else ""
        message = f"Execution of run for {name!r} failed.{steps}"
        self._tell(EventType.RUN_FAILURE, message, data, level=40)

    def let_go(self) -> None:
        """Hold no value of the user's any more: what he deletes is gone."""
        self.values.held.clear()
        for planned in self.plan.steps.values():
            planned.inputs = {}
        if self.step is not None:
            self.step.let_go()


def run_info(
    job_name: str,
    *,
    run_id: str | None = None,
    tags: Mapping[str, str] | None = None,
    partition_key: str | None = None,
    run_config: Any = None,
    job_def: Any = None,
    fingerprint: Callable[[Any], str | None] | None = None,
) -> RunInfo:
    """Return what all steps of a run share.

    Raises:
        ParameterCheckError: A tag, the partition or the run id is no text.
    """
    run_tags = {
        verify_type(key, str, "a tag"): verify_type(value, str, "a tag's value")
        for key, value in (tags or {}).items()
    }
    if partition_key is not None:
        verify_type(partition_key, str, "partition_key", hint="str(partition_key).")
        run_tags["dagster/partition"] = partition_key
    verify_type(run_id, str, "run_id", optional=True)
    return RunInfo(
        run_id or _new_run_id(),
        job_name,
        run_tags,
        partition_key,
        run_config=run_config,
        job_def=job_def,
        fingerprint=fingerprint,
    )


def _new_run_id() -> str:
    """Return a random UUID of version 4, as RFC 9562 has it, in section 5.4.

    `uuid.uuid4` makes an object on the way, which takes as long as a row of the log.
    """
    digits = os.urandom(16).hex()
    variant = "89ab"[int(digits[16], 16) & 3]
    return (
        f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}"
        f"-{digits[20:]}"
    )


def build_op_run(
    op: OpDefinition,
    inputs: Mapping[str, InputValue],
    record: Record,
    *,
    config: Any = None,
    open_resources: OpenResources | None = None,
    **facts: Any,
) -> Run:
    """Return a run of one op, everything checked that can be before it starts.

    Args:
        op: What to run.
        inputs: A value for each input that has no default.
        record: Keeps the entries that the code logs while it runs.
        config: Fits the op's config schema.
        open_resources: Makes the resources.
        facts: What all steps of the run share, as `run_info` takes it.

    Raises:
        InvalidConfigError: The config does not fit the op.
        InvalidInvocationError: An input is missing or unknown.
    """
    info = run_info(op.name, **facts)
    given = _all_inputs(op, inputs)
    plan = plan_of_op(op, given, resolve_op_config(op, config))
    info.given_config = config_digests(config)
    return Run(info, plan, Journal(record), open_resources, own_errors=True)


def _all_inputs(
    op: OpDefinition, inputs: Mapping[str, InputValue]
) -> dict[str, FromValue]:
    for name in inputs:
        if name not in op.ins:
            raise InvalidInvocationError(
                f"Op {op.name!r} has no input {name!r}.",
                hint=did_you_mean(name, op.ins),
            )
    found: dict[str, FromValue] = {}
    for name, declared in op.ins.items():
        if declared.type.is_nothing:
            continue  # it says what comes first; no value goes in
        if name in inputs:
            given = inputs[name]
            found[name] = FromValue(given.value, given.source, given.fingerprint)
        elif declared.has_default:
            found[name] = FromValue(declared.default_value)
        else:
            raise InvalidInvocationError(
                f"Op {op.name!r} needs a value for its input {name!r}.",
                hint=f"Give {name!r}, or a default in the function's signature.",
            )
    return found
