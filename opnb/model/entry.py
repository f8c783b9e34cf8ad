"""One line of the event log: its type, and the data that each type carries.

What every step of every run is told by is not frozen: a frozen dataclass takes four
times as long to make, and a job makes four lines a step.
"""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from opnb.model.asset_key import AssetKey
from opnb.model.displayable import Displayable
from opnb.model.errors import InvariantViolationError
from opnb.model.events import (
    AssetMaterialization,
    AssetObservation,
    ExpectationResult,
    Metadata,
)


class EventType(Enum):
    """What a line of the log tells; Dagster's names, runs spelled `RUN_*`."""

    RUN_START = "RUN_START"
    RUN_SUCCESS = "RUN_SUCCESS"
    RUN_FAILURE = "RUN_FAILURE"
    RUN_CANCELED = "RUN_CANCELED"
    PIPELINE_START = "RUN_START"  # noqa: PIE796 - Dagster's alias
    PIPELINE_SUCCESS = "RUN_SUCCESS"  # noqa: PIE796 - Dagster's alias
    PIPELINE_FAILURE = "RUN_FAILURE"  # noqa: PIE796 - Dagster's alias
    PIPELINE_CANCELED = "RUN_CANCELED"  # noqa: PIE796 - Dagster's alias

    STEP_START = "STEP_START"
    STEP_INPUT = "STEP_INPUT"
    STEP_OUTPUT = "STEP_OUTPUT"
    STEP_SUCCESS = "STEP_SUCCESS"
    STEP_FAILURE = "STEP_FAILURE"
    STEP_SKIPPED = "STEP_SKIPPED"
    STEP_UP_FOR_RETRY = "STEP_UP_FOR_RETRY"
    STEP_RESTARTED = "STEP_RESTARTED"

    ASSET_MATERIALIZATION = "ASSET_MATERIALIZATION"
    ASSET_OBSERVATION = "ASSET_OBSERVATION"
    STEP_EXPECTATION_RESULT = "STEP_EXPECTATION_RESULT"
    HOOK_COMPLETED = "HOOK_COMPLETED"
    HOOK_ERRORED = "HOOK_ERRORED"
    HOOK_SKIPPED = "HOOK_SKIPPED"
    LOG_MESSAGE = "LOG_MESSAGE"


class ErrorSource(Enum):
    """Who is to blame for a failed step, as Dagster tells it."""

    USER_CODE_ERROR = "USER_CODE_ERROR"
    FRAMEWORK_ERROR = "FRAMEWORK_ERROR"
    UNEXPECTED_ERROR = "UNEXPECTED_ERROR"
    INTERRUPT = "INTERRUPT"


@dataclass(frozen=True, slots=True)
class SerializableErrorInfo:
    """An exception as text: message, lines of its stack, class, and its cause."""

    message: str
    stack: tuple[str, ...]
    cls_name: str | None
    cause: SerializableErrorInfo | None = None

    @staticmethod
    def of(error: BaseException, *, depth: int = 5) -> SerializableErrorInfo:
        """Describe an exception and up to `depth` causes."""
        summary = traceback.extract_tb(error.__traceback__, limit=-30)
        cause = error.__cause__
        return SerializableErrorInfo(
            message=_message(error),
            stack=tuple(summary.format()),
            cls_name=type(error).__name__,
            cause=SerializableErrorInfo.of(cause, depth=depth - 1)
            if cause is not None and depth
            else None,
        )


def _message(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001 - a broken __str__ must not hide the error
        return f"<{type(error).__name__} without a message>"


@dataclass(frozen=True, slots=True)
class ValueInfo:
    """What is kept of a value that went in or out: its type and its shape.

    Args:
        type_name: The class, such as `DataFrame`.
        shape: Rows and columns of a table, dimensions of an array, the length of a
            list; empty where there is none.
    """

    type_name: str
    shape: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class TypeCheckData:
    """How the check of a value's declared type came out."""

    success: bool
    label: str
    description: str | None = None
    metadata: Metadata = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OutputSource:
    """Which output of which run a value came from.

    Args:
        change: What has been done to the value since it was put out: "rebound" if its
            name was given another one, "changed in place"; None if nothing, as far as
            can be told.
    """

    op_name: str
    output_name: str
    run_id: str
    change: str | None = None


@dataclass(frozen=True, slots=True)
class RunStartData:
    """The start of a run: the tags it has."""

    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RunFailureData:
    """The end of a failed or canceled run: why, and which steps failed."""

    error: SerializableErrorInfo | None
    failed_steps: tuple[str, ...] = ()


@dataclass(slots=True)
class StepStartData:
    """The start of a step: what code it runs.

    Args:
        code_version: The version of the op's code.
        source: The code as it was written, of an op that runs alone from its cell.
        reused_from: The run whose outputs are put out again instead of running it.
        config: The config that was given, each field by a digest, likewise: its values
            are in no log.
    """

    code_version: str | None = None
    source: str | None = None
    reused_from: str | None = None
    config: Mapping[str, str] | None = None


@dataclass(slots=True)
class StepInputData:
    """One input of a step; its fingerprint is there where a cell ran it."""

    input_name: str
    type_check_data: TypeCheckData
    value_info: ValueInfo | None = None
    source: OutputSource | None = None
    fingerprint: str | None = None


class StepOutputHandle(NamedTuple):
    """Names an output of a run; `mapping_key` only where it is dynamic."""

    step_key: str
    output_name: str = "result"
    mapping_key: str | None = None


@dataclass(slots=True)
class StepOutputData:
    """One output of a step; its fingerprint is there where a cell ran it."""

    output_name: str
    type_check_data: TypeCheckData
    metadata: Metadata = field(default_factory=dict)
    value_info: ValueInfo | None = None
    data_version: str | None = None
    mapping_key: str | None = None
    step_key: str = ""
    fingerprint: str | None = None

    @property
    def step_output_handle(self) -> StepOutputHandle:
        """The output by Dagster's three names."""
        return StepOutputHandle(self.step_key, self.output_name, self.mapping_key)


@dataclass(slots=True)
class StepMaterializationData:
    """An asset that a step wrote."""

    materialization: AssetMaterialization


@dataclass(slots=True)
class AssetObservationData:
    """An asset that a step looked at."""

    asset_observation: AssetObservation


@dataclass(slots=True)
class StepExpectationResultData:
    """An expectation that a step checked."""

    expectation_result: ExpectationResult


@dataclass(slots=True)
class StepSuccessData:
    """The end of a step that went well."""

    duration_ms: float


# The label of what `CheckFailed` said.
FAILED_CHECKS: Final = "failed-checks"


@dataclass(frozen=True, slots=True)
class UserFailureData:
    """What a `Failure` said, a type check, or checks of the data; the label tells."""

    label: str
    description: str | None
    metadata: Metadata


@dataclass(frozen=True, slots=True)
class StepFailureData:
    """The end of a step that failed."""

    error: SerializableErrorInfo
    user_failure_data: UserFailureData | None
    error_source: ErrorSource


@dataclass(frozen=True, slots=True)
class StepRetryData:
    """The end of an attempt after which another follows."""

    error: SerializableErrorInfo
    seconds_to_wait: float = 0.0


@dataclass(frozen=True, slots=True)
class HookErroredData:
    """What a hook raised."""

    error: SerializableErrorInfo


@dataclass(frozen=True, slots=True)
class LogMessageData:
    """A line of `context.log`, with the exception that it was given."""

    error: SerializableErrorInfo | None = None


EventData = (
    RunStartData
    | RunFailureData
    | StepStartData
    | StepInputData
    | StepOutputData
    | StepMaterializationData
    | AssetObservationData
    | StepExpectationResultData
    | StepSuccessData
    | StepFailureData
    | StepRetryData
    | HookErroredData
    | LogMessageData
    | None
)


@dataclass(slots=True)
class EventLogEntry(Displayable):
    """One line of the event log.

    Args:
        event_type: What it tells.
        run_id: The run it belongs to.
        job_name: The job of that run; the op's name where an op runs alone.
        timestamp: When, in seconds since 1970 in UTC.
        step_key: The step; None for the run's own lines.
        node_name: The op of that step.
        level: As in `logging`: 10 for events, the line's own for `LOG_MESSAGE`.
        message: One line for a person, if there is one.
        event_specific_data: What a line of this type carries.
    """

    event_type: EventType
    run_id: str
    job_name: str
    timestamp: float
    step_key: str | None = None
    node_name: str | None = None
    level: int = 10
    message: str | None = None
    event_specific_data: EventData = None

    @property
    def event_type_value(self) -> str:
        """The type as text."""
        return self.event_type.value

    @property
    def dagster_event(self) -> EventLogEntry | None:
        """The entry itself; None for a line of `context.log`."""
        return None if self.event_type is EventType.LOG_MESSAGE else self

    @property
    def user_message(self) -> str:
        """The message, or nothing: Dagster's name for it."""
        return self.message or ""

    @property
    def asset_key(self) -> AssetKey | None:
        """The asset that was written or looked at; None if it is about none."""
        event = self._asset_event
        return None if event is None else event.asset_key

    @property
    def partition(self) -> str | None:
        """The partition of that asset."""
        event = self._asset_event
        return None if event is None else event.partition

    @property
    def _asset_event(self) -> AssetMaterialization | AssetObservation | None:
        data = self.event_specific_data
        if isinstance(data, StepMaterializationData):
            return data.materialization
        if isinstance(data, AssetObservationData):
            return data.asset_observation
        return None

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """Dagster's `is_step_success`, `step_failure_data` and their like."""

    @property
    def metadata(self) -> Mapping[str, Any]:
        """The metadata that hangs on the line, by label."""
        data = self.event_specific_data
        if isinstance(data, StepMaterializationData):
            return data.materialization.metadata
        if isinstance(data, AssetObservationData):
            return data.asset_observation.metadata
        if isinstance(data, StepExpectationResultData):
            return data.expectation_result.metadata
        if isinstance(data, StepOutputData):
            return data.metadata
        if isinstance(data, StepFailureData) and data.user_failure_data:
            return data.user_failure_data.metadata
        return {}


_T = EventType
# Dagster's names for questions about an event, and the types that answer yes.
_IS: dict[str, tuple[EventType, ...]] = {
    "is_step_start": (_T.STEP_START,),
    "is_step_success": (_T.STEP_SUCCESS,),
    "is_step_failure": (_T.STEP_FAILURE,),
    "is_step_skipped": (_T.STEP_SKIPPED,),
    "is_step_up_for_retry": (_T.STEP_UP_FOR_RETRY,),
    "is_step_restarted": (_T.STEP_RESTARTED,),
    "is_successful_output": (_T.STEP_OUTPUT,),
    "is_step_materialization": (_T.ASSET_MATERIALIZATION,),
    "is_asset_observation": (_T.ASSET_OBSERVATION,),
    "is_expectation_result": (_T.STEP_EXPECTATION_RESULT,),
    "is_hook_event": (_T.HOOK_COMPLETED, _T.HOOK_SKIPPED, _T.HOOK_ERRORED),
    "is_hook_completed": (_T.HOOK_COMPLETED,),
    "is_hook_skipped": (_T.HOOK_SKIPPED,),
    "is_hook_errored": (_T.HOOK_ERRORED,),
    "is_job_start": (_T.RUN_START,),
    "is_job_success": (_T.RUN_SUCCESS,),
    "is_job_failure": (_T.RUN_FAILURE,),
    "is_run_failure": (_T.RUN_FAILURE,),
    "is_failure": (_T.RUN_FAILURE, _T.STEP_FAILURE),
    "is_step_event": tuple(
        each for each in EventType if not each.value.startswith(("RUN_", "LOG_"))
    ),
    "is_dagster_event": tuple(each for each in EventType if each is not _T.LOG_MESSAGE),
}
# Dagster's names for an event's data, where it is, and which attribute of it, if one.
_DATA_OF: dict[str, tuple[tuple[EventType, ...], str | None]] = {
    "step_input_data": ((_T.STEP_INPUT,), None),
    "step_output_data": ((_T.STEP_OUTPUT,), None),
    "step_success_data": ((_T.STEP_SUCCESS,), None),
    "step_failure_data": ((_T.STEP_FAILURE,), None),
    "step_retry_data": ((_T.STEP_UP_FOR_RETRY,), None),
    "step_materialization_data": ((_T.ASSET_MATERIALIZATION,), None),
    "materialization": ((_T.ASSET_MATERIALIZATION,), "materialization"),
    "asset_observation_data": ((_T.ASSET_OBSERVATION,), None),
    "asset_observation": ((_T.ASSET_OBSERVATION,), "asset_observation"),
    "step_expectation_result_data": ((_T.STEP_EXPECTATION_RESULT,), None),
    "hook_errored_data": ((_T.HOOK_ERRORED,), None),
    "job_failure_data": ((_T.RUN_FAILURE,), None),
}


# Properties, and no `__getattr__`: a class that has one is slower in all attributes.
def _add_questions() -> None:
    for name, event_types in _IS.items():
        setattr(EventLogEntry, name, _question(event_types))
    for name, (event_types, attribute) in _DATA_OF.items():
        setattr(EventLogEntry, name, _data_of(name, event_types, attribute))


def _question(event_types: tuple[EventType, ...]) -> property:
    return property(lambda entry: entry.event_type in event_types)


def _data_of(
    name: str, event_types: tuple[EventType, ...], attribute: str | None
) -> property:
    def data(entry: EventLogEntry) -> Any:
        if entry.event_type not in event_types:
            wanted = " or ".join(each.value for each in event_types)
            raise InvariantViolationError(
                f"{name} belongs to {wanted}; this entry is {entry.event_type_value}.",
                hint="Look at event_type before.",
            )
        data = entry.event_specific_data
        return data if attribute is None else getattr(data, attribute)

    return property(data)


_add_questions()
