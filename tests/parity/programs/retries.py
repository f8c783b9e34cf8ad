"""Attempts: asked for by the op, or by a policy."""

from parity.harness import Run, alone, chain, outcome, program


def _flaky(dg, failures, error, **options):
    """Return an op that fails so often, each time by what `error()` makes."""

    @dg.op(**options)
    def flaky(context):
        if context.retry_number < failures:
            raise error()
        return context.retry_number

    return flaky


@program("2.8 RetryRequested")
def an_op_asks_for_another_attempt(dg):
    return alone(dg, _flaky(dg, 1, dg.RetryRequested))


@program("2.8 RetryRequested")
def an_op_asks_for_more_attempts_than_it_needs(dg):
    return alone(dg, _flaky(dg, 2, lambda: dg.RetryRequested(max_retries=5)))


@program("2.8 RetryRequested")
def an_op_says_how_long_to_wait(dg):
    return alone(dg, _flaky(dg, 1, lambda: dg.RetryRequested(seconds_to_wait=0.01)))


@program("2.8 RetryRequested")
def an_op_asks_again_because_of_an_exception(dg):
    @dg.op
    def flaky(context):
        if context.retry_number == 0:
            raise dg.RetryRequested from OSError("no connection")
        return 5

    return alone(dg, flaky)


@program("2.8 events of attempts")
def every_attempt_records_its_events(dg):
    @dg.op
    def flaky(context):
        yield dg.AssetMaterialization("orders", metadata={"try": context.retry_number})
        yield dg.Output(context.retry_number)
        if context.retry_number == 0:
            raise dg.RetryRequested

    return alone(dg, flaky)


@program("2.8 exhausted")
def an_op_asks_too_often(dg):
    return alone(dg, _flaky(dg, 9, lambda: dg.RetryRequested(max_retries=2)))


@program("2.8 exhausted")
def an_op_asks_too_often_because_of_an_exception(dg):
    @dg.op
    def flaky():
        raise dg.RetryRequested(max_retries=1) from OSError("no connection")

    return alone(dg, flaky)


@program("2.8 max_retries=0")
def an_op_asks_for_no_attempt_at_all(dg):
    return alone(dg, _flaky(dg, 1, lambda: dg.RetryRequested(max_retries=0)))


@program("2.8 RetryPolicy")
def a_policy_retries_an_exception(dg):
    policy = dg.RetryPolicy(max_retries=2)
    return alone(dg, _flaky(dg, 2, lambda: ValueError("odd"), retry_policy=policy))


@program("2.8 RetryPolicy")
def a_policy_gives_up(dg):
    policy = dg.RetryPolicy(max_retries=2)
    return alone(dg, _flaky(dg, 9, lambda: ValueError("odd"), retry_policy=policy))


@program("2.8 RetryPolicy")
def a_policy_retries_a_failure_and_keeps_its_metadata(dg):
    policy = dg.RetryPolicy(max_retries=1)
    error = lambda: dg.Failure("No rows.", {"rows": 0})  # noqa: E731 - short here
    return alone(dg, _flaky(dg, 9, error, retry_policy=policy))


@program("2.8 RetryPolicy does not apply")
def a_policy_does_not_retry_a_missing_output(dg):
    @dg.op(retry_policy=dg.RetryPolicy(max_retries=3))
    def write():
        yield dg.AssetMaterialization("orders")

    return alone(dg, write)


@program("2.8 RetryPolicy does not apply")
def a_policy_does_not_retry_a_broken_rule(dg):
    @dg.op(retry_policy=dg.RetryPolicy(max_retries=3))
    def write():
        yield 5

    return alone(dg, write)


@program("2.8 RetryPolicy does not apply")
def a_policy_does_not_retry_an_input_of_a_wrong_type(dg):
    @dg.op
    def word():
        return "four"

    @dg.op(retry_policy=dg.RetryPolicy(max_retries=3))
    def double(n: int):
        return 2 * n

    return chain(dg, word, double)


@program("2.8 RetryPolicy does not apply")
def a_policy_does_not_retry_an_error_of_the_framework(dg):
    @dg.op(retry_policy=dg.RetryPolicy(max_retries=3))
    def write():
        return dg.Output(5, metadata={"rows": object()})

    return alone(dg, write)


@program(
    "2.8 RetryPolicy does not apply",
    departs="A value whose check broke off was not put out; Dagster has it in the "
    "result all the same.",
)
def a_policy_does_not_retry_a_check_that_raises(dg):
    def check(_context, _value):
        raise ValueError("cannot look")

    kind = dg.DagsterType(check, name="Odd")

    @dg.op(out=dg.Out(kind), retry_policy=dg.RetryPolicy(max_retries=3))
    def write():
        return 5

    return alone(dg, write)


@program("2.8 RetryPolicy")
def a_policy_retries_an_event_that_may_not_be_logged(dg):
    @dg.op(retry_policy=dg.RetryPolicy(max_retries=1))
    def write(context):
        context.log_event("written")

    return alone(dg, write)


@program("2.8 allow_retries=False")
def a_failure_that_allows_no_retries(dg):
    policy = dg.RetryPolicy(max_retries=3)
    error = lambda: dg.Failure("No rows.", {"rows": 0}, allow_retries=False)  # noqa: E731 - short here
    return alone(dg, _flaky(dg, 9, error, retry_policy=policy))


@program("2.8 RetryRequested under a policy")
def a_request_of_three_under_a_policy_of_one(dg):
    policy = dg.RetryPolicy(max_retries=1)
    error = lambda: dg.RetryRequested(max_retries=3)  # noqa: E731 - short here
    return alone(dg, _flaky(dg, 9, error, retry_policy=policy))


@program("2.8 RetryRequested under a policy")
def a_request_of_one_under_a_policy_of_three(dg):
    policy = dg.RetryPolicy(max_retries=3)
    error = lambda: dg.RetryRequested(max_retries=1)  # noqa: E731 - short here
    return alone(dg, _flaky(dg, 9, error, retry_policy=policy))


@program("2.8 precedence")
def the_invocation_s_policy_goes_before_the_op_s(dg):
    op_s = dg.RetryPolicy(max_retries=1)
    flaky = _flaky(dg, 9, lambda: ValueError("odd"), retry_policy=op_s)

    @dg.job(op_retry_policy=dg.RetryPolicy(max_retries=2))
    def job():
        flaky.with_retry_policy(dg.RetryPolicy(max_retries=3))()

    return Run(job)


@program("2.8 precedence")
def the_op_s_policy_goes_before_the_job_s(dg):
    op_s = dg.RetryPolicy(max_retries=1)
    flaky = _flaky(dg, 9, lambda: ValueError("odd"), retry_policy=op_s)

    @dg.job(op_retry_policy=dg.RetryPolicy(max_retries=2))
    def job():
        flaky()

    return Run(job)


@program("2.8 precedence")
def the_job_s_policy_is_for_all_others(dg):
    flaky = _flaky(dg, 9, lambda: ValueError("odd"))

    @dg.job(op_retry_policy=dg.RetryPolicy(max_retries=2))
    def job():
        flaky()

    return Run(job)


@program("2.8 precedence")
def a_graph_made_a_job_takes_a_policy(dg):
    flaky = _flaky(dg, 1, lambda: ValueError("odd"))

    @dg.graph
    def graph():
        flaky()

    return Run(graph.to_job(op_retry_policy=dg.RetryPolicy(max_retries=1)))


@program("2.8 waits")
def the_waits_that_a_policy_reckons(dg):
    policies = {
        "none": dg.RetryPolicy(max_retries=4),
        "flat": dg.RetryPolicy(max_retries=4, delay=2),
        "linear": dg.RetryPolicy(4, 2, dg.Backoff.LINEAR),
        "exponential": dg.RetryPolicy(4, 2, dg.Backoff.EXPONENTIAL),
    }
    return {
        name: [float(policy.calculate_delay(number)) for number in (1, 2, 3, 4)]
        for name, policy in policies.items()
    }


@program("2.8 waits")
def the_waits_with_jitter_stay_within_bounds(dg):
    full = dg.RetryPolicy(4, 2, dg.Backoff.LINEAR, dg.Jitter.FULL)
    around = dg.RetryPolicy(4, 2, dg.Backoff.LINEAR, dg.Jitter.PLUS_MINUS)
    drawn = [(full.calculate_delay(3), around.calculate_delay(3)) for _ in range(99)]
    return all(0 <= low <= 6 and 4 <= high <= 8 for low, high in drawn)


@program("2.8 waits")
def a_policy_waits(dg):
    policy = dg.RetryPolicy(max_retries=2, delay=0.01, backoff=dg.Backoff.EXPONENTIAL)
    return alone(dg, _flaky(dg, 2, lambda: ValueError("odd"), retry_policy=policy))


@program("2.1 other steps go on while one waits")
def other_steps_go_on_while_one_waits(dg):
    flaky = _flaky(dg, 1, lambda: dg.RetryRequested(seconds_to_wait=0.05))

    @dg.op
    def quick():
        return 1

    @dg.job
    def job():
        flaky()
        quick()

    return Run(job)


@program("2.8 downstream of a retry")
def what_follows_takes_the_last_attempt_s_output(dg):
    @dg.op
    def flaky(context):
        yield dg.Output(context.retry_number)
        if context.retry_number == 0:
            raise dg.RetryRequested

    @dg.op
    def double(n):
        return 2 * n + 1

    @dg.job
    def job():
        double(flaky())

    return Run(job)


@program("1.2 RetryRequested")
def requests_and_policies_are_checked(dg):
    return [
        dg.RetryRequested(),
        dg.RetryRequested(3, 1.5),
        str(dg.RetryRequested()),
        dg.RetryRequested(max_retries=-1),
        outcome(dg.RetryRequested, "three"),
        outcome(dg.RetryRequested, None),
        outcome(dg.RetryRequested, 1, "soon"),
        dg.RetryPolicy(),
        dg.RetryPolicy(3, 2, dg.Backoff.LINEAR, dg.Jitter.FULL),
        outcome(dg.RetryPolicy, backoff=dg.Backoff.LINEAR),
        outcome(dg.RetryPolicy, jitter=dg.Jitter.FULL),
        outcome(dg.RetryPolicy, "three"),
    ]
