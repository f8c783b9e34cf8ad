"""What a hook may ask of the step that ended, in a run or made by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NoReturn, Self

from opnb.definitions.dependency import Node
from opnb.definitions.hook import HookDefinition
from opnb.definitions.init_context import ScopedResources
from opnb.definitions.invocation import PendingNodeInvocation
from opnb.definitions.op import OpDefinition
from opnb.definitions.op_config import as_plain_config
from opnb.execution.loggers import LevelsByName, StepLogger
from opnb.execution.own_resources import OwnResources
from opnb.execution.running import Life, RunningContext
from opnb.model.checks import verify_type
from opnb.model.errors import (
    InvalidDefinitionError,
    InvalidPropertyError,
    did_you_mean,
)

if TYPE_CHECKING:
    from opnb.execution.step import StepRun


class HookContext(RunningContext):
    """What a hook may ask of the step that ended; bound to `context`.

    Once the hook has ended, the lines of its log go to Python's logger `opnb`.
    """

    _logger: StepLogger | None = None

    def __init__(self, step: StepRun, hook: HookDefinition) -> None:
        super().__init__()
        self._step = step
        self._hook = hook

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._hook.name!r}, {self._step.step_key!r})"

    @property
    def log(self) -> LevelsByName:
        """A logger whose lines go into the event log."""
        if self._logger is None:
            self._logger = StepLogger(self._step, self._life)
        return self._logger

    @property
    def hook_def(self) -> HookDefinition:
        """The hook."""
        return self._hook

    @property
    def required_resource_keys(self) -> frozenset[str]:
        """The resources that the hook asks for."""
        return self.hook_def.required_resource_keys

    @property
    def resources(self) -> ScopedResources:
        """The resources that the hook asks for, by attribute."""
        given = self._step.run.resources
        asked = {key: given[key] for key in self.required_resource_keys if key in given}
        hint = f"@{self._hook.trigger.value}_hook(required_resource_keys={{...}})."
        return ScopedResources(asked, hint)

    @property
    def run_id(self) -> str:
        """The id of the run."""
        return self._step.run.run_id

    @property
    def job_name(self) -> str:
        """The job of the run."""
        return self._step.run.job_name

    @property
    def step_key(self) -> str:
        """The step that ended."""
        return self._step.step_key

    @property
    def op(self) -> Node:
        """The op at its place in the job; `op.name` is its name there."""
        return self._step.planned.node

    @property
    def op_config(self) -> Any:
        """The op's config."""
        return as_plain_config(self._step.config)

    @property
    def op_exception(self) -> BaseException | None:
        """What the op raised; None if it went well."""
        return self._step.raised

    @property
    def op_output_values(self) -> Mapping[str, Any]:
        """What came out, by the output's name; by mapping key within, where dynamic."""
        return dict(self._step.outputs)

    @property
    def op_output_metadata(self) -> Mapping[str, Any]:
        """The metadata of what came out, likewise."""
        return dict(self._step.put_out_metadata)

    @property
    def instance(self) -> NoReturn:
        """Refused: opnb has no instances.

        Raises:
            InvalidPropertyError: Always.
        """
        raise InvalidPropertyError(
            "The context of a hook has no 'instance'.",
            hint="opnb has no instances: the log is opnb.log.",
        )


class DirectHookContext(HookContext):
    """A context for a hook that is called as a function; see `build_hook_context`."""

    def __init__(
        self,
        given: Mapping[str, Any],
        resources: OwnResources,
        hook: HookDefinition | None = None,
    ) -> None:
        self._given = given
        self._own = resources
        self._bound_to = hook

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"

    def __enter__(self) -> Self:
        self._own.open()
        return self

    def __exit__(self, *_: object) -> None:
        self._own.close()

    def bound_to(self, hook: HookDefinition) -> DirectHookContext:
        """Return the context that a hook gets when it is called with this one.

        Raises:
            InvalidDefinitionError: A resource that the hook asks for is not there.
        """
        for key in sorted(hook.required_resource_keys - self._own.keys):
            raise InvalidDefinitionError(
                f"The resource {key!r}, which hook {hook.name!r} asks for, is missing.",
                hint=f"{did_you_mean(key, self._own.keys)} Give it: "
                f"build_hook_context(resources={{{key!r}: ...}}).",
            )
        return DirectHookContext(self._given, self._own, hook)

    @property
    def log(self) -> LevelsByName:
        """A logger of no run: its lines go to Python's logger `opnb`."""
        return StepLogger(None, Life())

    @property
    def hook_def(self) -> HookDefinition:
        """The hook that is called with the context.

        Raises:
            InvalidPropertyError: None is.
        """
        if self._bound_to is None:
            raise _absent("hook_def", "It is there within the hook: my_hook(context).")
        return self._bound_to

    @property
    def resources(self) -> ScopedResources:
        """The resources, by attribute.

        Raises:
            InvariantViolationError: One of them needs a `with` block.
        """
        return self._own.made

    @property
    def op_exception(self) -> BaseException | None:
        """What the op raised, if it was given."""
        raised: BaseException | None = self._given["op_exception"]
        return raised

    @property
    def op(self) -> Node:
        """The op that was given."""
        given: Node = self._of_builder("op")
        return given

    @property
    def run_id(self) -> str:
        """The run id that was given."""
        given: str = self._of_builder("run_id")
        return given

    @property
    def job_name(self) -> str:
        """The job's name that was given."""
        given: str = self._of_builder("job_name")
        return given

    @property
    def step_key(self) -> NoReturn:
        """Refused: there is no step."""
        raise _absent("step_key")

    @property
    def op_config(self) -> NoReturn:
        """Refused: no op has run."""
        raise _absent("op_config")

    @property
    def op_output_values(self) -> NoReturn:
        """Refused: no op has run."""
        raise _absent("op_output_values")

    @property
    def op_output_metadata(self) -> NoReturn:
        """Refused: no op has run."""
        raise _absent("op_output_metadata")

    def _of_builder(self, name: str) -> Any:
        value = self._given[name]
        if value is None:
            raise _absent(name, f"build_hook_context({name}=...).")
        return value


def _absent(name: str, hint: str = "Run the hook in a job.") -> InvalidPropertyError:
    return InvalidPropertyError(
        f"A hook's context that was made by hand has no {name!r}.", hint=hint
    )


def build_hook_context(
    resources: Mapping[str, Any] | None = None,
    op: OpDefinition | PendingNodeInvocation | None = None,
    run_id: str | None = None,
    job_name: str | None = None,
    op_exception: Exception | None = None,
    instance: None = None,
) -> DirectHookContext:
    """Return a context to call a hook with, in a test.

    Args:
        resources: Definitions or any objects, by key; where one has to be put away,
            the context is used in a `with` statement.
        op: What `context.op` shall be.
        run_id: What `context.run_id` shall be.
        job_name: What `context.job_name` shall be.
        op_exception: What the op raised.
        instance: Accepted for Dagster's sake, if None.

    >>> from opnb.definitions.hook import failure_hook
    >>> @failure_hook
    ... def tell(context):
    ...     return f"oh: {context.op_exception}"
    >>> tell(build_hook_context(op_exception=ValueError("odd")))
    'oh: odd'
    """
    verify_type(instance, type(None), "instance", hint="opnb has none; leave it out.")
    verify_type(op, (OpDefinition, PendingNodeInvocation), "op", optional=True)
    verify_type(op_exception, BaseException, "op_exception", optional=True)
    if isinstance(op, OpDefinition):
        op = PendingNodeInvocation(op)
    given = {
        "op": None if op is None else op.node(op.name),
        "run_id": verify_type(run_id, str, "run_id", optional=True),
        "job_name": verify_type(job_name, str, "job_name", optional=True),
        "op_exception": op_exception,
    }
    return DirectHookContext(
        given, OwnResources(resources, builder="build_hook_context")
    )


def context_for_hook(hook: HookDefinition, context: Any) -> Any:
    """Return the context for a hook that is called as a function.

    None stands for one that knows nothing; a stand-in of the caller's own is handed on.

    Raises:
        InvalidDefinitionError: A resource that the hook asks for is not there.
    """
    if context is None:
        context = build_hook_context()
    if isinstance(context, DirectHookContext):
        return context.bound_to(hook)
    return context
