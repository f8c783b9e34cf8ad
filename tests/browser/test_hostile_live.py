"""No text runs: not in a live JupyterLab, not in an export, not upon a click."""

from pathlib import Path

import nbformat
import pytest
from hostile import HOST, PAYLOADS
from nbconvert import HTMLExporter

TESTS = Path(__file__).parent.parent
# So many outputs stand on one page; JupyterLab shows no more than 50 of one cell.
TEXTS_ON_A_PAGE = 40

BEGIN = f"""
import sys
sys.path.insert(0, {str(TESTS)!r})
from IPython.display import HTML, display
from hostile import *

def show(name):
    text = PAYLOADS[name]
    for forms in a_few_with(text):
        display(forms, raw=True)
    for value in metadata_with(text).values():
        if value.kind in ("md", "table"):
            markdown = render_bundle(value)[0]["text/markdown"]
            display({{"text/markdown": markdown}}, raw=True)
"""
# Makes sure that the page can tell.
CONTROL = """
from IPython.display import HTML
HTML('<div class="opnb"><img src=x onerror=__opnb_ran(0)></div>')
"""


def pages():
    names = list(PAYLOADS)
    for start in range(0, len(names), TEXTS_ON_A_PAGE):
        yield names[start : start + TEXTS_ON_A_PAGE]


def what_ran(page):
    return page.evaluate("() => window.__opnb_calls")


def verify_nothing_ran(lab):
    lab.page.wait_for_timeout(300)
    assert lab.ask("intruders") == []
    assert lab.ask("touchEverything") > 0
    lab.page.wait_for_timeout(300)
    assert what_ran(lab.page) == []
    assert lab.page.evaluate("() => window.length") == 0
    assert [request for request in lab.requests if HOST in request] == []
    assert lab.dialogs == []


def test_the_page_can_tell_what_runs(lab):
    lab.open_cells(CONTROL)
    lab.run_all()
    lab.page.wait_for_function("() => window.__opnb_calls.length")

    assert what_ran(lab.page) == [0]
    assert lab.ask("intruders") != []
    lab.errors.clear()  # its picture is none


@pytest.mark.parametrize(
    "names", list(pages()), ids=lambda names: f"from {names[0]} on"
)
def test_nothing_runs_in_jupyterlab_nor_in_an_export(lab, tmp_path, names):
    name = lab.open_cells(BEGIN, *[f"show({name!r})" for name in names])
    lab.run_all()

    verify_nothing_ran(lab)

    lab.command("docmanager:save")
    export(lab.folder / name, tmp_path / "page.html")
    lab.stop_kernels()
    lab.forget()
    lab.page.goto((tmp_path / "page.html").as_uri())
    verify_nothing_ran(lab)
    lab.forget()  # its scripts from afar are nbconvert's


def export(notebook, target):
    """Export what JupyterLab saved, as `jupyter nbconvert --to html` does."""
    saved = nbformat.read(notebook, as_version=4)
    outputs = [cell.outputs for cell in saved.cells if cell.outputs]
    assert len(outputs) == len(saved.cells) - 1  # all but the first
    page, _ = HTMLExporter().from_notebook_node(saved)
    target.write_text(page, "utf-8")
