"""Op selections: which steps of a job run."""

import pytest
from factories import increment, listed, numbers, one, order, ran

from opnb.definitions.graph import graph
from opnb.definitions.in_out import In
from opnb.definitions.job import job
from opnb.definitions.op import op
from opnb.definitions.type_check import Nothing
from opnb.model.errors import (
    InvalidSubsetError,
    InvariantViolationError,
    OpnbError,
    ParameterCheckError,
)


@op
def more(n=5):
    return n + 1


@graph
def inner(n):
    return more(more(n))


@job
def whole():
    value = more.alias("first")(one())
    more.alias("last")(inner(value))
    more.alias("aside")(value)


ALL = ["one", "first", "aside", "inner.more", "inner.more_2", "last"]


@pytest.mark.parametrize(
    ("selection", "found"),
    [
        (["one"], ["one"]),
        (["one", "one"], ["one"]),
        (["first"], ["first"]),
        (("first", "one"), ["one", "first"]),
        ({"last"}, ["last"]),
        (["one+"], ["one", "first"]),
        (["one*"], ALL),
        (["*last"], ["one", "first", "inner.more", "inner.more_2", "last"]),
        (["+aside"], ["first", "aside"]),
        (["++aside"], ["one", "first", "aside"]),
        (["+first+"], ["one", "first", "aside", "inner.more"]),
        (["*first*"], ALL),
        (["aside+"], ["aside"]),
        (["+one"], ["one"]),
        (["inner"], ["inner.more", "inner.more_2"]),
        (["inner.more_2"], ["inner.more_2"]),
        (["inner.more", "first"], ["first", "inner.more"]),
        (["aside", "last"], ["aside", "last"]),
    ],
    ids=str,
)
def test_a_selection_names_steps_and_what_is_around_them(selection, found):
    assert order(whole.execute_in_process(op_selection=selection)) == found


@pytest.mark.parametrize(
    ("selection", "message"),
    [
        (["nope"], "The job has no op 'nope'"),
        (["frist"], "Did you mean 'first'"),
        (["more"], "no op 'more'"),
        (["one.x"], "no op 'one.x'"),
        (["one first"], "'one first' is no selection of ops"),
        (["f*t"], "'f\\*t' is no selection"),
        ([""], "'' is no selection"),
        ([5], "5 is no selection"),
        ([None], "None is no selection"),
        (["one", "nope"], "no op 'nope'"),
        (["*+first"], "is no selection"),
    ],
    ids=str,
)
def test_a_selection_that_names_nothing_is_refused(selection, message, session):
    with pytest.raises(InvalidSubsetError, match=message):
        whole.execute_in_process(op_selection=selection)

    assert len(session.log.frame) == 0


@pytest.mark.parametrize("selection", ["one", 5, {"one": 1}], ids=str)
def test_a_selection_is_a_list(selection):
    with pytest.raises(ParameterCheckError, match="'op_selection' must be"):
        whole.execute_in_process(op_selection=selection)


def test_a_selected_step_without_its_source_takes_its_default():
    result = whole.execute_in_process(op_selection=["first", "last"])

    assert result.output_for_node("first") == 6
    assert result.output_for_node("last") == 6


def test_a_selected_step_that_needs_what_is_not_selected_is_refused():
    @job
    def needy():
        increment(one())

    with pytest.raises(OpnbError, match=r"'?increment'?"):
        needy.execute_in_process(op_selection=["increment"])


def test_a_value_for_what_is_not_selected_may_be_configured():
    @op
    def number() -> int:
        return 1

    @op
    def next_one(n: int) -> int:
        return n + 1

    @job
    def needy():
        next_one(number())

    config = {"ops": {"next_one": {"inputs": {"n": 5}}}}
    result = needy.execute_in_process(config, op_selection=["next_one"])

    assert result.output_for_node("next_one") == 6


def test_a_list_goes_on_with_what_is_selected():
    @job
    def gathers():
        listed([one(), more()])

    result = gathers.execute_in_process(op_selection=["more", "listed"])

    assert result.output_for_node("listed") == [6]


def test_an_order_is_forgotten_with_what_is_not_selected():
    @op(ins={"after": In(Nothing)})
    def late():
        return 2

    result = job(name="j")(lambda: _late(late)).execute_in_process(
        op_selection=["late"]
    )

    assert order(result) == ["late"]


def _late(definition):
    definition(one())


def test_what_is_mapped_is_selected_with_what_it_is_mapped_over():
    @job
    def mapped():
        listed(numbers().map(increment).collect())

    result = mapped.execute_in_process(op_selection=["numbers", "increment"])
    everything = mapped.execute_in_process(op_selection=["*listed"])

    assert result.output_for_node("increment") == {"a": 1, "b": 2}
    assert everything.output_for_node("listed") == [1, 2]


def test_what_is_mapped_runs_once_where_its_source_is_not_selected():
    @job
    def mapped():
        numbers().map(lambda v: more.alias("then")(more(v)))

    result = mapped.execute_in_process(op_selection=["more", "then"])

    assert order(result) == ["more", "then"]
    assert result.output_for_node("then") == 7


def test_the_outputs_of_a_graph_that_are_not_selected_are_not_there():
    made = graph(name="g")(lambda: increment(one()))
    result = made.execute_in_process(op_selection=["one"])

    assert result.output_for_node("one") == 1
    assert result.is_node_untouched("increment")
    with pytest.raises(InvariantViolationError, match="never came"):
        result.output_for_node("increment")


def test_a_job_may_be_run_in_parts_and_whole_again():
    whole.execute_in_process(op_selection=["one"])
    result = ran(whole)

    assert order(result) == [
        "one",
        "first",
        "aside",
        "inner.more",
        "inner.more_2",
        "last",
    ]
