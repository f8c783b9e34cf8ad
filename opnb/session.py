"""The session: the ops, the log and the latest outputs of one kernel or script."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from opnb.definitions.registry import OpRegistry
from opnb.execution.drive import drive, drive_async
from opnb.execution.fingerprint import SeenValue
from opnb.execution.journal import Record
from opnb.execution.last_inputs import LastInputs
from opnb.execution.resources import resources_of_op
from opnb.execution.retries import INTERRUPTS
from opnb.execution.run import Run, build_op_run
from opnb.execution.step import InputValue
from opnb.model.checks import verify_type
from opnb.model.displayable import Displayable
from opnb.model.entry import EventLogEntry, OutputSource
from opnb.model.errors import (
    InvariantViolationError,
    LogUnavailableError,
    did_you_mean,
)

if TYPE_CHECKING:
    from opnb.definitions.job import JobDefinition
    from opnb.definitions.op import OpDefinition
    from opnb.event_log.log import EventLog
    from opnb.event_log.summary import RunSummary
    from opnb.event_log.told import Told
    from opnb.result import ExecuteInProcessResult

_DEFAULT_RESULT = "result"

# Makes a run, given what records the entries that code logs while it runs.
BuildRun = Callable[[Record], Run]


@dataclass(slots=True)
class Produced:
    """An output of this session that a name stands for, as it was when it came out."""

    source: OutputSource
    seen: SeenValue


class Execution(Displayable):
    """One run under way: drives it, keeps its entries, folds them into a summary.

    Args:
        session: Whose log it uses.
        build: Makes the run, given what records entries.
    """

    def __init__(
        self,
        session: Session,
        build: BuildRun,
    ) -> None:
        from opnb.event_log.recorder import Recorder  # noqa: PLC0415 - loads pandas

        self.log = session.log
        self.recorder = Recorder(self.log)
        self.run = build(self.recorder)

    @property
    def summary(self) -> RunSummary:
        """What a card shows of the run."""
        return self.recorder.summary

    @property
    def told(self) -> Told:
        """What the run has told so far."""
        return self.recorder.told

    def append(self, entries: list[EventLogEntry]) -> None:
        """Keep entries before the run goes on."""
        self.recorder(entries)

    def drive(self) -> None:
        """Run to the end in this thread."""
        with self.watched():
            drive(self.run.execute(), self.append)

    async def drive_async(self) -> None:
        """Run to the end in the running loop."""
        with self.watched():
            await drive_async(self.run.execute(), self.append)

    def watched(self) -> AbstractContextManager[object]:
        """Show how the run goes while it goes, if somebody looks; see `watch_runs`."""
        return _watches_runs[0](self) if _watches_runs else _UNWATCHED

    def verify_saved(self) -> None:
        """Try once more to keep what the log would not take.

        Raises:
            LogUnavailableError: It still takes none; nothing of the run itself is lost.
        """
        if not self.log.unsaved:
            return
        self.log.flush()
        fault = self.log.fault
        if fault is not None:
            where = "wait in its spool" if self.log.is_spooled else "are here only"
            raise LogUnavailableError(
                f"The op ran and its values stand, but {self.log.unsaved} entries are "
                f"not in the log: they {where}. {fault.message}",
                hint=f"{fault.hint} What waits is kept with the next run.",
            )


class OpResult(Displayable):
    """How a run of one op went; shows as its card.

    Args:
        outputs: The values that came out, by name.
        error: What the run ended with; None if it went well.
        run_id: The id of the run.
    """

    def __init__(self, execution: Execution) -> None:
        self._recorder = execution.recorder
        self.run_id = execution.run.info.run_id
        step = execution.run.step
        self.outputs: Mapping[str, Any] = {} if step is None else step.outputs
        self.error = execution.run.error
        self._log = execution.log

    def __repr__(self) -> str:
        return f"OpResult({self.summary.job_name!r}, success={self.success})"

    @property
    def success(self) -> bool:
        """Whether the op ended without an error; checks may have failed."""
        return self.error is None

    @property
    def summary(self) -> RunSummary:
        """What the card shows."""
        return self._recorder.summary

    @property
    def events(self) -> list[EventLogEntry]:
        """The entries of the run, read from the log."""
        return self._log.entries(self.run_id)

    def output_value(self, output_name: str = _DEFAULT_RESULT) -> Any:
        """Return the value of an output.

        Raises:
            InvariantViolationError: No such output came out.
        """
        if output_name not in self.outputs:
            raise InvariantViolationError(
                f"No output {output_name!r} came out of {self.summary.job_name!r}.",
                hint=did_you_mean(output_name, self.outputs),
            )
        return self.outputs[output_name]

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> tuple[dict[str, str], dict[str, Any]]:
        return self.summary._repr_mimebundle_(include, exclude)


class Session:
    """What one kernel or script knows: ops, resources, the log, the latest outputs.

    Args:
        address: Where the log is; see `log_address` if not given.
    """

    def __init__(self, address: str | Path | None = None) -> None:
        self.ops = OpRegistry()
        self.resources: dict[str, Any] = {}
        self.produced: dict[str, Produced] = {}
        self.results: dict[str, Any] = {}
        self.last_inputs = LastInputs()
        self._address = address
        self._log: EventLog | None = None

    @property
    def log(self) -> EventLog:
        """The event log, opened at its first use.

        Raises:
            LogError: It cannot be opened.
        """
        if self._log is None:
            from opnb.event_log.log import EventLog  # noqa: PLC0415 - loads pandas

            self._log = EventLog(self._address or log_address())
        return self._log

    def use_log(self, address: str | Path) -> EventLog:
        """Write to and read from another log from now on.

        Raises:
            LogError: It cannot be opened; the one in use stays.
        """
        from opnb.event_log.log import EventLog  # noqa: PLC0415 - loads pandas

        log = EventLog(address)
        if self._log is not None:
            self._log.close()
        self._address, self._log = address, log
        return log

    def execute_op(
        self,
        op: OpDefinition,
        inputs: Mapping[str, Any] | None = None,
        *,
        config: Any = None,
        partition_key: str | None = None,
        tags: Mapping[str, str] | None = None,
        raise_on_error: bool = True,
    ) -> OpResult:
        """Run one op, recorded in the log.

        Args:
            op: What to run.
            inputs: A value for each input that has no default.
            config: Fits the op's config schema.
            partition_key: What `context.partition_key` gives.
            tags: The tags of the run.
            raise_on_error: Whether what the op raises is raised here.

        Raises:
            InvalidInvocationError: An input is missing or unknown.
            InvalidConfigError: The config does not fit.
            BaseException: What the op raised.
        """
        from opnb.definitions.op import OpDefinition  # noqa: PLC0415 - needed here only

        verify_type(op, OpDefinition, "op", hint="Decorate the function with @op.")
        values = {name: InputValue(value) for name, value in (inputs or {}).items()}
        execution = Execution(
            self,
            self.op_run(
                op, values, config=config, partition_key=partition_key, tags=tags
            ),
        )
        execution.drive()
        self.remember(execution)
        error = execution.run.error
        if error is not None and (raise_on_error or not isinstance(error, Exception)):
            raise error
        execution.verify_saved()
        return OpResult(execution)

    def op_run(
        self, op: OpDefinition, inputs: Mapping[str, InputValue], **options: Any
    ) -> BuildRun:
        """Return what makes a run of one op; `options` as in `build_op_run`."""
        return lambda record: build_op_run(
            op,
            inputs,
            record,
            open_resources=resources_of_op(op, self.resources),
            **options,
        )

    def execute_job(self, job: JobDefinition, **request: Any) -> ExecuteInProcessResult:
        """Run a job, recorded in the log; see `JobDefinition.execute_in_process`."""
        execution = self._job_execution(job, request)
        execution.drive()
        return self._finish_job(execution)

    async def execute_job_async(
        self, job: JobDefinition, **request: Any
    ) -> ExecuteInProcessResult:
        """Run a job in the running loop, which goes on while the job waits."""
        execution = self._job_execution(job, request)
        await execution.drive_async()
        return self._finish_job(execution)

    def _job_execution(
        self, job: JobDefinition, request: Mapping[str, Any]
    ) -> Execution:
        from opnb.execution.job_run import RunRequest, build_job_run  # noqa: PLC0415 - at first use

        asked = RunRequest.of(request)
        return Execution(self, lambda record: build_job_run(job, record, asked))

    @staticmethod
    def _finish_job(execution: Execution) -> ExecuteInProcessResult:
        from opnb.result import ExecuteInProcessResult  # noqa: PLC0415 - at first use

        run = execution.run
        error = run.error
        if run.step is not None:
            run.step.let_go()  # what is kept is in `run.values`
        if error is not None and (run.stop_at_failure or isinstance(error, INTERRUPTS)):
            for show in _shows_job_errors:
                show(error)
            raise error
        execution.verify_saved()
        return ExecuteInProcessResult(run, execution.log, execution.summary)

    def remember(self, execution: Execution) -> None:
        """Note what went in, and which outputs came from where, for later cells."""
        step = execution.run.step
        if step is None:
            return
        failed = execution.run.error is not None
        self.last_inputs.note(step.op.name, step.inputs, failed=failed)
        if failed:
            return
        for name, value in step.outputs.items():
            source = OutputSource(step.op.name, name, execution.run.info.run_id)
            fingerprint = _told_fingerprint(execution, name)
            produced = Produced(source, SeenValue.of(value, fingerprint))
            self.produced[f"{step.op.name}.{name}"] = produced
            if name == _DEFAULT_RESULT:
                # No name in the notebook holds it, as `Out` holds the value of a cell.
                self.results[step.op.name] = value
            else:
                self.produced[name] = produced


def _told_fingerprint(execution: Execution, output_name: str) -> str | None:
    """Return the fingerprint that was told of an output, where any is wanted."""
    if execution.run.info.fingerprint is None:
        return None
    told = execution.summary.outputs.get(output_name)
    return None if told is None else told.fingerprint


def log_address() -> str | Path:
    """Return where the log is: `OPNB_LOG`, else `[tool.opnb] log`, else the default.

    `[tool.opnb]` is read from the nearest `pyproject.toml` above the working folder; a
    path in it is relative to that file. The default is `.opnb/events.db`.
    """
    from opnb.event_log.address import DEFAULT  # noqa: PLC0415 - floor of the log

    given = os.environ.get("OPNB_LOG")
    if given:
        return given
    folder, table = project_table()
    address = table.get("log")
    if not isinstance(address, str) or not address:
        return DEFAULT
    return address if ":" in address else folder / address


def project_table() -> tuple[Path, dict[str, Any]]:
    """Return `[tool.opnb]` of the nearest `pyproject.toml`, and the folder of that.

    The table is empty where there is none, or none that can be read.
    """
    here = Path.cwd()
    for folder in (here, *here.parents):
        project = folder / "pyproject.toml"
        if project.is_file():
            try:
                tools = tomllib.loads(project.read_text()).get("tool", {})
            except (OSError, ValueError):
                return folder, {}
            return folder, tools.get("opnb", {})
    return here, {}


_shows_job_errors: list[Callable[[BaseException], None]] = []


def show_job_errors(show: Callable[[BaseException], None] | None) -> None:
    """Prepare what jobs raise for being shown; None leaves it as it is."""
    _shows_job_errors[:] = [] if show is None else [show]


_watches_runs: list[Callable[[Execution], AbstractContextManager[object]]] = []
_UNWATCHED = nullcontext()


def watch_runs(
    watch: Callable[[Execution], AbstractContextManager[object]] | None,
) -> None:
    """Let each run go on within what `watch` gives for it; None leaves it alone."""
    _watches_runs[:] = [] if watch is None else [watch]


_current: list[Session] = []


def current_session() -> Session:
    """Return the session of this process, made at its first use."""
    if not _current:
        _current.append(Session())
    return _current[0]


def use_session(session: Session) -> Session:
    """Make a session the current one; for tests, and for tools that hold several."""
    _current[:] = [session]
    return session


def execute_job(job: JobDefinition, **request: Any) -> ExecuteInProcessResult:
    """Run a job in the current session; see `JobDefinition.execute_in_process`."""
    return current_session().execute_job(job, **request)


async def execute_job_async(
    job: JobDefinition, **request: Any
) -> ExecuteInProcessResult:
    """Run a job in the current session and the running loop."""
    return await current_session().execute_job_async(job, **request)


def execute_op(
    op: OpDefinition, inputs: Mapping[str, Any] | None = None, **options: Any
) -> OpResult:
    """Run one op in the current session; see `Session.execute_op`."""
    return current_session().execute_op(op, inputs, **options)
