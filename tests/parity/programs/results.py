"""What the result of an execution can be asked."""

from parity.harness import Run, alone, chain, job_of, outcome, program, states_of


def _load(dg):
    @dg.op(out={"rows": dg.Out(), "count": dg.Out()})
    def load(context):
        context.log_event(dg.AssetMaterialization("orders", metadata={"n": 1}))
        context.log_event(dg.AssetObservation("customers"))
        context.log_event(dg.ExpectationResult(success=False, label="dated"))
        return [1, 2], 2

    return load


@program("1.4 events of a node")
def the_events_of_a_node(dg):
    def ask(result):
        return [
            result.asset_materializations_for_node("load"),
            result.asset_observations_for_node("load"),
            [
                event.event_type_value
                for event in result.get_asset_materialization_events()
            ],
            [event.event_type_value for event in result.get_asset_observation_events()],
        ]

    return alone(dg, _load(dg), ask=ask)


@program("1.4 events of a node")
def the_expectation_results_of_a_node(dg):
    def ask(result):
        events = result.filter_events(lambda e: e.event_type_value.endswith("N_RESULT"))
        return [e.event_specific_data.expectation_result for e in events]

    return alone(dg, _load(dg), ask=ask)


@program("1.4 outputs")
def the_outputs_of_a_node(dg):
    def ask(result):
        return [
            result.output_for_node("load", "rows"),
            result.output_for_node("load", output_name="count"),
            outcome(result.output_for_node, "load"),
            outcome(result.output_for_node, "load", "sum"),
            outcome(result.output_for_node, "lode"),
        ]

    return alone(dg, _load(dg), ask=ask)


@program("1.4 outputs")
def the_output_of_a_job(dg):
    return alone(dg, _load(dg), ask=lambda result: outcome(result.output_value))


@program("1.4 get_run_failure_event")
def the_event_that_ended_a_run(dg):
    @dg.op
    def one():
        return 1

    def ask(result):
        return [
            result.get_run_success_event().event_type,
            outcome(result.get_run_failure_event),
        ]

    return alone(dg, one, ask=ask)


@program("1.4 step events")
def the_events_that_ended_steps(dg):
    @dg.op(out=dg.Out(is_required=False))
    def maybe():
        yield from ()

    @dg.op
    def follow(n):
        return n

    def ask(result):
        return [
            [event.step_key for event in result.get_step_success_events()],
            [event.step_key for event in result.get_step_skipped_events()],
            [event.step_key for event in result.get_step_failure_events()],
        ]

    return chain(dg, maybe, follow, ask=ask)


@program("1.4 events_for_node")
def the_events_for_a_node_and_the_whole_run(dg):
    @dg.op
    def one():
        return 1

    def ask(result):
        steps = [e.event_type_value for e in result.events_for_node("one")]
        every = [e.node_name for e in result.all_node_events if e.is_step_success]
        return [steps[0], steps[-1], every]

    return chain(dg, one, ask=ask)


@program(
    "1.4 states",
    departs="A node that is not there is an error, so that no typo passes for a node "
    "that did not run; Dagster calls it untouched, without events.",
)
def the_state_of_a_node_that_is_not_there(dg):
    def ask(result):
        return [
            outcome(result.is_node_success, "lode"),
            outcome(result.is_node_untouched, "lode"),
            outcome(result.retry_attempts_for_node, "lode"),
            outcome(result.events_for_node, "lode"),
        ]

    return alone(dg, _load(dg), ask=ask)


@program(
    "1.4 states",
    departs="A node of several steps is a success if all of them are; in Dagster one "
    "of them is enough, so that it can be a success and failed.",
)
def the_state_of_a_node_of_several_steps(dg):
    @dg.op
    def one():
        return 1

    @dg.op
    def fail():
        raise ValueError("no file")

    @dg.graph
    def both():
        one()
        fail()

    @dg.job
    def job():
        both()

    return Run(job, ask=lambda result: states_of(result, "both"))


@program("1.4 job")
def a_result_knows_its_job(dg):
    def ask(result):
        return [result.job_def.name, result.dagster_run.job_name, result.success]

    return Run(job_of(dg, _load(dg)), ask=ask)


@program("4.1 events")
def an_event_has_properties(dg):
    def ask(result):
        (event,) = result.get_asset_materialization_events()
        return [
            event.event_type,
            event.is_step_materialization,
            event.asset_key,
            event.partition,
            event.materialization,
            event.step_key,
            event.node_name,
            event.job_name,
        ]

    return alone(dg, _load(dg), ask=ask)


@program("4.1 events")
def the_event_of_an_output_has_its_data(dg):
    def ask(result):
        (event, _) = result.filter_events(lambda event: event.is_successful_output)
        data = event.step_output_data
        return [
            data.output_name,
            data.type_check_data.success,
            data.step_output_handle.step_key,
            data.step_output_handle.output_name,
        ]

    return alone(dg, _load(dg), ask=ask)
