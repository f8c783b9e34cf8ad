"""What users do wrong, each as a small function of the library that it is done with."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Optional

Misuser = Callable[[Any], Any]


@dataclass(frozen=True)
class Misuse:
    """One thing that is wrong.

    Args:
        section: Where the rule that it breaks is told in the notes on Dagster.
        title: What is done wrong, in words.
        do: Does it, with the library that it is given.
        error: The class of opnb's error, where it is not Dagster's less the prefix.
        why: Why it is another one, or why there is one where Dagster has none.
    """

    section: str
    title: str
    do: Misuser
    error: str | None = None
    why: str | None = None


MISUSES: dict[str, Misuse] = {}


def misuse(
    section: str, title: str, *, error: str | None = None, why: str | None = None
) -> Callable[[Misuser], Misuser]:
    """Keep a function as a misuse under its name."""

    def keep(function: Misuser) -> Misuser:
        MISUSES[function.__name__] = Misuse(section, title, function, error, why)
        return function

    return keep


def run(dg, *ops, **options):
    """Run ops side by side in one job."""

    @dg.job
    def shop():
        for one in ops:
            one()

    return shop.execute_in_process(**options)


def two_outs(dg, value):
    """Return an op of two outputs that returns a value."""

    @dg.op(out={"net": dg.Out(), "gross": dg.Out()})
    def bill():
        return value

    return bill


def returning(dg, value, **arguments):
    """Return an op that returns a value."""

    @dg.op(**arguments)
    def bill():
        return value

    return bill


def yielding(dg, *events, **arguments):
    """Return an op that yields events."""

    @dg.op(**arguments)
    def bill():
        yield from events

    return bill


# ---- 1: definitions


@misuse("1.1", "an output without a name")
def output_named_none(dg):
    dg.Output(1, output_name=None)


@misuse("1.1", "a tag of an output with spaces in it")
def output_with_a_tag_of_spaces(dg):
    dg.Output(1, tags={"a key": "value"})


@misuse("1.1", "a data version that is a number")
def output_with_a_number_for_version(dg):
    dg.Output(1, data_version=7)


@misuse("1.1", "a mapping key with a dash")
def mapping_key_with_a_dash(dg):
    dg.DynamicOutput(1, mapping_key="2026-03")


@misuse("1.1", "a mapping key that is a number")
def mapping_key_of_a_number(dg):
    dg.DynamicOutput(1, mapping_key=3)


@misuse("1.1", "an expectation whose success is a number")
def expectation_of_a_number(dg):
    dg.ExpectationResult(success=1)


@misuse("1.1", "a materialization of no asset")
def materialization_of_none(dg):
    dg.AssetMaterialization(None)


@misuse("1.1", "a partition that is a date")
def partition_of_a_date(dg):
    dg.AssetMaterialization("orders", partition=dt.date(2026, 3, 1))


@misuse("1.1", "a description that is a number")
def description_of_a_number(dg):
    dg.AssetMaterialization("orders", description=3)


@misuse("1.1", "metadata that is a list")
def metadata_of_a_list(dg):
    dg.AssetMaterialization("orders", metadata=[("rows", 3)])


@misuse("1.1", "a type check that says yes in words")
def type_check_in_words(dg):
    dg.TypeCheck(success="yes")


@misuse("1.2", "a failure with metadata that cannot be kept")
def failure_with_bad_metadata(dg):
    dg.Failure("broken", metadata={"reader": object()})


@misuse("1.2", "a failure that allows retries in words")
def failure_with_words_for_a_flag(dg):
    dg.Failure("broken", allow_retries="no")


@misuse("1.2", "a retry without a number")
def retry_of_none(dg):
    dg.RetryRequested(max_retries=None)


@misuse("1.2", "a wait in words")
def retry_after_words(dg):
    dg.RetryRequested(seconds_to_wait="a minute")


@misuse("1.3", "an op made of a lambda")
def op_of_a_lambda(dg):
    dg.op(lambda: 3)


@misuse("1.3", "an op whose name has a dash")
def op_name_with_a_dash(dg):
    @dg.op(name="clean-orders")
    def clean():
        return 1


@misuse("1.3", "a type where an Out is meant")
def out_of_a_type(dg):
    returning(dg, 1, out=int)


@misuse("1.3", "a list of outs")
def out_of_a_list(dg):
    returning(dg, 1, out=[dg.Out()])


@misuse("1.3", "a type where an In is meant")
def in_of_a_type(dg):
    @dg.op(ins={"orders": list})
    def count(orders):
        return len(orders)


@misuse("1.3", "an input that is no parameter")
def in_of_no_parameter(dg):
    @dg.op(ins={"order": dg.In(list)})
    def count(orders):
        return len(orders)


@misuse("1.3", "an output whose name is a word of Python")
def out_named_by_a_keyword(dg):
    returning(dg, 1, out={"class": dg.Out()})


@misuse("1.3", "a retry policy that is a number")
def policy_of_a_number(dg):
    returning(dg, 1, retry_policy=3)


@misuse("1.3", "a policy with backoff and no delay")
def backoff_without_a_delay(dg):
    dg.RetryPolicy(backoff=dg.Backoff.LINEAR)


@misuse("1.3", "a policy with jitter and no delay")
def jitter_without_a_delay(dg):
    dg.RetryPolicy(jitter=dg.Jitter.FULL)


@misuse("1.3", "a policy with retries in words")
def policy_in_words(dg):
    dg.RetryPolicy(max_retries="three")


@misuse(
    "1.3",
    "a config schema and a config class at once",
    error="InvalidDefinitionError",
    why="The op is what cannot be, and not one argument of it.",
)
def two_kinds_of_config(dg):
    class Limits(dg.Config):
        rows: int

    @dg.op(config_schema={"rows": int})
    def count(config: Limits):
        return config.rows


@misuse("1.3", "a config schema that holds an object")
def config_schema_of_an_object(dg):
    returning(dg, 1, config_schema={"rows": object()})


@misuse("1.3", "a default that does not fit its field")
def config_default_that_does_not_fit(dg):
    returning(dg, 1, config_schema={"rows": dg.Field(int, default_value="many")})


@misuse("1.3", "a job that returns an output")
def job_that_returns(dg):
    bill = returning(dg, 1)

    @dg.job
    def billing():
        return bill()


@misuse("1.3", "a job that returns several outputs")
def job_that_returns_a_dict(dg):
    bill = returning(dg, 1)

    @dg.job
    def billing():
        return {"bill": bill()}


@misuse("1.3", "a graph that returns a value of its own")
def graph_that_returns_a_value(dg):
    bill = returning(dg, 1)

    @dg.graph
    def billing():
        bill()
        return 12


@misuse("1.3", "a graph that returns fewer outputs than it declares")
def graph_without_one_output(dg):
    bill = returning(dg, 1)

    @dg.graph(out={"net": dg.GraphOut(), "gross": dg.GraphOut()})
    def billing():
        return {"net": bill()}


@misuse("1.3", "a hook that takes no context")
def hook_without_a_context(dg):
    @dg.success_hook
    def tell():
        return None


@misuse(
    "1.3",
    "a function where a hook is meant",
    error="ParameterCheckError",
    why="Dagster's is an AttributeError from within.",
)
def job_with_a_function_for_a_hook(dg):
    bill = returning(dg, 1)

    def tell(context):
        return None

    @dg.job(hooks={tell})
    def billing():
        bill()


@misuse("1.3", "a dependency on a node that is not in the graph")
def graph_with_an_unknown_node(dg):
    @dg.op
    def total(orders):
        return sum(orders)

    dg.GraphDefinition(
        name="billing",
        node_defs=[total],
        dependencies={"total": {"orders": dg.DependencyDefinition("read_order")}},
    )


@misuse("1.3", "a dependency of an input that the op does not have")
def graph_with_an_unknown_input(dg):
    @dg.op
    def total(orders):
        return sum(orders)

    dg.GraphDefinition(
        name="billing",
        node_defs=[returning(dg, [1]), total],
        dependencies={"total": {"order": dg.DependencyDefinition("bill")}},
    )


@misuse("1.3", "a dependency on an output that the op does not have")
def graph_with_an_unknown_output(dg):
    @dg.op
    def total(orders):
        return sum(orders)

    dg.GraphDefinition(
        name="billing",
        node_defs=[returning(dg, [1]), total],
        dependencies={"total": {"orders": dg.DependencyDefinition("bill", "rows")}},
    )


@misuse("1.3", "dependencies of a node that is not in the graph")
def graph_with_dependencies_of_an_unknown_node(dg):
    dg.GraphDefinition(
        name="billing",
        node_defs=[returning(dg, [1])],
        dependencies={"totl": {"orders": dg.DependencyDefinition("bill")}},
    )


@misuse("1.3", "two nodes that wait for each other")
def graph_in_a_circle(dg):
    @dg.op
    def hen(egg):
        return egg

    @dg.op
    def egg(hen):
        return hen

    dg.GraphDefinition(
        name="farm",
        node_defs=[hen, egg],
        dependencies={
            "hen": {"egg": dg.DependencyDefinition("egg")},
            "egg": {"hen": dg.DependencyDefinition("hen")},
        },
    )


@misuse("1.4", "the output of an op that is not in the job")
def result_of_an_unknown_op(dg):
    run(dg, returning(dg, 1)).output_for_node("bil")


@misuse("1.4", "an output that the op does not have")
def result_of_an_unknown_output(dg):
    run(dg, returning(dg, 1)).output_for_node("bill", "reslt")


@misuse("1.4", "an output that never came")
def result_that_never_came(dg):
    bill = yielding(dg, out=dg.Out(is_required=False))
    run(dg, bill).output_for_node("bill")


@misuse("1.4", "the output of a job, which has none")
def result_of_a_job(dg):
    run(dg, returning(dg, 1)).output_value()


@misuse(
    "1.4",
    "the failure of a run that went well",
    error="OpnbError",
    why="Dagster's is the base of its errors; so is this.",
)
def failure_of_a_good_run(dg):
    run(dg, returning(dg, 1)).get_run_failure_event()


# ---- 2.2: what is returned and yielded


@misuse("2.2", "two outputs returned as a list")
def two_outputs_in_a_list(dg):
    run(dg, two_outs(dg, [1, 2]))


@misuse("2.2", "two outputs returned as a dict")
def two_outputs_in_a_dict(dg):
    run(dg, two_outs(dg, {"net": 1, "gross": 2}))


@misuse("2.2", "one value returned for two outputs")
def two_outputs_in_one_value(dg):
    run(dg, two_outs(dg, 3))


@misuse("2.2", "None returned for two outputs")
def two_outputs_of_none(dg):
    run(dg, two_outs(dg, None))


@misuse("2.2", "one Output returned for two")
def two_outputs_in_one_output(dg):
    run(dg, two_outs(dg, dg.Output(1, "net")))


@misuse("2.2", "three values returned for two outputs")
def two_outputs_in_three_values(dg):
    run(dg, two_outs(dg, (1, 2, 3)))


@misuse("2.2", "two Outputs returned in the wrong order")
def two_outputs_in_the_wrong_order(dg):
    run(dg, two_outs(dg, (dg.Output(1, "gross"), dg.Output(2, "net"))))


@misuse("2.2", "a materialization that is returned")
def returned_materialization(dg):
    run(dg, returning(dg, dg.AssetMaterialization("orders")))


@misuse("2.2", "an expectation that is returned")
def returned_expectation(dg):
    run(dg, returning(dg, dg.ExpectationResult(success=True)))


@misuse(
    "2.2",
    "an observation that is returned",
    error="InvariantViolationError",
    why="Dagster takes it for the value, and nothing is observed.",
)
def returned_observation(dg):
    run(dg, returning(dg, dg.AssetObservation("orders")))


@misuse(
    "2.2",
    "a failure that is returned",
    error="InvariantViolationError",
    why="Dagster takes it for the value, and nothing fails.",
)
def returned_failure(dg):
    run(dg, returning(dg, dg.Failure("no orders")))


@misuse(
    "2.2",
    "a list of events that is returned",
    error="InvariantViolationError",
    why="Dagster takes it for the value, and nothing is recorded.",
)
def returned_list_of_events(dg):
    run(dg, returning(dg, [dg.AssetMaterialization("orders"), dg.Output(1)]))


@misuse("2.2", "a number that is yielded")
def yielded_number(dg):
    run(dg, yielding(dg, 5))


@misuse("2.2", "a text that is yielded")
def yielded_text(dg):
    run(dg, yielding(dg, "done"))


@misuse("2.2", "a failure that is yielded")
def yielded_failure(dg):
    run(dg, yielding(dg, dg.Failure("no orders")))


@misuse("2.2", "a materialization that is yielded, and no output")
def yielded_events_without_an_output(dg):
    run(dg, yielding(dg, dg.AssetMaterialization("orders")))


@misuse("2.2", "one output that is yielded twice")
def yielded_output_twice(dg):
    run(dg, yielding(dg, dg.Output(1), dg.Output(2)))


@misuse("2.2", "an output that is yielded under a name that is not declared")
def yielded_output_of_an_unknown_name(dg):
    run(dg, yielding(dg, dg.Output(1, "reslt")))


@misuse("2.2", "one of two outputs that is not yielded")
def yielded_one_output_of_two(dg):
    outs = {"net": dg.Out(), "gross": dg.Out()}
    run(dg, yielding(dg, dg.Output(1, "net"), out=outs))


@misuse("2.2", "an Output for a DynamicOut")
def output_for_a_dynamic_out(dg):
    run(dg, yielding(dg, dg.Output(1), out=dg.DynamicOut()))


@misuse("2.2", "a DynamicOutput for an Out")
def dynamic_output_for_an_out(dg):
    run(dg, yielding(dg, dg.DynamicOutput(1, "a")))


@misuse("2.2", "a value returned where nothing is declared")
def value_where_nothing_is_declared(dg):
    @dg.op
    def close() -> None:
        return 3

    run(dg, close)


# ---- 2.3: the context


def _with_context(dg, use, **arguments):
    @dg.op(**arguments)
    def bill(context):
        use(context)
        return 1

    return run(dg, bill)


@misuse("2.3", "an Output that is logged")
def logged_output(dg):
    _with_context(dg, lambda context: context.log_event(dg.Output(1)))


@misuse("2.3", "a text that is logged as an event")
def logged_text(dg):
    _with_context(dg, lambda context: context.log_event("done"))


@misuse("2.3", "metadata for one of two outputs, without its name")
def output_metadata_without_a_name(dg):
    @dg.op(out={"net": dg.Out(), "gross": dg.Out()})
    def bill(context):
        context.add_output_metadata({"rows": 3})
        return 1, 2

    run(dg, bill)


@misuse("2.3", "metadata for an output that is not declared")
def output_metadata_of_an_unknown_name(dg):
    _with_context(dg, lambda context: context.add_output_metadata({}, "reslt"))


@misuse("2.3", "metadata for an output that has been yielded")
def output_metadata_too_late(dg):
    @dg.op
    def bill(context):
        yield dg.Output(1)
        context.add_output_metadata({"rows": 3})

    run(dg, bill)


@misuse("2.3", "metadata for an output that cannot be kept")
def output_metadata_of_an_object(dg):
    _with_context(dg, lambda context: context.add_output_metadata({"r": object()}))


@misuse("2.3", "metadata for an output that is no mapping")
def output_metadata_of_a_list(dg):
    _with_context(dg, lambda context: context.add_output_metadata(["rows"]))


# ---- 2.4: types and signatures


@misuse("2.4", "one type for two outputs")
def one_type_for_two_outputs(dg):
    @dg.op(out={"net": dg.Out(), "gross": dg.Out()})
    def bill() -> int:
        return 1, 2


@misuse("2.4", "three types for two outputs")
def three_types_for_two_outputs(dg):
    @dg.op(out={"net": dg.Out(), "gross": dg.Out()})
    def bill() -> tuple[int, int, int]:
        return 1, 2, 3


@misuse("2.4", "one DynamicOutput for a type")
def one_dynamic_output_for_a_type(dg):
    @dg.op
    def pages() -> dg.DynamicOutput[int]:
        return None


@misuse("2.4", "an output of the wrong type")
def output_of_the_wrong_type(dg):
    @dg.op
    def count() -> int:
        return "three"

    run(dg, count)


@misuse("2.4", "an input of the wrong type")
def input_of_the_wrong_type(dg):
    bill = returning(dg, "three")

    @dg.op
    def double(count: int) -> int:
        return 2 * count

    @dg.job
    def billing():
        double(bill())

    billing.execute_in_process()


@misuse("2.4", "a check that says neither yes nor no")
def type_check_that_answers_none(dg):
    kind = dg.DagsterType(lambda _context, _value: None, name="Unsure")
    run(dg, returning(dg, 1, out=dg.Out(kind)))


@misuse("2.4", "a value where a type is meant")
def value_for_a_type(dg):
    dg.Out(3)


@misuse("2.4", "an input named by a word that is taken")
def input_of_a_reserved_name(dg):
    @dg.op
    def count(input):  # noqa: A002 - the misuse
        return input


@misuse("2.4", "an op named by a word that is taken")
def op_of_a_reserved_name(dg):
    returning(dg, 1, name="config")


@misuse(
    "2.4",
    "a context under another name",
    error="InvalidDefinitionError",
    why="Dagster takes it for an input, and misses its value before the run.",
)
def context_of_another_name(dg):
    @dg.op
    def count(ctx: dg.OpExecutionContext):
        return ctx.run_id

    run(dg, count)


@misuse("2.4", "inputs by position")
def inputs_by_position(dg):
    @dg.op
    def total(*amounts):
        return sum(amounts)


@misuse("2.4", "a default that is not of the input's type")
def default_of_the_wrong_type(dg):
    @dg.op
    def double(count: int = "three"):
        return 2 * count


@misuse("2.4", "a default for Nothing")
def default_of_nothing(dg):
    @dg.op(ins={"after": dg.In(dg.Nothing, default_value=3)})
    def close():
        return 1


@misuse("2.4", "a parameter for Nothing")
def parameter_of_nothing(dg):
    @dg.op(ins={"after": dg.In(dg.Nothing)})
    def close(after):
        return after


@misuse("2.4", "config without a class")
def config_without_a_class(dg):
    @dg.op
    def count(config):
        return config


@misuse("2.4", "an annotation that names nothing")
def annotation_of_an_unknown_name(dg):
    @dg.op
    def count(orders: "Ordres"):  # noqa: F821 - the misuse
        return len(orders)


# ---- 2.6: dynamic outputs


def _pages(dg):
    return yielding(dg, dg.DynamicOutput(1, "a"), out=dg.DynamicOut(int))


def _take(dg):
    @dg.op
    def take(page):
        return page

    return take


@misuse("2.6", "plain values for a dynamic output")
def dynamic_values_without_keys(dg):
    run(dg, returning(dg, [1, 2], out=dg.DynamicOut()))


@misuse("2.6", "one mapping key given twice")
def mapping_key_given_twice(dg):
    events = dg.DynamicOutput(1, "a"), dg.DynamicOutput(2, "a")
    run(dg, yielding(dg, *events, out=dg.DynamicOut()))


@misuse("2.6", "a dynamic output passed on as it is")
def dynamic_output_without_map(dg):
    pages, take = _pages(dg), _take(dg)

    @dg.job
    def reading():
        take(pages())


@misuse("2.6", "a dynamic output within a dynamic output")
def dynamic_output_in_a_map(dg):
    pages, take = _pages(dg), _take(dg)

    @dg.op(out=dg.DynamicOut())
    def lines(page):
        yield dg.DynamicOutput(page, "x")

    @dg.job
    def reading():
        pages().map(lines).map(take)


@misuse(
    "2.6",
    "map on a plain output",
    error="InvalidDefinitionError",
    why="Dagster's is an AttributeError of an object that no user has made.",
)
def map_on_a_plain_output(dg):
    bill, take = returning(dg, 1), _take(dg)

    @dg.job
    def reading():
        bill().map(take)


@misuse(
    "2.6",
    "collect on a plain output",
    error="InvalidDefinitionError",
    why="Dagster's is an AttributeError of an object that no user has made.",
)
def collect_on_a_plain_output(dg):
    bill, take = returning(dg, 1), _take(dg)

    @dg.job
    def reading():
        take(bill().collect())


@misuse("2.6", "a mapped function that wires nothing")
def map_of_a_function_that_returns_none(dg):
    pages = _pages(dg)

    @dg.job
    def reading():
        pages().map(lambda _page: 12)


# ---- 2.8: retries


@misuse("2.8", "more retries than were allowed")
def retries_used_up(dg):
    @dg.op(retry_policy=dg.RetryPolicy(max_retries=1))
    def fetch():
        raise ConnectionError("refused")

    run(dg, fetch)


# ---- 2.9: calls


@misuse("2.9", "a constant wired to an input")
def constant_in_a_graph(dg):
    take = _take(dg)

    @dg.graph
    def reading():
        take(12)


@misuse("2.9", "one alias given twice")
def alias_given_twice(dg):
    bill = returning(dg, 1)

    @dg.job
    def billing():
        bill.alias("first")()
        bill.alias("first")()


@misuse("2.9", "two ops of one name")
def two_ops_of_one_name(dg):
    bill, other = returning(dg, 1), returning(dg, 2)

    @dg.job
    def billing():
        bill()
        other.alias("other")()


@misuse("2.9", "an input that nothing is wired to")
def input_without_a_wire(dg):
    run(dg, _take(dg))


@misuse("2.9", "too many arguments for a node")
def node_with_too_many_arguments(dg):
    bill, take = returning(dg, 1), _take(dg)

    @dg.job
    def reading():
        take(bill(), bill())


@misuse("2.9", "an argument that the node does not have")
def node_with_an_unknown_argument(dg):
    bill, take = returning(dg, 1), _take(dg)

    @dg.job
    def reading():
        take(pge=bill())


@misuse("2.9", "two outputs wired as one")
def two_outputs_wired_as_one(dg):
    bill, take = two_outs(dg, (1, 2)), _take(dg)

    @dg.job
    def billing():
        take(bill())


@misuse("2.9", "an op where its output is meant")
def op_wired_without_a_call(dg):
    bill, take = returning(dg, 1), _take(dg)

    @dg.job
    def billing():
        take(bill)


@misuse("2.9", "a call without an input")
def call_without_an_input(dg):
    _take(dg)()


@misuse("2.9", "a call with too many inputs")
def call_with_too_many_inputs(dg):
    _take(dg)(1, 2)


@misuse("2.9", "a call with an input that the op does not have")
def call_with_an_unknown_input(dg):
    _take(dg)(page=1, pge=2)


@misuse("2.9", "a call without the context")
def call_without_a_context(dg):
    @dg.op
    def bill(context):
        return context

    bill()


@misuse("2.9", "a call with something else for the context")
def call_with_a_wrong_context(dg):
    @dg.op
    def bill(context, page):
        return page

    bill(1, 2)


@misuse("2.9", "a call with an input of the wrong type")
def call_with_a_wrong_input(dg):
    @dg.op
    def double(count: int) -> int:
        return 2 * count

    double("three")


@misuse("2.9", "a call that returns the wrong type")
def call_with_a_wrong_output(dg):
    @dg.op
    def count() -> int:
        return "three"

    count()


@misuse("2.9", "a call that returns a list for two outputs")
def call_with_two_outputs_in_a_list(dg):
    two_outs(dg, [1, 2])()


@misuse("2.9", "a call that does not yield its output")
def call_without_an_output(dg):
    list(yielding(dg, dg.AssetMaterialization("orders"))())


@misuse("2.9", "a call that yields one output twice")
def call_with_an_output_twice(dg):
    list(yielding(dg, dg.Output(1), dg.Output(2))())


@misuse("2.9", "a call that yields a number")
def call_with_a_yielded_number(dg):
    list(yielding(dg, 5)())


@misuse(
    "2.9",
    "a call that yields an output of an unknown name",
    error="InvariantViolationError",
    why="Dagster raises a bare KeyError.",
)
def call_with_an_unknown_output(dg):
    list(yielding(dg, dg.Output(1, "reslt"))())


@misuse("2.9", "a call that passes Nothing a value")
def call_with_nothing(dg):
    @dg.op(ins={"after": dg.In(dg.Nothing)})
    def close():
        return 1

    close(after=3)


@misuse("2.9", "a call with config that does not fit")
def call_with_wrong_config(dg):
    @dg.op(config_schema={"rows": int})
    def count(context):
        return context.op_config["rows"]

    count(dg.build_op_context(op_config={"rows": "many"}))


@misuse("2.9", "a call without config")
def call_without_config(dg):
    @dg.op(config_schema={"rows": int})
    def count(context):
        return context.op_config["rows"]

    count(dg.build_op_context())


@misuse("2.9", "a call without a resource")
def call_without_a_resource(dg):
    @dg.op(required_resource_keys={"ledger"})
    def book(context):
        return context.resources.ledger

    book(dg.build_op_context())


@misuse("2.9", "a property that a context made by hand does not have")
def call_with_an_absent_property(dg):
    return dg.build_op_context().job_name


@misuse("2.9", "a graph called as a function")
def graph_called(dg):
    bill = returning(dg, 1)

    @dg.graph
    def billing():
        bill()

    billing()


@misuse("2.9", "a job called as a function")
def job_called(dg):
    bill = returning(dg, 1)

    @dg.job
    def billing():
        bill()

    billing()


# ---- 2.10: the context in a run


@misuse("2.10", "a resource that the op did not ask for")
def resource_not_asked_for(dg):
    _with_context(dg, lambda context: context.resources.ledger)


@misuse("2.10", "the partition of a run that has none")
def partition_of_a_plain_run(dg):
    _with_context(dg, lambda context: context.partition_key)


@misuse("2.10", "a value returned where every event was asked for")
def typed_events_asked_and_a_value_returned(dg):
    def use(context):
        context.set_requires_typed_event_stream(error_message="Yield every event.")

    _with_context(dg, use)


# ---- 2.11: config, resources, hooks, tags, partitions


def _count(dg):
    @dg.op(config_schema={"rows": int, "shop": dg.Field(str, default_value="north")})
    def count(context):
        return context.op_config["rows"]

    return count


def _run_count(dg, run_config):
    return run(dg, _count(dg), run_config=run_config)


@misuse("2.11", "config that is not given")
def config_not_given(dg):
    _run_count(dg, {})


@misuse("2.11", "config of the wrong type")
def config_of_the_wrong_type(dg):
    _run_count(dg, {"ops": {"count": {"config": {"rows": "many"}}}})


@misuse("2.11", "a field that the config does not have")
def config_of_an_unknown_field(dg):
    _run_count(dg, {"ops": {"count": {"config": {"rows": 3, "shp": "south"}}}})


@misuse("2.11", "config of an op that is not in the job")
def config_of_an_unknown_op(dg):
    _run_count(dg, {"ops": {"cuont": {"config": {"rows": 3}}}})


@misuse("2.11", "a part of run config that there is not")
def config_of_an_unknown_part(dg):
    _run_count(dg, {"op": {"count": {"config": {"rows": 3}}}})


@misuse("2.11", "config outside of its key")
def config_without_its_key(dg):
    _run_count(dg, {"ops": {"count": {"rows": 3}}})


@misuse("2.11", "several mistakes in one config")
def config_of_several_mistakes(dg):
    _run_count(dg, {"ops": {"count": {"config": {"shop": 3, "colour": "red"}}}})


@misuse("2.11", "a Config class with a field of the wrong type")
def config_class_of_the_wrong_type(dg):
    class Limits(dg.Config):
        rows: int
        shop: Optional[str] = None  # noqa: UP045 - as users have it

    @dg.op
    def count(config: Limits):
        return config.rows

    given = {"config": {"rows": "many", "shp": "south"}}
    run(dg, count, run_config={"ops": {"count": given}})


@misuse("2.11", "config for a resource that is not in the job")
def config_of_an_unknown_resource(dg):
    run(dg, returning(dg, 1), run_config={"resources": {"ledgr": {"config": {}}}})


@misuse("2.11", "a resource that no one brings")
def resource_not_brought(dg):
    run(dg, returning(dg, 1, required_resource_keys={"ledger"}))


@misuse("2.11", "a resource of a hook that no one brings")
def resource_of_a_hook_not_brought(dg):
    @dg.success_hook(required_resource_keys={"chat"})
    def tell(context):
        return None

    bill = returning(dg, 1)

    @dg.job(hooks={tell})
    def billing():
        bill()

    billing.execute_in_process()


@misuse("2.11", "a partition that there is not")
def partition_that_is_unknown(dg):
    bill = returning(dg, 1)

    @dg.job(partitions_def=dg.StaticPartitionsDefinition(["north", "south"]))
    def billing():
        bill()

    billing.execute_in_process(partition_key="nroth")


@misuse("2.11", "a selection of an op that is not in the job")
def selection_of_an_unknown_op(dg):
    run(dg, returning(dg, 1), op_selection=["bil"])


@misuse("2.11", "a value for an input that the graph does not have")
def value_for_an_unknown_input(dg):
    take = _take(dg)

    @dg.graph
    def reading(page):
        take(page)

    reading.execute_in_process(input_values={"pge": 1})


# ---- 3: metadata


def _value(name, title, make, **arguments):
    make.__name__ = name
    misuse("3.1", title, **arguments)(make)


_value("text_of_a_number", "text of a number", lambda dg: dg.MetadataValue.text(3))
_value(
    "url_of_none",
    "a URL of None",
    lambda dg: dg.MetadataValue.url(None),
    error="ParameterCheckError",
    why="Dagster keeps a link that leads nowhere.",
)
_value("md_of_a_number", "Markdown of a number", lambda dg: dg.MetadataValue.md(3))
_value("path_of_a_number", "a path of a number", lambda dg: dg.MetadataValue.path(3))
_value("json_of_a_number", "JSON of a number", lambda dg: dg.MetadataValue.json(3))
_value(
    "json_of_an_object",
    "JSON with an object in it",
    lambda dg: dg.MetadataValue.json({"reader": object()}),
)
_value("int_of_a_float", "an int of a float", lambda dg: dg.MetadataValue.int(1.5))
_value("float_of_a_text", "a float of text", lambda dg: dg.MetadataValue.float("1.5"))
_value("bool_of_a_text", "a bool of text", lambda dg: dg.MetadataValue.bool("yes"))
_value(
    "timestamp_without_a_zone",
    "a time without a zone",
    lambda dg: dg.MetadataValue.timestamp(dt.datetime(2026, 3, 1)),  # noqa: DTZ001
)
_value(
    "timestamp_of_a_text",
    "a time of text",
    lambda dg: dg.MetadataValue.timestamp("2026-03-01"),
)
_value("asset_of_a_text", "an asset of text", lambda dg: dg.MetadataValue.asset("a"))
_value(
    "artifact_of_a_text",
    "an artifact of text",
    lambda dg: dg.MetadataValue.python_artifact("read"),
)
_value(
    "table_of_nothing",
    "a table without rows and columns",
    lambda dg: dg.MetadataValue.table([]),
)
_value(
    "table_of_ragged_rows",
    "a table whose rows differ",
    lambda dg: dg.MetadataValue.table(
        [dg.TableRecord({"a": 1}), dg.TableRecord({"b": 2})]
    ),
)
_value(
    "schema_of_a_text",
    "a schema of text",
    lambda dg: dg.MetadataValue.table_schema("a"),
)


@misuse("3.2", "an object for metadata")
def metadata_of_an_object(dg):
    dg.AssetMaterialization("orders", metadata={"reader": object()})


@misuse("3.2", "a function for metadata")
def metadata_of_a_function(dg):
    dg.AssetMaterialization("orders", metadata={"reader": run})


@misuse("3.2", "an event for metadata")
def metadata_of_an_event(dg):
    dg.AssetMaterialization("orders", metadata={"event": dg.Output(1)})


@misuse("3.2", "a list with an object in it for metadata")
def metadata_of_a_list_of_objects(dg):
    dg.AssetMaterialization("orders", metadata={"readers": [object()]})


@misuse("3.2", "a label that is a number")
def metadata_label_of_a_number(dg):
    dg.AssetMaterialization("orders", metadata={3: "three"})


# ---- 4: asset keys and tags


@misuse("4.2", "a key of a number")
def asset_key_of_a_number(dg):
    dg.AssetKey(3)


@misuse("4.2", "a key with a number for a part")
def asset_key_with_a_number(dg):
    dg.AssetKey(["orders", 2026])


@misuse(
    "4.2",
    "a key without a part",
    error="ParameterCheckError",
    why="Dagster records an asset without a name.",
)
def asset_key_of_an_empty_text(dg):
    dg.AssetMaterialization("")


@misuse("4.3", "a tag that is too long")
def tag_that_is_too_long(dg):
    dg.AssetMaterialization("orders", tags={"note": "a" * 64})


@misuse("4.3", "a tag that is a number")
def tag_of_a_number(dg):
    dg.AssetMaterialization("orders", tags={"year": 2026})


@misuse("4.3", "a tag in two namespaces")
def tag_of_two_namespaces(dg):
    dg.AssetMaterialization("orders", tags={"a/b/c": "d"})
