"""The gate: what judging adds to running a notebook, beside `jupyter execute`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.measure import Work, medians
from bench.table import AtMost, Table

_SETUP = "%load_ext opnb\nfrom opnb import ExpectationResult"
_CHECK = "    yield ExpectationResult(n > 9, f'check {n}', metadata={'rows': n})"
_NOTEBOOKS = {
    "20 checks in 4 ops": [
        _SETUP,
        *(f"%%op op_{op}\nfor n in range(5):\n{_CHECK}" for op in range(4)),
    ],
    "500 checks in an op": [
        _SETUP,
        f"%%op many\nfor n in range(500):\n{_CHECK}",
    ],
    "no op, 10 cells": ["import json"] * 10,
}
_JUPYTER_EXECUTE = "from nbclient.cli import main; main()"


def tables(folder: Path) -> Iterator[Table]:
    """Measure all."""
    for number, (title, cells) in enumerate(_NOTEBOOKS.items()):
        name = f"gate{number}.ipynb"
        (folder / name).write_text(json.dumps(_notebook(cells)))
        executed, report = f"by_jupyter{number}", f"junit{number}.xml"
        commands = {
            "jupyter execute": ["-c", _JUPYTER_EXECUTE, name, f"--output={executed}"],
            "opnb": ["-m", "opnb", "run", name, "--junit", report],
        }
        works = {
            contender: Work(lambda words=words: _run(words, folder))
            for contender, words in commands.items()
        }
        yield Table(
            f"a notebook run from the command line: {title}",
            medians(works, rounds=5),
            {"jupyter execute": AtMost(1.3)},
        )


def _run(words: Sequence[str], folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        env={**os.environ, "OPNB_LOG": "memory:"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr


def _notebook(cells: Sequence[str]) -> dict[str, object]:
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}},
        "cells": [
            {
                "cell_type": "code",
                "id": f"cell-{number}",
                "execution_count": None,
                "metadata": {},
                "outputs": [],
                "source": source,
            }
            for number, source in enumerate(cells)
        ],
    }
