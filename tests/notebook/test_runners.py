"""Programs that run notebooks see an op that fails as a cell that fails."""

import copy
import subprocess
import sys

import nbformat
import papermill
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat.v4 import new_code_cell, new_notebook

pytestmark = pytest.mark.kernel

SETUP = "%load_ext opnb\nfrom opnb import *"
FAILING = {
    "an exception": ("%%op a\nraise LookupError('gone')", "LookupError"),
    "a failure": ("%%op b\nraise Failure('bad', metadata={'n': 1})", "Failure"),
    "wrong usage": ("%%op c --unknown\nx = 1", "CellError"),
    "an empty cell": ("%%op d", "CellError"),
    "a failed type check": (
        "%%op\n@op(out=Out(int))\ndef e(): return 'x'",
        "TypeCheckDidNotPass",
    ),
    "a syntax error": ("%%op f\nx = = 1", "SyntaxError"),
    "an unknown magic": ("%%op g\n%unheard_of", "UsageError"),
    "a group": ("%%op h\nraise ExceptionGroup('g', [OSError()])", "ExceptionGroup"),
    "a wrong line": ("%op last nothing", "CellError"),
}


@pytest.fixture(autouse=True)
def _log_in_memory(monkeypatch):
    monkeypatch.setenv("OPNB_LOG", "memory:")


def notebook(*cells):
    return new_notebook(cells=[new_code_cell(cell) for cell in (SETUP, *cells)])


GOOD = "%%op good\nx = 1\nyield ExpectationResult(True, 'fine')\nprint(x)"


@pytest.fixture(scope="module", name="book")
def _book():
    """A notebook that has been run, every failing cell in it."""
    book = notebook(GOOD, *(cell for cell, _ in FAILING.values()))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPNB_LOG", "memory:")
        NotebookClient(book, allow_errors=True).execute()
    return book


def test_nbclient_sees_each_failure_as_an_error(book):
    names = [
        [output.ename for output in cell.outputs if output.output_type == "error"]
        for cell in book.cells
    ]

    assert names == [[], [], *([name] for _, name in FAILING.values())]


def test_nbclient_stops_at_an_op_that_fails():
    book = notebook("%%op a\n1 / 0", "never = 1")

    with pytest.raises(CellExecutionError, match="ZeroDivisionError"):
        NotebookClient(book).execute()

    assert book.cells[2].execution_count is None


def test_papermill_stops_at_an_op_that_fails(tmp_path):
    nbformat.write(notebook("%%op a\nraise Failure('bad')"), tmp_path / "in.ipynb")

    with pytest.raises(papermill.PapermillExecutionError, match="Failure"):
        papermill.execute_notebook(
            tmp_path / "in.ipynb",
            tmp_path / "out.ipynb",
            kernel_name="python3",
            progress_bar=False,
        )


def test_nbval_sees_each_failure_and_no_difference_where_there_is_none(book, tmp_path):
    unexpected = copy.deepcopy(book)
    for cell in unexpected.cells[2:]:
        cell.outputs = []
    nbformat.write(unexpected, tmp_path / "book.ipynb")

    command = [sys.executable, "-m", "pytest", "--nbval", "book.ipynb", "-q", "-rf"]
    done = subprocess.run(
        [*command, "-p", "no:cacheprovider"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert f"{len(FAILING)} failed, 2 passed" in done.stdout
