"""A notebook of both forms, in the hands of what reads and runs notebooks."""

import subprocess
import sys

import jupytext
import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

LOAD = """\
#| op: load
#| tag: team=shop
import json
import os

orders = [1, 2, 3]"""
CLEAN = """\
#| op: clean
#| in: orders

tidy = [n for n in orders if n > 1]
# The last of them fails.
yield ExpectationResult(len(tidy) == 3, "nothing is lost")"""
COUNT = "%%op count\n# Both forms mix.\nhow_many = len(tidy)\nhow_many"
COUNT_PLAIN = "#| op\ndef total(orders: list) -> int:\n    return sum(orders)"
WAITS = (
    "#| op: waits\nimport asyncio\n\nawait asyncio.sleep(0)\nprint(json.dumps(tidy))"
)
SETUP = "%load_ext opnb\nfrom opnb import ExpectationResult"
CELLS = (SETUP, LOAD, CLEAN, COUNT, COUNT_PLAIN, WAITS)

CARD_OF_CLEAN = """\
! clean: 1 check failed
  in  orders list 3 from load
  out tidy list 2
  checks: 1 failed
    ✗ nothing is lost"""


@pytest.fixture(autouse=True)
def _log_in_memory(monkeypatch):
    monkeypatch.setenv("OPNB_LOG", "memory:")


def notebook():
    cells = [new_code_cell(cell) for cell in CELLS]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    text = new_markdown_cell("Some words.")
    return new_notebook(cells=[text, *cells], metadata={"kernelspec": kernel})


def sources(book):
    return [(cell.cell_type, cell.source) for cell in book.cells]


@pytest.mark.parametrize("form", ["py:percent", "py:light", "md", "Rmd"])
def test_jupytext_keeps_both_forms(form):
    text = jupytext.writes(notebook(), form)

    again = jupytext.reads(text, form)

    assert sources(again) == sources(notebook())
    assert jupytext.writes(again, form) == text


def test_what_jupytext_writes_is_python_that_runs_without_opnb(tmp_path):
    book = new_notebook(cells=[new_code_cell(cell) for cell in (LOAD, COUNT_PLAIN)])
    jupytext.write(book, tmp_path / "book.py", fmt="py:percent")

    code = "import book; print(book.total(book.orders))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, check=True
    )

    assert done.stdout == b"6\n"


def ruff(*command, folder):
    done = subprocess.run(
        [sys.executable, "-m", "ruff", *command, "--isolated", "book.ipynb"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout


def test_ruff_reads_the_cell_as_code(tmp_path):
    magic = LOAD.replace("#| op: load\n#| tag: team=shop", "%%op load")
    found = []
    for first in (LOAD, magic):
        cells = [new_code_cell(first), new_code_cell("print(json.dumps(orders))")]
        nbformat.write(new_notebook(cells=cells), tmp_path / "book.ipynb")
        command = ("check", "--select", "F", "--output-format", "concise")
        found.append(ruff(*command, folder=tmp_path))

    assert "F401 [*] `os` imported but unused" in found[0]
    assert "Found 1 error." in found[0]
    # A cell magic hides the cell: its names seem not to be there.
    assert "F821 Undefined name `orders`" in found[1]
    assert "F401" not in found[1]


def test_ruff_formats_the_cell_and_leaves_the_directives(tmp_path):
    cell = "#| op: load\n#| out: orders\norders = [ 1,2 ]"
    book = new_notebook(cells=[new_code_cell(cell)])
    nbformat.write(book, tmp_path / "book.ipynb")

    ruff("format", folder=tmp_path)

    formatted = nbformat.read(tmp_path / "book.ipynb", as_version=4).cells[0].source
    assert formatted == "#| op: load\n#| out: orders\norders = [1, 2]"


def shown(cell):
    """Return the cards of a cell as text, and its other outputs."""
    displays = [o for o in cell.outputs if "data" in o]
    cards = [o.data["text/plain"] for o in displays if "opnb" in o.metadata]
    texts = [o.text for o in cell.outputs if o.output_type == "stream"]
    values = [o.data["text/plain"] for o in displays if "opnb" not in o.metadata]
    return cards, texts + values


@pytest.fixture(scope="module", name="executed")
def _executed():
    """The notebook, run by a program."""
    book = notebook()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPNB_LOG", "memory:")
        NotebookClient(book).execute()
    return book


@pytest.mark.kernel
def test_nbclient_runs_both_forms(executed):
    _, _, *ops = executed.cells

    assert [shown(cell) for cell in ops] == [
        (["✓ load: done\n  out orders list 3"], []),
        (
            [CARD_OF_CLEAN],
            [],
        ),
        (
            ["✓ count: done\n  in  tidy list 2 from clean\n  out how_many int"],
            ["2"],
        ),
        (["✓ total: done\n  in  orders list 3 from load\n  out result int"], []),
        (["✓ waits: done\n  in  tidy list 2 from clean"], ["[2, 3]\n"]),
    ]


@pytest.mark.kernel
def test_nbval_finds_no_difference(executed, tmp_path):
    nbformat.write(executed, tmp_path / "book.ipynb")

    command = [sys.executable, "-m", "pytest", "--nbval", "book.ipynb", "-q"]
    done = subprocess.run(
        [*command, "-p", "no:cacheprovider"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert f"{len(CELLS)} passed" in done.stdout


@pytest.mark.kernel
def test_a_notebook_without_opnb_shows_the_same_values(executed):
    plain = notebook()
    del plain.cells[1]
    plain.cells = [c for c in plain.cells if c.source not in (CLEAN, COUNT)]
    plain.cells.insert(2, new_code_cell("tidy = [2, 3]"))

    NotebookClient(plain).execute()

    assert shown(plain.cells[-1]) == ([], ["[2, 3]\n"])


def test_a_notebook_may_be_run_in_a_cell(run, ns, session, tmp_path):
    nbformat.write(notebook(), tmp_path / "book.ipynb")

    ran = run(f"%run {tmp_path / 'book.ipynb'}")

    assert ran.error is None
    assert ns["how_many"] == 2
    assert list(session.ops) == ["load", "clean", "count", "total", "waits"]
    assert len(ran.cards) == 5


def test_a_failure_in_a_notebook_that_is_run_tells_the_line(run, tmp_path):
    cell = "#| op: made\n#| out: x\n\n1 / 0"
    book = new_notebook(cells=[new_code_cell(SETUP), new_code_cell(cell)])
    nbformat.write(book, tmp_path / "book.ipynb")

    ran = run(f"%run {tmp_path / 'book.ipynb'}")

    assert "cell made, line 4: 1 / 0" in ran.cards[0].data["text/plain"]


@pytest.mark.kernel
def test_a_kernel_completes_directives(start_kernel):
    kernel = start_kernel("memory:", "%load_ext opnb")

    assert "retries" in kernel.complete("#| op: made\n#| ret")
    assert "no-infer" in kernel.complete("#| no-")


@pytest.mark.kernel
def test_the_kernels_loop_goes_on_while_a_directive_op_waits(start_kernel):
    kernel = start_kernel(
        "memory:",
        "%load_ext opnb\nimport asyncio\ntries, ticks = [], []",
        "async def tick():\n    while True:\n        ticks.append(1)\n"
        "        await asyncio.sleep(0.01)\ntask = asyncio.create_task(tick())",
    )
    reply = kernel.run(
        "#| op: flaky\n#| retries: 1\n#| delay: 0.5\ntries.append(len(ticks))\n"
        "if len(tries) == 1:\n    raise ValueError('not yet')"
    )
    told = kernel.run("task.cancel(); print(tries[1] - tries[0] > 5)")

    assert "attempt 2" in reply.cards[0]
    assert told.outputs == [("stdout", "True\n")]


@pytest.mark.kernel
def test_wrong_directives_are_an_error_to_the_front_end(start_kernel):
    kernel = start_kernel("memory:", "%load_ext opnb")

    reply = kernel.run("#| op: made\n#| retires: 3\nx = 1")

    assert reply.status == "error"
    assert reply.error.startswith("CellError: An op has no directive 'retires'.")
    assert len(reply.traceback.splitlines()) == 2
