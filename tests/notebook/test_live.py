"""Where a person watches, a run's card lives until the final one is there."""

import re

import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

pytestmark = pytest.mark.kernel

SETUP = """\
%load_ext opnb
from opnb import *
import asyncio, opnb, os, threading, time
from IPython.display import clear_output
def live(times=1):
    'Wait until the live card has been sent so many times.'
    session = get_ipython().display_pub.session
    end = session.message_count + times
    while session.message_count < end:
        time.sleep(0.01)
async def live_soon():
    'Await that it has been sent once.'
    session = get_ipython().display_pub.session
    end = session.message_count + 1
    while session.message_count < end:
        await asyncio.sleep(0.01)
"""
SHOWN = ("display_data", "update_display_data", "execute_result", "stream", "error")


class Watched:
    """A kernel whose front-end lets cells ask for input, as one with a person does."""

    def __init__(self, kernel):
        self.kernel = kernel

    def run(self, cell, *, allow_stdin=True, interrupt_at=None):
        """Run a cell; return what it sent, as pairs of kind and content."""
        request = self.kernel.client.execute(cell, allow_stdin=allow_stdin)
        sent = []
        while True:
            message = self.kernel.client.get_iopub_msg(timeout=60)
            if message["parent_header"].get("msg_id") != request:
                continue
            content = message["content"]
            if content.get("execution_state") == "idle":
                return sent
            if message["msg_type"] in SHOWN:
                sent.append((message["msg_type"], content))
            if interrupt_at and interrupt_at in text_of(sent[-1:]):
                interrupt_at = None
                self.kernel.manager.interrupt_kernel()


@pytest.fixture(scope="module", name="kernel")
def _kernel(start_kernel):
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PYTEST_CURRENT_TEST")
        return Watched(start_kernel("memory:", SETUP))


@pytest.fixture(autouse=True)
def _nothing_left(kernel):
    """No thread goes on after its cell."""
    yield
    found = kernel.run("print([t.name for t in threading.enumerate()])")
    assert "opnb-live" not in text_of(found)


def text_of(sent):
    return "".join(
        content.get("text") or content.get("data", {}).get("text/plain", "")
        for _, content in sent
    )


def kinds(sent):
    """Return the kinds of what was sent, updates in a row as one."""
    names = [kind for kind, _ in sent]
    return [
        name
        for before, name in zip([None, *names], names, strict=False)
        if not before == name == "update_display_data"
    ]


def ids_of(sent):
    return [content.get("transient", {}).get("display_id") for _, content in sent]


LONG = "%%op long\nfor n in context.track(range(3), description='rows'):\n    live()"


def test_a_quick_op_shows_its_final_card_alone(kernel):
    sent = kernel.run("%%op quick\nn = 1")

    assert kinds(sent) == ["display_data"]
    assert text_of(sent) == "✓ quick: done\n  out n int"


def test_a_long_op_shows_what_it_is_at_in_one_display(kernel):
    sent = kernel.run(LONG)

    assert kinds(sent) == ["display_data", "update_display_data"]
    assert len(set(ids_of(sent))) == 1
    assert text_of(sent[:1]).startswith("▸ long: running")
    assert "rows  ──────" in text_of(sent[:1])
    assert "1 of 3" in text_of(sent[1:2])
    assert text_of(sent[-1:]).startswith("✓ long: done")


def test_it_ends_as_the_run_that_nobody_watches(kernel):
    watched = kernel.run(LONG)[-1][1]
    (headless,) = kernel.run(LONG.replace("live()", "pass"), allow_stdin=False)

    assert headless[0] == "display_data"
    assert watched["data"] == headless[1]["data"]
    assert watched["metadata"].keys() == headless[1]["metadata"].keys()
    assert watched["metadata"]["opnb"].keys() == headless[1]["metadata"]["opnb"].keys()


def test_a_notebook_that_is_run_by_a_program_has_one_display_and_no_updates(
    kernel, monkeypatch
):
    monkeypatch.setenv("OPNB_LOG", "memory:")
    monkeypatch.delenv("PYTEST_CURRENT_TEST")
    sleeping = LONG.replace("live()", "time.sleep(0.3)")
    book = new_notebook(cells=[new_code_cell(SETUP), new_code_cell(sleeping)])
    updates = []

    class Client(NotebookClient):
        def process_message(self, msg, *args):
            updates.append(msg["msg_type"])
            return super().process_message(msg, *args)

    Client(book).execute()
    (output,) = book.cells[1].outputs
    watched = kernel.run(LONG)[-1][1]

    assert output.data == watched["data"]
    assert updates.count("display_data") == 1
    assert "update_display_data" not in updates


def test_what_is_printed_below_it_stays_above_the_final_card(kernel):
    sent = kernel.run("%%op prints\nprint('a')\nlive(2)\nprint('b')\nlive(1)\n'c'")
    live_id = ids_of(sent)[1]

    assert kinds(sent)[:2] == ["stream", "display_data"]
    assert text_of(sent[:1]) == "a\n"
    assert sent[-2] == (
        "update_display_data",
        {"data": {}, "metadata": {}, "transient": {"display_id": live_id}},
    )
    assert sent[-1][0] == "display_data"
    assert ids_of(sent)[-1] != live_id
    assert text_of(sent[-1:]).startswith("✓ prints: done")
    assert [text_of([each]) for each in sent if each[0] == "stream"] == ["a\n", "b\n"]
    assert [kind for kind, _ in sent].count("display_data") == 2


@pytest.mark.parametrize(
    "shows",
    [
        "print(1, file=__import__('sys').stderr)",
        "display(1)",
        "os.system('echo 1'); live(2)",
    ],
    ids=["stderr", "display", "a program"],
)
def test_whatever_comes_below_it_is_noticed(kernel, shows):
    sent = kernel.run(f"%%op shows\nlive(1)\n{shows};\n")

    assert sent[-2][1]["data"] == {}
    assert text_of(sent[-1:]) == "✓ shows: done"


def test_a_cell_that_clears_its_outputs_ends_with_its_card(kernel):
    sent = kernel.run("%%op clears\nlive()\nclear_output()\nprint('new')\nlive()")

    assert sent[-1][0] == "display_data"
    assert text_of(sent[-1:]) == "✓ clears: done"


def test_an_op_that_fails_ends_with_the_card_of_its_failure(kernel):
    sent = kernel.run("%%op fails\nlive(2)\n1 / 0")

    assert kinds(sent) == ["display_data", "update_display_data", "error"]
    assert text_of(sent[-2:-1]).startswith("✗ fails: failed\n  ZeroDivisionError")


@pytest.mark.parametrize(
    "waits",
    ["time.sleep(60)", "while True: await asyncio.sleep(0.05)", "while True: pass"],
    ids=["asleep", "awaiting", "busy"],
)
def test_an_interrupt_ends_it(kernel, waits):
    sent = kernel.run(f"%%op stops\n{waits}", interrupt_at="running")
    later = kernel.run("time.sleep(0.6)")

    assert kinds(sent) == ["display_data", "update_display_data", "error"]
    assert text_of(sent[-2:-1]).startswith("■ stops: canceled")
    assert later == []


def test_an_attempt_and_the_wait_before_it_are_told(kernel):
    sent = kernel.run(
        "%%op flaky --retries 1 --delay 1.5\nif not context.retry_number:\n"
        "    raise ValueError('not yet')\nlive()"
    )

    assert "waits to begin attempt 2" in text_of(sent[:1])
    assert "running · attempt 2" in text_of(sent)
    assert text_of(sent[-1:]).startswith("✓ flaky: done")


def test_an_async_op_is_told_of_while_it_awaits(kernel):
    sent = kernel.run(
        "%%op waits\nasync def pages():\n    for n in range(3):\n"
        "        yield n\n        await live_soon()\n"
        "async for page in context.track(pages(), 3, 'pages'):\n    pass"
    )

    assert re.search(r"pages  [━─]{20}  \d of 3", text_of(sent[:-1]))
    assert len(set(ids_of(sent))) == 1
    assert text_of(sent[-1:]).startswith("✓ waits: done")


JOB = """\
@op
def one(n=0):
    {waits}
    return n + 1
@job
def three():
    one.alias('c')(one.alias('b')(one.alias('a')()))
"""


@pytest.mark.parametrize(
    "call",
    ["three.execute_in_process()", "await three.execute_in_process_async()"],
    ids=["plain", "async"],
)
def test_a_job_is_told_of_until_its_result_is_there(kernel, call):
    kernel.run(JOB.format(waits="live()"))
    sent = kernel.run(call)
    kernel.run(JOB.format(waits="pass"))
    headless = kernel.run(call, allow_stdin=False)

    assert kinds(sent) == ["display_data", "update_display_data", "execute_result"]
    assert "at a" in text_of(sent[:1])
    assert "1 of 3" in text_of(sent)
    assert sent[-2][1]["data"] == {}
    assert kinds(headless) == ["execute_result"]
    assert sent[-1][1]["data"] == headless[-1][1]["data"]


def test_a_job_whose_result_is_not_shown_leaves_nothing_to_be_seen(kernel):
    kernel.run(JOB.format(waits="live()"))

    sent = kernel.run("result = three.execute_in_process()")

    assert sent[-1][1]["data"] == {}


def test_a_job_that_fails_leaves_its_error_alone(kernel):
    kernel.run(JOB.format(waits="live(); 1 / 0"))

    sent = kernel.run("three.execute_in_process()")

    assert kinds(sent) == ["display_data", "update_display_data", "error"]
    assert sent[-2][1]["data"] == {}


def test_a_run_within_a_run_has_no_card_of_its_own(kernel):
    kernel.run(JOB.format(waits="live()"))

    sent = kernel.run("%%op outer\nn = three.execute_in_process().success")

    assert len(set(ids_of(sent))) == 1
    assert all("outer" in text_of([each]) for each in sent)


SIDE_BY_SIDE = """\
a, b = await asyncio.gather(
    three.execute_in_process_async(), three.execute_in_process_async()
)"""
ONE_BY_ONE = """\
for n in range(3):
    print(n)
    three.execute_in_process()"""


@pytest.mark.parametrize("calls", [SIDE_BY_SIDE, ONE_BY_ONE], ids=["tasks", "loop"])
def test_several_runs_of_a_cell_share_one_display(kernel, calls):
    waits = ("async ", "await live_soon()") if "await" in calls else ("", "live()")
    kernel.run(JOB.replace("def one", f"{waits[0]}def one").format(waits=waits[1]))

    sent = kernel.run(calls)
    displays = [each for each in sent if each[0] != "stream"]

    assert len(set(ids_of(displays))) == 1
    assert kinds(displays) == ["display_data", "update_display_data"]
    assert displays[-1][1]["data"] == {}


def test_a_final_card_is_not_taken_for_a_display_to_be_filled_again(kernel):
    run_op = "get_ipython().run_cell_magic('op', '{}', 'live()')"
    sent = kernel.run(f"{run_op.format('one')}\n{run_op.format('two')}")
    first, second = dict.fromkeys(ids_of(sent))

    last = {content["transient"]["display_id"]: content for _, content in sent}
    assert last[first]["data"]["text/plain"] == "✓ one: done"
    assert last[second]["data"]["text/plain"] == "✓ two: done"


def test_a_plain_cell_after_it_is_left_alone(kernel):
    kernel.run(LONG)

    assert kinds(kernel.run("time.sleep(0.5)\nprint(1)")) == ["stream"]


@pytest.mark.parametrize(
    ("before", "line", "after"),
    [
        ("os.environ['OPNB_HEADLESS'] = '1'", "", "del os.environ['OPNB_HEADLESS']"),
        ("", "%%capture\n", ""),
    ],
    ids=["told so", "captured"],
)
def test_it_is_off_when_nobody_watches(kernel, before, line, after):
    kernel.run(before)
    sent = kernel.run(f"{line}%%op unseen\ntime.sleep(0.7)")
    kernel.run(after)

    assert kinds(sent) == ([] if line else ["display_data"])


def test_it_is_off_once_the_extension_is_taken_out(kernel):
    kernel.run(JOB.format(waits="time.sleep(0.3)") + "%unload_ext opnb")
    sent = kernel.run("result = three.execute_in_process()")
    kernel.run("%load_ext opnb")

    assert sent == []


def test_a_flood_of_events_and_of_turns_is_no_flood_to_the_front_end(kernel):
    sent = kernel.run(
        "%%op floods\nstarted = time.monotonic()\n"
        "for n in context.track(range(100_000)):\n"
        "    if n % 10 == 0:\n        context.log_event(AssetObservation('x'))\n"
        "seconds = time.monotonic() - started"
    )
    seconds = float(kernel.run("print(seconds)")[0][1]["text"])

    assert len(sent) <= 4 * seconds + 2


def test_a_fault_in_it_costs_one_line_and_not_the_op(kernel):
    kernel.run(
        "class Bad(str):\n    def split(self, *_):\n        raise LookupError('bad')"
    )
    sent = kernel.run(
        "%%op fine\nfor n in context.track([1], description=Bad('x')):\n"
        "    while any(t.name == 'opnb-live' for t in threading.enumerate()):\n"
        "        time.sleep(0.01)"
    )

    assert kinds(sent) == ["stream", "display_data"]
    assert text_of(sent[:1]) == "The live card stopped: LookupError('bad')\n"
    assert text_of(sent[1:]).startswith("✓ fine: done")
