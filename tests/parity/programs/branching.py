"""Outputs that do not come, and what becomes of those who wait for them."""

from parity.harness import Run, chain, program


def _maybe(dg, *, comes=False):
    @dg.op(name="comes" if comes else "maybe", out=dg.Out(is_required=False))
    def body():
        if comes:
            yield dg.Output(1)

    return body


def _double(dg):
    @dg.op
    def double(n):
        return 2 * n

    return double


def _gather(dg):
    @dg.op
    def gather(numbers):
        return sorted(numbers)

    return gather


@program("2.5 skips")
def an_output_that_does_not_come_skips_its_consumers(dg):
    @dg.op
    def show(n):
        return str(n)

    return chain(dg, _maybe(dg), _double(dg), show)


@program("2.5 skips")
def an_optional_output_that_comes_is_used(dg):
    return chain(dg, _maybe(dg, comes=True), _double(dg))


@program("2.5 branches")
def one_of_two_branches_is_taken(dg):
    @dg.op(out={"low": dg.Out(is_required=False), "high": dg.Out(is_required=False)})
    def branch():
        yield dg.Output(9, "high")

    double = _double(dg)

    @dg.job
    def job():
        low, high = branch()
        double.alias("of_low")(low)
        double.alias("of_high")(high)

    return Run(job)


@program("2.5 defaults do not rescue")
def a_default_does_not_rescue_from_a_skip(dg):
    @dg.op
    def double(n=4):
        return 2 * n

    return chain(dg, _maybe(dg), double)


@program("2.5 one of two inputs skipped")
def one_skipped_input_of_two_is_enough(dg):
    maybe, double = _maybe(dg), _double(dg)

    @dg.op
    def one():
        return 1

    @dg.op
    def add(left, right):
        return left + right

    @dg.job
    def job():
        double(add(one(), maybe()))

    return Run(job)


@program("2.5 fan-in")
def a_fan_in_takes_the_values_in_the_order_of_the_list(dg):
    @dg.op
    def one(context):
        return context.op_handle.name

    gather = dg.op(name="gather")(_listed)

    @dg.job
    def job():
        gather([one.alias("b")(), one.alias("a")(), one.alias("c")()])

    return Run(job)


def _listed(names):
    return names


@program("2.5 fan-in drops skipped")
def a_fan_in_drops_what_was_skipped(dg):
    maybe, here, gather = _maybe(dg), _maybe(dg, comes=True), _gather(dg)

    @dg.job
    def job():
        gather([maybe.alias("gone")(), here.alias("here")()])

    return Run(job)


@program("2.5 fan-in all skipped")
def a_fan_in_of_nothing_but_skips_is_skipped(dg):
    maybe, gather = _maybe(dg), _gather(dg)

    @dg.job
    def job():
        gather([maybe.alias("a")(), maybe.alias("b")()])

    return Run(job)


@program("2.5 fan-in drops skipped")
def a_fan_in_drops_what_was_skipped_further_up(dg):
    maybe, here = _maybe(dg), _maybe(dg, comes=True)
    double, gather = _double(dg), _gather(dg)

    @dg.job
    def job():
        gather([double.alias("x")(maybe.alias("gone")()), here.alias("here")()])

    return Run(job)


@program("2.5 fan-in, a failure")
def a_fan_in_does_not_run_after_a_failure(dg):
    gather = _gather(dg)

    @dg.op
    def one():
        return 1

    @dg.op
    def fail():
        raise ValueError("no file")

    @dg.job
    def job():
        gather([one(), fail()])

    return Run(job)


@program("2.5 Nothing, one")
def an_order_after_what_did_not_come_is_skipped(dg):
    @dg.op(out=dg.Out(dg.Nothing, is_required=False))
    def maybe():
        yield from ()

    @dg.op(ins={"after": dg.In(dg.Nothing)})
    def follow():
        return 5

    return chain(dg, maybe, follow)


@program("2.5 Nothing, fan-in")
def an_order_after_several_runs_if_any_came(dg):
    maybe, here = _maybe(dg), _maybe(dg, comes=True)

    @dg.op(ins={"after": dg.In(dg.Nothing)})
    def follow():
        return 5

    @dg.job
    def job():
        follow([maybe.alias("gone")(), here.alias("here")()])

    return Run(job)


@program("2.5 after a failure")
def what_follows_a_failure_is_untouched(dg):
    @dg.op
    def fail():
        raise ValueError("no file")

    @dg.op
    def other():
        return 1

    double = _double(dg)

    @dg.job
    def job():
        double.alias("last")(double(fail()))
        double.alias("elsewhere")(other())

    return Run(job)


@program("2.5 after a failure")
def two_steps_fail(dg):
    @dg.op
    def fail(context):
        raise ValueError(context.op_handle.name)

    @dg.job
    def job():
        fail.alias("b")()
        fail.alias("a")()

    return Run(job)


@program("2.5 a skip and a failure meet")
def a_skipped_input_meets_a_failed_one(dg):
    maybe = _maybe(dg)

    @dg.op
    def fail():
        raise ValueError("no file")

    @dg.op
    def add(left, right):
        return left + right

    @dg.job
    def job():
        add(maybe(), fail())

    return Run(job)


@program(
    "2.5 a skip and a failure meet",
    departs="A skip is told as soon as it is known; where a failure is behind it too, "
    "Dagster tells it after the next step, and waits for ever if there is none.",
)
def a_skip_that_is_known_when_a_failure_is_passed_on(dg):
    maybe, double = _maybe(dg), _double(dg)

    @dg.op
    def shatter():
        raise ValueError("no file")

    @dg.op
    def zero():
        return 0

    @dg.op
    def add(left, right):
        return left + right

    @dg.job
    def job():
        add(double(shatter()), maybe())
        zero()

    return Run(job)


@program("2.5 through graphs")
def a_skip_goes_through_a_nested_graph(dg):
    maybe, double = _maybe(dg), _double(dg)

    @dg.graph
    def inner(n):
        return double.alias("second")(double.alias("first")(n))

    @dg.job
    def job():
        double(inner(maybe()))

    return Run(job)
