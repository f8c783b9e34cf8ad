"""Order without values."""

from parity.harness import Run, chain, program


@program("2.1 Nothing")
def an_order_passes_no_value(dg):
    @dg.op(out=dg.Out(dg.Nothing))
    def write():
        pass

    @dg.op(ins={"after": dg.In(dg.Nothing)})
    def follow():
        return 5

    return chain(dg, write, follow)


@program("2.1 Nothing")
def an_order_after_an_op_with_a_value(dg):
    @dg.op
    def load():
        return [1, 2]

    @dg.op(ins={"after": dg.In(dg.Nothing)})
    def follow():
        return 5

    @dg.job
    def job():
        follow(after=load())

    return Run(job)


@program("2.1 Nothing")
def an_order_and_a_value(dg):
    @dg.op
    def load():
        return [1, 2]

    @dg.op
    def write() -> None:
        pass

    @dg.op(ins={"after": dg.In(dg.Nothing), "rows": dg.In()})
    def count(rows):
        return len(rows)

    @dg.job
    def job():
        count(rows=load(), after=write())

    return Run(job)


@program("2.1 Nothing")
def an_order_after_several(dg):
    @dg.op
    def write() -> None:
        pass

    @dg.op(ins={"after": dg.In(dg.Nothing)})
    def follow():
        return 5

    @dg.job
    def job():
        follow([write.alias("a")(), write.alias("b")()])

    return Run(job)


@program(
    "2.1 Nothing",
    departs="An output of Nothing that is handed to a parameter gives None; Dagster "
    "fails by a KeyError of its storage.",
)
def nothing_for_a_parameter(dg):
    @dg.op
    def write() -> None:
        pass

    @dg.op
    def use(given):
        return given

    return chain(dg, write, use)


@program("2.2 several outputs of Nothing")
def none_fills_several_outputs_of_nothing(dg):
    @dg.op(out={"a": dg.Out(dg.Nothing), "b": dg.Out(dg.Nothing)})
    def write():
        pass

    return chain(dg, write)


@program("2.2 several outputs of Nothing")
def nothing_beside_a_value(dg):
    @dg.op(out={"done": dg.Out(dg.Nothing), "rows": dg.Out(int)})
    def write():
        yield dg.Output(5, "rows")

    return chain(dg, write)
