"""The notebooks in a real JupyterLab: every card is seen and read, in every dress."""

from pathlib import Path

import pytest

NOTEBOOKS = Path(__file__).parent.parent.parent / "notebooks"
# This one needs Dagster.
ALONE = sorted(p.stem for p in NOTEBOOKS.glob("*.ipynb") if "dagster" not in p.stem)
DRESSES = [(theme, width) for theme in ("light", "dark") for width in (700, 1400)]


def faults_in(lab, pictures, name):
    """Return what is wrong with the cards in each theme and width."""
    found = []
    for theme, width in DRESSES:
        lab.wear(theme, width)
        found += [f"{theme} {width}: {fault}" for fault in lab.ask("faults")]
        lab.keep_picture(pictures / f"{name}-{theme}-{width}.png")
    return found


@pytest.mark.parametrize("name", ALONE)
def test_every_card_of_a_notebook_that_ran_is_readable(lab, pictures, name):
    lab.open(f"{name}.ipynb")
    lab.command("notebook:clear-all-cell-outputs")
    assert lab.ask("count") == 0

    lab.run_all()

    assert lab.ask("count") > 0
    assert faults_in(lab, pictures, name) == []


@pytest.mark.parametrize("name", ALONE)
def test_every_card_of_a_notebook_from_afar_is_readable(lab, pictures, name):
    lab.open(f"{name}.ipynb")

    trusted = lab.page.evaluate(
        "() => [...window.jupyterapp.shell.currentWidget.content.model.cells]"
        ".some(cell => cell.type === 'code' && cell.trusted)"
    )
    lab.settle()

    assert not trusted
    assert lab.ask("count") > 0
    assert faults_in(lab, pictures, f"{name}-untrusted") == []
