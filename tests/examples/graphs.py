"""The page on op graphs: chains, forks, fan-in, order without values, aliases."""

import pytest
from examples.reading import kinds
from examples.registry import example

from opnb import (
    DependencyDefinition,
    GraphDefinition,
    GraphOut,
    In,
    MultiDependencyDefinition,
    NodeInvocation,
    Nothing,
    Out,
    Output,
    graph,
    job,
    op,
)
from opnb.dagster import DagsterInvalidDefinitionError


@op
def measure() -> float:
    return 12.0


@op
def warmer(celsius: float) -> float:
    return celsius + 1.5


@op
def average(readings: list) -> float:
    return sum(readings) / len(readings)


@example("a chain passes one value along")
def a_chain():
    @graph
    def warming():
        warmer(warmer(warmer(measure())))

    result = warming.execute_in_process()

    assert result.success
    assert result.output_for_node("warmer_3") == 16.5


@example("an op that is used twice gets a number unless it is given an alias")
def names_of_repeated_ops():
    @graph
    def warming():
        morning = warmer.alias("by_noon")(measure())
        warmer(morning)

    result = warming.execute_in_process()

    assert result.output_for_node("by_noon") == 13.5
    assert result.output_for_node("warmer") == 15.0


@example("one output may go to several ops, and one op may take several")
def several_inputs_and_consumers():
    @op
    def spread(low: float, high: float) -> float:
        return high - low

    @graph
    def comparing():
        now = measure()
        spread(low=now, high=warmer(now))

    assert comparing.execute_in_process().output_for_node("spread") == 1.5


@example("only the branch whose output came is run")
def a_branch():
    @op(out={"frost": Out(is_required=False), "mild": Out(is_required=False)})
    def forecast():
        yield Output(12.0, "mild")

    @op
    def cover_plants(celsius):
        return "covered"

    @op
    def water_plants(celsius):
        return "watered"

    @graph
    def gardening():
        frost, mild = forecast()
        cover_plants(frost)
        water_plants(mild)

    result = gardening.execute_in_process()

    assert result.output_for_node("water_plants") == "watered"
    assert result.is_node_skipped("cover_plants")
    assert kinds(result, "cover_plants") == ["STEP_SKIPPED"]


@example("what follows a skipped op is skipped as well")
def a_branch_of_several_ops():
    @op(out=Out(is_required=False))
    def alarm():
        yield from ()

    @graph
    def alarming():
        warmer(warmer(alarm()))

    result = alarming.execute_in_process()

    assert result.success
    assert result.is_node_skipped("warmer")
    assert result.is_node_skipped("warmer_2")


@example("a list of outputs fans in to one input")
def a_fan_in():
    @graph
    def averaging():
        average([measure.alias(f"station_{number}")() for number in range(4)])

    result = averaging.execute_in_process()

    assert result.output_for_node("average") == 12.0


@example("a fan-in takes those of its members that came")
def a_fan_in_with_a_gap():
    @op(out=Out(is_required=False))
    def broken_station():
        yield from ()

    @graph
    def averaging():
        average([measure(), warmer(measure()), broken_station()])

    assert averaging.execute_in_process().output_for_node("average") == 12.75


@example("Nothing orders two ops that pass no value")
def an_order_without_a_value():
    done = []

    @op
    def make_table() -> None:
        done.append("table")

    @op(ins={"start": In(Nothing)})
    def fill_table() -> int:
        done.append("rows")
        return 2

    @job
    def loading():
        fill_table(start=make_table())

    result = loading.execute_in_process()

    assert done == ["table", "rows"]
    assert result.output_for_node("fill_table") == 2
    assert "STEP_INPUT" not in kinds(result, "fill_table")


@example("an op may wait for several others at once")
def an_order_after_several():
    done = []

    @op
    def close_shop() -> Nothing:
        done.append("shop closed")

    @op(ins={"after": In(Nothing)})
    def send_report():
        done.append("report")

    @job
    def evening():
        send_report([close_shop.alias("north")(), close_shop.alias("south")()])

    evening.execute_in_process()

    assert done == ["shop closed", "shop closed", "report"]


@example("a Nothing input goes beside inputs that have values")
def an_order_beside_a_value():
    @op
    def sign_in() -> None:
        pass

    @op(ins={"signed_in": In(Nothing), "celsius": In(float)})
    def upload(celsius):
        return f"{celsius} uploaded"

    @graph
    def uploading():
        upload(measure(), signed_in=sign_in())

    result = uploading.execute_in_process()

    assert result.output_for_node("upload") == "12.0 uploaded"


@example("an invocation adds tags to those of its op")
def tags_of_an_invocation():
    @op(tags={"kind": "sensor"})
    def read(context):
        return dict(context.op.tags)

    @job
    def reading():
        read.tag({"place": "roof"})()

    tags = reading.execute_in_process().output_for_node("read")

    assert tags == {"kind": "sensor", "place": "roof"}


@example("a graph may be built by hand from nodes and dependencies")
def a_graph_by_hand():
    by_hand = GraphDefinition(
        name="warming",
        node_defs=[measure, warmer],
        dependencies={"warmer": {"celsius": DependencyDefinition("measure")}},
    )

    result = by_hand.to_job().execute_in_process()

    assert result.output_for_node("warmer") == 13.5


@example("a graph built by hand has aliases and fan-in too")
def a_graph_by_hand_with_aliases():
    by_hand = GraphDefinition(
        name="averaging",
        node_defs=[measure, warmer, average],
        dependencies={
            NodeInvocation("measure", alias="roof"): {},
            NodeInvocation("warmer", alias="corrected"): {
                "celsius": DependencyDefinition("roof", "result")
            },
            "average": {
                "readings": MultiDependencyDefinition(
                    [DependencyDefinition("roof"), DependencyDefinition("corrected")]
                )
            },
        },
    )

    result = by_hand.execute_in_process()

    assert result.output_for_node("average") == 12.75


@example("a graph returns one output, which is the run's")
def the_output_of_a_graph():
    @graph
    def warming():
        return warmer(measure())

    assert warming.execute_in_process().output_value() == 13.5


@example("a graph returns several outputs by name")
def the_outputs_of_a_graph():
    @graph(out={"raw": GraphOut(description="As measured"), "corrected": GraphOut()})
    def warming():
        raw = measure()
        return {"raw": raw, "corrected": warmer(raw)}

    result = warming.execute_in_process()

    assert result.output_value("raw") == 12.0
    assert result.output_value("corrected") == 13.5


@example("a constant cannot be wired to an input")
def a_constant_in_a_graph():
    with pytest.raises(DagsterInvalidDefinitionError, match="warmer"):

        @graph
        def warming():
            warmer(20.0)
