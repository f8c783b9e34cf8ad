"""Write `recorded.json`: what each program does on Dagster, and on opnb if it departs.

To be run where both are installed: `python tests/parity/record.py`. The random graphs
are drawn anew if `random_graphs.json` is not there.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from hypothesis import HealthCheck, Phase, given, settings
from parity.harness import observe
from parity.random_graphs import graphs, program_of, skips_behind_a_failure
from parity.recorded import RECORDED, write_json
from parity.registry import DRAWN, all_programs

_GRAPHS = 10


def _opnb() -> Any:
    return importlib.import_module("opnb.dagster")


def draw_graphs() -> list[Any]:
    """Return ten random graphs that have as much in them as can be."""
    drawn: list[Any] = []

    @settings(
        max_examples=300,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(graphs())
    def collect(graph: Any) -> None:
        observed = observe(_opnb(), program_of("drawn", graph))
        if not skips_behind_a_failure(graph, observed):
            drawn.append(graph)

    collect()
    chosen: list[Any] = []
    known: set[Any] = set()
    for _ in range(_GRAPHS):
        best = max(drawn, key=lambda graph: len(_features(graph) - known))
        known |= _features(best)
        chosen.append(best)
        drawn.remove(best)
    return chosen


def _features(graph: list[dict[str, Any]]) -> set[Any]:
    """Return what may be new in a graph: endings by kind, inputs by kind and source."""
    found: set[Any] = set()
    for part in graph:
        found.add((part["kind"], part["ending"]))
        for given_input in part["ins"]:
            for source, _ in given_input["from"]:
                found.add((given_input["kind"], graph[source]["ending"]))
    return found


def main() -> None:
    """Observe every program and write what was seen."""
    if not DRAWN.exists():
        write_json(DRAWN, draw_graphs(), depth=2)
    dagster = importlib.import_module("dagster")
    recorded: dict[str, dict[str, Any]] = {}
    for name, program in all_programs().items():
        recorded[name] = {"dagster": observe(dagster, program)}
        if program.departs is not None:
            recorded[name]["opnb"] = observe(_opnb(), program)
    write_json(RECORDED, recorded, depth=4)


if __name__ == "__main__":
    main()
