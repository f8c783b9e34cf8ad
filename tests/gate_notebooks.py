"""Notebooks for tests of the gate: written to be run, or made as if they had been."""

from __future__ import annotations

import itertools
import json

from opnb.session import Session

SETUP = "%load_ext opnb\nfrom opnb import *"


def code(source, *outputs, count=1, tags=()):
    """Return a code cell; `count` is None if it never ran."""
    return {
        "cell_type": "code",
        "execution_count": count,
        "metadata": {"tags": list(tags)} if tags else {},
        "outputs": list(outputs),
        "source": source.splitlines(keepends=True),
    }


def markdown(source):
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def executed(*cells, **metadata):
    """Return a notebook of cells that were run; a text alone is a cell."""
    cells = [code(cell) if isinstance(cell, str) else cell for cell in cells]
    return {
        "nbformat": 4,
        "nbformat_minor": 4,
        "metadata": metadata,
        "cells": cells,
    }


def save(path, *cells, tags=None, kernel="python3"):
    """Write a notebook that is still to be run; `tags` are by the cell's place."""
    numbers = itertools.count()
    made = [
        {**code(cell, count=None), "id": f"cell-{next(numbers)}"}
        if isinstance(cell, str)
        else cell
        for cell in cells
    ]
    for place, names in (tags or {}).items():
        made[place]["metadata"]["tags"] = list(names)
    spec = {"name": kernel, "display_name": kernel, "language": "python"}
    notebook = {**executed(*made, kernelspec=spec), "nbformat_minor": 5}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook, indent=1), encoding="utf-8")
    return path


def card(op, **inputs):
    """Run an op, and return the output that shows its card."""
    result = Session("memory:").execute_op(op, inputs, raise_on_error=False)
    data, metadata = result._repr_mimebundle_()
    # As it comes back from a file.
    output = {"output_type": "display_data", "data": data, "metadata": metadata}
    return json.loads(json.dumps(output))


def error(ename, evalue="", *traceback):
    return {
        "output_type": "error",
        "ename": ename,
        "evalue": evalue,
        "traceback": list(traceback) or [f"{ename}: {evalue}"],
    }
