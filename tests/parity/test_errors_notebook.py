"""The notebook of errors runs beside Dagster, and shows both of each."""

import re

import nbformat
import pytest
from nbval_run import NOTEBOOKS, run_as_stored

PATH = NOTEBOOKS / "11_errors_beside_dagster.ipynb"
BOTH = re.compile(
    r"Dagster · (?P<dagster>\w+)\n(?P<theirs>.+)\n\n"
    r"opnb · (?P<opnb>\w+)\n(?P<ours>.+\nHint: \S.*)\n",
    re.DOTALL,
)


def mistakes():
    cells = nbformat.read(PATH, as_version=4).cells
    return [cell for cell in cells if cell.source.startswith("@both\n")]


def printed(cell):
    return "".join(output.text for output in cell.outputs)


@pytest.fixture
def _quiet(monkeypatch, tmp_path):
    monkeypatch.setenv("DAGSTER_DISABLE_TELEMETRY", "1")
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))


@pytest.mark.kernel
@pytest.mark.usefixtures("_quiet")
def test_the_notebook_of_errors_shows_what_is_stored_in_it():
    pytest.importorskip("dagster")

    done = run_as_stored(PATH)

    assert done.returncode == 0, done.stdout
    assert "failed" not in done.stdout


def test_it_shows_at_least_fifteen_mistakes():
    assert len(mistakes()) >= 15


@pytest.mark.parametrize("cell", mistakes(), ids=lambda cell: cell.id)
def test_each_mistake_has_the_class_of_dagster_and_a_hint(cell):
    shown = BOTH.fullmatch(printed(cell))

    assert shown, printed(cell)
    assert shown["dagster"].removeprefix("Dagster") == shown["opnb"]


@pytest.mark.parametrize("cell", mistakes(), ids=lambda cell: cell.id)
def test_each_mistake_takes_fewer_characters_than_dagster(cell):
    shown = BOTH.fullmatch(printed(cell))

    assert len(shown["ours"]) < len(shown["theirs"])


@pytest.mark.parametrize("cell", mistakes(), ids=lambda cell: cell.id)
def test_each_mistake_reads_the_same_every_time(cell):
    assert not re.search(r"0x[0-9a-f]{4}", printed(cell))
