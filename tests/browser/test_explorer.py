"""The explorer is used by clicks and keys in a real JupyterLab."""

import pytest
from explorer_tour import CELLS, tour


@pytest.mark.parametrize(("theme", "width"), [("light", 700), ("dark", 1400)])
def test_the_explorer_does_what_is_clicked(lab, pictures, theme, width):
    lab.open_cells(*CELLS)
    lab.wear(theme, width)
    lab.run_all()

    tour(
        lab.page,
        lambda name: lab.keep_picture(
            pictures / f"explorer-{name}-{theme}-{width}.png"
        ),
    )
