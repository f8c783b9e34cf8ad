"""Which ops a notebook has: those of its cells as they are now."""

import pytest

from opnb.notebook.book import book_of


@pytest.fixture(name="cell")
def _cell(shell, session):
    """Run a cell of the notebook that has an id; return the ops of the session."""

    def cell(cell_id, code):
        shell.run_cell(code, store_history=True, cell_id=cell_id)
        ops = list(session.ops)
        assert sorted(book_of(session).cells) == sorted(ops)
        return ops

    return cell


def test_an_op_that_was_renamed_in_its_cell_is_forgotten(cell, ns):
    assert cell("a", "%%op alpha\nv = [1]") == ["alpha"]
    assert cell("a", "%%op beta\nv = [1]") == ["beta"]
    assert cell("a", "#| op: gamma\nv = [2]") == ["gamma"]
    assert cell("a", "v = [3]") == []
    assert ns["v"] == [3]


def test_a_renamed_op_that_fails_takes_the_place_of_the_one_before(cell):
    cell("a", "%%op alpha\nv = 1")

    assert cell("a", "%%op beta\n1 / 0") == ["beta"]


@pytest.mark.parametrize("broken", ["%%op alpha\nv = (", "v = (", "1 / 0", "%%op --no"])
def test_a_cell_that_cannot_run_leaves_its_op(cell, broken):
    cell("a", "%%op alpha\nv = 1")

    assert cell("a", broken) == ["alpha"]


def test_ops_of_other_cells_and_of_cells_without_an_id_stay(cell):
    cell("a", "%%op alpha\nv = 1")
    cell("b", "%%op beta\nw = 1")
    cell(None, "%%op gamma\nx = 1")
    cell(None, "%%op delta\ny = 1")

    assert sorted(cell("b", "w = 2")) == ["alpha", "delta", "gamma"]


@pytest.mark.parametrize("address", ["file:///a.py", "vscode-notebook-cell:/a.ipynb"])
def test_the_address_of_a_document_tells_no_cells_apart(cell, address):
    cell(address, "%%op alpha\nv = 1")

    assert cell(address, "%%op beta\nw = 1") == ["alpha", "beta"]


def test_a_cell_may_define_several_ops(cell):
    define = "for name in 'xyz':\n    get_ipython().run_cell_magic('op', name, 'n = 1')"

    assert cell("a", define) == ["x", "y", "z"]
    assert cell("a", define.replace("xyz", "yz")) == ["y", "z"]


def test_an_op_that_another_cell_runs_again_stays_its_cell_s(cell):
    cell("a", "%%op alpha\nv = 1")
    assert cell("b", "%op run alpha") == ["alpha"]
    assert cell("b", "1") == ["alpha"]

    assert cell("a", "v = 2") == []
