"""The cells of a notebook as a job."""

import pytest

import opnb
from opnb import CellError, HiddenStateError


@pytest.fixture(name="shop")
def _shop(run):
    run("from pathlib import Path\nfrom opnb import *\nimport opnb")
    run("rate = 2\nFOLDER = Path('x')\nNAMES = ['a']\ndef price(n): return n * rate")
    run("%%op load\norders = [1, 2, 3]")
    run("%%op clean\ntidy = [price(n) for n in orders]\nassert NAMES and FOLDER")
    run("%%op report\ntotal = sum(tidy)\nyield AssetMaterialization('total')")


def test_the_job_runs_the_cells_wired_in_fresh_namespaces(run, ns, shop):
    ns["tidy"] = "mine"

    result = opnb.notebook_job().execute_in_process()

    assert result.success
    assert result.output_for_node("report", "total") == 12
    assert ns["tidy"] == "mine"


def test_it_shows_how_it_is_wired(run, shop):
    job = run("opnb.notebook_job('nightly')").value

    assert str(job) == "JobDefinition('nightly': load, clean, report)"
    deps = job.graph.dependencies
    assert (deps["clean"]["orders"].node, deps["clean"]["orders"].output) == (
        "load",
        "orders",
    )


def test_the_magic_makes_it_of_some_ops_and_binds_its_name(run, ns, shop):
    job = run("%op job evening +clean").value

    assert ns["evening"] is job
    assert list(job.graph.node_dict) == ["load", "clean"]


def test_values_that_only_the_notebook_has_are_told_with_their_cell(run, shop):
    run("table = [[1]]")
    run("%%op use\nsize = len(table) + len(tidy)")

    with pytest.raises(HiddenStateError) as raised:
        opnb.notebook_job()

    assert "'use' reads 'table' (list 1)" in str(raised.value)
    assert "`table = [[1]]`" in str(raised.value)
    assert "Hint: Put `%%op` on top of the cell that makes 'table'." in str(
        raised.value
    )


def test_what_a_function_reads_is_told_too(run, shop):
    run("cache = {}\ndef cached(n): return cache.setdefault(n, n)")
    run("%%op use\nvalue = cached(1)")

    with pytest.raises(HiddenStateError, match="'use' reads 'cache' through 'cached'"):
        opnb.notebook_job()


def test_an_input_whose_op_is_not_in_the_job_is_told(run, shop):
    error = run("%op job evening clean").error

    assert isinstance(error, HiddenStateError)
    assert "which 'load' put out, no op of the job" in str(error)
    assert "select `+clean`" in str(error)


def test_an_op_that_reads_its_own_output_is_told(run, shop):
    run("count = [1]")
    run("%%op grow\ncount = count + [1]")

    with pytest.raises(HiddenStateError, match=r"'count'.*which it puts out itself"):
        opnb.notebook_job("z", ["grow"])


def test_a_parameter_of_the_def_form_is_fed_or_told(run, shop):
    run("%%op\ndef scaled(tidy: list, by: int = 3) -> list:\n    return tidy * by")
    result = opnb.notebook_job("z", ["+scaled"]).execute_in_process()
    assert len(result.output_for_node("scaled")) == 9

    run("box = [1]")
    run("%%op\ndef boxed(box: list) -> list:\n    return box")
    with pytest.raises(HiddenStateError, match="'boxed' reads 'box'"):
        opnb.notebook_job("z", ["boxed"])


def test_an_output_that_does_not_come_skips_what_takes_it(run, shop):
    run("%%op maybe\nif len(orders) < 3:\n    few = orders")
    run("few = [9]")
    run("%%op after --in few\nsize = len(few)")

    result = opnb.notebook_job("z", ["load", "maybe", "after"]).execute_in_process()

    assert result.is_node_skipped("after")


def test_retries_of_a_cell_go_along(run, ns, shop):
    run("tries = []")
    run(
        "%%op flaky --retries 2\n"
        "if context.retry_number == 0 and context.job_name != 'flaky':\n"
        "    raise ValueError('once')\n"
        "value = context.retry_number"
    )

    result = opnb.notebook_job("z", ["flaky"]).execute_in_process()

    assert result.output_for_node("flaky", "value") == 1


def test_a_list_in_capitals_is_a_constant_that_no_run_changes(run, ns, shop):
    run("%%op add\nNAMES.append('b')\nsize = len(NAMES)")
    job = opnb.notebook_job("z", ["add"])

    sizes = [job.execute_in_process().output_for_node("add", "size") for _ in "12"]

    assert sizes == [len(ns["NAMES"]) + 1] * 2


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: opnb.notebook_job("load"), "'load' is an op"),
        (lambda: opnb.notebook_job("z", ["laod"]), "Did you mean 'load'"),
        (lambda: opnb.notebook_job("not a name"), "not a name"),
    ],
)
def test_a_job_that_cannot_be_is_an_error(run, shop, make, said):
    with pytest.raises(opnb.OpnbError, match=said):
        make()


def test_without_any_op_there_is_no_job(run):
    with pytest.raises(CellError, match="No cell of this session has made an op"):
        opnb.notebook_job()


def test_the_magic_needs_a_name(run, shop):
    assert "needs a name for the job" in str(run("%op job").error)
