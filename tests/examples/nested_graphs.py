"""The page on nested graphs: graphs as nodes, with inputs, outputs and config."""

from examples.registry import example

from opnb import (
    Config,
    ConfigMapping,
    DependencyDefinition,
    GraphDefinition,
    GraphIn,
    GraphOut,
    InputMapping,
    Out,
    Output,
    OutputMapping,
    config_mapping,
    graph,
    job,
    op,
)


@op
def weights() -> list[int]:
    return [3750, 3800, 5000]


@op
def heaviest(grams: list[int]) -> int:
    return max(grams)


@op
def to_kilograms(grams: int) -> float:
    return grams / 1000


@graph
def heaviest_in_kilograms(grams):
    return to_kilograms(heaviest(grams))


@example("a graph stands in another one as an op would")
def a_graph_in_a_graph():
    @op
    def caption(kilograms: float) -> str:
        return f"{kilograms} kg"

    @job
    def reporting():
        caption(heaviest_in_kilograms(weights()))

    result = reporting.execute_in_process()

    assert result.output_for_node("caption") == "5.0 kg"
    assert result.output_for_node("heaviest_in_kilograms") == 5.0


@example("ops within a graph are found by their path, and so are their steps")
def paths_of_nested_ops():
    @job
    def reporting():
        heaviest_in_kilograms(weights())

    result = reporting.execute_in_process()

    assert result.output_for_node("heaviest_in_kilograms.heaviest") == 5000
    steps = {event.step_key for event in result.all_node_events}
    assert steps == {
        "weights",
        "heaviest_in_kilograms.heaviest",
        "heaviest_in_kilograms.to_kilograms",
    }


@example("a graph may be used twice in one job, under two names")
def a_graph_used_twice():
    @op
    def other_weights() -> list[int]:
        return [4100]

    @job
    def comparing():
        heaviest_in_kilograms.alias("biscoe")(weights())
        heaviest_in_kilograms.alias("dream")(other_weights())

    result = comparing.execute_in_process()

    assert result.output_for_node("biscoe") == 5.0
    assert result.output_for_node("dream") == 4.1


@example("graphs nest to any depth")
def graphs_three_deep():
    @graph
    def prepared():
        return heaviest_in_kilograms(weights())

    @graph
    def whole():
        return prepared()

    result = whole.execute_in_process()

    path = "prepared.heaviest_in_kilograms.to_kilograms"
    assert result.output_value() == 5.0
    assert result.output_for_node(path) == 5.0


@example("a nested graph has several inputs and several outputs")
def a_graph_of_several_inputs_and_outputs():
    @op
    def subtract(left: int, right: int) -> int:
        return left - right

    @graph(
        ins={
            "left": GraphIn(description="One group"),
            "right": GraphIn(description="Another group"),
        },
        out={"best": GraphOut(), "difference": GraphOut()},
    )
    def compared(left, right):
        best = heaviest.alias("heaviest_left")(left)
        other = heaviest.alias("heaviest_right")(right)
        return {"best": best, "difference": subtract(best, other)}

    @op
    def few() -> list[int]:
        return [3500]

    @op
    def sentence(best, difference) -> str:
        return f"{best} g, {difference} g more"

    @job
    def comparing():
        outputs = compared(weights(), few())
        sentence(outputs.best, outputs.difference)

    result = comparing.execute_in_process()

    assert result.output_for_node("sentence") == "5000 g, 1500 g more"
    assert result.output_for_node("compared", "difference") == 1500


@example("config of nested ops is given by their path")
def config_of_nested_ops():
    class Limit(Config):
        most: int

    @op
    def below(config: Limit, grams: list[int]) -> list[int]:
        return [value for value in grams if value < config.most]

    @graph
    def light_ones(grams):
        return below(grams)

    @job
    def filtering():
        light_ones(weights())

    result = filtering.execute_in_process(
        run_config={
            "ops": {"light_ones": {"ops": {"below": {"config": {"most": 4000}}}}}
        }
    )

    assert result.output_for_node("light_ones") == [3750, 3800]


@example("a graph's config mapping hides the config of the ops within")
def a_config_mapping_of_a_graph():
    @op(config_schema={"most": int})
    def below(context, grams):
        return [value for value in grams if value < context.op_config["most"]]

    @config_mapping(config_schema={"kilograms": int})
    def by_kilograms(config):
        return {"below": {"config": {"most": config["kilograms"] * 1000}}}

    @graph(config=by_kilograms)
    def light_ones(grams):
        return below(grams)

    @job
    def filtering():
        light_ones(weights())

    result = filtering.execute_in_process(
        run_config={"ops": {"light_ones": {"config": {"kilograms": 4}}}}
    )

    assert result.output_for_node("light_ones") == [3750, 3800]


@example("a config mapping is also made of a function and a schema")
def a_config_mapping_by_hand():
    @op(config_schema={"word": str})
    def shout(context):
        return context.op_config["word"].upper()

    @graph(
        config=ConfigMapping(
            config_fn=lambda config: {"shout": {"config": {"word": config["name"]}}},
            config_schema={"name": str},
        )
    )
    def shouting():
        return shout()

    @job
    def calling():
        shouting()

    result = calling.execute_in_process(
        run_config={"ops": {"shouting": {"config": {"name": "adelie"}}}}
    )

    assert result.output_for_node("shouting") == "ADELIE"


@example("an output that never comes skips the graph that waits for it")
def a_nested_graph_skipped():
    @op(out=Out(is_required=False))
    def maybe(context):
        if context.has_tag("weigh"):
            yield Output([1])

    @job
    def reporting():
        heaviest_in_kilograms(maybe())

    result = reporting.execute_in_process()

    assert result.success
    assert result.is_node_skipped("heaviest_in_kilograms.heaviest")
    assert result.is_node_skipped("heaviest_in_kilograms.to_kilograms")


@example("a graph built by hand maps its inputs and outputs to nodes")
def a_nested_graph_by_hand():
    inner = GraphDefinition(
        name="inner",
        node_defs=[heaviest, to_kilograms],
        dependencies={"to_kilograms": {"grams": DependencyDefinition("heaviest")}},
        input_mappings=[
            InputMapping(
                graph_input_name="penguins",
                mapped_node_name="heaviest",
                mapped_node_input_name="grams",
            )
        ],
        output_mappings=[
            OutputMapping(
                graph_output_name="answer",
                mapped_node_name="to_kilograms",
                mapped_node_output_name="result",
            )
        ],
    )

    @job
    def reporting():
        inner(weights())

    result = reporting.execute_in_process()

    assert result.output_for_node("inner", "answer") == 5.0
