"""What the context of an op tells."""

from parity.harness import Run, alone, job_of, outcome, program


@program("2.10 names")
def the_context_knows_where_it_is(dg):
    @dg.op(tags={"team": "sales"})
    def show(context):
        return [
            context.job_name,
            context.op.name,
            context.op_def.name,
            context.op_handle.name,
            context.job_def.name,
            context.retry_number,
            context.op_config,
            sorted(context.selected_output_names),
            context.has_partition_key,
        ]

    @dg.job
    def nightly():
        show.alias("tell")()

    return Run(nightly)


@program("2.10 names")
def the_context_of_an_op_within_a_graph(dg):
    @dg.op
    def show(context):
        return [str(context.op_handle), context.op_handle.name, context.job_name]

    @dg.graph
    def inner():
        return show()

    @dg.job
    def job():
        inner()

    return Run(job)


@program("2.10 run_id")
def the_run_id_is_that_of_the_result(dg):
    seen = []

    @dg.op
    def show(context):
        seen.append(context.run_id)

    def ask(result):
        return seen[0] == result.run_id == str(result.run_id)

    return alone(dg, show, ask=ask)


@program("2.10 run_id")
def the_run_id_may_be_given(dg):
    @dg.op
    def show(context):
        return context.run_id

    given = "11111111-2222-3333-4444-555555555555"
    if dg.__name__ == "dagster":  # its storage takes an id but once
        with dg.DagsterInstance.ephemeral() as instance:
            job = job_of(dg, show)
            return job.execute_in_process(instance=instance, run_id=given).run_id
    return job_of(dg, show).execute_in_process(run_id=given).run_id


@program("2.10 run_config")
def the_context_shows_the_run_config(dg):
    @dg.op(config_schema={"n": int})
    def show(context):
        return [context.run_config, context.op_config]

    return alone(dg, show, run_config={"ops": {"show": {"config": {"n": 4}}}})


@program("2.10 log")
def the_log_takes_every_level(dg):
    @dg.op
    def show(context):
        for level in ("debug", "info", "warning", "error", "critical"):
            getattr(context.log, level)("said by %s", level)
        try:
            int("odd")
        except ValueError:
            context.log.exception("seen")
        context.log.log(20, "by number")
        return 5

    return alone(dg, show)


@program("2.10 describe_op")
def an_op_describes_itself(dg):
    @dg.op
    def show(context):
        return context.describe_op()

    return alone(dg, show)


@program("2.10 partitions")
def what_the_context_knows_of_partitions(dg):
    @dg.op
    def show(context):
        return [
            context.has_partition_key_range,
            outcome(lambda: context.partition_keys),
            outcome(lambda: context.partition_time_window),
        ]

    return alone(dg, show)


@program("2.10 typed event stream")
def a_typed_event_stream_refuses_raw_values(dg):
    @dg.op
    def show(context):
        context.set_requires_typed_event_stream(error_message="Be typed.")
        return 5

    return alone(dg, show)


@program("2.10 typed event stream")
def a_typed_event_stream_takes_outputs(dg):
    @dg.op
    def show(context):
        context.set_requires_typed_event_stream()
        return dg.Output(5)

    return alone(dg, show)


@program("2.10 typed event stream")
def a_typed_event_stream_wants_every_output(dg):
    @dg.op(out={"done": dg.Out(dg.Nothing), "rows": dg.Out()})
    def show(context):
        context.set_requires_typed_event_stream(error_message="Be typed.")
        yield dg.Output(5, "rows")

    return alone(dg, show)


@program("2.10 assets")
def an_op_knows_no_assets(dg):
    @dg.op
    def show(context):
        return [
            outcome(lambda: context.asset_key),
            context.has_assets_def,
        ]

    return alone(dg, show)


@program("2.10 the current context")
def the_context_is_found_from_afar(dg):
    def helper():
        return dg.OpExecutionContext.get().op.name

    @dg.op
    def show():
        return helper()

    return alone(dg, show)
