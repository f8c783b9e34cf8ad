"""Every program there is, by its name."""

from __future__ import annotations

import functools
import importlib
import json
from pathlib import Path

from parity.harness import Program
from parity.random_graphs import program_of

HERE = Path(__file__).parent
DRAWN = HERE / "random_graphs.json"


@functools.cache
def all_programs() -> dict[str, Program]:
    """Return the programs of `programs/` and those of the graphs that were drawn."""
    found: dict[str, Program] = {}
    for program in [*_written(), *_drawn()]:
        if program.name in found:
            raise ValueError(f"Two programs are called {program.name!r}.")
        found[program.name] = program
    return found


def _written() -> list[Program]:
    paths = sorted((HERE / "programs").glob("*.py"))
    modules = [
        importlib.import_module(f"parity.programs.{path.stem}") for path in paths
    ]
    return [
        value
        for module in modules
        for value in vars(module).values()
        if isinstance(value, Program)
    ]


def _drawn() -> list[Program]:
    if not DRAWN.exists():
        return []
    graphs = json.loads(DRAWN.read_text(encoding="utf-8"))
    return [program_of(f"random_graph_{n}", graph) for n, graph in enumerate(graphs, 1)]
