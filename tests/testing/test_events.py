"""`events_of` gives what an op tells, for tests of ops."""

import pytest

from opnb import (
    AssetMaterialization,
    AssetObservation,
    Config,
    DynamicOut,
    DynamicOutput,
    ExpectationResult,
    In,
    Output,
    ParameterCheckError,
    RetryPolicy,
    current_session,
    op,
)
from opnb.testing import build_op_context, events_of


@op
def clean(context, orders: list):
    context.log_event(AssetObservation("raw", metadata={"rows": len(orders)}))
    yield ExpectationResult(bool(orders), "has rows", severity="error")
    yield AssetMaterialization("shop/orders")
    yield Output(sorted(orders), metadata={"kept": len(orders)})


def told(events):
    return [
        getattr(event, "label", None) or getattr(event, "value", None)
        for event in events
    ]


def test_events_come_in_their_order_with_the_values_put_out():
    events = events_of(clean, orders=[2, 1])

    assert told(events) == ["raw", "has rows", "shop orders", [1, 2]]
    assert events[0].metadata["rows"].value == 2
    assert events[3].metadata["kept"].value == 2


def test_what_fails_the_op_is_told_and_not_raised():
    assert told(events_of(clean, orders=[])) == ["raw", "has rows", "shop orders", []]

    @op
    def stops():
        yield ExpectationResult(False, "whole", severity="fatal")
        yield Output(1)

    assert told(events_of(stops)) == ["whole"]


def test_what_an_op_raises_is_raised():
    @op
    def broken():
        yield ExpectationResult(True, "x")
        raise LookupError("gone")

    with pytest.raises(LookupError, match="gone"):
        events_of(broken)


def test_config_resources_and_a_partition_come_by_the_context():
    class Limits(Config):
        most: int

    @op(required_resource_keys={"db"})
    def load(context, config: Limits):
        day = context.partition_key
        yield AssetObservation(f"{context.resources.db}/{day}/{config.most}")
        yield Output(None)

    context = build_op_context(
        resources={"db": "sqlite"}, op_config={"most": 3}, partition_key="monday"
    )

    assert told(events_of(load, context))[0] == "sqlite monday 3"


def test_returned_async_and_dynamic_values_are_outputs():
    @op
    def returned(a: int = 2):
        return a + 1

    @op
    async def later():
        yield Output(1)

    @op(out=DynamicOut(int))
    def several():
        yield DynamicOutput(10, mapping_key="a")
        yield DynamicOutput(20, mapping_key="b")

    assert told(events_of(returned)) == [3]
    assert told(events_of(later)) == [1]
    assert [(e.mapping_key, e.value) for e in events_of(several)] == [
        ("a", 10),
        ("b", 20),
    ]


def test_of_an_op_that_was_tried_again_it_is_the_last_attempt():
    @op(retry_policy=RetryPolicy(max_retries=1))
    def shaky(context):
        yield ExpectationResult(context.retry_number == 1, "good")
        if context.retry_number == 0:
            raise OSError("again")
        yield Output("done")

    good, _ = events_of(shaky)

    assert good.success


def test_a_generator_gives_what_it_yields():
    def plain():
        yield ExpectationResult(True, "x")
        yield Output(1)

    async def awaited():
        yield ExpectationResult(True, "y")

    assert told(events_of(plain())) == ["x", 1]
    assert told(events_of(awaited())) == ["y"]
    assert told(events_of(clean(build_op_context(), []))) == [
        "has rows",
        "shop orders",
        [],
    ]


def test_a_cells_op_tells_as_well(shell):
    shell.run_cell("from opnb import ExpectationResult")
    shell.run_cell("%%op first\nx = 1")
    shell.run_cell("%%op second\ny = x + 1\nyield ExpectationResult(y > 3, 'big')")

    check, output = events_of(shell.user_ns["second"], x=5)

    assert (check.success, output.output_name, output.value) == (True, "y", 6)


def test_the_log_of_the_session_is_left_alone(session):
    events_of(clean, orders=[1])

    assert current_session().log.frame.empty


@pytest.mark.parametrize("given", [3, [1], "clean", len])
def test_what_is_neither_is_refused(given):
    with pytest.raises(ParameterCheckError, match="an op and its inputs"):
        events_of(given)


def test_names_of_inputs_are_the_ops_own():
    @op(ins={"config_": In(int)})
    def add(config_, op):
        return config_ + op

    assert told(events_of(add, config_=1, op=2)) == [3]
