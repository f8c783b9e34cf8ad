"""Hooks as they are defined."""

import functools

import pytest

from opnb.definitions.hook import (
    HookDefinition,
    HookExecutionResult,
    HookTrigger,
    failure_hook,
    success_hook,
)
from opnb.model.errors import InvalidDefinitionError

MAKERS = {"success": success_hook, "failure": failure_hook}


@pytest.mark.parametrize("maker", MAKERS.values(), ids=list(MAKERS))
def test_a_hook_is_made_bare_or_with_arguments(maker):
    @maker
    def bare(context):
        return context

    @maker(name="other", required_resource_keys={"db"})
    def named(context):
        return context

    empty = maker()(bare.hook_fn)

    assert [hook.name for hook in (bare, named, empty)] == ["bare", "other", "bare"]
    assert named.required_resource_keys == {"db"}
    assert bare.required_resource_keys == frozenset()
    assert bare.trigger.value == named.trigger.value
    assert isinstance(bare, HookDefinition)
    assert named(3) == 3


def test_a_hook_is_for_one_end_of_a_step():
    assert success_hook(_hook).trigger is HookTrigger.SUCCESS
    assert failure_hook(_hook).trigger is HookTrigger.FAILURE


def _hook(context):
    return context


def test_a_failure_hook_takes_its_name_first():
    assert failure_hook("pager", {"db"})(_hook).name == "pager"
    assert failure_hook("pager", {"db"})(_hook).required_resource_keys == {"db"}


@pytest.mark.parametrize("name", ["context", "_context", "context_", "_"])
def test_the_first_parameter_is_the_context(name):
    scope = {}
    exec(f"def hook({name}, more=1): return {name}", scope)  # noqa: S102 - a name a test

    assert success_hook(scope["hook"])(5) == 5


@pytest.mark.parametrize(
    "function",
    [
        lambda: None,
        lambda ctx: ctx,
        lambda other, context: (other, context),
    ],
    ids=range(3),
)
@pytest.mark.parametrize("maker", MAKERS.values(), ids=list(MAKERS))
def test_a_function_without_a_context_is_no_hook(maker, function):
    with pytest.raises(
        InvalidDefinitionError, match="must take 'context' as its first"
    ):
        maker(name="hook")(function)


def test_what_is_no_function_is_no_hook():
    with pytest.raises(InvalidDefinitionError, match="made of a function, not of 5"):
        success_hook(5)


@pytest.mark.parametrize("name", ["a b", "a.b"])
def test_a_hook_has_a_name_of_letters(name):
    with pytest.raises(InvalidDefinitionError, match="cannot name a hook"):
        success_hook(name=name)(_hook)


def test_a_partial_needs_a_name():
    partial = functools.partial(_hook)

    assert success_hook(name="part")(partial).name == "part"
    with pytest.raises(InvalidDefinitionError, match="name"):
        success_hook(partial)


def test_a_hook_tells_whether_it_was_skipped():
    assert HookExecutionResult("a") == HookExecutionResult("a", is_skipped=False)
