"""The notebooks run, and show what is stored in them: nbval, strict, no sanitizing."""

import re
from pathlib import Path

import nbformat
import pytest
from nbval_run import ELSEWHERE, NOTEBOOKS, run_as_stored

ALL = sorted(NOTEBOOKS.glob("*.ipynb"))
# This one needs Dagster: tests/parity runs it where that is installed.
BESIDE_DAGSTER = NOTEBOOKS / "11_errors_beside_dagster.ipynb"
ALONE = [path for path in ALL if path != BESIDE_DAGSTER]


# Twice in a row, the second time at the other end of the world.
@pytest.mark.kernel
@pytest.mark.parametrize("environment", [{}, ELSEWHERE], ids=["here", "elsewhere"])
@pytest.mark.parametrize("path", ALONE, ids=lambda path: path.stem)
def test_a_notebook_shows_what_is_stored_in_it(path, environment):
    done = run_as_stored(path, environment)

    assert done.returncode == 0, done.stdout
    assert "failed" not in done.stdout


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
def test_a_notebook_is_stored_executed_and_says_nothing_of_a_machine(path):
    notebook = nbformat.read(path, as_version=4)
    text = path.read_text()

    assert all(c.execution_count for c in notebook.cells if c.cell_type == "code")
    assert str(Path.home()) not in text
    assert "/tmp" not in text  # noqa: S108 - looked for, not used
    assert not re.search(r"/opnb/\w+/\w+\.py", text)
