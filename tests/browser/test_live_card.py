"""While an op runs its card moves, and ends as the card that a program gets."""

import nbformat
from nbclient import NotebookClient

LOAD = "%load_ext opnb"
SLOW = """%%op count
import time
for number in context.track(range(40), description="rows"):
    time.sleep(0.1)
yield opnb.ExpectationResult(number == 39, "all were counted")
"""
QUIET = "import opnb"


def card_of_a_program():
    """Return the card's HTML as nbclient gets it, which nobody watches."""
    cells = [nbformat.v4.new_code_cell(source) for source in (LOAD, QUIET, SLOW)]
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(notebook, kernel_name="python3").execute()
    (card,) = notebook.cells[-1].outputs
    return card.data


def test_a_card_moves_while_its_op_runs(lab, pictures):
    lab.open_cells(LOAD, QUIET, SLOW)
    lab.wear("light", 1400)
    done = "window.jupyterapp.commands.execute('notebook:run-all-cells')"
    lab.page.evaluate(f"() => {{ window.__done = {done}; }}")

    lab.wait_for("/running/.test(text)")
    seen = [" ".join(lab.ask("texts"))]
    for _ in range(3):
        lab.wait_for(f"text !== {seen[-1]!r} && /running/.test(text)")
        seen.append(" ".join(lab.ask("texts")))
    lab.keep_picture(pictures / "live-light-1400.png")
    assert lab.ask("faults") == []
    lab.page.evaluate("() => window.__done.then(_ => 0)")
    lab.settle()

    assert len(set(seen)) == 4
    assert "rows" in seen[-1]
    (text,) = lab.ask("texts")
    assert text.startswith("✓ done count")
    assert "1 passed" in text
    shown = lab.page.evaluate("() => document.querySelector('.opnb').outerHTML")
    assert normal(lab, card_of_a_program()["text/html"]) == shown


def normal(lab, html):
    """Return HTML as the page writes it."""
    return lab.page.evaluate(
        "html => { const box = document.createElement('div');"
        " box.innerHTML = html; return box.querySelector('.opnb').outerHTML; }",
        html,
    )
