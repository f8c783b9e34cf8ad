"""Using an op or a graph: as it is, or renamed, tagged, with hooks or retries."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

from opnb.definitions.composition import Composition, current_composition
from opnb.definitions.dependency import Node
from opnb.definitions.doors import open_door
from opnb.definitions.handles import DynamicHandle, OutputHandle
from opnb.definitions.hook import HookDefinition
from opnb.definitions.retry_policy import RetryPolicy
from opnb.definitions.tags import normalize_tags
from opnb.model.checks import shorten, verify_name, verify_type
from opnb.model.errors import (
    InvalidDefinitionError,
    InvalidInvocationError,
    InvariantViolationError,
    ParameterCheckError,
    did_you_mean,
)

if TYPE_CHECKING:
    from opnb.definitions.graph import GraphDefinition
    from opnb.definitions.job import JobDefinition
    from opnb.definitions.op import OpDefinition


class Invocable:
    """What ops and graphs have in common: they can be used within graphs."""

    __slots__ = ()

    def alias(self, name: str) -> PendingNodeInvocation:
        """Return this under another name, to be called in a graph."""
        return PendingNodeInvocation(self).alias(name)  # type: ignore[arg-type]

    def tag(self, tags: Mapping[str, str]) -> PendingNodeInvocation:
        """Return this with further tags, to be called in a graph."""
        return PendingNodeInvocation(self).tag(tags)  # type: ignore[arg-type]

    def with_hooks(
        self, hook_defs: AbstractSet[HookDefinition]
    ) -> PendingNodeInvocation:
        """Return this with hooks, to be called in a graph."""
        return PendingNodeInvocation(self).with_hooks(hook_defs)  # type: ignore[arg-type]

    def with_retry_policy(self, retry_policy: RetryPolicy) -> PendingNodeInvocation:
        """Return this with a retry policy, to be called in a graph."""
        return PendingNodeInvocation(self).with_retry_policy(retry_policy)  # type: ignore[arg-type]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Within a graph: add a node. Outside: call an op's code, with its checks."""
        return PendingNodeInvocation(self)(*args, **kwargs)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True, eq=False)
class PendingNodeInvocation:
    """An op or graph with what one use of it adds; call it within a graph.

    Args:
        definition: The op or graph.
        given_alias: What it is called there.
        tags: Further tags.
        hook_defs: Its hooks.
        retry_policy: The policy that comes before the op's own.
    """

    definition: OpDefinition | GraphDefinition
    given_alias: str | None = None
    tags: Mapping[str, str] | None = None
    hook_defs: frozenset[HookDefinition] = frozenset()
    retry_policy: RetryPolicy | None = None

    @property
    def name(self) -> str:
        """The alias, else the definition's name."""
        return self.given_alias or self.definition.name

    def node(self, name: str) -> Node:
        """Return the node that a call makes."""
        tags = self.definition.tags
        if self.tags:
            tags = {**tags, **self.tags}
        return Node(name, self.definition, tags, self.hook_defs, self.retry_policy)

    def alias(self, name: str) -> Self:
        """Return this under another name."""
        return self._with(given_alias=verify_name(name, "a node"))

    def tag(self, tags: Mapping[str, str]) -> Self:
        """Return this with further tags."""
        return self._with(tags={**(self.tags or {}), **normalize_tags(tags)})

    def with_hooks(self, hook_defs: AbstractSet[HookDefinition]) -> Self:
        """Return this with further hooks."""
        return self._with(hook_defs=self.hook_defs | verify_hooks(hook_defs))

    def with_retry_policy(self, retry_policy: RetryPolicy) -> Self:
        """Return this with a retry policy in place of any other."""
        verify_type(retry_policy, RetryPolicy, "retry_policy")
        return self._with(retry_policy=retry_policy)

    def _with(self, **changes: Any) -> Self:
        changed = replace(self, **changes)
        composition = current_composition()
        if composition is not None:
            composition.expect(changed)
        return changed

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Within a graph: add a node. Outside: call an op's code, with its checks."""
        composition = current_composition()
        if composition is None:
            return self._call_outside(args, kwargs)
        name = composition.add(self, self._bindings(composition, args, kwargs))
        return self._handles(name)

    def _call_outside(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        if hasattr(self.definition, "node_dict"):
            raise InvariantViolationError(
                f"The graph {self.name!r} was called outside of a graph.",
                hint=f"Run it by {self.name}.execute_in_process(), or call it in a "
                "function with @job or @graph.",
            )
        return open_door("invoke_op")(self, args, kwargs)

    def _bindings(
        self,
        composition: Composition,
        args: tuple[Any, ...],
        kwargs: Mapping[str, Any],
    ) -> dict[str, Any]:
        ins = self.definition.ins
        positions = self.definition.positional_inputs
        if len(args) > len(positions):
            raise InvalidDefinitionError(
                f"In {composition}, {self.name!r} got {len(args)} inputs by position, "
                f"takes {len(positions)}.",
                hint=f"Its inputs: {', '.join(ins)}." if ins else "It has no inputs.",
            )
        bindings = dict(zip(positions, args, strict=False))
        for name, given in kwargs.items():
            if name in bindings:
                raise InvalidInvocationError(
                    f"In {composition}, {self.name!r} was given its input {name!r} "
                    "twice, by position and by name.",
                    hint="Give it once.",
                )
            if name not in ins:
                raise InvalidDefinitionError(
                    f"In {composition}, {self.name!r} has no input {name!r}.",
                    hint=did_you_mean(name, ins),
                )
            bindings[name] = given
        return bindings

    def _handles(self, name: str) -> Any:
        handles = {
            output: (DynamicHandle if out.is_dynamic else OutputHandle)(name, output)
            for output, out in self.definition.outs.items()
        }
        if len(handles) <= 1:
            return next(iter(handles.values()), None)
        # A class of its own, so that `outputs.tidy` works as well as unpacking.
        made: Any = namedtuple(f"_{name}_outputs", list(handles))  # type: ignore[misc]  # noqa: PYI024
        return made(**handles)

    def to_job(self, name: str | None = None, **options: Any) -> JobDefinition:
        """Make a job of a graph; see `GraphDefinition.to_job`."""
        to_job = getattr(self.definition, "to_job", None)
        if to_job is None:
            raise InvalidInvocationError(
                f"{self.definition.name!r} is an op; a job is made of a graph.",
                hint="Call the op in a function with @job or @graph.",
            )
        hooks = self.hook_defs | frozenset(options.pop("hooks", None) or ())
        tags = {**(self.tags or {}), **(options.pop("tags", None) or {})}
        job: JobDefinition = to_job(
            name=name or self.given_alias, hooks=hooks, tags=tags, **options
        )
        return job

    def execute_in_process(self, *args: Any, **options: Any) -> Any:
        """Run a graph; see `GraphDefinition.execute_in_process`."""
        return self.to_job(self.name).execute_in_process(*args, **options)


def verify_hooks(hook_defs: AbstractSet[HookDefinition]) -> frozenset[HookDefinition]:
    """Return the hooks as a set.

    Raises:
        ParameterCheckError: It is no set, or something in it is no hook.
    """
    verify_type(hook_defs, (set, frozenset), "hooks", hint="hooks={my_hook}.")
    for hook in hook_defs:
        if not isinstance(hook, HookDefinition):
            raise ParameterCheckError(
                f"{shorten(hook)} is no hook.", hint="Use @success_hook."
            )
    return frozenset(hook_defs)
