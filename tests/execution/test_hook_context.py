import pytest

from opnb.definitions.dependency import Node
from opnb.definitions.hook import failure_hook, success_hook
from opnb.definitions.op import op
from opnb.definitions.resource import resource
from opnb.execution.hook_context import HookContext, build_hook_context
from opnb.model.errors import (
    CheckError,
    InvalidDefinitionError,
    InvalidPropertyError,
    InvariantViolationError,
    UnknownResourceError,
)

GIVEN = ["op", "run_id", "job_name"]
NEVER = ["step_key", "op_config", "op_output_values", "op_output_metadata"]


@op(tags={"team": "sales"})
def pack():
    return 1


def test_a_context_knows_what_it_was_given():
    error = ValueError("odd")
    context = build_hook_context(
        resources={"mail": "post"},
        op=pack,
        run_id="r1",
        job_name="nightly",
        op_exception=error,
    )

    assert isinstance(context, HookContext)
    assert isinstance(context.op, Node)
    assert (context.op.name, context.op.definition) == ("pack", pack)
    assert (context.run_id, context.job_name) == ("r1", "nightly")
    assert context.op_exception is error
    assert context.resources.mail == "post"
    assert repr(context) == "DirectHookContext()"


def test_the_op_may_be_used_under_another_name():
    context = build_hook_context(op=pack.alias("again").tag({"b": "c"}))

    assert context.op.name == "again"
    assert context.op.tags == {"team": "sales", "b": "c"}


def test_without_an_exception_there_is_none():
    assert build_hook_context().op_exception is None


@pytest.mark.parametrize("name", GIVEN)
def test_what_was_not_given_says_how_it_is(name):
    with pytest.raises(
        InvalidPropertyError, match=rf"no '{name}'\.\nHint: build_hook_context\({name}="
    ):
        getattr(build_hook_context(), name)


@pytest.mark.parametrize("name", NEVER)
def test_what_only_a_run_has_is_refused(name):
    with pytest.raises(InvalidPropertyError, match=rf"no '{name}'\.\nHint: Run"):
        getattr(build_hook_context(op=pack), name)


def test_there_is_no_instance():
    with pytest.raises(InvalidPropertyError, match=r"opnb\.log"):
        _ = build_hook_context().instance


@pytest.mark.parametrize("name", ["hook_def", "required_resource_keys"])
def test_the_hook_is_known_while_it_is_called(name):
    @success_hook(required_resource_keys={"mail"})
    def tell(context):
        return getattr(context, name)

    context = build_hook_context(resources={"mail": "post"})

    expected = {"hook_def": tell, "required_resource_keys": {"mail"}}
    assert tell(context) == expected[name]
    with pytest.raises(InvalidPropertyError, match="'hook_def'"):
        getattr(context, name)


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        ({"op": "pack"}, "'op' must be"),
        ({"run_id": 3}, "'run_id' must be str"),
        ({"job_name": 3}, "'job_name' must be str"),
        ({"op_exception": "odd"}, "'op_exception' must be"),
        ({"resources": 3}, "'resources' must be"),
        ({"instance": 3}, "leave it out"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_context_that_cannot_be_is_refused(arguments, match):
    with pytest.raises(CheckError, match=match):
        build_hook_context(**arguments)


def test_a_hook_is_called_with_a_context_made_by_hand():
    @failure_hook
    def tell(context):
        return f"{context.op.name}: {context.op_exception}"

    assert tell(build_hook_context(op=pack, op_exception=ValueError("odd"))) == (
        "pack: odd"
    )


def test_none_stands_for_a_context_that_knows_nothing():
    @success_hook
    def tell(context):
        return context.op_exception, context.hook_def.name

    assert tell(None) == (None, "tell")


def test_a_resource_that_the_hook_asks_for_is_missed():
    @success_hook(required_resource_keys={"mail"})
    def tell(context):
        return context.resources.mail

    assert tell(build_hook_context(resources={"mail": "post"})) == "post"
    for context in (build_hook_context(resources={"male": 3}), None):
        with pytest.raises(
            InvalidDefinitionError, match=r"Give it: build_hook_context"
        ):
            tell(context)


def test_a_resource_that_nobody_gave_is_told():
    with pytest.raises(UnknownResourceError, match=r"'mail'.*\n.*build_hook_context"):
        _ = build_hook_context().resources.mail


def test_resources_with_an_end_live_as_long_as_the_block():
    told = []

    @resource
    def mail():
        told.append("up")
        yield "post"
        told.append("down")

    @success_hook(required_resource_keys={"mail"})
    def tell(context):
        told.append(context.resources.mail)

    context = build_hook_context(resources={"mail": mail})
    with pytest.raises(InvariantViolationError, match=r"with build_hook_context\("):
        tell(context)
    with context:
        tell(context)

    assert told == ["up", "post", "down"]


def test_the_log_of_a_context_made_by_hand_is_pythons(caplog):
    build_hook_context().log.warning("hello")

    assert [(r.name, r.message) for r in caplog.records] == [("opnb", "hello")]
