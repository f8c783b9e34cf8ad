"""What only a real kernel shows: awaits, interrupts, plots, messages to a front-end."""

import time

import pytest

pytestmark = pytest.mark.kernel


def test_a_cell_shows_its_value_then_the_card(kernel):
    reply = kernel.run("%%op first\nprint('hello')\ndisplay(1)\nn = 2\nn")

    assert reply.outputs == [
        ("stdout", "hello\n"),
        ("display_data", "1"),
        ("execute_result", "2"),
    ]
    assert reply.cards == ["✓ first: done\n  out n int"]


def test_plots_come_before_the_card(kernel):
    kernel.run("import matplotlib.pyplot as plt")

    request = kernel.send("%%op plot\nplt.plot([1, 2])\nprint('drawn');")
    reply = kernel.wait_for(request)

    assert [kind for kind, _ in reply.outputs] == ["stdout", "display_data"]
    assert reply.cards == ["✓ plot: done"]


def test_an_interrupt_lands_in_the_users_own_exception_handling(kernel):
    kernel.run("import time")
    body = "print('in')\ntry:\n    time.sleep(30)\nexcept KeyboardInterrupt:\n    k = 1"
    request = kernel.send(f"%%op catches\n{body}")
    kernel.wait_for(request, until="in")
    kernel.manager.interrupt_kernel()

    reply = kernel.wait_for(request)

    assert reply.status == "ok"
    assert reply.cards == ["✓ catches: done\n  out k int"]


AWAITS = {
    "an await": "import asyncio\nv1 = await asyncio.sleep(0, 7)\nv1",
    "await in a comprehension": (
        "import asyncio\nv2 = [await asyncio.sleep(0, n) for n in (7,)][0]\nv2"
    ),
    "await and yield": (
        "import asyncio\nv3 = await asyncio.sleep(0, 7)\n"
        "yield ExpectationResult(v3 == 7)\nv3"
    ),
    "return and a value": ("import asyncio\nif await asyncio.sleep(0):\n    return\n7"),
    "async for": (
        "async def count():\n    yield 7\nasync for v4 in count():\n    pass\nv4"
    ),
}


@pytest.mark.parametrize("body", AWAITS.values(), ids=AWAITS.keys())
def test_a_body_may_await(kernel, body):
    reply = kernel.run(f"%%op waits\n{body}")

    assert reply.status == "ok"
    assert reply.outputs == [("execute_result", "7")]
    assert len(reply.cards) == 1


def test_an_awaited_value_may_be_returned(kernel):
    reply = kernel.run("%%op returns\nimport asyncio\nreturn await asyncio.sleep(0, 7)")

    assert reply.outputs == []
    assert reply.cards == ["✓ returns: done\n  out result int"]


@pytest.mark.parametrize(
    ("line", "shown"),
    [("", "✓ answer: done"), ("named", "✓ named: done"), ("--no-run", "")],
    ids=["def form", "body form", "not run"],
)
def test_a_lone_async_function_is_fine_in_every_form(kernel, line, shown):
    reply = kernel.run(f"%%op {line}\nasync def answer():\n    return 42")

    assert (reply.status, reply.error) == ("ok", "")
    assert "\n".join(reply.cards).startswith(shown)


def test_tasks_of_the_notebook_go_on_while_an_op_awaits(kernel):
    kernel.run("import asyncio\nticks = []")
    kernel.run(
        "async def tick():\n    ticks.append(1)\nt = asyncio.create_task(tick())"
    )

    kernel.run("%%op sleeps\nawait asyncio.sleep(0.01)\nseen = len(ticks)")

    assert kernel.run("seen").outputs == [("execute_result", "1")]


def test_an_interrupt_is_recorded_with_the_events_so_far(kernel):
    body = (
        "import time\nfor step in range(100):\n"
        "    yield AssetObservation('halfway')\n    print(step)\n    time.sleep(0.2)"
    )
    request = kernel.send(f"%%op long\n{body}")
    kernel.wait_for(request, until="0")
    kernel.manager.interrupt_kernel()
    reply = kernel.wait_for(request)

    assert reply.error.startswith("KeyboardInterrupt")
    assert "Op 'long' was interrupted." in reply.traceback
    assert reply.cards[0].startswith("■ long: canceled")
    types = kernel.run("%op events --op long").outputs[0][1]
    assert "ASSET_OBSERVATION" in types
    assert kernel.run("opnb.log.last_run('long').status.value").outputs[0][1] == (
        "'CANCELED'"
    )
    assert kernel.run("step").status == "ok"


def test_an_async_op_that_is_interrupted_is_canceled(kernel):
    kernel.run("import asyncio")
    body = "kept = 1\nprint('asleep')\nwhile True:\n    await asyncio.sleep(0.05)"
    request = kernel.send(f"%%op nap\n{body}")
    kernel.wait_for(request, until="asleep")
    time.sleep(0.1)
    kernel.manager.interrupt_kernel()
    reply = kernel.wait_for(request)

    assert reply.status == "error"
    frame = "    cell nap, line 5: await asyncio.sleep(0.05)"
    assert reply.cards == [f"■ nap: canceled\n  CancelledError\n{frame}"]
    assert kernel.run("kept").outputs == [("execute_result", "1")]


def test_a_group_of_exceptions_is_an_error_to_the_front_end(kernel):
    reply = kernel.run("%%op group\nraise ExceptionGroup('both', [ValueError(1)])")

    assert reply.error == "ExceptionGroup: both (1 sub-exception)"
    assert "ValueError: 1" in reply.traceback
    assert "opnb/" not in reply.traceback


def test_line_numbers_are_those_of_the_cell(kernel):
    reply = kernel.run("%%op lines\n\n\nfine = 1\n\n1 / 0")

    assert "Cell In[" in reply.traceback
    assert ", line 6\n" in reply.traceback
    assert "----> 6 1 / 0" in reply.traceback


def test_line_numbers_hold_in_a_body_that_yields(kernel):
    reply = kernel.run("%%op lines\nyield ExpectationResult(True)\n\n1 / 0")

    assert "----> 4 1 / 0" in reply.traceback


@pytest.mark.parametrize(
    ("code", "match"),
    [("%%op first --par", "--partition"), ("%%op fir", "first")],
    ids=["option", "op"],
)
def test_the_first_line_is_completed(kernel, code, match):
    kernel.run("%%op first\nn = 2")

    assert match in kernel.complete(code)


def test_names_in_the_body_are_completed_as_ever(kernel):
    kernel.run("long_variable_name = 1")

    assert "long_variable_name" in kernel.complete("%%op first\nlong_vari")


def test_an_empty_cell_is_an_error_to_the_front_end(kernel):
    assert kernel.run("%%op nothing").error.startswith(
        "CellError: The cell has nothing"
    )


def test_without_history_an_op_runs_all_the_same(kernel):
    request = kernel.client.execute("%%op quiet\n6 * 7", store_history=False)
    reply = kernel.wait_for(request)

    assert reply.outputs == [("execute_result", "42")]
    assert reply.cards == ["✓ quiet: done\n  out result int"]


FLAKY = """\
%%op flaky --retries 1 --delay 0.5
tries.append(len(ticks))
if len(tries) == 1:
    raise ValueError("not yet")
"""
TICKING = """\
import asyncio
tries, ticks = [], []
async def tick():
    while True:
        ticks.append(1)
        await asyncio.sleep(0.01)
task = asyncio.create_task(tick())
"""


def test_the_kernels_loop_goes_on_while_an_op_waits_for_a_retry(kernel):
    kernel.run(TICKING)
    reply = kernel.run(FLAKY)
    told = kernel.run("task.cancel(); print(tries[1] - tries[0] > 5)")

    assert reply.status == "ok"
    assert "attempt 2" in reply.cards[0]
    assert told.outputs == [("stdout", "True\n")]


def test_a_wait_for_a_retry_can_be_interrupted(kernel):
    request = kernel.send(
        "%%op waiting --retries 1 --delay 60\nprint('in')\nraise ValueError('once')"
    )
    kernel.wait_for(request, until="in")
    time.sleep(0.3)  # the wait has begun
    kernel.manager.interrupt_kernel()
    reply = kernel.wait_for(request)

    assert reply.status == "error"
    assert "canceled" in reply.cards[0]
