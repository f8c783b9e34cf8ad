"""The tour in a terminal: run `01_first_op.ipynb`, print its cards, keep it as HTML."""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbconvert import HTMLExporter

_HERE = Path(__file__).parent
_TOUR = _HERE / "01_first_op.ipynb"
_EXECUTED = _HERE.parent / "build" / "01_first_op.ipynb"


def execute() -> nbformat.NotebookNode:
    """Run the tour in a fresh kernel, all of it as it stands."""
    notebook = nbformat.read(_TOUR, as_version=4)
    # Python's own kernel, whatever others this machine has.
    client = NotebookClient(
        notebook, kernel_name="python3", resources={"metadata": {"path": str(_HERE)}}
    )
    return client.execute()


def print_outputs(notebook: nbformat.NotebookNode) -> None:
    """Print the code of each cell, and what it shows, as plain text."""
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        print("\n".join(f"  │ {line}" for line in cell.source.splitlines()), end="\n\n")
        for output in cell.outputs:
            print(_text(output), end="\n\n")


def _text(output: nbformat.NotebookNode) -> str:
    if output.output_type == "error":
        return f"{output.ename}: {output.evalue}"
    return str(output.get("text") or output.get("data", {}).get("text/plain", ""))


def keep(notebook: nbformat.NotebookNode) -> Path:
    """Write the executed notebook, and the same as HTML beside it."""
    _EXECUTED.parent.mkdir(exist_ok=True)
    nbformat.write(notebook, _EXECUTED)
    html, _ = HTMLExporter().from_notebook_node(notebook)
    page = _EXECUTED.with_suffix(".html")
    page.write_text(html, encoding="utf-8")
    return page


if __name__ == "__main__":
    executed = execute()
    print_outputs(executed)
    sys.stdout.write(f"The executed notebook as a page: {keep(executed)}\n")
