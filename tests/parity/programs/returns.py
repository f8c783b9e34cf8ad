"""What an op may return."""

from collections import namedtuple

from parity.harness import Run, alone, chain, program


@program("2.1 events of a clean run")
def a_clean_run_of_two_ops(dg):
    @dg.op
    def load():
        return [3, 1, 2]

    @dg.op
    def tidy(rows):
        return sorted(rows)

    return chain(dg, load, tidy)


@program("2.1 ops without outputs")
def an_op_without_outputs(dg):
    @dg.op(out={})
    def notify():
        pass

    return alone(dg, notify)


@program("2.1 inputs given by value")
def an_input_given_by_run_config(dg):
    @dg.op
    def double(n: int) -> int:
        return 2 * n

    return alone(dg, double, run_config={"ops": {"double": {"inputs": {"n": 4}}}})


@program("2.1 order of steps")
def steps_go_by_level_and_then_by_name(dg):
    @dg.op
    def one():
        return 1

    @dg.op
    def add(left, right):
        return left + right

    @dg.job
    def job():
        b = add.alias("b")(one.alias("z")(), one.alias("y")())
        add.alias("a")(b, one())

    return Run(job)


@program("2.1 order of steps")
def a_priority_goes_first(dg):
    @dg.op
    def plain():
        return 1

    @dg.op(tags={"dagster/priority": "5"})
    def urgent():
        return 2

    @dg.op(tags={"dagster/priority": "-1"})
    def lazy():
        return 3

    @dg.job
    def job():
        lazy()
        plain()
        urgent()

    return Run(job)


@program("2.2 return x")
def a_value_is_returned(dg):
    @dg.op
    def five():
        return 5

    return alone(dg, five)


@program("2.2 return x")
def none_is_a_value_too(dg):
    @dg.op
    def nothing_found():
        return None

    return alone(dg, nothing_found)


@program("2.2 return x")
def the_only_output_may_have_a_name(dg):
    @dg.op(out={"total": dg.Out(int)})
    def add():
        return 3

    return alone(dg, add)


@program("2.2 return Output")
def an_output_with_metadata_is_unwrapped(dg):
    @dg.op
    def load():
        return dg.Output([1, 2], metadata={"rows": 2, "source": "a.csv"})

    @dg.op
    def count(rows):
        return len(rows)

    return chain(dg, load, count)


@program("2.2 return Output")
def an_output_with_the_default_name_takes_that_of_the_op(dg):
    @dg.op(out={"total": dg.Out()})
    def add():
        return dg.Output(3)

    return alone(dg, add)


@program("2.2 return Output")
def a_returned_output_with_a_wrong_name(dg):
    @dg.op
    def add():
        return dg.Output(3, output_name="sum")

    return alone(dg, add)


@program("2.2 two outs, a tuple")
def a_tuple_fills_two_outputs(dg):
    @dg.op(out={"low": dg.Out(), "high": dg.Out()})
    def span():
        return 1, 9

    return alone(dg, span)


@program("2.2 two outs, a tuple")
def a_named_tuple_fills_two_outputs(dg):
    pair = namedtuple("pair", "low high")  # noqa: PYI024 - the untyped one is meant

    @dg.op(out={"low": dg.Out(), "high": dg.Out()})
    def span():
        return pair(1, 9)

    return alone(dg, span)


def _two_outputs_of(dg, returned):
    @dg.op(out={"low": dg.Out(), "high": dg.Out()})
    def span():
        return returned

    return alone(dg, span)


@program("2.2 two outs, no tuple")
def a_list_does_not_fill_two_outputs(dg):
    return _two_outputs_of(dg, [1, 9])


@program("2.2 two outs, no tuple")
def a_dict_does_not_fill_two_outputs(dg):
    return _two_outputs_of(dg, {"low": 1, "high": 9})


@program("2.2 two outs, no tuple")
def a_scalar_does_not_fill_two_outputs(dg):
    return _two_outputs_of(dg, 1)


@program("2.2 two outs, no tuple")
def none_does_not_fill_two_outputs(dg):
    return _two_outputs_of(dg, None)


@program("2.2 two outs, no tuple")
def one_output_does_not_fill_two(dg):
    return _two_outputs_of(dg, dg.Output(1, "low"))


@program("2.2 two outs, wrong length")
def a_tuple_of_three_does_not_fill_two_outputs(dg):
    return _two_outputs_of(dg, (1, 5, 9))


@program("2.2 tuple of Outputs")
def outputs_without_names_go_by_position(dg):
    return _two_outputs_of(dg, (dg.Output(1, metadata={"of": "a"}), dg.Output(9)))


@program("2.2 tuple of Outputs")
def an_output_named_after_its_position(dg):
    return _two_outputs_of(dg, (dg.Output(1, "low"), dg.Output(9, "high")))


@program("2.2 tuple of Outputs")
def an_output_named_after_another_position(dg):
    return _two_outputs_of(dg, (dg.Output(1, "high"), dg.Output(9, "low")))


@program("2.2 tuple of Outputs")
def raw_values_and_outputs_are_mixed(dg):
    return _two_outputs_of(dg, (1, dg.Output(9, metadata={"of": "b"})))


@program("2.2 returned events")
def a_materialization_is_returned(dg):
    @dg.op
    def write():
        return dg.AssetMaterialization("orders")

    return alone(dg, write)


@program("2.2 returned events")
def an_expectation_result_is_returned(dg):
    @dg.op
    def check():
        return dg.ExpectationResult(success=True)

    return alone(dg, check)


@program(
    "2.2 returned events taken for values",
    departs="An observation that is returned is an error: Dagster would hand it on as "
    "the op's value and record nothing.",
)
def an_observation_is_returned(dg):
    @dg.op
    def look():
        return dg.AssetObservation("orders")

    return alone(dg, look)


@program(
    "2.2 returned events taken for values",
    departs="A Failure that is returned is an error: in Dagster the op succeeds, with "
    "the exception as its value.",
)
def a_failure_is_returned(dg):
    @dg.op
    def check():
        return dg.Failure("no rows")

    return alone(dg, check)


@program(
    "2.2 returned events taken for values",
    departs="A list with events in it is an error: Dagster would hand it on as the "
    "op's value and record nothing.",
)
def a_list_of_events_is_returned(dg):
    @dg.op
    def write():
        return [dg.AssetMaterialization("orders"), dg.Output(1)]

    return alone(dg, write)


@program(
    "2.2 returned events taken for values",
    departs="A tuple with events in it is an error: Dagster would hand it on as the "
    "op's value and record nothing.",
)
def a_tuple_with_an_event_is_returned(dg):
    @dg.op
    def write():
        return dg.AssetMaterialization("orders"), 1

    return alone(dg, write)


@program("2.2 return a generator")
def a_generator_that_is_returned_is_followed(dg):
    def events():
        yield dg.AssetMaterialization("orders")
        yield dg.Output(5)

    @dg.op
    def write():
        return events()

    return alone(dg, write)


@program("2.2 return a generator")
def an_iterator_that_is_returned_is_a_value(dg):
    @dg.op
    def count():
        return iter([1, 2])

    return alone(dg, count)


@program("2.2 no outputs, a value")
def a_value_where_no_output_is_declared(dg):
    @dg.op(out={})
    def notify():
        return "sent"

    return alone(dg, notify)


@program("2.2 async")
def an_async_op(dg):
    @dg.op
    async def fetch():
        return 5

    return alone(dg, fetch)


@program("2.2 async")
def an_async_generator(dg):
    @dg.op
    async def fetch():
        yield dg.AssetMaterialization("orders")
        yield dg.Output(5, metadata={"rows": 1})

    return alone(dg, fetch)


@program("2.2 async")
def an_async_op_that_raises(dg):
    @dg.op
    async def fetch():
        raise ValueError("no connection")

    return alone(dg, fetch)


@program("2.2 async")
def an_async_generator_that_fails_a_type_check(dg):
    @dg.op(out=dg.Out(int))
    async def fetch():
        yield dg.AssetMaterialization("orders")
        yield dg.Output("five")

    return alone(dg, fetch)
