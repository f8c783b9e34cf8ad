"""What an op's code may ask and tell while it runs: the `context`."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from opnb.model.checks import shorten, verify_type
from opnb.model.entry import (
    AssetObservationData,
    EventData,
    EventType,
    LogMessageData,
    SerializableErrorInfo,
    StepExpectationResultData,
    StepMaterializationData,
)
from opnb.model.errors import (
    CheckError,
    InvariantViolationError,
    UnknownResourceError,
    did_you_mean,
)
from opnb.model.events import (
    AssetMaterialization,
    AssetObservation,
    ExpectationResult,
    UserEvent,
)

if TYPE_CHECKING:
    from opnb.definitions.op import OpDefinition
    from opnb.execution.step import StepRun

T = TypeVar("T")


class Resources:
    """The resources of a run, by attribute."""

    def __init__(self, resources: Mapping[str, Any]) -> None:
        self.__dict__.update(resources)

    def __getattr__(self, name: str) -> Any:
        raise UnknownResourceError(
            f"There is no resource {name!r}.",
            hint=did_you_mean(name, self.__dict__)
            + f" Give it to the session: opnb.resources[{name!r}] = ...",
        )


class OpExecutionContext:
    """The run that an op's code is in; bound to `context` while the code runs."""

    def __init__(self, step: StepRun) -> None:
        self._step = step
        self.resources = Resources(step.run.resources)

    def __repr__(self) -> str:
        return f"OpExecutionContext({self._step.op.name!r})"

    @property
    def log(self) -> logging.Logger:
        """A logger whose lines, of every level, go into the event log."""
        return self._step.logger

    @property
    def run_id(self) -> str:
        """The id of the run."""
        return self._step.run.run_id

    @property
    def job_name(self) -> str:
        """The job of the run; the op's name where the op runs alone."""
        return self._step.run.job_name

    @property
    def op(self) -> OpDefinition:
        """The op that runs."""
        return self._step.op

    @property
    def op_def(self) -> OpDefinition:
        """The op that runs, under Dagster's other name."""
        return self._step.op

    @property
    def step_key(self) -> str:
        """The key of the step."""
        return self._step.step_key

    @property
    def retry_number(self) -> int:
        """How many attempts came before this one."""
        return self._step.retry_number

    @property
    def op_config(self) -> Any:
        """The op's config, fitted to its schema."""
        return self._step.config

    @property
    def run_tags(self) -> Mapping[str, str]:
        """The tags of the run."""
        return self._step.run.tags

    def has_tag(self, key: str) -> bool:
        """Tell whether the run has a tag."""
        return key in self._step.run.tags

    def get_tag(self, key: str) -> str | None:
        """Return a tag of the run, or None."""
        return self._step.run.tags.get(key)

    @property
    def has_partition_key(self) -> bool:
        """Whether the run is for one partition."""
        return self._step.run.partition_key is not None

    @property
    def partition_key(self) -> str:
        """The partition that the run is for.

        Raises:
            InvariantViolationError: It is for none.
        """
        key = self._step.run.partition_key
        if key is None:
            raise InvariantViolationError(
                f"The run of op {self.op.name!r} has no partition.",
                hint="Give one: %%op NAME --partition 2026-01-01.",
            )
        return key

    def log_event(self, event: UserEvent) -> None:
        """Record a materialization, an observation or an expectation result, now.

        Raises:
            CheckError: It is anything else; an `Output` is yielded or returned.
        """
        self._step.record(self._step.entry_of(event))

    def add_output_metadata(
        self, metadata: Mapping[str, Any], output_name: str | None = None
    ) -> None:
        """Keep metadata for an output that is still to come; later calls add to it.

        Raises:
            InvariantViolationError: The op has no such output, or it came already.
        """
        name = self._step.name_output(output_name)
        kept = self._step.output_metadata.setdefault(name, {})
        kept.update(verify_type(metadata, Mapping, "metadata", hint="{'rows': 980}."))

    def get_output_metadata(self, output_name: str) -> Mapping[str, Any]:
        """Return what has been added for an output so far."""
        return self._step.output_metadata.get(output_name, {})

    def track(
        self,
        iterable: Iterable[T],
        total: int | None = None,
        description: str | None = None,
    ) -> Iterator[T]:
        """Pass the items on, and log how many there were when the loop ends.

        Args:
            iterable: What to loop over.
            total: How many items there will be, where `len(iterable)` cannot tell.
            description: What the items are, such as `"orders"`.
        """
        total = _length(iterable) if total is None else total
        what = description or "items"
        done = 0
        try:
            for item in iterable:
                yield item
                done += 1
        finally:
            of = "" if total is None else f" of {total:,}"
            self.log.info("%s: %s%s done", what, f"{done:,}", of)


def _length(iterable: Iterable[Any]) -> int | None:
    try:
        return len(iterable)  # type: ignore[arg-type]
    except TypeError:
        return None


# The names that a body can mean when it reads `context.<name>`.
CONTEXT_NAMES = frozenset(
    name for name in vars(OpExecutionContext) if not name.startswith("_")
) | {"resources"}


def event_type_and_data(event: Any) -> tuple[EventType, EventData, str | None]:
    """Return the entry type, its data and its message for an event of the user's.

    Raises:
        CheckError: It is no event that may be logged.
    """
    kind = type(event)
    if kind is AssetObservation:
        return EventType.ASSET_OBSERVATION, AssetObservationData(event), None
    if kind is AssetMaterialization:
        name = " ".join(event.asset_key.path)
        return (
            EventType.ASSET_MATERIALIZATION,
            StepMaterializationData(event),
            event.description or f"Materialized value {name}.",
        )
    if kind is ExpectationResult:
        verdict = "passed" if event.success else "failed"
        return (
            EventType.STEP_EXPECTATION_RESULT,
            StepExpectationResultData(event),
            event.description or f"Expectation {event.label} {verdict}",
        )
    raise CheckError(
        f"Unexpected event: {shorten(event)}",
        hint="log_event takes AssetMaterialization, AssetObservation and "
        "ExpectationResult; yield or return an Output.",
    )


class StepLogHandler(logging.Handler):
    """Turns the lines of `context.log` into entries."""

    def __init__(self, step: StepRun) -> None:
        super().__init__()
        self._step = step

    def emit(self, record: logging.LogRecord) -> None:
        """Record one line."""
        error = record.exc_info[1] if record.exc_info else None
        info = None if error is None else SerializableErrorInfo.of(error)
        self._step.record(
            self._step.entry(
                EventType.LOG_MESSAGE,
                record.getMessage(),
                LogMessageData(info),
                record.levelno,
            )
        )


def build_logger(step: StepRun) -> logging.Logger:
    """Return a logger of the step's own, known to nobody else."""
    logger = logging.Logger("opnb", logging.DEBUG)  # noqa: LOG001 - see above
    logger.addHandler(StepLogHandler(step))
    return logger
