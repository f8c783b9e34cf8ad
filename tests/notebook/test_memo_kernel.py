"""The memo among real kernels: others reuse what one kept, and none harms another."""

import os
import signal

import pytest

pytestmark = pytest.mark.kernel

SETUP = (
    "%load_ext opnb\nimport opnb, pandas as pd\nfrom opnb import *",
    "%%op load\norders = pd.DataFrame({'id': [1, 2], 't': ['x', None]})",
    "class Model:\n    size = 3",
)
CELL = (
    "%%op clean --memo\nprint('body')\nimport math\ntidy = orders.dropna()\n"
    "model = Model()\nmodel.fit = tidy\nyield ExpectationResult(True, 'full')"
)


@pytest.fixture(scope="module", name="start")
def _start(start_kernel, tmp_path_factory):
    """Start kernels of one user in one folder, over one log."""
    home = tmp_path_factory.mktemp("home")
    folder = tmp_path_factory.mktemp("project")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(home))
        yield lambda: start_kernel(
            folder / ".opnb" / "events.db", f"%cd -q {folder}", *SETUP
        )


def test_another_kernel_reuses_what_one_kept(start):
    first = start()
    told = first.run(CELL)
    assert told.outputs == [("stdout", "body\n")]

    other = start()
    reply = other.run(CELL)

    assert reply.outputs == []
    assert reply.cards[0].startswith("✓ clean: done, reused from an earlier run\n")
    assert "✓ full" in reply.cards[0]
    checks = (
        "print(type(model) is Model, len(model.fit), math.pi > 3, model.fit is tidy)"
    )
    assert other.run(checks).outputs == [("stdout", "True 1 True True\n")]


def test_kernels_that_run_the_cell_at_once_both_end_well(start):
    kernels = [start(), start()]
    cell = CELL.replace("'full'", "'at once'")

    requests = [kernel.send(cell) for kernel in kernels]
    replies = [k.wait_for(r) for k, r in zip(kernels, requests, strict=True)]

    assert [reply.status for reply in replies] == ["ok", "ok"]
    assert "memo" not in str([reply.outputs for reply in replies])
    assert kernels[0].run(cell).outputs == []


def test_a_kernel_killed_while_it_keeps_does_no_harm(start):
    dying, other = start(), start()
    pid = int(dying.run("import os\nprint(os.getpid())").outputs[0][1])
    dying.run(
        "import pathlib\npathlib.Path.replace = "
        "lambda *_: (print('keeping', flush=True), __import__('time').sleep(60))"
    )
    cell = CELL.replace("'full'", "'killed'")
    dying.wait_for(dying.send(cell), until="keeping")
    os.kill(pid, signal.SIGKILL)

    reply = other.run(cell)

    assert reply.outputs == [("stdout", "body\n")]
    assert other.run(cell).outputs == []
