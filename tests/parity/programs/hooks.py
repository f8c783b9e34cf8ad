"""Hooks: what runs after a step."""

from parity.harness import Run, alone, job_of, outcome, program


def _hooks(dg, seen):
    @dg.success_hook
    def tell_success(context):
        seen.append(["success", context.op.name, context.op_output_values])

    @dg.failure_hook
    def tell_failure(context):
        seen.append(["failure", context.op.name, context.op_exception])

    return {tell_success, tell_failure}


def _one(dg):
    @dg.op
    def one():
        return 1

    return one


def _fail(dg):
    @dg.op
    def fail():
        raise ValueError("no file")

    return fail


@program("2.11 hooks on a job")
def hooks_of_a_job_see_every_step(dg):
    seen = []
    one, fail = _one(dg), _fail(dg)

    @dg.job(hooks=_hooks(dg, seen))
    def job():
        one()
        fail()

    return Run(job, seen=seen)


@program("2.11 hooks on a node")
def a_hook_of_one_node(dg):
    seen = []
    one = _one(dg)

    @dg.job
    def job():
        one()
        one.with_hooks(_hooks(dg, seen))()

    return Run(job, seen=seen)


@program("2.11 hooks on a graph")
def a_hook_of_a_graph(dg):
    seen = []
    one = _one(dg)

    @dg.graph
    def inner():
        return one()

    @dg.job
    def job():
        inner.with_hooks(_hooks(dg, seen))()
        one()

    return Run(job, seen=seen)


@program("2.11 hooks on a graph")
def hooks_given_when_a_graph_becomes_a_job(dg):
    seen = []
    one = _one(dg)

    @dg.graph
    def graph():
        one()

    return Run(graph.to_job(hooks=_hooks(dg, seen)), seen=seen)


@program("2.11 hooks on a job")
def a_job_with_hooks_added_later(dg):
    seen = []
    job = job_of(dg, _one(dg))
    return Run(job.with_hooks(_hooks(dg, seen)), seen=seen)


@program("2.11 a hook that raises")
def a_hook_that_raises(dg):
    @dg.success_hook
    def broken(context):
        raise ValueError("no network")

    return alone(dg, _one(dg).with_hooks({broken}))


@program("2.11 ops that put nothing out")
def a_success_hook_of_an_op_that_put_nothing_out(dg):
    seen = []

    @dg.op(out=dg.Out(is_required=False))
    def quiet():
        yield from ()

    return alone(dg, quiet.with_hooks(_hooks(dg, seen)), seen=seen)


@program("2.11 ops that put nothing out")
def no_hook_for_a_step_that_is_skipped(dg):
    seen = []

    @dg.op(out=dg.Out(is_required=False))
    def quiet():
        yield from ()

    @dg.op
    def follow(n):
        return n

    return Run(job_of(dg, quiet, follow, hooks=_hooks(dg, seen)), seen=seen)


@program("2.11 op_output_values")
def a_hook_sees_every_output(dg):
    seen = []

    @dg.op(out={"low": dg.Out(), "high": dg.Out()})
    def span():
        return dg.Output(1, metadata={"rows": 1}), 9

    @dg.success_hook
    def tell(context):
        seen.append(context.op_output_values)
        seen.append(context.op_output_metadata)

    return alone(dg, span.with_hooks({tell}), seen=seen)


@program("2.11 op_output_values")
def a_hook_sees_dynamic_outputs(dg):
    seen = []

    @dg.op(out=dg.DynamicOut())
    def files():
        yield dg.DynamicOutput("a.csv", "a")
        yield dg.DynamicOutput("b.csv", "b")

    return alone(dg, files.with_hooks(_hooks(dg, seen)), seen=seen)


@program("2.8 hooks and retries")
def hooks_of_a_step_that_is_retried(dg):
    seen = []

    @dg.op(retry_policy=dg.RetryPolicy(max_retries=1))
    def flaky(context):
        if context.retry_number == 0:
            raise ValueError("odd")
        return 5

    return alone(dg, flaky.with_hooks(_hooks(dg, seen)), seen=seen)


@program("2.8 hooks and retries")
def a_failure_hook_after_the_last_attempt_of_a_policy(dg):
    seen = []
    policy = dg.RetryPolicy(max_retries=1)
    fail = _fail(dg).with_hooks(_hooks(dg, seen)).with_retry_policy(policy)
    return alone(dg, fail, seen=seen)


@program("2.8 hooks and retries")
def a_failure_hook_after_the_last_attempt_asked_for(dg):
    seen = []

    @dg.op
    def fail():
        raise dg.RetryRequested(max_retries=1) from ValueError("odd")

    return alone(dg, fail.with_hooks(_hooks(dg, seen)), seen=seen)


@program("2.11 HookContext")
def a_hook_knows_where_it_is(dg):
    seen = []

    @dg.success_hook(required_resource_keys={"mail"})
    def tell(context):
        seen.extend([context.job_name, context.step_key, context.op.name])
        seen.extend([context.op_config, context.resources.mail, context.op_exception])
        seen.append(sorted(context.required_resource_keys))
        context.log.info("told")

    @dg.op(config_schema={"n": int})
    def double(context):
        return 2 * context.op_config["n"]

    config = {"ops": {"double": {"config": {"n": 4}}}}
    hooked = double.with_hooks({tell})
    mail = dg.ResourceDefinition.hardcoded_resource("post")
    job = job_of(dg, hooked, resource_defs={"mail": mail})
    return Run(job, seen=seen, run_config=config)


@program("2.11 HookContext")
def a_hook_whose_resource_is_missing(dg):
    @dg.success_hook(required_resource_keys={"mail"})
    def tell(context):
        pass

    return alone(dg, _one(dg).with_hooks({tell}))


@program("1.3 success_hook")
def a_hook_may_have_a_name(dg):
    @dg.success_hook(name="post")
    def tell(context):
        pass

    @dg.failure_hook(name="alarm")
    def cry(context):
        pass

    return [tell.name, cry.name]


@program("1.3 success_hook")
def a_hook_must_take_the_context(dg):
    @dg.success_hook
    def tell():
        pass

    return tell.name


@program("1.3 build_hook_context")
def a_hook_is_called_by_hand(dg):
    seen = []

    @dg.failure_hook
    def tell(context):
        seen.extend([context.op.name, context.op_exception])

    fail = _fail(dg)
    tell(dg.build_hook_context(op=fail, op_exception=ValueError("odd")))
    context = dg.build_hook_context(resources={"mail": "post"})
    seen.append(context.resources.mail)
    seen.append(outcome(lambda: context.step_key))
    return seen
