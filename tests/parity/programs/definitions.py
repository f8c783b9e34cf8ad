"""Definitions that cannot be, and names that may or may not be used."""

from parity.harness import Run, alone, chain, program


@program("2.4 context parameter")
def four_names_mean_the_context(dg):
    @dg.op
    def first(context):
        return context.op.name

    @dg.op
    def second(_context, given):
        return [given, _context.op.name]

    @dg.op
    def third(context_, given):
        return [given, context_.op.name]

    @dg.op
    def fourth(_, given):
        return [given, _.op.name]

    return chain(dg, first, second, third, fourth)


@program("2.4 context parameter")
def a_context_may_be_annotated(dg):
    @dg.op
    def clean(context: dg.OpExecutionContext) -> str:
        return context.op.name

    return alone(dg, clean)


@program("2.4 context parameter")
def a_context_annotated_as_something_else(dg):
    @dg.op
    def clean(context: int):
        return 5

    return list(clean.ins)


@program(
    "2.4 context parameter",
    departs="A context under another name is an error that says so; Dagster takes it "
    "for an input, which nobody can give.",
)
def an_annotated_context_of_another_name_is_an_input(dg):
    @dg.op
    def clean(ctx: dg.OpExecutionContext):
        return 5

    return list(clean.ins)


@program(
    "2.4 future annotations",
    departs="Annotations that are text because of `from __future__ import annotations` "
    "are fine for the context too; Dagster refuses the op.",
)
def a_context_annotated_by_text(dg):
    @dg.op
    def clean(context: "dg.OpExecutionContext") -> int:
        return 5

    return alone(dg, clean)


@program("2.4 reserved names")
def an_input_called_input(dg):
    @dg.op
    def clean(input):  # noqa: A002 - the name is the point
        return input

    return list(clean.ins)


@program("2.4 reserved names")
def an_input_called_conf(dg):
    @dg.op
    def clean(conf):
        return conf

    return list(clean.ins)


@program("2.4 reserved names")
def an_input_called_type(dg):
    @dg.op
    def clean(type):  # noqa: A002 - the name is the point
        return type

    return list(clean.ins)


@program("2.4 reserved names")
def an_output_called_output(dg):
    @dg.op(out={"output": dg.Out()})
    def clean():
        return 5

    return list(clean.outs)


@program("2.4 reserved names")
def an_op_called_dict(dg):
    return dg.op(name="dict")(lambda: 5).name


@program("2.4 reserved names")
def an_op_called_lambda_like_the_keyword(dg):
    return dg.op(name="lambda")(lambda: 5).name


@program("2.4 names")
def a_name_may_begin_with_a_digit(dg):
    @dg.op(name="2024_orders")
    def clean():
        return 5

    return alone(dg, clean)


@program("2.4 names")
def a_name_may_not_hold_a_hyphen(dg):
    @dg.op(name="clean-orders")
    def clean():
        return 5

    return clean.name


@program("2.4 names")
def an_output_may_not_have_a_dot_in_its_name(dg):
    @dg.op(out={"orders.csv": dg.Out()})
    def clean():
        return 5

    return list(clean.outs)


@program("1.3 op")
def a_lambda_is_no_op(dg):
    return dg.op(lambda: 5).name


@program("1.3 op")
def the_description_is_the_docstring(dg):
    @dg.op
    def clean():
        """Clean the orders.

        All of them.
        """
        return 5

    @dg.op(description="Said here.")
    def tidy():
        """Not this."""
        return 5

    return [clean.description, tidy.description]


@program("1.3 op")
def an_out_must_be_an_out(dg):
    @dg.op(out=int)
    def clean():
        return 5

    return list(clean.outs)


@program("1.3 op")
def a_list_of_outs_is_none(dg):
    @dg.op(out=[dg.Out(), dg.Out()])
    def clean():
        return 5

    return list(clean.outs)


@program("1.3 op")
def tags_become_text(dg):
    @dg.op(tags={"team": "sales", "rows": 5, "columns": ["a", "b"]})
    def clean():
        return 5

    return clean.tags


@program("2.4 *args")
def any_number_of_arguments_is_refused(dg):
    @dg.op
    def clean(*rows):
        return rows

    return list(clean.ins)


@program("2.4 **kwargs")
def any_keyword_takes_the_inputs_declared(dg):
    @dg.op
    def one():
        return 1

    @dg.op(ins={"low": dg.In(int), "high": dg.In(int)})
    def span(**given):
        return sorted(given.items())

    @dg.job
    def job():
        span(low=one(), high=one())

    return Run(job)


@program("2.4 ins")
def declared_inputs_come_in_the_order_of_their_names(dg):
    @dg.op
    def one():
        return 1

    @dg.op
    def two():
        return 2

    @dg.op(ins={"b": dg.In(), "a": dg.In()})
    def join(b, c, a):
        return [b, c, a]

    @dg.job
    def job():
        join(one(), two(), one())

    return Run(job)


@program("2.4 ins")
def an_input_that_the_function_does_not_take(dg):
    @dg.op(ins={"rows": dg.In()})
    def clean():
        return 5

    return list(clean.ins)


@program("2.4 config parameter")
def a_config_parameter_must_say_its_type(dg):
    @dg.op
    def clean(config):
        return config

    return list(clean.ins)


@program("2.4 defaults")
def a_default_is_taken(dg):
    @dg.op
    def double(n=4):
        return 2 * n

    return alone(dg, double)


@program("2.4 defaults")
def a_default_of_an_in_is_taken(dg):
    @dg.op(ins={"n": dg.In(int, default_value=4)})
    def double(n):
        return 2 * n

    return alone(dg, double)


@program("2.4 defaults")
def a_default_of_none_is_taken(dg):
    @dg.op
    def double(n=None):
        return n

    return alone(dg, double)


@program("2.4 defaults")
def a_default_must_be_of_its_type(dg):
    @dg.op
    def double(n: int = "four"):
        return 2 * n

    return list(double.ins)


@program("2.4 defaults")
def an_input_of_nothing_has_no_default(dg):
    @dg.op(ins={"after": dg.In(dg.Nothing, default_value=5)})
    def double():
        return 5

    return list(double.ins)


@program("2.4 Nothing inputs")
def an_input_of_nothing_is_no_parameter(dg):
    @dg.op(ins={"after": dg.In(dg.Nothing)})
    def double(after):
        return after

    return list(double.ins)


@program("1.3 job")
def a_job_returns_no_output(dg):
    @dg.op
    def one():
        return 1

    @dg.job
    def job():
        return one()

    return job.name


@program("1.3 job")
def a_job_returns_no_dict(dg):
    @dg.op
    def one():
        return 1

    @dg.job
    def job():
        return {"one": one()}

    return job.name


@program("2.9 wiring: constants")
def a_constant_cannot_be_wired(dg):
    @dg.op
    def double(n):
        return 2 * n

    @dg.job
    def job():
        double(4)

    return job.name


@program("2.9 wiring: several outputs")
def several_outputs_are_a_named_tuple(dg):
    @dg.op(out={"low": dg.Out(), "high": dg.Out()})
    def span():
        return 1, 9

    @dg.op
    def double(n):
        return 2 * n

    @dg.job
    def job():
        both = span()
        double(both.low)
        double(both[1])

    return Run(job)


@program("2.9 wiring: aliases")
def a_repeated_op_gets_a_number(dg):
    @dg.op
    def one():
        return 1

    @dg.job
    def job():
        one()
        one()
        one()

    return Run(job)


@program("2.9 wiring: aliases")
def one_alias_for_two_ops(dg):
    @dg.op
    def one():
        return 1

    @dg.job
    def job():
        one.alias("first")()
        one.alias("first")()

    return job.name


@program("2.9 wiring: two ops of one name")
def two_ops_of_one_name(dg):
    first = dg.op(name="clean")(lambda: 1)
    second = dg.op(name="clean")(lambda: 2)

    @dg.job
    def job():
        first()
        second()

    return job.name


@program("2.9 wiring: errors")
def an_op_with_too_many_inputs(dg):
    @dg.op
    def one():
        return 1

    @dg.op
    def double(n):
        return 2 * n

    @dg.job
    def job():
        double(one(), one())

    return job.name


@program("2.9 wiring: errors")
def an_op_with_an_input_it_does_not_have(dg):
    @dg.op
    def one():
        return 1

    @dg.op
    def double(n):
        return 2 * n

    @dg.job
    def job():
        double(m=one())

    return job.name


@program("2.9 wiring: errors")
def a_whole_invocation_of_two_outputs_cannot_be_wired(dg):
    @dg.op(out={"low": dg.Out(), "high": dg.Out()})
    def span():
        return 1, 9

    @dg.op
    def double(n):
        return 2 * n

    @dg.job
    def job():
        double(span())

    return job.name


@program("2.9 wiring: errors")
def an_output_into_an_input_of_another_type(dg):
    @dg.op
    def word() -> str:
        return "one"

    @dg.op
    def double(n: int):
        return 2 * n

    return chain(dg, word, double)


@program("2.9 wiring: errors")
def a_graph_that_is_called_outside_of_another(dg):
    @dg.graph
    def tidy():
        pass

    tidy()


@program("2.9 wiring: errors")
def a_job_that_is_called(dg):
    @dg.op
    def one():
        return 1

    @dg.job
    def job():
        one()

    job()
