import asyncio
import gc

import pytest

from opnb.definitions.config import Config
from opnb.definitions.configurable_resource import ConfigurableResource
from opnb.definitions.graph import graph
from opnb.definitions.in_out import DynamicOut, In, Out
from opnb.definitions.job import job
from opnb.definitions.op import OpDefinition, op
from opnb.definitions.resource import resource
from opnb.definitions.retry_policy import RetryPolicy
from opnb.definitions.type_check import Nothing, OpType
from opnb.execution.direct_context import build_op_context
from opnb.model.errors import (
    InvalidConfigError,
    InvalidDefinitionError,
    InvalidInvocationError,
    InvariantViolationError,
    TypeCheckDidNotPass,
)
from opnb.model.events import (
    AssetMaterialization,
    AssetObservation,
    DynamicOutput,
    ExpectationResult,
    Output,
)
from opnb.model.signals import Failure, RetryRequested

TWO = {"low": Out(), "high": Out()}


@op
def double(n: int) -> int:
    return 2 * n


@op
def joined(context, a, b="b", *, c="c"):
    return a + b + c


class Limits(Config):
    low: int
    high: int = 9


class Store(ConfigurableResource):
    path: str


def _returning(value, **options):
    @op(name="body", **options)
    def body():
        return value

    return body


def _yielding(*events, **options):
    @op(name="body", **options)
    def body():
        yield from events

    return body


# Arguments


def test_an_op_is_a_function():
    assert (double(4), double(n=4)) == (8, 8)


@pytest.mark.parametrize(
    ("args", "kwargs", "value"),
    [
        ((None, "a"), {}, "abc"),
        ((None, "a", "x"), {}, "axc"),
        ((None, "a"), {"c": "x"}, "abx"),
        ((None,), {"a": "a", "b": "x"}, "axc"),
        ((), {"context": None, "a": "x"}, "xbc"),
        ((build_op_context(), "a"), {}, "abc"),
        ((), {"context": build_op_context(), "a": "a"}, "abc"),
    ],
    ids=str,
)
def test_arguments_go_by_position_and_by_name(args, kwargs, value):
    assert joined(*args, **kwargs) == value


@pytest.mark.parametrize(
    ("args", "kwargs", "message", "hint"),
    [
        ((), {}, "'joined' takes a context, but", "build_op_context()"),
        ((), {"a": "a"}, "takes a context, but", "build_op_context()"),
        (("a",), {}, "takes a context first, not str", "first, or None"),
        (("a", "b"), {}, "takes a context first, not str", "first, or None"),
        ((None,), {}, "'joined' needs 'a'", "a=..."),
        ((None, "a"), {"a": "a"}, "given 'a' twice", "Leave out a=..."),
        ((None, "a", "b", "c"), {}, "given 3 arguments by position", "It takes a, b."),
        ((None, "a"), {"d": "d"}, "has no input 'd'", "There is 'a', 'b', 'c'."),
    ],
)
def test_arguments_that_do_not_fit_are_refused(args, kwargs, message, hint):
    with pytest.raises(InvalidInvocationError) as caught:
        joined(*args, **kwargs)

    assert message in caught.value.message
    assert hint in caught.value.hint


def test_the_context_of_a_run_is_for_its_own_op():
    @op
    def outer(context):
        return joined(context, "a")

    @job
    def nightly():
        outer()

    with pytest.raises(
        InvalidInvocationError, match="takes a context first, not OpExec"
    ):
        nightly.execute_in_process()


@pytest.mark.parametrize(
    ("args", "hint"),
    [((1, 2), "It takes n."), ((None, 2), "no context that None could stand for")],
    ids=["too-many", "none-for-a-context"],
)
def test_an_op_without_a_context_takes_its_inputs_alone(args, hint):
    with pytest.raises(InvalidInvocationError, match=hint):
        double(*args)


def test_a_context_may_be_passed_to_an_op_that_takes_none():
    assert double(build_op_context(), 4) == 8


def test_defaults_are_taken():
    @op(ins={"m": In(int, default_value=5)})
    def add(n, m, k=1):
        return n + m + k

    assert (add(4), add(4, 6), add(4, k=0)) == (10, 11, 9)


def test_further_inputs_may_be_declared_for_what_takes_any():
    @op(ins={"m": In(int)})
    def collect(n, **rest):
        return n, rest

    assert collect(1, m=2) == (1, {"m": 2})
    with pytest.raises(InvalidInvocationError, match="no input 'k'"):
        collect(1, m=2, k=3)


def test_nothing_is_not_passed():
    @op(ins={"after": In(Nothing)})
    def close(n):
        return n

    assert close(3) == 3
    with pytest.raises(InvalidInvocationError, match=r"'after'.* is Nothing"):
        close(3, after=None)
    with pytest.raises(InvalidInvocationError, match="2 arguments by position"):
        close(3, None)


def test_callable_objects_of_every_kind_can_be_called():
    class Adder:
        __hash__ = None

        def __eq__(self, other):
            return False

        def __call__(self, n):
            return n + 1

    add = op(name="add")(Adder())

    assert (add(1), add(n=1)) == (2, 2)


def test_a_function_that_is_gone_is_forgotten():
    def make():
        class Big:
            def __del__(self):
                gone.append(True)

        big = Big()

        @op
        def uses():
            return big is not None

        return uses()

    gone = []
    assert make() is True
    gc.collect()

    assert gone == [True]


# Config


@op
def span(context, config: Limits, by=1):
    return (config.low, config.high, by)


@pytest.mark.parametrize(
    ("args", "kwargs"),
    [
        ((None, Limits(low=1)), {}),
        ((None, {"low": 1}), {}),
        ((None,), {"config": Limits(low=1)}),
        ((None,), {"config": {"low": 1}}),
        ((build_op_context(op_config={"low": 1}),), {}),
        ((None, Limits(low=1), 1), {}),
    ],
    ids=["object", "dict", "object-by-name", "dict-by-name", "context", "input-after"],
)
def test_config_is_passed_by_position_by_name_or_by_the_context(args, kwargs):
    assert span(*args, **kwargs) == (1, 9, 1)


def test_the_context_shows_config_as_a_dict():
    @op
    def show(context, config: Limits):
        return config, context.op_config, context.run_config["ops"]

    told = {"low": 1, "high": 9}
    assert show(None, {"low": 1}) == (
        Limits(low=1),
        told,
        {"show": {"config": told}},
    )


@pytest.mark.parametrize(
    "config", [None, {"low": "one"}, {"low": 1, "hihg": 2}, 3], ids=str
)
def test_config_that_does_not_fit_is_refused(config):
    with pytest.raises(InvalidConfigError, match="'span' does not fit"):
        span(None, config=config)


def test_config_is_given_once():
    context = build_op_context(op_config={"low": 1})

    with pytest.raises(InvalidInvocationError, match="config twice"):
        span(context, Limits(low=2))


def test_config_by_a_schema():
    @op(config_schema={"n": int})
    def show(context):
        return context.op_config

    @op(config_schema={"n": int})
    def ignores():
        return 1

    assert show(build_op_context(op_config={"n": 4})) == {"n": 4}
    assert show(None, config={"n": 4}) == {"n": 4}
    assert ignores(config={"n": 4}) == 1
    for call in (lambda: show(None), ignores):
        with pytest.raises(InvalidConfigError, match="n: missing"):
            call()


def test_an_op_without_a_schema_takes_any_config():
    @op
    def show(context):
        return context.op_config

    assert show(build_op_context(op_config=[1])) == [1]
    assert show(None) is None


# Resources


@op
def book(context, store: Store, page=1):
    return (store.path, context.resources.store is store, page)


def test_resources_are_passed_by_the_names_of_their_parameters():
    assert book(None, store=Store(path="a.db")) == ("a.db", True, 1)
    assert book(None, Store(path="a.db"), 2) == ("a.db", True, 2)


def test_resources_come_with_the_context():
    context = build_op_context(resources={"store": Store(path="a.db")})

    assert book(context, page=3) == ("a.db", True, 3)


def test_resources_are_given_once():
    context = build_op_context(resources={"store": Store(path="a.db")})

    with pytest.raises(InvalidInvocationError, match="resources twice"):
        book(context, store=Store(path="b.db"))


def test_resources_that_are_missing_are_missed():
    @op(required_resource_keys={"ledger"})
    def close(context):
        return context.resources.ledger

    @op
    def reads(store: Store):
        return store.path

    for call in (lambda: book(None), lambda: close(None), reads):
        with pytest.raises(
            InvalidDefinitionError, match=r"Give it: build_op_context\("
        ):
            call()
    assert close(build_op_context(resources={"ledger": 3})) == 3


def test_what_an_op_without_a_context_asks_for_by_key_need_not_be_there():
    assert _returning(1, required_resource_keys={"ledger"})() == 1


class Open(Store):
    def setup_for_execution(self, _):
        told.append("up")

    def teardown_after_execution(self, _):
        told.append("down")


told = []


@pytest.mark.parametrize("kind", ["returns", "yields", "awaits", "raises"])
def test_a_resource_that_was_passed_lives_as_long_as_the_call(kind):
    def returns(store: Open):
        told.append(store.path)
        return 1

    def yields(store: Open):
        told.append(store.path)
        yield Output(1)

    async def awaits(store: Open):
        told.append(store.path)

    def raises(store: Open):
        told.append(store.path)
        raise LookupError

    told.clear()
    called = op(locals()[kind])
    if kind == "yields":
        list(called(Open(path="a.db")))
    elif kind == "awaits":
        asyncio.run(called(Open(path="a.db")))
    elif kind == "raises":
        with pytest.raises(LookupError):
            called(Open(path="a.db"))
    else:
        called(Open(path="a.db"))

    assert told == ["up", "a.db", "down"]


def test_a_generator_as_resource_is_opened_by_the_context():
    @resource
    def store():
        yield "made"

    @op(required_resource_keys={"store"})
    def ask(context):
        return context.resources.store

    with build_op_context(resources={"store": store}) as context:
        assert ask(context) == "made"


# Types


def test_the_types_of_inputs_are_checked():
    with pytest.raises(TypeCheckDidNotPass, match="input 'n' of op 'double'"):
        double("four")


def test_the_types_of_defaults_are_checked():
    odd = OpType(lambda value: value % 2 == 1, name="Odd")

    @op(ins={"n": In(odd, default_value=2)})
    def take(n):
        return n

    with pytest.raises(TypeCheckDidNotPass, match="input 'n'"):
        take()


@pytest.mark.parametrize(
    "body",
    [
        _returning("five", out=Out(int)),
        _yielding(Output("five"), out=Out(int)),
        _yielding(DynamicOutput("five", "a"), out=DynamicOut(int)),
        _returning(5, out=Out(Nothing)),
    ],
    ids=["returned", "yielded", "dynamic", "nothing"],
)
def test_the_types_of_outputs_are_checked(body):
    with pytest.raises(TypeCheckDidNotPass, match="output 'result' of op 'body'"):
        _events_of(body)


def test_a_check_may_ask_the_context_of_the_call():
    def check(context, value):
        return value in context.resources.known

    known = OpType(check, name="Known", required_resource_keys={"known"})

    @op(ins={"n": In(known)})
    def take(n):
        return n

    assert take(build_op_context(resources={"known": {3}}), 3) == 3
    with pytest.raises(TypeCheckDidNotPass):
        take(build_op_context(resources={"known": {3}}), 4)


# What comes out


def _events_of(called):
    """Return what a call gives, its events if it yields."""
    returned = called()
    return list(returned) if hasattr(returned, "__next__") else returned


@pytest.mark.parametrize(
    ("value", "options"),
    [
        (5, {}),
        (Output(5, metadata={"a": 1}), {}),
        ((1, 9), {"out": TWO}),
        ((Output(1), Output(9, "high")), {"out": TWO}),
        ([DynamicOutput(1, "a")], {"out": DynamicOut()}),
        (None, {"out": Out(Nothing)}),
        (None, {"out": {}}),
        (None, {"out": Out(is_required=False)}),
        (None, {"out": {"a": Out(Nothing), "b": Out(Nothing)}}),
    ],
    ids=str,
)
def test_what_is_returned_comes_back_as_it_is(value, options):
    assert _returning(value, **options)() is value


@pytest.mark.parametrize(
    ("value", "options", "match"),
    [
        ([1, 9], {"out": TWO}, "only one output was returned"),
        (None, {"out": TWO}, "only one output was returned"),
        ((1, 2, 3), {"out": TWO}, "Length mismatch"),
        ((Output(1, "high"), 9), {"out": TWO}, "where 'low' belongs"),
        (Output(1, "other"), {}, "where 'result' belongs"),
        (AssetMaterialization("a"), {}, "not a value"),
        (AssetObservation("a"), {}, "not a value"),
        (Failure("odd"), {}, "that is raised"),
        (5, {"out": {}}, "no outputs"),
        ([1], {"out": DynamicOut()}, "in its list"),
        (
            [DynamicOutput(1, "a"), DynamicOutput(2, "a")],
            {"out": DynamicOut()},
            "mapping key 'a'",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_may_not_be_returned_is_refused(value, options, match):
    with pytest.raises(InvariantViolationError, match=match):
        _returning(value, **options)()


def test_an_op_that_yields_gives_a_generator_of_its_events():
    events = [
        AssetMaterialization("a"),
        AssetObservation("a"),
        ExpectationResult(success=False),
        Output(5),
        AssetMaterialization("b"),
    ]

    assert list(_yielding(*events)()) == events


@pytest.mark.parametrize(
    ("body", "outputs"),
    [
        (_yielding(out=Out(is_required=False)), []),
        (_yielding(out=Out(Nothing)), [Output(None)]),
        (_yielding(out={}), []),
        (_yielding(out=DynamicOut()), []),
        (_yielding(Output(1, "a"), out={"a": Out(), "b": Out(Nothing)}), ["a", "b"]),
    ],
    ids=["optional", "nothing", "none", "dynamic", "some"],
)
def test_what_need_not_be_yielded_may_be_left_out(body, outputs):
    events = list(body())

    assert [event.output_name for event in events] == [
        getattr(output, "output_name", output) for output in outputs
    ]


@pytest.mark.parametrize(
    ("body", "match"),
    [
        (_yielding(AssetMaterialization("a")), "gave no output 'result'"),
        (_yielding(Output(1, "low"), out=TWO), "gave no output 'high'"),
        (_yielding(Output(1), Output(2)), "gave 'result' twice"),
        (
            _yielding(DynamicOutput(1, "a"), DynamicOutput(2, "a"), out=DynamicOut()),
            "under the mapping key 'a'",
        ),
        (_yielding(5), "yielded 5, which is no event"),
        (_yielding(Failure("odd")), r"raise Failure\(\.\.\.\)"),
        (_yielding(Output(1, "reslt")), "Did you mean 'result'"),
        (_yielding(Output(1), out=DynamicOut()), "an Output for the dynamic 'result'"),
        (_yielding(DynamicOutput(1, "a")), "is not dynamic"),
    ],
)
def test_what_may_not_be_yielded_is_refused(body, match):
    with pytest.raises(InvariantViolationError, match=match):
        list(body())


def test_an_iterator_that_is_returned_is_a_value_as_in_a_run():
    assert list(_returning(iter([4, 2]))()) == [4, 2]


def test_a_generator_that_is_returned_is_followed():
    def events():
        yield AssetMaterialization("a")
        yield Output(5)

    assert list(_returning(events())()) == [AssetMaterialization("a"), Output(5)]


def test_events_before_a_mistake_come_through():
    events = _yielding(AssetMaterialization("a"), 5)()

    assert next(events) == AssetMaterialization("a")
    with pytest.raises(InvariantViolationError):
        next(events)


@pytest.mark.parametrize("ends", ["close", "mistake"])
def test_a_generator_that_is_not_run_to_its_end_is_closed(ends):
    closed = []

    @op
    def body(context):
        try:
            yield AssetMaterialization("a")
            yield 5
        finally:
            closed.append(context.alias)

    context = build_op_context()
    events = body(context)
    next(events)
    if ends == "close":
        events.close()
    else:
        with pytest.raises(InvariantViolationError):
            next(events)

    assert closed == ["body"]
    assert list(_yielding(Output(1))(context)) == [Output(1)]


def test_a_generator_that_nobody_runs_does_not_keep_the_context():
    context = build_op_context()
    body = _yielding(Output(1))
    never_run = body(context)

    assert list(body(context)) == [Output(1)]
    assert list(never_run) == [Output(1)]


def test_an_async_op_gives_a_coroutine():
    @op
    async def fetch(context, n: int) -> int:
        await asyncio.sleep(0)
        context.log_event(AssetObservation("a"))
        return 2 * n

    @op
    async def wrong() -> int:
        return "two"

    context = build_op_context()

    assert asyncio.run(fetch(context, 4)) == 8
    assert context.get_events() == [AssetObservation("a")]
    with pytest.raises(TypeCheckDidNotPass, match="output 'result'"):
        asyncio.run(wrong())


def test_an_op_that_awaits_and_yields_gives_an_async_generator():
    async def events_of(definition):
        return [event async for event in definition()]

    @op
    async def stream():
        await asyncio.sleep(0)
        yield AssetMaterialization("a")
        yield Output(5)

    @op
    async def forgets():
        yield AssetMaterialization("a")

    @op(out=Out(Nothing))
    async def done():
        yield AssetMaterialization("a")

    assert asyncio.run(events_of(stream)) == [AssetMaterialization("a"), Output(5)]
    assert asyncio.run(events_of(done))[1] == Output(None)
    with pytest.raises(InvariantViolationError, match="gave no output"):
        asyncio.run(events_of(forgets))


def test_an_async_generator_is_closed_when_its_events_break_a_rule():
    closed = []

    @op
    async def stream():
        try:
            yield 5
        finally:
            closed.append(True)

    async def run():
        async for _ in stream():
            pass

    with pytest.raises(InvariantViolationError):
        asyncio.run(run())
    assert closed == [True]


@pytest.mark.parametrize(
    ("events", "match"),
    [((5,), "only Output is taken. Be typed."), ((), "'result'. Be typed.")],
    ids=["value", "missing"],
)
def test_a_typed_event_stream_holds_in_a_call_too(events, match):
    @op(out=Out(Nothing) if not events else Out())
    def body(context):
        context.set_requires_typed_event_stream(error_message="Be typed.")
        return events[0] if events else None

    with pytest.raises(InvariantViolationError, match=match):
        body(None)


# What is raised, and where it is called


@pytest.mark.parametrize(
    "error",
    [
        ValueError("odd"),
        Failure("No rows.", {"rows": 0}),
        RetryRequested(max_retries=3),
        KeyboardInterrupt(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_is_raised_goes_through_and_is_not_tried_again(error):
    calls = []

    @op(retry_policy=RetryPolicy(max_retries=3))
    def fail():
        calls.append(1)
        raise error

    with pytest.raises(type(error)) as caught:
        fail()

    assert caught.value is error
    assert calls == [1]


def test_an_op_calls_another_as_a_function():
    @op
    def twice(context):
        context.log.info("before")
        return double(double(1)), joined(None, "a")

    @job
    def nightly():
        twice()

    result = nightly.execute_in_process()

    assert result.output_for_node("twice") == (4, "abc")
    assert {entry.step_key for entry in result.all_node_events} == {"twice"}


def test_lines_of_an_op_that_another_calls_are_in_the_run_of_that(session):
    @op
    def inner(context):
        context.log.info("inside")

    @op
    def outer(context):
        inner(None)

    @job
    def nightly():
        outer()

    nightly.execute_in_process()
    frame = session.log.frame
    (line,) = frame[frame["event_type"] == "LOG_MESSAGE"].itertuples()

    assert (line.step_key, line.message) == ("outer", "inside")


def test_an_alias_is_called_as_the_op_is():
    @op
    def show(context):
        return context.alias, context.op_def.name

    assert double.alias("twice")(4) == 8
    assert show.alias("tell").tag({"a": "b"})(None) == ("tell", "show")
    assert double.with_hooks(set()).with_retry_policy(RetryPolicy())(4) == 8


def test_graphs_are_not_called():
    @graph
    def inner():
        return double()

    with pytest.raises(InvariantViolationError, match="execute_in_process"):
        inner()


def test_an_op_without_a_function_is_not_called():
    made = OpDefinition(lambda *_: 1, "made")

    with pytest.raises(InvalidDefinitionError, match="made without a function"):
        made()


def test_a_call_records_nothing(session):
    list(_yielding(AssetMaterialization("a"), Output(5))())

    assert len(session.log.frame) == 0
