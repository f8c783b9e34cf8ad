"""A job and a graph show their nodes and what feeds them."""

import base64
import re

import pytest

from opnb.definitions.graph import graph
from opnb.definitions.hook import success_hook
from opnb.definitions.in_out import DynamicOut, In
from opnb.definitions.job import job
from opnb.definitions.op import op
from opnb.definitions.retry_policy import RetryPolicy
from opnb.definitions.type_check import Nothing
from opnb.display.bundle import render_bundle
from opnb.model.events import DynamicOutput


@op
def load():
    return 1


@op
def double(n):
    return n * 2


@op
def add(a, b=0):
    return a + b


@op(out=DynamicOut())
def split(n):
    yield DynamicOutput(n, "a")


def drawn(definition, mime="text/plain"):
    return render_bundle(definition)[0][mime]


@op(ins={"start": In(Nothing)})
def tell():
    return None


def picture_of(definition):
    """Return the texts of the picture, and the SVG."""
    form = drawn(definition, "text/html")
    source = re.search(r'src="data:image/svg\+xml;base64,([^"]+)"', form)[1]
    svg = base64.b64decode(source).decode()
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg), svg


def test_a_graph_shows_its_inputs_outputs_and_nodes():
    @graph
    def prepare(n):
        """Doubles and adds."""
        return add(double(n), n)

    assert drawn(prepare).splitlines() == [
        "▸ graph prepare · n → result",
        "  Doubles and adds.",
        "  double ← input n",
        "  add ← a: double, b: input n",
    ]


def test_a_job_shows_nested_graphs_and_aliases():
    @graph
    def twice(n):
        return double(double.alias("first")(n))

    @job
    def nightly():
        twice(load())

    assert drawn(nightly).splitlines() == [
        "▸ job nightly · 3 ops",
        "  load",
        "  twice (graph) ← load",
        "    first (op double) ← input n",
        "    double ← first",
    ]


def test_dynamic_outputs_and_fan_ins_are_told_from_plain_ones():
    @op
    def total(values):
        return values

    @job
    def nightly():
        mapped = split(load()).map(double)
        total(mapped.collect())
        total.alias("both")([load.alias("a")(), load.alias("b")()])

    lines = drawn(nightly).splitlines()

    assert "  double ← each of split" in lines
    assert "  total ← all of double" in lines
    assert "  both (op total) ← [a, b]" in lines


def test_a_job_shows_what_its_runs_share():
    @success_hook
    def tell(context):
        pass

    @job(
        tags={"team": "seabirds"},
        hooks={tell},
        resource_defs={"db": object()},
        op_retry_policy=RetryPolicy(2),
    )
    def nightly():
        load()

    assert drawn(nightly).splitlines()[2:] == [
        "  team: seabirds",
        "  retries: 2",
        "  hooks: tell",
        "  resources: db",
    ]


def test_the_tags_of_a_node_have_a_column_where_there_are_any():
    @job
    def nightly():
        double.tag({"pool": "big"})(load())

    text = " ".join(re.sub(r"<[^>]+>", " ", drawn(nightly, "text/html")).split())

    assert "node ← fed by tags load double load pool big" in text


def test_a_large_job_shows_its_first_nodes_and_counts_the_others():
    @job
    def nightly():
        for number in range(100):
            load.alias(f"load_{number:03}")()

    assert "and 90 further nodes" in drawn(nightly)
    assert "and 40 further nodes" in drawn(nightly, "text/html")


@pytest.mark.parametrize("mime", ["text/plain", "text/markdown", "text/html"])
def test_what_people_write_becomes_no_markup(mime):
    text = "<script>alert(1)</script> | `x` {{ 7 * 7 }}"

    @job(description=text, tags={"note": text})
    def nightly():
        load()

    form = drawn(nightly, mime)

    assert "49" not in form
    if mime == "text/html":
        assert "<script" not in form


def test_the_picture_shows_the_ops_of_all_levels_and_where_they_are():
    @graph
    def once(n):
        return double(n)

    @graph
    def twice(n):
        return double.alias("second")(once(n))

    @job
    def nightly():
        add(twice(load()))

    texts, _ = picture_of(nightly)

    assert texts == [
        "load",
        *["double", "in twice.once"],
        *["second", "op double", "in twice"],
        "add",
    ]


def test_the_picture_of_a_graph_shows_what_goes_in():
    @graph
    def prepare(n):
        return add(double(n), n)

    assert picture_of(prepare)[0] == ["n", "input", "double", "add"]


def test_the_picture_tells_dynamic_outputs_and_fan_ins_by_words():
    @op(out={"parts": DynamicOut()})
    def cut(n):
        yield DynamicOutput(n, "a", output_name="parts")

    @graph
    def twice(n):
        return double(double.alias("first")(n))

    @job
    def nightly():
        add(cut(load()).map(twice).collect(), [load.alias("a")(), load.alias("b")()])

    texts, svg = picture_of(nightly)

    assert "each of parts" in texts
    assert "all of" in texts
    assert svg.count("Z") == 4  # an arrow's tip at each op that takes something


def test_what_only_comes_after_something_is_dashed_and_has_a_word():
    @job
    def nightly():
        tell(load())

    texts, svg = picture_of(nightly)

    assert "then" in texts
    assert "stroke-dasharray" in svg
    assert "tell ← after load" in drawn(nightly)


def test_a_long_table_is_folded_below_the_picture():
    @job
    def nightly():
        for number in range(9):
            load.alias(f"load_{number}")()

    assert "<details><summary>9 nodes and what feeds them" in drawn(
        nightly, "text/html"
    )


def test_a_short_table_stands_below_the_picture():
    @job
    def nightly():
        load()

    assert "<details>" not in drawn(nightly, "text/html")


def test_more_ops_than_a_picture_can_show_are_told_by_the_table_alone():
    @job
    def nightly():
        for number in range(61):
            load.alias(f"load_{number}")()

    form = drawn(nightly, "text/html")

    assert "<img" not in form
    assert "too many for a picture" in form


def test_a_graph_of_nothing_has_no_picture():
    @job
    def nightly():
        pass

    assert "<img" not in drawn(nightly, "text/html")
