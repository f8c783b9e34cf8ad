"""The page on dynamic graphs: steps as many as there are pieces of data."""

import pytest
from examples.reading import data_of
from examples.registry import example

from opnb import DynamicOut, DynamicOutput, Out, Output, graph, job, op
from opnb.dagster import DagsterInvariantViolationError

PAGES = {"a": [3, 4], "b": [10], "c": []}


@op(out=DynamicOut(list))
def pages():
    for name, orders in PAGES.items():
        yield DynamicOutput(orders, mapping_key=name)


@op
def add_up(orders: list) -> int:
    return sum(orders)


@op
def total(amounts: list) -> int:
    return sum(amounts)


@op
def double(amount: int) -> int:
    return 2 * amount


@example("map runs an op once for each piece, collect brings the results together")
def map_and_collect():
    @job
    def revenue():
        total(pages().map(add_up).collect())

    result = revenue.execute_in_process()

    assert result.output_for_node("pages") == PAGES
    assert result.output_for_node("add_up") == {"a": 7, "b": 10, "c": 0}
    assert result.output_for_node("total") == 17


@example("each copy of a mapped op has a step of its own")
def steps_of_copies():
    @job
    def revenue():
        pages().map(add_up)

    result = revenue.execute_in_process()
    steps = {event.step_key for event in result.all_node_events}

    assert steps == {"pages", "add_up[a]", "add_up[b]", "add_up[c]"}
    keys = [data.mapping_key for data in data_of(result, "pages", "STEP_OUTPUT")]
    assert keys == ["a", "b", "c"]


@example("maps follow each other in a chain")
def a_chain_of_maps():
    @job
    def revenue():
        total(pages().map(add_up).map(double).map(double).collect())

    assert revenue.execute_in_process().output_for_node("total") == 68


@example("map takes a function that wires several ops")
def a_function_of_several_ops():
    @job
    def revenue():
        def each(orders):
            return double(add_up(orders))

        total(pages().map(each).collect())

    result = revenue.execute_in_process()

    assert result.output_for_node("double") == {"a": 14, "b": 20, "c": 0}
    assert result.output_for_node("total") == 34


@example("a mapped op takes values that are not dynamic beside its piece")
def another_argument_in_a_map():
    @op
    def discount() -> float:
        return 0.5

    @op
    def reduced(orders: list, factor: float) -> float:
        return sum(orders) * factor

    @job
    def revenue():
        factor = discount()
        pages().map(lambda orders: reduced(orders, factor))

    result = revenue.execute_in_process()

    assert result.output_for_node("reduced") == {"a": 3.5, "b": 5.0, "c": 0.0}


@example("an op may have several dynamic outputs")
def several_dynamic_outputs():
    @op(out={"paid": DynamicOut(int), "refunds": DynamicOut(int)})
    def bookings():
        for number, amount in enumerate([20, -5, 30]):
            name = "paid" if amount > 0 else "refunds"
            yield DynamicOutput(amount, output_name=name, mapping_key=f"n{number}")

    @job
    def booking():
        paid, refunds = bookings()
        total.alias("all_paid")(paid.collect())
        total.alias("all_refunds")(refunds.map(double).collect())

    result = booking.execute_in_process()

    assert result.output_for_node("all_paid") == 50
    assert result.output_for_node("all_refunds") == -10


@example("dynamic and plain outputs go together")
def dynamic_and_plain_outputs():
    @op(out={"pages": DynamicOut(list), "count": Out(int)})
    def read():
        for name, orders in PAGES.items():
            yield DynamicOutput(orders, output_name="pages", mapping_key=name)
        yield Output(len(PAGES), "count")

    @op
    def mean(amounts: list, count: int) -> float:
        return sum(amounts) / count

    @job
    def averaging():
        outputs = read()
        mean(outputs.pages.map(add_up).collect(), outputs.count)

    result = averaging.execute_in_process()

    assert round(result.output_for_node("mean"), 2) == 5.67


@example("dynamic outputs may be returned as an annotated list")
def dynamic_outputs_returned():
    @op
    def numbers() -> list[DynamicOutput[int]]:
        return [DynamicOutput(n * n, mapping_key=f"sq_{n}") for n in range(3)]

    @job
    def squaring():
        total(numbers().map(double).collect())

    result = squaring.execute_in_process()

    assert result.output_for_node("numbers") == {"sq_0": 0, "sq_1": 1, "sq_2": 4}
    assert result.output_for_node("total") == 10


@example("no piece means no copy, and an empty collection")
def no_pieces():
    @op(out=DynamicOut(list))
    def nobody():
        yield from ()

    @job
    def revenue():
        total(nobody().map(add_up).collect())

    result = revenue.execute_in_process()

    assert result.success
    assert result.output_for_node("total") == 0


@example("an optional dynamic output that never comes skips the collection")
def no_pieces_of_an_optional_output():
    @op(out=DynamicOut(list, is_required=False))
    def nobody():
        yield from ()

    @job
    def revenue():
        total(nobody().map(add_up).collect())

    result = revenue.execute_in_process()

    assert result.success
    assert result.is_node_skipped("total")


@example("a piece that fails stops the collection and not the other pieces")
def a_piece_that_fails():
    @op
    def inverse(orders: list) -> float:
        return 1 / sum(orders)

    @job
    def inverting():
        total(pages().map(inverse).collect())

    result = inverting.execute_in_process(raise_on_error=False)

    assert result.get_failed_step_keys() == {"inverse[c]"}
    assert result.is_node_untouched("total")
    assert result.output_for_node("inverse")["b"] == 0.1


@example("a copy knows the key of its piece")
def the_key_of_a_piece():
    @op
    def caption(context, orders):
        return f"page {context.get_mapping_key()}: {len(orders)} orders"

    @job
    def captioning():
        pages().map(caption)

    result = captioning.execute_in_process()

    assert result.output_for_node("caption")["a"] == "page a: 2 orders"


@example("a graph is mapped over the pieces as an op is")
def a_graph_mapped():
    @graph
    def doubled_sum(orders):
        return double(add_up(orders))

    @job
    def revenue():
        total(pages().map(doubled_sum).collect())

    result = revenue.execute_in_process()
    steps = {event.step_key for event in result.all_node_events}

    assert result.output_for_node("total") == 34
    assert "doubled_sum.double[b]" in steps


@example("two pieces cannot have one key")
def a_key_given_twice():
    @op(out=DynamicOut(int))
    def twice():
        yield DynamicOutput(1, mapping_key="same")
        yield DynamicOutput(2, mapping_key="same")

    @job
    def doubling():
        twice().map(double)

    with pytest.raises(DagsterInvariantViolationError, match="same"):
        doubling.execute_in_process()
