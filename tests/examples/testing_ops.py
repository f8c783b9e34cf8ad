"""The page on testing ops: calls as functions, contexts made by hand, whole jobs."""

import asyncio

import pytest
from examples.registry import example

from opnb import (
    AssetMaterialization,
    Config,
    ConfigurableResource,
    ExecuteInProcessResult,
    ExpectationResult,
    In,
    Nothing,
    OpExecutionContext,
    Out,
    Output,
    RunConfig,
    build_op_context,
    graph,
    op,
)
from opnb.dagster import (
    DagsterEventType,
    DagsterInvalidConfigError,
    DagsterInvalidInvocationError,
    DagsterTypeCheckDidNotPass,
)


class Rate(Config):
    percent: int = 20


class Ledger(ConfigurableResource):
    owner: str

    def sign(self, amount):
        return f"{amount} for {self.owner}"


@op
def with_tax(net: float, config: Rate) -> float:
    return net * (100 + config.percent) / 100


@op
def subtotal() -> float:
    return 50.0


@graph
def billing():
    with_tax(subtotal())


@example("an op is called as a function")
def an_op_called():
    assert subtotal() == 50.0


@example("an op is called with its inputs, by position or by name")
def an_op_called_with_inputs():
    @op
    def cost(count: int, price: float = 2.5) -> float:
        return count * price

    assert cost(4) == 10.0
    assert cost(count=4, price=3.0) == 12.0


@example("inputs that are missing are missed")
def an_op_called_without_its_inputs():
    @op
    def cost(count: int) -> int:
        return count

    with pytest.raises(DagsterInvalidInvocationError, match="count"):
        cost()


@example("a call checks the types that went in and came out")
def types_checked_in_a_call():
    @op
    def cost(count: int) -> float:
        return "free" if count == 0 else count * 2.0

    for count in ("four", 0):
        with pytest.raises(DagsterTypeCheckDidNotPass):
            cost(count)
    assert cost(4) == 8.0


@example("config is passed as an instance of its class")
def an_op_called_with_config():
    assert with_tax(50.0, Rate(percent=10)) == 55.0
    assert with_tax(50.0, config=Rate()) == 60.0


@example("config for an op with a schema comes with the context")
def an_op_called_with_a_config_dict():
    @op(config_schema={"percent": int})
    def tax(context, net):
        return net * context.op_config["percent"] / 100

    assert tax(build_op_context(op_config={"percent": 10}), 50) == 5.0
    with pytest.raises(DagsterInvalidConfigError, match="percent"):
        tax(build_op_context(op_config={"percent": "ten"}), 50)


@example("an op with a context is called with one made by hand, or with None")
def an_op_called_with_a_context():
    @op
    def describe(context: OpExecutionContext, what):
        context.log.info("describing %s", what)
        return f"a {what}"

    assert describe(build_op_context(), "bill") == "a bill"

    @op
    def describe_only(context):
        return "a bill"

    assert describe_only(None) == "a bill"


@example("a resource is passed by the name of its parameter")
def an_op_called_with_a_resource():
    @op
    def book(ledger: Ledger, amount: int) -> str:
        return ledger.sign(amount)

    assert book(ledger=Ledger(owner="Ada"), amount=5) == "5 for Ada"
    assert book(Ledger(owner="Ada"), 5) == "5 for Ada"


@example("a stand-in serves where an op asks for a resource by key")
def an_op_called_with_a_stand_in():
    class Paper:
        def sign(self, amount):
            return f"{amount} on paper"

    @op(required_resource_keys={"ledger"})
    def book(context, amount):
        return context.resources.ledger.sign(amount)

    context = build_op_context(resources={"ledger": Paper()})

    assert book(context, 5) == "5 on paper"


@example("an Output comes back as it was returned, metadata and all")
def an_output_called():
    @op
    def bill() -> Output[float]:
        return Output(60.0, metadata={"lines": 3})

    output = bill()

    assert output.value == 60.0
    assert output.metadata["lines"].value == 3


@example("several outputs come back as a tuple")
def several_outputs_called():
    @op(out={"net": Out(float), "gross": Out(float)})
    def amounts():
        return 50.0, 60.0

    net, gross = amounts()

    assert (net, gross) == (50.0, 60.0)


@example("an op that yields gives its events back one by one")
def a_yielding_op_called():
    @op
    def store():
        yield ExpectationResult(success=True, label="paid")
        yield AssetMaterialization("bills")
        yield Output("stored")

    expectation, materialization, output = list(store())

    assert expectation.label == "paid"
    assert materialization.label == "bills"
    assert output.value == "stored"


@example("the context remembers what was logged in a call")
def events_of_a_call():
    @op
    def store(context):
        context.log_event(AssetMaterialization("bills"))
        context.log_event(ExpectationResult(success=False, label="paid"))
        return 1

    context = build_op_context()

    assert store(context) == 1
    kinds = [type(event) for event in context.get_events()]
    assert kinds == [AssetMaterialization, ExpectationResult]


@example("the context remembers the metadata of outputs")
def metadata_of_a_call():
    @op
    def bill(context) -> float:
        context.add_output_metadata({"lines": 3})
        return 60.0

    context = build_op_context()
    bill(context)

    assert context.get_output_metadata("result") == {"lines": 3}


@example("a coroutine op is awaited")
def an_async_op_called():
    @op
    async def fetch(amount: int) -> int:
        await asyncio.sleep(0)
        return amount + 1

    assert asyncio.run(fetch(1)) == 2


@example("a Nothing input is left out of the call")
def an_op_called_without_nothing():
    @op(ins={"after": In(Nothing)})
    def close(amount):
        return amount

    assert close(3) == 3


@example("a context made by hand has the partition that it is given")
def a_partition_by_hand():
    @op
    def day(context):
        return context.partition_key

    assert day(build_op_context(partition_key="2026-03-01")) == "2026-03-01"


@example("a graph is run in this process, and each op's output is there")
def a_graph_tested():
    result = billing.execute_in_process()

    assert isinstance(result, ExecuteInProcessResult)
    assert result.success
    assert result.output_for_node("subtotal") == 50.0
    assert result.output_for_node("with_tax") == 60.0


@example("a job is tested with the config that its runs have")
def a_job_tested_with_config():
    result = billing.to_job().execute_in_process(
        run_config=RunConfig(ops={"with_tax": Rate(percent=0)})
    )

    assert result.output_for_node("with_tax") == 50.0


@example("a test reads the events of an op one by one")
def events_of_a_job_tested():
    @op(out={"total": Out(int)})
    def store():
        yield ExpectationResult(success=True, label="positive")
        yield AssetMaterialization("bills", description="All of today")
        yield Output(60, output_name="total")

    @graph
    def storing():
        store()

    result = storing.to_job().execute_in_process()
    events = {event.event_type: event for event in result.events_for_node("store")}

    expectation = events[DagsterEventType.STEP_EXPECTATION_RESULT]
    assert expectation.event_specific_data.expectation_result.label == "positive"
    stored = events[DagsterEventType.ASSET_MATERIALIZATION]
    assert stored.event_specific_data.materialization.description == "All of today"
    assert result.output_for_node("store", output_name="total") == 60
