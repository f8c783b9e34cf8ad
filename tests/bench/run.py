"""`make bench`: what opnb costs beside its peers and beside bare SQLite, in one run.

    python -m bench.run [PART ...]

The contenders of a table are measured in turns, so that a slow moment of the machine
hits all of them alike. What counts is the ratio, beside what is to be reached.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import tempfile
import time
import warnings
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from bench.table import Table

PARTS = tuple(
    "writing growing reading showing cells checks crowd jobs starting gate".split()
)
RESULTS = Path("build") / "bench.json"


def measure(parts: Sequence[str]) -> dict[str, list[Table]]:
    """Measure these parts, and print each table when it is there."""
    measured: dict[str, list[Table]] = {}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        for part in parts:
            started = time.perf_counter()
            measured[part] = []
            for table in import_module(f"bench.{part}").tables(Path(folder)):
                table.print()
                measured[part].append(table)
            print(f"\n[{part}: {time.perf_counter() - started:.0f} s]", flush=True)
    return measured


def print_missed(tables: Sequence[Table]) -> None:
    """Print how much of what is to be reached is, and what is not."""
    judged = [
        (table, line)
        for table in tables
        for line in table.lines
        if line.held is not None
    ]
    missed = [(table, line) for table, line in judged if not line.held]
    print(f"\nreached: {len(judged) - len(missed)} of {len(judged)}")
    for table, line in missed:
        figure = line.ratio_text or table.shown(line.figure)
        print(f"  not: {table.title}, {line.contender}: {figure}, not {line.reach}")


def main() -> None:
    """Measure, print the tables, keep the figures as JSON."""
    parts = sys.argv[1:] or PARTS
    unknown = set(parts) - set(PARTS)
    if unknown:
        sys.exit(f"no part is called {', '.join(unknown)}; there are {PARTS}")
    # As everywhere else, what starts here keeps what it compiles.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    measured = measure(parts)
    print_missed([table for tables in measured.values() for table in tables])
    figures = {
        part: [table.to_json() for table in tables] for part, tables in measured.items()
    }
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
