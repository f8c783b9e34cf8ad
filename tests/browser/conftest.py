"""One JupyterLab and one page of it for the whole suite."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from driver import Lab
from lab import browser_page, jupyter_lab

ROOT = Path(__file__).parent.parent.parent
PICTURES = ROOT / "build" / "browser"


@pytest.fixture(scope="session", name="one_lab")
def _one_lab(tmp_path_factory):
    """JupyterLab over a copy of the notebooks, in a page of Chromium."""
    folder = tmp_path_factory.mktemp("lab") / "notebooks"
    shutil.copytree(ROOT / "notebooks", folder)
    with jupyter_lab(folder, "light") as address, browser_page(1400, scale=1) as page:
        yield Lab(page, address, folder)


@pytest.fixture(scope="session", name="usual_errors")
def _usual_errors(one_lab):
    """What JupyterLab itself tells the console of errors, over an empty notebook."""
    one_lab.open_cells("")
    one_lab.run_all()
    one_lab.stop_kernels()
    return set(one_lab.errors)


@pytest.fixture(name="lab")
def _lab(one_lab, usual_errors):
    """The page; at the end of the test no error, window or remote request."""
    one_lab.forget()
    yield one_lab
    if one_lab.is_open:
        one_lab.stop_kernels()
    assert [error for error in one_lab.errors if error not in usual_errors] == []
    assert one_lab.requests == []
    assert one_lab.dialogs == []


@pytest.fixture(scope="session", name="pictures")
def _pictures():
    """The folder for screenshots, emptied."""
    shutil.rmtree(PICTURES, ignore_errors=True)
    return PICTURES
