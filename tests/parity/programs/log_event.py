"""`context.log_event`, and metadata that is added to an output."""

from parity.harness import Run, alone, program


@program("2.3 log_event accepts")
def three_kinds_of_events_may_be_logged(dg):
    @dg.op
    def clean(context):
        context.log_event(dg.AssetMaterialization("orders", metadata={"rows": 3}))
        context.log_event(dg.AssetObservation("customers", tags={"by": "hand"}))
        context.log_event(dg.ExpectationResult(success=True, description="all dated"))
        return 5

    return alone(dg, clean)


@program("2.3 log_event refuses")
def an_output_may_not_be_logged(dg):
    @dg.op
    def clean(context):
        context.log_event(dg.Output(5))

    return alone(dg, clean)


@program("2.3 log_event refuses")
def text_may_not_be_logged_as_an_event(dg):
    @dg.op
    def clean(context):
        context.log_event("cleaned")

    return alone(dg, clean)


@program("2.3 log_event refuses")
def a_class_may_not_be_logged_as_an_event(dg):
    @dg.op
    def clean(context):
        context.log_event(dg.AssetMaterialization)

    return alone(dg, clean)


@program("2.2 log_event and yield interleave")
def logged_and_yielded_events_keep_their_order(dg):
    @dg.op
    def clean(context):
        context.log_event(dg.AssetMaterialization("first"))
        yield dg.AssetMaterialization("second")
        context.log_event(dg.AssetMaterialization("third"))
        yield dg.Output(5)
        context.log_event(dg.AssetMaterialization("fourth"))

    return alone(dg, clean)


@program("2.3 messages of events")
def a_description_is_the_message(dg):
    @dg.op
    def clean():
        yield dg.AssetMaterialization("orders", description="All of May.")
        yield dg.ExpectationResult(success=False, label="dated", description="Undated.")
        yield dg.AssetObservation("orders", description="Looked at.")
        yield dg.Output(5)

    return alone(dg, clean)


@program("2.3 messages of events")
def an_event_without_a_description_gets_a_message(dg):
    @dg.op
    def clean():
        yield dg.AssetMaterialization(["sales", "orders"])
        yield dg.ExpectationResult(success=False, label="dated")
        yield dg.ExpectationResult(success=True)
        yield dg.AssetObservation("orders")
        yield dg.Output(5)

    return alone(dg, clean)


@program("2.3 add_output_metadata, repeated")
def the_later_of_two_values_is_kept(dg):
    @dg.op
    def clean(context):
        context.add_output_metadata({"rows": 1, "source": "a.csv"})
        context.add_output_metadata({"rows": 2})
        return 5

    return alone(dg, clean)


@program("2.3 add_output_metadata and Output")
def the_context_wins_over_the_output(dg):
    @dg.op
    def clean(context):
        context.add_output_metadata({"rows": 1, "by": "context"})
        return dg.Output(5, metadata={"rows": 2, "with": "output"})

    return alone(dg, clean)


def _span(dg, **added):
    @dg.op(out={"low": dg.Out(), "high": dg.Out()})
    def span(context):
        context.add_output_metadata({"rows": 1}, **added)
        return 1, 9

    return alone(dg, span)


@program("2.3 add_output_metadata, errors")
def metadata_for_one_of_two_outputs(dg):
    return _span(dg, output_name="high")


@program("2.3 add_output_metadata, errors")
def metadata_for_two_outputs_needs_a_name(dg):
    return _span(dg)


@program("2.3 add_output_metadata, errors")
def metadata_for_an_output_that_is_not_there(dg):
    return _span(dg, output_name="middle")


@program("2.3 add_output_metadata, errors")
def metadata_for_an_output_that_has_gone_out(dg):
    @dg.op
    def clean(context):
        yield dg.Output(5)
        context.add_output_metadata({"rows": 1})

    return alone(dg, clean)


@program("2.3 bad metadata")
def metadata_that_cannot_be_kept(dg):
    @dg.op
    def clean(context):
        context.add_output_metadata({"rows": object()})
        return 5

    return alone(dg, clean)


@program("2.3 bad metadata")
def metadata_of_an_output_that_cannot_be_kept(dg):
    @dg.op
    def clean():
        return dg.Output(5, metadata={"rows": object()})

    return alone(dg, clean)


@program("2.3 add_output_metadata, repeated")
def metadata_that_was_added_can_be_read(dg):
    seen = []

    @dg.op
    def clean(context):
        context.add_output_metadata({"rows": 1})
        seen.append(context.get_output_metadata("result"))
        return 5

    return alone(dg, clean, seen=seen)


@program("2.3 add_output_metadata, mapping key")
def metadata_for_one_dynamic_output(dg):
    @dg.op(out=dg.DynamicOut())
    def files(context):
        context.add_output_metadata({"rows": 1}, mapping_key="a")
        yield dg.DynamicOutput("a.csv", "a")
        context.add_output_metadata({"rows": 2}, mapping_key="b")
        yield dg.DynamicOutput("b.csv", "b", metadata={"size": 10})

    @dg.job
    def job():
        files()

    return Run(job)
