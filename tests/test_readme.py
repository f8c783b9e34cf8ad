"""The README's code runs, as the cells of one notebook."""

import re
from pathlib import Path

import pytest

README = Path(__file__).parent.parent / "README.md"


def cells():
    return re.findall(r"```python\n(.*?)```", README.read_text(), flags=re.DOTALL)


def test_every_cell_of_the_readme_runs_in_its_order(shell, session):
    for cell in cells():
        result = shell.run_cell(cell)
        result.raise_error()

    assert len(cells()) >= 5
    assert len(session.log.asset("shop/orders")) == 1
    assert result.result == 3


def test_the_readme_shows_the_floors_that_there_are():
    text = README.read_text()
    package = README.parent / "opnb"

    for path in package.iterdir():
        if path.is_dir() and (path / "__init__.py").exists():
            assert f"{path.name}/" in text


@pytest.mark.parametrize(
    "target", ["demo", "test", "lint", "types", "bench", "pictures"]
)
def test_every_make_target_of_the_readme_is_there(target):
    assert f"make {target}" in README.read_text()
    assert re.search(
        rf"^{target}:", (README.parent / "Makefile").read_text(), re.MULTILINE
    )


def test_every_picture_and_page_that_it_names_is_there():
    links = re.findall(
        r'(?:src|srcset)="([^"]+)"|\]\((?!http)([^)]+)\)', README.read_text()
    )

    for link in (a or b for a, b in links):
        assert (README.parent / link).exists(), link
