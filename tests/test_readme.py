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


def test_the_job_of_the_readme_does_what_the_readme_says(shell):
    for cell in cells():
        shell.run_cell(cell).raise_error()
    readme, result = README.read_text(), shell.user_ns["result"]
    (card,) = re.findall(r"```text\n(.*?)\n```", readme, flags=re.DOTALL)
    shown, _ = shell.display_formatter.format(result)

    assert shown["text/plain"].rstrip() == card
    assert f"It is `{result.output_for_node('revenue')}`" in readme
    assert result.is_node_skipped("send")


def test_the_code_of_the_readme_for_dagster_runs_on_dagster(shell):
    pytest.importorskip("dagster")
    (cell,) = [cell for cell in cells() if "import opnb.dagster as dg" in cell]
    of_dagster = cell.replace("import opnb.dagster as dg", "import dagster as dg")

    assert shell.run_cell(of_dagster).result == shell.run_cell(cell).result == 3


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
