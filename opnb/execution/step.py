"""One step: an attempt at one op within a run, as a generator.

`execute_attempt` starts the attempt, lets `compute.attempt` run the user's code, and
records how it ended. What the code raises comes back here as `UserCodeRaised`, what
opnb finds wrong as an `OpnbError`; whether another attempt follows is told by
`retries.decide`, and the run comes back to it when its time has come.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from opnb.execution.instructions import Instructions
from opnb.execution.journal import Journal
from opnb.execution.retries import (
    error_info,
    error_source,
    error_to_raise,
    retry_info,
    seconds_before_next,
    what,
)
from opnb.model.checks import verify_type
from opnb.model.entry import (
    FAILED_CHECKS,
    EventData,
    EventLogEntry,
    EventType,
    OutputSource,
    StepFailureData,
    StepRetryData,
    StepStartData,
    StepSuccessData,
    UserFailureData,
)
from opnb.model.errors import (
    CheckFailed,
    InvalidMetadata,
    InvariantViolationError,
    TypeCheckDidNotPass,
    did_you_mean,
)
from opnb.model.event_row import event_row
from opnb.model.events import ExpectationResult, UserEvent
from opnb.model.signals import Failure, RetryRequested

if TYPE_CHECKING:
    from opnb.execution.context import OpExecutionContext
    from opnb.execution.plan import PlannedStep

# An enum's attributes are slow to look up.
_STEP_START: Final = EventType.STEP_START
_STEP_SUCCESS: Final = EventType.STEP_SUCCESS


@dataclass(frozen=True, slots=True)
class InputValue:
    """A value for an input.

    Args:
        value: What goes in.
        source: The output that it came from, if one is known.
        fingerprint: The value's, where it has been taken for the first attempt.
    """

    value: Any
    source: OutputSource | None = None
    fingerprint: str | None = None


@dataclass(slots=True)
class RunInfo:
    """What all steps of a run share; `resources` are there once they are open.

    `fingerprint` tells what goes in and comes out by its content, where that is wanted.
    Of an op that runs alone, `reused_from` is the run whose outputs this one puts out
    again, and `given_config` digests of the config.
    """

    run_id: str
    job_name: str
    tags: Mapping[str, str] = field(default_factory=dict)
    partition_key: str | None = None
    resources: Mapping[str, Any] = field(default_factory=dict)
    run_config: Any = None
    job_def: Any = None
    fingerprint: Callable[[Any], str | None] | None = None
    reused_from: str | None = None
    given_config: Mapping[str, str] | None = None

    def entry(
        self,
        event_type: EventType,
        message: str | None = None,
        data: EventData = None,
        level: int = 10,
        *,
        step_key: str | None = None,
        node_name: str | None = None,
    ) -> EventLogEntry:
        """Return an entry of the run, or of a step of it, made now."""
        return EventLogEntry(
            event_type,
            self.run_id,
            self.job_name,
            time.time(),
            step_key,
            node_name,
            level,
            message,
            data,
        )


class StepRun:
    """An attempt at a step.

    Most attempts go well; until there is more to tell of one, the values that are the
    class's own do for all of them.

    Args:
        run: The run it belongs to.
        planned: What is run, and where.
        inputs: The values that go in, by name.
        journal: Takes the entries.
        retry_number: How many attempts came before.

    Attributes:
        outputs: The values that came out, by name; by mapping key where dynamic.
        failed_checks: The expectations not met that fail the op.
        raised: What the code raised; `error` is what is made of it.
        error: What the step failed with, as it is to be raised.
        wait: The seconds before the next attempt; None if there is none.
        context: What the code is given, while it runs.
        typed_stream: Why only outputs may be returned; None where any value may.
    """

    raised: BaseException | None = None
    error: BaseException | None = None
    failure_data: StepFailureData | None = None
    wait: float | None = None
    context: OpExecutionContext | None = None
    typed_stream: str | None = None

    def __init__(
        self,
        run: RunInfo,
        planned: PlannedStep,
        inputs: Mapping[str, InputValue],
        journal: Journal,
        retry_number: int = 0,
    ) -> None:
        self.run = run
        self.planned = planned
        self.inputs = inputs
        self.journal = journal
        self.retry_number = retry_number
        self.op = planned.op
        self.step_key = planned.key
        self.config = planned.config
        self.outputs: dict[str, Any] = {}
        self.failed_checks: list[ExpectationResult] = []
        self.output_metadata: dict[tuple[str, str | None], dict[str, Any]] = {}
        self.put_out_metadata: dict[str, Any] = {}

    def let_go(self) -> None:
        """Hold no values any more."""
        self.inputs = {}
        self.outputs = {}
        self.context = None

    def tell(
        self,
        event_type: EventType,
        message: str | None = None,
        data: EventData = None,
        level: int = 10,
    ) -> None:
        """Add an entry of this step, made now, to the journal."""
        run = self.run
        # As `entry`, without its calls: a job comes here four times a step.
        self.journal.pending.append(
            EventLogEntry(
                event_type,
                run.run_id,
                run.job_name,
                time.time(),
                self.step_key,
                self.planned.node.name,
                level,
                message,
                data,
            )
        )

    def fingerprint_of(self, value: Any) -> str | None:
        """Return the fingerprint of what goes in or comes out, where it is wanted."""
        fingerprint = self.run.fingerprint
        return None if fingerprint is None else fingerprint(value)

    def fingerprint_of_input(self, given: InputValue) -> str | None:
        """Return the fingerprint of an input; an attempt before may have changed it."""
        if given.fingerprint is None or self.retry_number:
            return self.fingerprint_of(given.value)
        return given.fingerprint

    def record(self, entry: EventLogEntry) -> None:
        """Keep an entry at once: the code that made it goes on."""
        self.journal.record(entry)

    def record_event(self, event: UserEvent) -> None:
        """Keep an event of the user's at once; see `event_to_keep`.

        Raises:
            InvalidMetadata: Its metadata is larger than the log takes.
        """
        journal, run = self.journal, self.run
        if journal.pending:
            journal.keep_pending()
        row = event_row(event, time.time(), self.step_key, self.planned.node.name)
        journal.keep_event(event, row, run.run_id, run.job_name)

    def entry(
        self,
        event_type: EventType,
        message: str | None = None,
        data: EventData = None,
        level: int = 10,
    ) -> EventLogEntry:
        """Return an entry of this step, made now."""
        return self.run.entry(
            event_type,
            message,
            data,
            level,
            step_key=self.step_key,
            node_name=self.planned.node.name,
        )

    def name_output(
        self, output_name: str | None, mapping_key: str | None = None
    ) -> str:
        """Return the output meant, the only one if none is named.

        Raises:
            InvariantViolationError: There are several, none of that name, or it is out.
        """
        outs = self.op.outs
        if output_name is None:
            if len(outs) != 1:
                raise InvariantViolationError(
                    f"Op {self.op.name!r} has {len(outs)} outputs; name the one meant.",
                    hint=f"output_name= one of {', '.join(map(repr, outs)) or 'none'}.",
                )
            output_name = next(iter(outs))
        if verify_type(output_name, str, "output_name") not in outs:
            raise InvariantViolationError(
                f"Op {self.op.name!r} has no output {output_name!r}.",
                hint=did_you_mean(output_name, outs),
            )
        is_out = output_name in self.outputs
        if is_out and outs[output_name].is_dynamic:
            is_out = mapping_key in self.outputs[output_name]
        if is_out:
            raise InvariantViolationError(
                f"The output {output_name!r} of op {self.op.name!r} has already been "
                "yielded.",
                hint="Add the metadata before, or give it to the Output.",
            )
        return output_name


def execute_attempt(
    step: StepRun, attempt: Callable[[StepRun], Instructions]
) -> Instructions:
    """Run an attempt to its end; `step.error` and `step.wait` tell how it went."""
    _start(step)
    started = time.perf_counter()
    try:
        yield from attempt(step)
    except GeneratorExit:
        raise
    except BaseException as raised:  # noqa: BLE001 - recorded, then raised
        _end_with(step, raised)
        if step.failure_data is not None and step.failure_data.user_failure_data:
            yield from _keep_failure(step, step.failure_data)
    else:
        _succeed(step, time.perf_counter() - started)


def _start(step: StepRun) -> None:
    if not step.retry_number:
        step.tell(
            _STEP_START,
            f"Started execution of step {step.step_key!r}.",
            _start_data(step),
        )
        return
    step.tell(
        EventType.STEP_RESTARTED,
        f"Started re-execution (attempt # {step.retry_number + 1}) of step "
        f"{step.step_key!r}.",
    )


def _start_data(step: StepRun) -> StepStartData:
    """Return what code runs; written out only where an op runs alone."""
    if step.run.job_def is not None:
        return StepStartData(step.op.code_version)
    op, run = step.op, step.run
    return StepStartData(op.code_version, op.source, run.reused_from, run.given_config)


def _succeed(step: StepRun, seconds: float) -> None:
    step.tell(
        _STEP_SUCCESS,
        f"Finished execution of step {step.step_key!r}.",
        StepSuccessData(round(seconds * 1000, 3)),
    )


def _end_with(step: StepRun, raised: BaseException) -> None:
    policy = step.planned.retry_policy
    step.wait = seconds_before_next(raised, policy, step.retry_number)
    if step.wait is None:
        _fail(step, raised)
        return
    wait = f" in {step.wait:g} seconds." if step.wait else "."
    step.tell(
        EventType.STEP_UP_FOR_RETRY,
        f"Execution of step {step.step_key!r} failed and has requested a retry{wait}",
        StepRetryData(retry_info(raised, policy), step.wait),
    )


def _fail(step: StepRun, raised: BaseException) -> None:
    policy = step.planned.retry_policy
    step.raised = what(raised)
    step.error = error_to_raise(raised, policy)
    step.failure_data = StepFailureData(
        error_info(raised, policy, step.op.name),
        _user_failure_data(what(raised)),
        error_source(raised, policy),
    )
    step.tell(
        EventType.STEP_FAILURE,
        f"Execution of step {step.step_key!r} failed.",
        step.failure_data,
        level=40,
    )


def _keep_failure(step: StepRun, data: StepFailureData) -> Instructions:
    """Keep the step's failure; without its metadata, if that is too large."""
    try:
        yield step.journal.take()
    except InvalidMetadata as refused:
        user = data.user_failure_data
        assert user is not None  # noqa: S101 - the caller looked
        text = (
            f"{user.description or ''} (metadata not kept: {refused.message})".strip()
        )
        step.failure_data = replace(
            data, user_failure_data=UserFailureData(user.label, text, {})
        )
        step.tell(
            EventType.STEP_FAILURE,
            f"Execution of step {step.step_key!r} failed.",
            step.failure_data,
            level=40,
        )


def _user_failure_data(error: BaseException) -> UserFailureData | None:
    if isinstance(error, RetryRequested) and error.__cause__ is not None:
        error = error.__cause__
    if isinstance(error, Failure):
        return UserFailureData("intentional-failure", error.description, error.metadata)
    if isinstance(error, CheckFailed):
        return UserFailureData(FAILED_CHECKS, error.headline, {})
    if isinstance(error, TypeCheckDidNotPass) and error.metadata:
        return UserFailureData("type-check", error.description, error.metadata)
    return None
