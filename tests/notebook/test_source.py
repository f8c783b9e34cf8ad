"""A body stands in its cell at the lines that the front-end shows."""

import linecache

import pytest

from opnb.notebook.source import CellSource, locate_body

HEADS = {
    "one line": ("%%op a\nx = 1\n", "x = 1\n", ["%%op a"]),
    "blank lines below": ("%%op a\n\n \nx = 1\n", "\n \nx = 1\n", ["%%op a", "", " "]),
    "blank lines above": ("\n%%op a\nx = 1\n", "x = 1\n", ["", "%%op a"]),
    "another magic": ("%%time\n%%op a\nx\n", "x\n", ["%%time", "%%op a"]),
    "the same text twice": ("%%op x\nx\n", "x\n", ["%%op x"]),
    "no end": ("%%op a\nx = 1", "x = 1\n", ["%%op a"]),
    "not the cell's": ("y = 2", "\nx = 1\n", ["%%op", ""]),
    "no cell": (None, "x = 1\n", ["%%op"]),
    "nothing": ("%%op a\n", "\n", ["%%op"]),
}


@pytest.mark.parametrize(("cell", "body", "head"), HEADS.values(), ids=HEADS.keys())
def test_the_lines_before_the_body_are_counted(shell, cell, body, head):
    assert list(locate_body(shell, cell, body).head) == head


def test_directives_are_counted_where_the_cell_is_not_known(shell):
    directives = ["#| op: a", "#| retries: 1"]

    assert locate_body(shell, None, "\nx\n", directives).head == (*directives, "")


def test_a_body_is_padded_to_its_own_lines():
    source = CellSource("cell.py", ("%%op a", ""))

    assert source.pad("x = 1") == "\n\nx = 1"


@pytest.mark.parametrize(
    ("first", "kept"), [("%%op a", "# %%op a\n"), ("#| op: a", "#| op: a\n")]
)
def test_lines_are_remembered_with_the_magic_as_a_comment(first, kept):
    CellSource("cell.py", (first, "")).remember("x = '\x0c'\ny = 2\n")

    assert linecache.getline("cell.py", 1) == kept
    assert linecache.getline("cell.py", 2) == "\n"
    assert linecache.getline("cell.py", 4) == "y = 2\n"
    assert linecache.getline("cell.py", 5) == ""


def test_a_magic_that_a_program_calls_leaves_the_calling_cells_source_alone(run, ns):
    import inspect

    run(
        "def mine():\n    return 1\n\n"
        "for body in ['x = 1', 'y = 2']:\n"
        "    get_ipython().run_cell_magic('op', 'made', body)"
    )

    assert (ns["x"], ns["y"]) == (1, 2)
    assert inspect.getsource(ns["mine"]) == "def mine():\n    return 1\n"
