"""Ops called as functions."""

import asyncio

from parity.harness import alone, outcome, program


def _double(dg):
    @dg.op
    def double(n: int) -> int:
        return 2 * n

    return double


def _with_context(dg):
    @dg.op
    def double(context, n):
        context.log.info("doubling")
        return 2 * n

    return double


@program("2.9 no context")
def an_op_is_a_function(dg):
    double = _double(dg)
    return [double(4), double(n=4)]


@program(
    "2.9 no context, unknown keyword",
    departs="A name that the op does not take is an error; Dagster ignores it "
    "where the number of arguments fits.",
)
def an_argument_that_is_not_known(dg):
    @dg.op
    def double(n=4):
        return 2 * n

    return double(m=5)


@program("2.9 no context, errors")
def an_argument_too_many_by_name(dg):
    return _double(dg)(n=4, m=5)


@program("2.9 no context, errors")
def arguments_that_do_not_fit(dg):
    double = _double(dg)
    return [outcome(double), outcome(double, 4, 5), outcome(double, 4, n=5)]


@program("2.9 no context")
def a_default_is_taken_by_a_call(dg):
    @dg.op(ins={"m": dg.In(int, default_value=5)})
    def add(n, m, k=1):
        return n + m + k

    return [add(4), add(4, 6), add(4, k=0)]


@program("2.9 context parameter")
def an_op_with_a_context_is_called(dg):
    double = _with_context(dg)
    return [double(dg.build_op_context(), 4), double(dg.build_op_context(), n=4)]


@program("2.9 context parameter")
def none_may_stand_for_the_context(dg):
    @dg.op
    def double(context, n):
        return 2 * n

    return double(None, 4)


@program("2.9 context parameter, errors")
def the_context_is_left_out(dg):
    double = _with_context(dg)
    return [outcome(double), outcome(double, 4), outcome(double, n=4)]


@program("2.9 returns")
def what_is_returned_comes_back_as_it_is(dg):
    @dg.op
    def one():
        return dg.Output(1, metadata={"rows": 1})

    @dg.op(out={"low": dg.Out(), "high": dg.Out()})
    def span():
        return 1, 9

    return [one(), span()]


@program("2.9 returns")
def a_generator_op_gives_its_events(dg):
    @dg.op
    def clean():
        yield dg.AssetMaterialization("orders")
        yield dg.Output(5)

    return list(clean())


@program("2.9 returns")
def an_async_op_gives_a_coroutine(dg):
    @dg.op
    async def fetch(n):
        return 2 * n

    @dg.op
    async def stream():
        yield dg.Output(5)

    async def both():
        return [await fetch(4), [event async for event in stream()]]

    return asyncio.run(both())


@program("2.9 checks")
def types_are_checked_in_a_call(dg):
    @dg.op
    def wrong(n: int) -> str:
        return n

    return [outcome(wrong, "four"), outcome(wrong, 4)]


@program("2.9 checks")
def outputs_are_checked_in_a_call(dg):
    @dg.op(out={"low": dg.Out(), "high": dg.Out()})
    def span(given):
        return given

    given = [[1, 9], 1, (1, 2, 3), (dg.Output(1, "high"), 9)]
    return [outcome(span, value) for value in given]


def _yielding(dg, *events, **options):
    @dg.op(**options)
    def body():
        yield from events

    return outcome(lambda: list(body()))


@program("2.9 checks")
def events_are_checked_in_a_call(dg):
    return [
        _yielding(dg, dg.AssetMaterialization("orders")),
        _yielding(dg, dg.Output(1), dg.Output(2)),
        _yielding(dg, 5),
        _yielding(dg, dg.Output("five"), out=dg.Out(int)),
        _yielding(dg, out=dg.Out(is_required=False)),
        _yielding(dg, dg.DynamicOutput(1, "a"), out=dg.DynamicOut()),
    ]


@program(
    "2.9 checks",
    departs="A plain output for a dynamic one is refused in a call as it is in a run; "
    "Dagster refuses it in a run alone.",
)
def a_plain_output_for_a_dynamic_one_in_a_call(dg):
    return _yielding(dg, dg.Output(1), out=dg.DynamicOut())


@program(
    "2.9 unknown output",
    departs="An output that is not declared is an InvariantViolationError in a call "
    "too; Dagster raises a bare KeyError.",
)
def an_output_that_is_not_declared_is_yielded_in_a_call(dg):
    return _yielding(dg, dg.Output(1, "tidy"))


@program("2.9 returned events")
def a_materialization_is_returned_by_a_call(dg):
    @dg.op
    def write():
        return dg.AssetMaterialization("orders")

    return outcome(write)


@program("2.9 failures")
def what_is_raised_goes_through(dg):
    def raising(error):
        @dg.op(retry_policy=dg.RetryPolicy(max_retries=3))
        def fail():
            raise error

        return outcome(fail)

    return [
        raising(ValueError("odd")),
        raising(dg.Failure("No rows.", {"rows": 0})),
        raising(dg.RetryRequested(max_retries=3)),
    ]


@program("2.9 Nothing inputs")
def nothing_is_not_passed(dg):
    @dg.op(ins={"after": dg.In(dg.Nothing)})
    def one():
        return 1

    return [one(), outcome(one, None), outcome(one, after=None)]


@program("2.9 config")
def config_in_a_call(dg):
    class Limits(dg.Config):
        low: int

    @dg.op
    def span(context, config: Limits):
        return config.low

    context = dg.build_op_context
    return [
        span(context(), Limits(low=1)),
        span(context(), config=Limits(low=2)),
        span(context(op_config={"low": 3})),
    ]


@program("2.9 config")
def config_by_schema_in_a_call(dg):
    @dg.op(config_schema={"n": int, "m": dg.Field(int, default_value=5)})
    def show(context):
        return context.op_config

    return [
        show(dg.build_op_context(op_config={"n": 4})),
        outcome(show, dg.build_op_context(op_config={"n": "four"})),
        outcome(show, dg.build_op_context()),
    ]


@program("2.9 resources")
def resources_in_a_call(dg):
    @dg.op(required_resource_keys={"store"})
    def ask(context):
        return context.resources.store

    return [
        ask(dg.build_op_context(resources={"store": "here"})),
        outcome(ask, dg.build_op_context()),
    ]


@program("2.9 resources")
def resource_parameters_in_a_call(dg):
    class Store(dg.ConfigurableResource):
        path: str

    @dg.op
    def ask(store: Store):
        return store.path

    return [
        ask(store=Store(path="a.db")),
        ask(Store(path="b.db")),
        ask(dg.build_op_context(resources={"store": Store(path="c.db")})),
    ]


@program("2.9 get_events")
def events_logged_in_a_call_are_kept_by_the_context(dg):
    @dg.op
    def clean(context):
        context.log_event(dg.AssetMaterialization("orders"))
        context.log_event(dg.ExpectationResult(success=True))
        context.add_output_metadata({"rows": 3})
        return 5

    context = dg.build_op_context()
    clean(context)
    return [context.get_events(), context.get_output_metadata("result")]


def _in_a_call(dg, ask):
    @dg.op
    def show(context):
        return ask(context)

    return outcome(show, dg.build_op_context())


@program("2.9 properties absent")
def properties_that_a_call_does_not_have(dg):
    names = ("job_name", "run", "job_def", "op_handle", "op_config", "run_tags")
    return {
        name: _in_a_call(dg, lambda context, name=name: getattr(context, name))
        for name in names
    }


@program("2.9 properties absent")
def the_run_id_of_a_call(dg):
    return _in_a_call(dg, lambda context: context.run_id)


@program("2.9 properties absent")
def an_op_knows_its_name_in_a_call(dg):
    return [
        _in_a_call(dg, lambda context: context.op_def.name),
        outcome(lambda: dg.build_op_context().op_def),
        outcome(lambda: dg.build_op_context().log_event(dg.AssetObservation("x"))),
    ]


@program(
    "2.9 retry_number",
    departs="The `retry_number` of a call is 0; Dagster raises an AttributeError.",
)
def the_attempt_in_a_call(dg):
    return _in_a_call(dg, lambda context: context.retry_number)


@program("1.3 build_op_context")
def a_context_with_everything(dg):
    context = dg.build_op_context(
        resources={"store": "here"},
        op_config={"n": 4},
        partition_key="2026-01-01",
        mapping_key="a",
        run_tags={"team": "sales"},
    )
    return [
        context.resources.store,
        context.op_config,
        context.has_partition_key,
        context.partition_key,
        context.get_mapping_key(),
        context.get_tag("team"),
        context.has_tag("none"),
    ]


@program("1.3 build_op_context")
def a_context_as_a_context_manager(dg):
    seen = []

    @dg.resource
    def store():
        yield "made"
        seen.append("down")

    with dg.build_op_context(resources={"store": store}) as context:
        seen.append(context.resources.store)
    return seen


@program("1.3 build_op_context")
def a_resource_with_a_teardown_needs_the_with_statement(dg):
    @dg.resource
    def store():
        yield "made"

    context = dg.build_op_context(resources={"store": store})
    return context.resources.store


@program("2.9 inside another op")
def an_op_calls_another_as_a_function(dg):
    double = _double(dg)

    @dg.op
    def twice(context):
        return double(double(1))

    return alone(dg, twice)


@program("2.9 aliases")
def an_alias_is_called_as_a_function(dg):
    double = _double(dg)
    return outcome(double.alias("twice"), 4)
