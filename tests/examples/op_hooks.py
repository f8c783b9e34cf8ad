"""The page on op hooks: what is done when an op has succeeded or failed."""

from examples.registry import example

from opnb import (
    Failure,
    HookContext,
    In,
    Nothing,
    ResourceDefinition,
    RetryPolicy,
    build_hook_context,
    failure_hook,
    graph,
    job,
    op,
    success_hook,
)


class Chat:
    """A chat room that remembers what was said."""

    def __init__(self):
        self.said = []

    def say(self, text):
        self.said.append(text)


@success_hook(required_resource_keys={"chat"})
def tell_of_success(context: HookContext):
    context.resources.chat.say(f"{context.op.name} went well")


@failure_hook(required_resource_keys={"chat"})
def tell_of_failure(context: HookContext):
    context.resources.chat.say(f"{context.op.name} failed: {context.op_exception}")


@op
def pack():
    return "parcel"


@op(ins={"after": In(Nothing)})
def ship():
    raise Failure("The van is broken")


def room(chat):
    return ResourceDefinition.hardcoded_resource(chat)


@example("hooks on a job are called for each of its ops")
def hooks_on_a_job():
    chat = Chat()

    @job(hooks={tell_of_success, tell_of_failure}, resource_defs={"chat": room(chat)})
    def shipping():
        ship(pack())

    result = shipping.execute_in_process(raise_on_error=False)

    assert not result.success
    assert chat.said == ["pack went well", "ship failed: The van is broken"]


@example("a hook on one op is called for that one alone")
def a_hook_on_one_op():
    chat = Chat()

    @op
    def label():
        return "label"

    @job(resource_defs={"chat": room(chat)})
    def packing():
        label()
        pack.with_hooks({tell_of_success})()

    assert packing.execute_in_process().success
    assert chat.said == ["pack went well"]


@example("hooks given to a graph are those of the job made of it")
def hooks_of_a_job_from_a_graph():
    chat = Chat()

    @graph
    def packing():
        pack()

    by_night = packing.to_job(
        resource_defs={"chat": room(chat)}, hooks={tell_of_success}
    )

    assert by_night.execute_in_process().success
    assert packing.execute_in_process().success
    assert chat.said == ["pack went well"]


@example("a hook that has no needs is written without arguments")
def a_bare_hook():
    seen = []

    @success_hook
    def remember(context):
        seen.append((context.op.name, context.step_key))

    @job(hooks={remember})
    def packing():
        pack.alias("pack_again")()
        pack()

    assert packing.execute_in_process().success
    assert sorted(seen) == [("pack", "pack"), ("pack_again", "pack_again")]


@example("a failure hook is given the exception itself")
def the_exception_in_a_hook():
    seen = []

    @failure_hook
    def remember(context: HookContext):
        seen.append(context.op_exception)

    @job(hooks={remember})
    def shipping():
        ship()

    shipping.execute_in_process(raise_on_error=False)

    (exception,) = seen
    assert isinstance(exception, Failure)
    assert exception.description == "The van is broken"


@example("a success hook sees the values that came out")
def the_values_in_a_hook():
    seen = {}

    @success_hook
    def remember(context):
        seen.update(context.op_output_values)

    @job(hooks={remember})
    def packing():
        pack()

    packing.execute_in_process()

    assert seen == {"result": "parcel"}


@example("a hook that raises is recorded, and the run goes on")
def a_hook_that_raises():
    @success_hook
    def stumble(context):
        raise ValueError("no chat room")

    @job(hooks={stumble})
    def packing():
        pack()

    result = packing.execute_in_process()
    types = [event.event_type_value for event in result.all_events]

    assert result.success
    assert "HOOK_ERRORED" in types
    assert "HOOK_COMPLETED" not in types


@example("hooks tell in the log whether they were called")
def the_events_of_hooks():
    chat = Chat()

    @job(hooks={tell_of_success, tell_of_failure}, resource_defs={"chat": room(chat)})
    def packing():
        pack()

    result = packing.execute_in_process()
    types = [event.event_type_value for event in result.all_events]

    assert types.count("HOOK_COMPLETED") == 1
    assert types.count("HOOK_SKIPPED") == 1


@example("a failure hook waits until the retries are used up")
def a_hook_after_retries():
    chat = Chat()

    @op(retry_policy=RetryPolicy(max_retries=2))
    def load_van():
        raise OSError("no room")

    @job(hooks={tell_of_failure}, resource_defs={"chat": room(chat)})
    def loading():
        load_van()

    result = loading.execute_in_process(raise_on_error=False)

    assert result.retry_attempts_for_node("load_van") == 2
    assert chat.said == ["load_van failed: no room"]


@example("a hook is tested by a call with a context made by hand")
def a_hook_tested():
    chat = Chat()

    tell_of_success(build_hook_context(resources={"chat": chat}, op=pack))
    tell_of_failure(
        build_hook_context(
            resources={"chat": chat}, op=ship, op_exception=Failure("flat tyre")
        )
    )

    assert chat.said == ["pack went well", "ship failed: flat tyre"]
