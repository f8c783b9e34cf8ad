"""Hooks at work: called after a step, and the entries that say what became of them."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from opnb.definitions.hook import HookDefinition, HookTrigger
from opnb.execution.hook_context import HookContext
from opnb.execution.instructions import Instructions
from opnb.model.entry import EventType, HookErroredData, SerializableErrorInfo

if TYPE_CHECKING:
    from opnb.execution.step import StepRun


def run_hooks(step: StepRun) -> Instructions:
    """Call the hooks of a step whose attempt has ended."""
    for hook in step.planned.hooks:
        if not _is_meant(hook, step):
            step.tell(
                EventType.HOOK_SKIPPED,
                f"Skipped the hook {hook.name!r} for {step.step_key!r}: it did not end "
                f"in {hook.trigger.value}.",
            )
            continue
        yield step.journal.take()
        try:
            with HookContext(step, hook) as context:
                hook.hook_fn(context)
        except Exception as error:  # noqa: BLE001 - recorded; the run goes on
            step.tell(
                EventType.HOOK_ERRORED,
                f"The hook {hook.name!r} for {step.step_key!r} raised "
                f"{type(error).__name__}.",
                HookErroredData(SerializableErrorInfo.of(error)),
                level=logging.ERROR,
            )
        else:
            step.tell(
                EventType.HOOK_COMPLETED,
                f"Finished the hook {hook.name!r} for {step.step_key!r}.",
            )


def _is_meant(hook: HookDefinition, step: StepRun) -> bool:
    if step.wait is not None:
        return False  # another attempt follows: the step has not ended
    went_well = step.error is None
    return (hook.trigger is HookTrigger.SUCCESS) == went_well
