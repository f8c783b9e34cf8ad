"""Tags of ops, jobs and runs; partitions; selections; input values."""

from parity.harness import Run, alone, chain, job_of, program


def _tags(dg, seen):
    @dg.op(tags={"team": "sales", "rows": 5})
    def show(context):
        seen.append(sorted(context.run_tags.items()))
        seen.append([context.has_tag("team"), context.get_tag("none")])
        return context.get_tag("team")

    return show


@program("2.11 tags of runs")
def a_run_has_the_tags_of_its_job(dg):
    seen = []
    return Run(job_of(dg, _tags(dg, seen), tags={"team": "job"}), seen=seen)


@program("2.11 tags of runs")
def tags_given_with_a_run_are_added(dg):
    seen = []
    job = job_of(dg, _tags(dg, seen), tags={"team": "job", "of": "job"})
    return Run(job, seen=seen, tags={"team": "run"})


@program("2.11 tags of runs")
def run_tags_stand_for_the_tags_of_a_job(dg):
    seen = []
    options = {"tags": {"team": "job"}, "run_tags": {"team": "run"}}
    return Run(job_of(dg, _tags(dg, seen), **options), seen=seen)


@program("2.11 tags of runs")
def a_tag_of_a_job_that_is_no_text(dg):
    seen = []
    return Run(job_of(dg, _tags(dg, seen), tags={"rows": 5, "names": ["a"]}), seen=seen)


@program("2.11 tags of runs")
def a_tag_of_a_run_that_is_no_text(dg):
    seen = []
    return Run(job_of(dg, _tags(dg, seen)), seen=seen, tags={"rows": 5})


@program("2.11 tags of ops")
def an_invocation_adds_tags(dg):
    @dg.op(tags={"team": "sales", "rows": 5})
    def show(context):
        return [context.op.tags, context.op_def.tags]

    @dg.job
    def job():
        show.tag({"team": "stock", "more": "x"})()

    return Run(job)


@program("2.11 partitions")
def a_run_of_one_static_partition(dg):
    seen = []

    @dg.op
    def show(context):
        seen.append([context.has_partition_key, context.get_tag("dagster/partition")])
        return context.partition_key

    regions = dg.StaticPartitionsDefinition(["north", "south"])
    job = job_of(dg, show, partitions_def=regions)
    return Run(job, seen=seen, partition_key="south")


@program("2.11 partitions, errors")
def a_partition_that_is_not_there(dg):
    @dg.op
    def show(context):
        return context.partition_key

    regions = dg.StaticPartitionsDefinition(["north", "south"])
    return Run(job_of(dg, show, partitions_def=regions), partition_key="west")


@program(
    "2.11 partitions, errors",
    departs="Any job may be run for a partition; Dagster wants a partitions_def.",
)
def a_partition_of_a_job_that_has_none(dg):
    @dg.op
    def show(context):
        return context.partition_key

    return alone(dg, show, partition_key="west")


@program("2.10 partition_key")
def a_run_without_a_partition(dg):
    seen = []

    @dg.op
    def show(context):
        seen.append(context.has_partition_key)
        return context.partition_key

    return alone(dg, show, seen=seen)


@program("1.3 op selection")
def one_op_is_selected(dg):
    return Run(_three(dg), op_selection=["load"])


@program("1.3 op selection")
def an_op_and_all_before_it_are_selected(dg):
    return Run(_three(dg), op_selection=["*double"])


@program("1.3 op selection")
def an_op_and_the_next_are_selected(dg):
    return Run(_three(dg), op_selection=["load+"])


@program("1.3 op selection")
def an_op_is_selected_and_what_it_needs_is_given(dg):
    config = {"ops": {"double": {"inputs": {"n": 4}}}}
    return Run(_three(dg), op_selection=["double"], run_config=config)


@program("1.3 op selection, errors")
def an_op_is_selected_and_what_it_needs_is_missing(dg):
    return Run(_three(dg), op_selection=["double"])


@program("1.3 op selection, errors")
def an_op_that_is_not_there_is_selected(dg):
    return Run(_three(dg), op_selection=["lode"])


def _three(dg):
    @dg.op
    def load():
        return 1

    @dg.op
    def double(n: int):
        return 2 * n

    @dg.op
    def show(n: int):
        return str(n)

    return job_of(dg, load, double, show)


def _graph_with_input(dg):
    @dg.op
    def double(n: int):
        return 2 * n

    @dg.graph
    def numbers(n):
        return double(n)

    return numbers


@program("1.3 input_values")
def a_job_gets_input_values(dg):
    return Run(_graph_with_input(dg).to_job(), input_values={"n": 4})


@program("1.3 input_values")
def a_job_has_input_values(dg):
    return Run(_graph_with_input(dg).to_job(input_values={"n": 4}))


@program("1.3 input_values")
def an_input_value_of_a_wrong_type(dg):
    return Run(_graph_with_input(dg), input_values={"n": "four"})


@program("1.3 input_values, errors")
def an_input_value_that_no_input_takes(dg):
    return Run(_graph_with_input(dg), input_values={"n": 4, "m": 5})


@program("1.3 input_values, errors")
def an_input_value_is_missing(dg):
    return Run(_graph_with_input(dg))


@program("1.3 input_values")
def the_input_of_a_graph_by_run_config(dg):
    return Run(_graph_with_input(dg), run_config={"inputs": {"n": {"value": 4}}})


@program("2.1 inputs given by value")
def a_value_and_an_output_go_into_one_op(dg):
    @dg.op
    def one():
        return 1

    @dg.op
    def add(left, right: int):
        return left + right

    config = {"ops": {"add": {"inputs": {"right": 4}}}}
    return chain(dg, one, add, run_config=config)
