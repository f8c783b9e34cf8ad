"""`%op run`: cells run again, in a shell and in a kernel."""

import pytest


@pytest.fixture(name="shop")
def _shop(run):
    run("class Ran(list):\n    'Told by its identity alone.'\nran = Ran()\nbase = 1")
    run("%%op load\nran.append('load')\norders = [base]")
    run("%%op clean\nran.append('clean')\ntidy = orders * 2\nprint('cleaning')")
    run("%%op report\nran.append('report')\nlast = tidy[-1]\nlast")
    run("ran.clear()")


def test_cells_run_as_if_by_hand_and_show_their_prints_and_cards(run, ns, shop):
    run("base = 5")

    ran = run("%op run +report")

    assert ns["ran"] == ["load", "clean", "report"]
    assert (ns["tidy"], ns["last"]) == ([5, 5], 5)
    assert ran.stdout.endswith(": 5\n")
    assert [c.data["text/plain"].split(":")[0] for c in ran.cards] == [
        "✓ load",
        "✓ clean",
        "✓ report",
    ]


def test_each_run_is_in_the_log_and_its_history_goes_on(run, session, shop):
    run("%op run clean")

    assert list(session.log.runs()["job"]).count("clean") == 2
    source = session.log.last_run("clean").inputs["orders"].source
    assert source.op_name == "load"


def test_it_stops_at_the_first_failure_and_tells_what_did_not_run(run, ns, shop):
    run("%%op clean --no-run\nran.append('clean')\ntidy = orders[7]")

    ran = run("%op run load+")

    assert isinstance(ran.error, IndexError)
    assert ns["ran"] == ["load", "clean"]
    assert "Not run: report." in ran.stdout
    assert "list index out of range" in run("%op tb").stdout


def test_stale_leaves_out_what_is_up_to_date_when_its_turn_comes(run, ns, shop):
    assert run("%op run --stale").stdout == "Nothing to run: all is up to date.\n"

    run("%%op load --no-run\nran.append('load')\norders = [1]")
    run("%op run --stale")

    assert ns["ran"] == ["load"]


def test_a_cell_of_the_def_form_runs_again(run, ns, shop):
    run("%%op\ndef size(tidy: list) -> int:\n    return len(tidy)")
    run("base = 3")

    run("%op run +size")

    assert ns["ran"] == ["load", "clean"]
    assert "result int" in run("%op run size").cards[0].data["text/plain"]


def test_cells_that_await_are_awaited_in_a_kernel(kernel):
    kernel.run("import asyncio")
    kernel.run("%%op slow\nawait asyncio.sleep(0)\nvalue = asyncio.get_running_loop()")
    kernel.run("%%op after\nsame = value is asyncio.get_running_loop()\nsame")

    reply = kernel.run("%op run slow+")

    assert reply.status == "ok"
    assert ("execute_result", "True") in reply.outputs or "True" in str(reply.outputs)
    assert len(reply.cards) == 2
    within = kernel.run("if True:\n    %op run slow")
    assert "awaits, and nothing here can" in within.error
    assert "line of its own" in within.error


def test_cells_that_await_run_in_a_shell_without_a_loop(run, ns):
    run("import asyncio")
    run("%%op slow\nawait asyncio.sleep(0)\nvalue = 3")
    run("del value")

    assert run("%op run slow").error is None
    assert ns["value"] == 3


@pytest.mark.parametrize(
    ("gone", "planned", "ops"),
    [
        ("tidy", ["clean", "report"], ["clean"]),
        ("orders, tidy", ["load", "clean", "report"], ["load", "clean"]),
        ("orders", ["load", "clean", "report"], ["load"]),
    ],
)
def test_what_was_deleted_is_made_again_for_what_reads_it(
    run, ns, shop, gone, planned, ops
):
    run(f"del {gone}")

    assert [*run("%op plan --stale").value.index] == planned

    run("%op run --stale")

    assert ns["ran"] == ops
    assert run("%op run --stale").stdout == "Nothing to run: all is up to date.\n"


def test_what_nobody_reads_any_more_may_be_deleted(run, ns, shop):
    run("del last")

    assert run("%op run --stale").stdout == "Nothing to run: all is up to date.\n"


def test_an_op_does_not_run_within_itself(run, ns):
    run("%%op outer --no-run\nget_ipython().run_line_magic('op', 'run inner')")
    run("%%op inner --no-run\nget_ipython().run_line_magic('op', 'run outer')")

    ran = run("%op run outer")

    assert "Op 'outer' is running: it cannot run within itself." in str(ran.error)
    assert len(ran.cards) == 2
