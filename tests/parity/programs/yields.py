"""What an op may yield."""

from parity.harness import Run, alone, chain, program


@program("2.2 yield events")
def every_event_is_recorded_in_its_order(dg):
    @dg.op
    def clean():
        yield dg.AssetMaterialization("orders", "written", {"rows": 3}, "2026-01-01")
        yield dg.ExpectationResult(success=False, label="no nulls", metadata={"n": 2})
        yield dg.AssetObservation("customers", metadata={"rows": 8})
        yield dg.Output(5, metadata={"rows": 5})

    return alone(dg, clean)


@program("2.2 yield events")
def events_after_the_last_output(dg):
    @dg.op
    def clean():
        yield dg.Output(5)
        yield dg.AssetMaterialization("orders")

    return alone(dg, clean)


@program("2.2 yield events")
def two_outputs_are_yielded(dg):
    @dg.op(out={"low": dg.Out(), "high": dg.Out()})
    def span():
        yield dg.Output(9, "high")
        yield dg.Output(1, "low")

    @dg.op
    def subtract(left, right):
        return left - right

    @dg.job
    def job():
        low, high = span()
        subtract(high, low)

    return Run(job)


@program("2.2 yield events")
def an_output_named_by_the_op_is_yielded_by_name(dg):
    @dg.op(out={"total": dg.Out()})
    def add():
        yield dg.Output(3, "total")

    return alone(dg, add)


@program("2.2 yield of no event")
def a_number_is_yielded(dg):
    @dg.op
    def clean():
        yield 5

    return alone(dg, clean)


@program("2.2 yield of no event")
def text_is_yielded_after_an_output(dg):
    @dg.op
    def clean():
        yield dg.Output(5)
        yield "done"

    return alone(dg, clean)


@program("2.2 yield of no event")
def a_failure_is_yielded(dg):
    @dg.op
    def clean():
        yield dg.Failure("no rows")

    return alone(dg, clean)


@program("2.2 a generator's return")
def the_value_that_a_generator_returns_is_ignored(dg):
    @dg.op
    def clean():
        yield dg.Output(5)
        return 7

    return alone(dg, clean)


@program("2.2 no Output, required")
def a_materialization_and_no_output(dg):
    @dg.op
    def write():
        yield dg.AssetMaterialization("orders")

    return alone(dg, write)


@program("2.2 no Output, not required")
def a_materialization_and_nothing_to_put_out(dg):
    @dg.op(out=dg.Out(dg.Nothing))
    def write():
        yield dg.AssetMaterialization("orders")

    return alone(dg, write)


@program("2.2 no Output, not required")
def a_materialization_and_no_outputs_declared(dg):
    @dg.op(out={})
    def write():
        yield dg.AssetMaterialization("orders")

    return alone(dg, write)


@program("2.2 no Output, not required")
def a_materialization_and_an_output_that_need_not_come(dg):
    @dg.op(out=dg.Out(is_required=False))
    def write():
        yield dg.AssetMaterialization("orders")

    return alone(dg, write)


@program("2.2 Output twice")
def one_output_is_yielded_twice(dg):
    @dg.op
    def clean():
        yield dg.Output(1)
        yield dg.Output(2)

    return alone(dg, clean)


@program("2.2 unknown output")
def an_output_that_is_not_declared(dg):
    @dg.op
    def clean():
        yield dg.Output(1, "tidy")

    return alone(dg, clean)


@program("2.2 one required out missing")
def one_of_two_outputs_is_missing(dg):
    @dg.op(out={"low": dg.Out(), "high": dg.Out()})
    def span():
        yield dg.Output(1, "low")

    return alone(dg, span)


@program("2.2 Output for a DynamicOut")
def a_plain_output_for_a_dynamic_one(dg):
    @dg.op(out=dg.DynamicOut())
    def files():
        yield dg.Output("a.csv")

    return alone(dg, files)


@program("2.2 Output for a DynamicOut")
def a_dynamic_output_for_a_plain_one(dg):
    @dg.op
    def files():
        yield dg.DynamicOutput("a.csv", "a")

    return alone(dg, files)


@program("2.2 None for an optional out")
def none_is_a_value_of_an_output_that_need_not_come(dg):
    @dg.op(out=dg.Out(is_required=False))
    def find():
        return None

    @dg.op
    def use(found):
        return str(found)

    return chain(dg, find, use)


@program("2.2 a value for Nothing")
def a_value_where_nothing_is_declared(dg):
    @dg.op
    def notify() -> None:
        return 5

    return alone(dg, notify)


@program("2.2 a value for Nothing")
def none_where_nothing_is_declared(dg):
    @dg.op
    def notify() -> None:
        return None

    return alone(dg, notify)


@program("2.2 no rollback")
def an_exception_after_the_output(dg):
    @dg.op
    def clean():
        yield dg.AssetMaterialization("orders")
        yield dg.Output(5)
        raise ValueError("disk full")

    @dg.op
    def use(rows):
        return rows

    return chain(dg, clean, use)


@program(
    "2.2 generator closed",
    departs="A generator that broke a rule is closed at once, so that its `finally` "
    "blocks run; Dagster leaves that to the garbage collector.",
)
def a_generator_that_broke_a_rule(dg):
    seen, kept = [], []

    def clean_up():
        try:
            yield dg.Output("five")
        finally:
            seen.append("closed")

    @dg.op(out=dg.Out(int))
    def clean():
        kept.append(clean_up())  # held here, no garbage collector can close it
        return kept[0]

    return alone(dg, clean, seen=seen)


@program("2.2 no rollback")
def a_finally_block_may_not_hide_the_failure(dg):
    seen = []

    @dg.op
    def clean():
        try:
            yield dg.AssetMaterialization("orders")
            raise ValueError("disk full")
        finally:
            seen.append("closed")

    return alone(dg, clean, seen=seen)
