"""Pictures of notebook cells from a real JupyterLab, in the light and the dark theme.

`python tests/browser/pictures.py` makes the README's; with a notebook and a folder it
keeps every cell of that notebook, to look at.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lab import THEMES, browser_page, jupyter_lab, run_notebook
from playwright.sync_api import Page

NOTEBOOKS = Path(__file__).parent.parent.parent / "notebooks"
_SHOWN = "%%op clean"


@contextmanager
def executed(notebook: Path, theme: str, width: int) -> Iterator[Page]:
    """Run a copy of a notebook in JupyterLab; give the page that shows it."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder) / "notebooks"
        shutil.copytree(notebook.parent, work)
        with jupyter_lab(work, theme) as address, browser_page(width) as page:
            run_notebook(page, address, notebook.name)
            yield page


def keep_every_cell(notebook: Path, target: Path) -> None:
    """Keep a picture of each code cell in both themes."""
    target.mkdir(parents=True, exist_ok=True)
    for theme in THEMES:
        with executed(notebook, theme, width=1100) as page:
            for number, cell in enumerate(page.locator(".jp-CodeCell").all()):
                cell.scroll_into_view_if_needed()
                name = f"{notebook.stem}-{theme}-{number:02}.png"
                cell.screenshot(path=target / name)


def keep_readme_pictures() -> None:
    """Keep the cell and the card that the README shows."""
    target = NOTEBOOKS / "pictures"
    target.mkdir(exist_ok=True)
    for theme in THEMES:
        with executed(NOTEBOOKS / "01_first_op.ipynb", theme, width=1000) as page:
            cell = page.locator(".jp-CodeCell", has_text=_SHOWN).first
            cell.scroll_into_view_if_needed()
            cell.screenshot(path=target / f"card-{theme}.png")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        keep_every_cell(Path(sys.argv[1]), Path(sys.argv[2]))
    else:
        keep_readme_pictures()
