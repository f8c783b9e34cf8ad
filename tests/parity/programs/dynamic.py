"""Outputs of as many values as the run finds."""

from parity.harness import Run, alone, program


def _files(dg, *names, required=True):
    @dg.op(out=dg.DynamicOut(is_required=required))
    def files():
        for name in names:
            yield dg.DynamicOutput(name, mapping_key=name)

    return files


def _upper(dg):
    @dg.op
    def upper(name):
        return name.upper()

    return upper


def _gather(dg):
    @dg.op
    def gather(names):
        return names

    return gather


@program("2.6 map and collect")
def outputs_are_mapped_and_collected(dg):
    files, upper, gather = _files(dg, "b", "a"), _upper(dg), _gather(dg)

    @dg.job
    def job():
        gather(files().map(upper).collect())

    return Run(job)


@program("2.6 map and collect")
def outputs_are_collected_without_a_map(dg):
    files, gather = _files(dg, "b", "a"), _gather(dg)

    @dg.job
    def job():
        gather(files().collect())

    return Run(job)


@program("2.6 map and collect")
def a_function_maps_through_several_ops(dg):
    files, upper, gather = _files(dg, "a", "b"), _upper(dg), _gather(dg)

    @dg.op
    def join(left, right):
        return f"{left}-{right}"

    @dg.job
    def job():
        gather(files().map(lambda name: join(name, upper(name))).collect())

    return Run(job)


@program("2.6 map and collect")
def a_mapped_op_takes_a_plain_output_too(dg):
    files = _files(dg, "a", "b")

    @dg.op
    def prefix():
        return "x"

    @dg.op
    def join(name, before):
        return f"{before}-{name}"

    @dg.job
    def job():
        before = prefix()
        files().map(lambda name: join(name, before))

    return Run(job)


@program("2.6 map and collect")
def a_map_follows_a_map(dg):
    files, upper, gather = _files(dg, "a", "b"), _upper(dg), _gather(dg)

    @dg.job
    def job():
        twice = files().map(upper).map(upper.alias("again"))
        gather(twice.collect())

    return Run(job)


@program("2.6 map and collect")
def a_collected_list_goes_to_two_ops(dg):
    files, upper, gather = _files(dg, "a", "b"), _upper(dg), _gather(dg)

    @dg.job
    def job():
        names = files().map(upper).collect()
        gather(names)
        gather.alias("again")(names)

    return Run(job)


@program("2.6 return a list")
def dynamic_outputs_are_returned_as_a_list(dg):
    @dg.op(out=dg.DynamicOut(str))
    def files():
        return [dg.DynamicOutput(name, name) for name in ("a", "b")]

    return alone(dg, files)


@program("2.6 return a list")
def raw_values_are_returned_for_a_dynamic_output(dg):
    @dg.op(out=dg.DynamicOut(str))
    def files():
        return ["a", "b"]

    return alone(dg, files)


@program("2.6 return a list")
def one_value_is_returned_for_a_dynamic_output(dg):
    @dg.op(out=dg.DynamicOut(str))
    def files():
        return "a"

    return alone(dg, files)


@program("2.6 duplicate key")
def one_mapping_key_comes_twice(dg):
    return alone(dg, _files(dg, "a", "a"))


@program("2.6 passed on directly")
def a_dynamic_output_is_passed_on_without_map(dg):
    files, upper = _files(dg, "a"), _upper(dg)

    @dg.job
    def job():
        upper(files())

    return job.name


@program(
    "2.6 passed on directly",
    departs="The map of an output that is not dynamic is an InvalidDefinitionError; "
    "Dagster raises an AttributeError.",
)
def a_plain_output_is_mapped(dg):
    upper = _upper(dg)

    @dg.op
    def one():
        return "a"

    @dg.job
    def job():
        one().map(upper)

    return job.name


@program("2.6 two dynamic levels")
def a_dynamic_output_within_a_map(dg):
    files, upper = _files(dg, "a"), _upper(dg)

    @dg.op(out=dg.DynamicOut())
    def parts(name):
        yield dg.DynamicOutput(name, "x")

    @dg.job
    def job():
        files().map(lambda name: parts(name).map(upper))

    return job.name


@program("2.6 mapping key in the context")
def a_mapped_step_knows_its_key(dg):
    files = _files(dg, "a", "b")

    @dg.op
    def key(context, name):
        return context.get_mapping_key()

    @dg.job
    def job():
        files().map(key)

    return Run(job)


@program("2.6 mapping key in the context")
def another_step_has_no_mapping_key(dg):
    @dg.op
    def key(context):
        return context.get_mapping_key()

    return alone(dg, key)


@program("2.6 no outputs")
def no_dynamic_output_comes(dg):
    files, upper, gather = _files(dg), _upper(dg), _gather(dg)

    @dg.job
    def job():
        gather(files().map(upper).collect())

    return Run(job)


@program("2.6 no outputs, not required")
def no_dynamic_output_comes_and_none_needs_to(dg):
    files, upper, gather = _files(dg, required=False), _upper(dg), _gather(dg)

    @dg.job
    def job():
        gather(files().map(upper).collect())

    return Run(job)


@program("2.6 one copy fails")
def one_of_the_mapped_steps_fails(dg):
    files, gather = _files(dg, "a", "b", "c"), _gather(dg)

    @dg.op
    def upper(name):
        if name == "b":
            raise ValueError(name)
        return name.upper()

    @dg.job
    def job():
        gather(files().map(upper).collect())

    return Run(job)


@program("2.6 one copy skips")
def one_of_the_mapped_steps_puts_nothing_out(dg):
    files, gather = _files(dg, "a", "b"), _gather(dg)

    @dg.op(out=dg.Out(is_required=False))
    def upper(name):
        if name == "a":
            yield dg.Output(name.upper())

    @dg.op
    def tail(name):
        return name[-1]

    @dg.job
    def job():
        gather(files().map(lambda name: tail(upper(name))).collect())

    return Run(job)


@program("2.6 mixed outs")
def a_dynamic_output_beside_a_plain_one(dg):
    upper, gather = _upper(dg), _gather(dg)

    @dg.op(out={"each": dg.DynamicOut(), "count": dg.Out(int)})
    def files():
        yield dg.DynamicOutput("a", "a", output_name="each")
        yield dg.Output(2, "count")
        yield dg.DynamicOutput("b", "b", output_name="each")

    @dg.job
    def job():
        each, count = files()
        gather([count])
        each.map(upper)

    return Run(job)


@program("2.6 mixed outs")
def a_dynamic_output_beside_a_plain_one_is_returned(dg):
    @dg.op(out={"each": dg.DynamicOut(), "count": dg.Out(int)})
    def files():
        return [dg.DynamicOutput("a", "a"), dg.DynamicOutput("b", "b")], 2

    return alone(dg, files)


@program("2.6 map and collect")
def a_graph_is_mapped(dg):
    files, upper, gather = _files(dg, "a", "b"), _upper(dg), _gather(dg)

    @dg.graph
    def inner(name):
        return upper.alias("second")(upper.alias("first")(name))

    @dg.job
    def job():
        gather(files().map(inner).collect())

    return Run(job)


@program("2.6 map and collect")
def a_graph_hands_out_a_dynamic_output(dg):
    files, upper = _files(dg, "a", "b"), _upper(dg)

    @dg.graph
    def inner():
        return files()

    @dg.job
    def job():
        inner().map(upper)

    return Run(job)


@program("2.6 one copy is retried")
def one_of_the_mapped_steps_is_tried_again(dg):
    files, gather = _files(dg, "a", "b"), _gather(dg)

    @dg.op(retry_policy=dg.RetryPolicy(max_retries=2))
    def upper(context, name):
        if name == "a" and context.retry_number < 1:
            raise ValueError(name)
        return name.upper()

    @dg.job
    def job():
        gather(files().map(upper).collect())

    return Run(job)
