"""Graphs: nested, with inputs and outputs, run by themselves, made by hand."""

from parity.harness import Run, program


def _ops(dg):
    @dg.op
    def one():
        return 1

    @dg.op
    def double(n: int) -> int:
        return 2 * n

    @dg.op
    def add(left, right):
        return left + right

    return one, double, add


@program("1.3 graph")
def a_graph_becomes_a_job(dg):
    one, double, _ = _ops(dg)

    @dg.graph
    def numbers():
        return double(one())

    return Run(numbers.to_job(name="job"))


@program("1.3 graph")
def a_graph_runs_by_itself_and_has_outputs(dg):
    one, double, _ = _ops(dg)

    @dg.graph
    def numbers():
        return double(one())

    return Run(numbers)


@program("1.3 graph")
def a_graph_of_several_outputs(dg):
    one, double, add = _ops(dg)

    @dg.graph(out={"twice": dg.GraphOut(), "sum": dg.GraphOut("Both.")})
    def numbers():
        first = one()
        return {"twice": double(first), "sum": add(first, first)}

    return Run(numbers)


@program("1.3 graph")
def a_graph_with_an_input(dg):
    _, double, add = _ops(dg)

    @dg.graph
    def numbers(n):
        return add(double(n), n)

    return Run(numbers, input_values={"n": 4})


@program("1.3 nested graphs")
def a_graph_within_a_job(dg):
    one, double, add = _ops(dg)

    @dg.graph
    def inner(n):
        return add(double(n), n)

    @dg.job
    def job():
        double(inner(one()))

    return Run(job)


@program("1.3 nested graphs")
def a_graph_within_a_graph(dg):
    one, double, _ = _ops(dg)

    @dg.graph
    def innermost(n):
        return double(double(n))

    @dg.graph
    def inner(n):
        return innermost(innermost(n))

    @dg.job
    def job():
        inner(one())

    return Run(job)


@program("1.3 nested graphs")
def a_nested_graph_of_several_outputs(dg):
    one, double, add = _ops(dg)

    @dg.graph(out={"same": dg.GraphOut(), "twice": dg.GraphOut()})
    def inner(n):
        same = add(n, one())
        return {"same": same, "twice": double(same)}

    @dg.job
    def job():
        same, twice = inner(one())
        add(same, twice)

    return Run(job)


@program("1.3 nested graphs")
def a_nested_graph_with_an_alias(dg):
    one, double, add = _ops(dg)

    @dg.graph
    def inner(n):
        return double(n)

    @dg.job
    def job():
        first = inner.alias("first")(one())
        add(first, inner.alias("second")(first))

    return Run(job)


@program("1.3 nested graphs")
def a_step_fails_in_a_nested_graph(dg):
    one, double, _ = _ops(dg)

    @dg.op
    def fail(n):
        raise ValueError("no file")

    @dg.graph
    def inner(n):
        return fail(double(n))

    @dg.job
    def job():
        double(inner(one()))

    return Run(job)


@program("1.3 nested graphs")
def a_fan_in_reaches_into_a_graph(dg):
    one, double, _ = _ops(dg)

    @dg.op
    def gather(numbers):
        return numbers

    @dg.graph
    def inner(numbers):
        return gather(numbers)

    @dg.job
    def job():
        first = one()
        inner([first, double(first)])

    return Run(job)


@program("1.3 nested graphs")
def a_fan_in_holds_an_input_of_its_graph(dg):
    one, double, _ = _ops(dg)

    @dg.op
    def gather(numbers):
        return numbers

    @dg.graph
    def inner(n):
        return gather([n, double(n), one()])

    @dg.job
    def job():
        inner(one())

    return Run(job)


@program("1.3 graph, errors")
def a_graph_returns_an_output_that_is_not_declared(dg):
    one, _, _ = _ops(dg)

    @dg.graph(out={"first": dg.GraphOut()})
    def numbers():
        return {"second": one()}

    return numbers.name


@program("1.3 graph, errors")
def a_graph_returns_a_constant(dg):
    @dg.graph
    def numbers():
        return 5

    return numbers.name


@program("1.3 graph, errors")
def a_graph_does_not_return_what_it_declared(dg):
    one, _, _ = _ops(dg)

    @dg.graph(out={"first": dg.GraphOut(), "second": dg.GraphOut()})
    def numbers():
        return {"first": one()}

    return numbers.name


@program("1.3 graph, errors")
def a_graph_that_does_not_use_its_input(dg):
    one, _, _ = _ops(dg)

    @dg.graph
    def numbers(n):
        return one()

    return numbers.name


@program("1.3 GraphDefinition")
def a_graph_made_by_hand(dg):
    one, double, add = _ops(dg)
    graph = dg.GraphDefinition(
        name="numbers",
        node_defs=[one, double, add],
        dependencies={
            "double": {"n": dg.DependencyDefinition("one")},
            dg.NodeInvocation("add", alias="sum"): {
                "left": dg.DependencyDefinition("one", "result"),
                "right": dg.DependencyDefinition("double"),
            },
        },
        output_mappings=[
            dg.OutputMapping(
                graph_output_name="result",
                mapped_node_name="sum",
                mapped_node_output_name="result",
            )
        ],
    )
    return Run(graph)


@program("1.3 GraphDefinition")
def a_fan_in_made_by_hand(dg):
    one, double, _ = _ops(dg)

    @dg.op
    def gather(numbers):
        return numbers

    both = [dg.DependencyDefinition("double"), dg.DependencyDefinition("one")]
    graph = dg.GraphDefinition(
        name="numbers",
        node_defs=[one, double, gather],
        dependencies={
            "double": {"n": dg.DependencyDefinition("one")},
            "gather": {"numbers": dg.MultiDependencyDefinition(both)},
        },
    )
    return Run(graph.to_job())


@program("1.3 GraphDefinition")
def an_input_mapping_made_by_hand(dg):
    _, double, _ = _ops(dg)
    graph = dg.GraphDefinition(
        name="numbers",
        node_defs=[double],
        dependencies={},
        input_mappings=[
            dg.InputMapping(
                graph_input_name="n",
                mapped_node_name="double",
                mapped_node_input_name="n",
            )
        ],
    )
    return Run(graph, input_values={"n": 4})


@program("1.3 GraphDefinition")
def a_dependency_on_a_node_that_is_not_there(dg):
    _, double, _ = _ops(dg)
    graph = dg.GraphDefinition(
        name="numbers",
        node_defs=[double],
        dependencies={"double": {"n": dg.DependencyDefinition("one")}},
    )
    return graph.name


@program("1.3 to_job")
def a_job_made_of_a_graph_has_its_own_name_and_tags(dg):
    one, _, _ = _ops(dg)

    @dg.graph(description="Numbers.")
    def numbers():
        one()

    job = numbers.to_job(name="nightly", tags={"team": "sales"})
    return [job.name, dict(job.tags), numbers.to_job().name, numbers.description]


@program("1.3 to_job")
def a_job_made_of_a_graph_takes_config_and_hooks(dg):
    @dg.op(config_schema={"n": int})
    def double(context):
        return 2 * context.op_config["n"]

    @dg.success_hook
    def tell(context):
        seen.append(context.op.name)

    seen = []

    @dg.graph
    def numbers():
        double()

    config = {"ops": {"double": {"config": {"n": 4}}}}
    return Run(numbers.to_job(config=config, hooks={tell}), seen=seen)
