"""Hooks: functions that run after a step, when it went well or when it failed."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from opnb.definitions.doors import open_door
from opnb.definitions.function_hints import CONTEXT_NAMES, function_name
from opnb.model.checks import shorten, verify_name
from opnb.model.errors import InvalidDefinitionError


class HookTrigger(Enum):
    """After which end of a step a hook runs."""

    SUCCESS = "success"
    FAILURE = "failure"


@dataclass(frozen=True, slots=True)
class HookExecutionResult:
    """What became of a hook: run, or skipped because the step ended otherwise."""

    hook_name: str
    is_skipped: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class HookDefinition:
    """A function to call after a step.

    Args:
        name: Letters, digits and underscores.
        hook_fn: Takes the `HookContext`.
        trigger: After which end of a step it is called.
        required_resource_keys: The resources it uses.
    """

    name: str
    hook_fn: Callable[[Any], Any] = field(repr=False)
    trigger: HookTrigger
    required_resource_keys: frozenset[str] = frozenset()

    def __call__(self, context: Any) -> Any:
        """Call the function, outside of any run: for tests of hooks.

        Args:
            context: One of `build_hook_context`; None for one that knows nothing.
        """
        return self.hook_fn(open_door("context_for_hook")(self, context))


def success_hook(
    hook_fn: Callable[[Any], Any] | None = None,
    *,
    name: str | None = None,
    required_resource_keys: set[str] | None = None,
) -> Any:
    """Make a hook that runs after each step that went well; bare or with arguments.

    >>> @success_hook
    ... def tell(context):
    ...     print(context.op.name, "is done")
    >>> tell.name
    'tell'
    """
    return _decorator(hook_fn, name, required_resource_keys, HookTrigger.SUCCESS)


def failure_hook(
    name: Callable[[Any], Any] | str | None = None,
    required_resource_keys: set[str] | None = None,
) -> Any:
    """Make a hook that runs after each step that failed for good."""
    fn = name if callable(name) else None
    text = name if isinstance(name, str) else None
    return _decorator(fn, text, required_resource_keys, HookTrigger.FAILURE)


def _decorator(
    fn: Callable[[Any], Any] | None,
    name: str | None,
    keys: set[str] | None,
    trigger: HookTrigger,
) -> Any:
    def make(function: Callable[[Any], Any]) -> HookDefinition:
        _verify_context(function)
        hook_name = verify_name(
            name or function_name(function, f"@{trigger.value}_hook"), "a hook"
        )
        return HookDefinition(hook_name, function, trigger, frozenset(keys or ()))

    return make if fn is None else make(fn)


def _verify_context(function: Any) -> None:
    if not callable(function):
        raise InvalidDefinitionError(
            f"A hook is made of a function, not of {shorten(function)}.",
            hint="def tell(context): ...",
        )
    parameters = list(inspect.signature(function).parameters)
    if not parameters or parameters[0] not in CONTEXT_NAMES:
        raise InvalidDefinitionError(
            f"The hook {shorten(function)} must take 'context' as its first parameter.",
            hint="def my_hook(context): ...",
        )
